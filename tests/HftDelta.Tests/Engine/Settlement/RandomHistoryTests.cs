using HftDelta.Engine;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Simulation.Randomness;
using HftDelta.Wire;
using NUnit.Framework;
using InstrumentKind = HftDelta.Wire.Internal.InstrumentKind;
using OptionKind = HftDelta.Wire.Internal.OptionKind;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Settlement;

/// <summary>
/// Random lives of a venue against a model that knows nothing of indices: an account's money at the end is its deposits
/// less the price of everything it bought plus the payoff of what it held, to the atom, whatever the deltas were and
/// whenever they were applied.
/// </summary>
[TestFixture]
[CancelAfter(120_000)]
public sealed class RandomHistoryTests
{
    [Test]
    public void Lifetime_cash_is_trades_plus_payoffs_whatever_the_deltas_were()
    {
        var seed = LongSuite.Seed(20_261_123);
        var histories = LongSuite.Volume(2_000, 100_000);
        ulong trades = 0;
        for (var history = 0; history < histories; history++)
        {
            var own = SplitMix64.Mix(seed + (ulong)history);
            try
            {
                using var life = new VenueLife(own);
                life.Run(commands: 100);
                life.CheckEverything();
                trades += life.Engine.View.LastTradeId;
            }
            catch (Exception fault)
            {
                Assert.Fail($"history with seed {own}: {fault}");
            }
        }

        Assert.That(trades, Is.GreaterThan((ulong)histories * 5), "histories without trades would prove nothing");
    }

    [Test]
    public void A_replay_of_a_random_history_has_the_same_state_and_the_same_events()
    {
        var seed = LongSuite.Seed(7);
        for (var history = 0; history < LongSuite.Volume(60, 2_000); history++)
        {
            var own = SplitMix64.Mix(seed + (ulong)history);
            using var life = new VenueLife(own, canGarble: false);
            life.Run(commands: 400);
            using var replay = life.Engine.Replay();
            Assert.That(replay.Processor.StateHash(), Is.EqualTo(life.Engine.Processor.StateHash()), $"seed {own}");
            Assert.That(replay.Processor.HistoryHash, Is.EqualTo(life.Engine.Processor.HistoryHash), $"seed {own}");
            Assert.That(replay.Processor.RecomputeStateHash(), Is.EqualTo(replay.Processor.StateHash()), $"seed {own}");
        }
    }

    [Test]
    public void A_replay_refuses_a_marker_whose_results_the_kernel_does_not_give()
    {
        using var engine = new EngineHarness();
        var venue = new VenueScript(engine);
        var deltas = new GivenDeltas(engine);
        venue.ListUnderlying();
        venue.Oracle(100_000);
        venue.ListOption(1, isCall: true, 100_000, engine.TimeNanos + (86_400 * VenueScript.Second));
        deltas.Next = 0.25m;
        venue.Oracle(101_000);

        Assert.That(() => engine.Replay(), Throws.TypeOf<StateDivergenceException>());
    }

    /// <summary>One venue, its clients and what a plain ledger says they should have.</summary>
    private sealed class VenueLife : IDisposable
    {
        private const int Traders = 6;
        private const uint FirstTrader = 20;
        private const long Money = 1L << 50;

        private readonly SeededRandom _random;
        private readonly VenueScript _venue;
        private readonly GivenDeltas _deltas;
        private readonly Dictionary<uint, Int128> _expected = [];
        private readonly Dictionary<(uint Account, uint Instrument), long> _held = [];
        private readonly List<(uint Instrument, bool IsCall, long Strike, ulong Expiry)> _options = [];
        private readonly long _atomsPerTick;
        private readonly long _atomsPerUnderlyingTick;
        private readonly bool _isGarbled;
        private long _price = 100_000;
        private int _settled;

        public VenueLife(ulong seed, bool canGarble = true)
        {
            _random = new SeededRandom(seed);
            Engine = new EngineHarness(Tiny);
            _venue = new VenueScript(Engine);
            _deltas = new GivenDeltas(Engine);
            _atomsPerTick = (long)_random.NextBelow(50) + 1;
            _atomsPerUnderlyingTick = _atomsPerTick;
            _isGarbled = canGarble && _random.Chance(1, 2);
            if (_isGarbled)
            {
                _deltas.Each = _ => (long)(_random.NextBelow(6UL << 32)) - (3L << 32);
            }

            List();
            for (uint account = FirstTrader; account < FirstTrader + Traders; account++)
            {
                _venue.OpenTrader(account, Money);
                _expected[account] = Money;
            }
        }

        public EngineHarness Engine { get; }

        private static EngineLimits Tiny { get; } = EngineLimits.Small with
        {
            Accounts = 64,
            Positions = 256,
            Orders = 1_024,
            Instruments = 8,
            Sessions = 32,
            OutcomesPerSession = 16,
            ReportsPerSession = 16,
            EventSlotsPerCommand = 256,
            PendingUnitsPerCommand = 3,
        };

        public void Run(int commands)
        {
            for (var command = 0; command < commands; command++)
            {
                Engine.TimeNanos += _random.NextBelow(2 * VenueScript.Second);
                Step();
                ReadTrades();
            }

            Engine.TimeNanos += 1_000 * VenueScript.Second;
            _venue.Oracle(_price);
            ReadTrades();
            Engine.DrainPendingWork();
            ReadTrades();
        }

        public void CheckEverything()
        {
            // Whoever never traded again is still to be applied: a deposit of one atom touches every account.
            for (uint account = FirstTrader; account < FirstTrader + Traders; account++)
            {
                _venue.Deposit(account, 1);
                ReadTrades();
                var id = new AccountId(account);
                Assert.That(Engine.View.Equity(id).Value, Is.EqualTo((_expected[account] + 1) << 32), $"equity of {account}");
                Assert.That(Engine.View.Cash(id).Value, Is.EqualTo((long)_expected[account] + 1), $"cash of {account}");
                Assert.That(Engine.View.Dust(id), Is.Zero);
            }

            Assert.That(Engine.View.ConservationError.Value, Is.EqualTo((Int128)0));
            Assert.That(Engine.Processor.RecomputeStateHash(), Is.EqualTo(Engine.Processor.StateHash()));
            Assert.That(_settled, Is.EqualTo(_options.Count), "every instrument came to its expiry");
        }

        public void Dispose() => Engine.Dispose();

        private void List()
        {
            var interval = _random.Chance(1, 2) ? 7 * VenueScript.Second : 0;
            _venue.ListUnderlying(thresholdTicks: 1 + (long)_random.NextBelow(500), intervalNanos: interval);
            _venue.Oracle(_price);
            for (uint id = 1; id <= 4; id++)
            {
                var expiry = Engine.TimeNanos + ((20 + _random.NextBelow(150)) * VenueScript.Second);
                var isFuture = id == 4;
                var isCall = _random.Chance(1, 2);
                var strike = isFuture ? 0 : 90_000 + (long)_random.NextBelow(20_000);
                var kind = isFuture ? InstrumentKind.Future : InstrumentKind.EuropeanOption;
                var optionKind = isFuture ? OptionKind.None : isCall ? OptionKind.Call : OptionKind.Put;
                var volatility = isFuture ? 0 : VenueScript.FullVolatility;
                _venue.List(
                    id, 1, kind, optionKind, strike, expiry, volatility, 0, 0, _atomsPerTick, _atomsPerUnderlyingTick);
                _options.Add((id, isCall, strike, expiry));
                Assert.That(Engine.View.InstrumentState(new InstrumentId(id)), Is.EqualTo(InstrumentState.Open));
            }
        }

        private void Step()
        {
            var account = FirstTrader + (uint)_random.NextBelow(Traders);
            var choice = _random.NextBelow(10);
            if (choice < 3)
            {
                _price += (long)_random.NextBelow(2_001) - 1_000;
                _venue.Oracle(_price);
            }
            else if (choice < 8)
            {
                Trade(account);
            }
            else if (choice == 8)
            {
                var amount = 1 + (long)_random.NextBelow(1_000);
                _venue.Deposit(account, amount);
                _expected[account] += amount;
            }
            else
            {
                _venue.SetVolatility(1 + (uint)_random.NextBelow(3), 1 + _random.NextBelow(3UL << 48));
            }
        }

        private void Trade(uint account)
        {
            var id = 1 + (uint)_random.NextBelow(4);
            var isFuture = id == 4;
            var side = _random.Chance(1, 2) ? Side.Buy : Side.Sell;
            var middle = isFuture ? _price : 4_000;
            var price = middle + (long)_random.NextBelow(1_000) - 500;
            var timeInForce = _random.Chance(1, 3) ? TimeInForce.ImmediateOrCancel : TimeInForce.GoodTillCancel;
            _venue.Order(account, id, side, price, 1 + (long)_random.NextBelow(20), timeInForce);
        }

        /// <summary>The plain ledger: price x lots at each fill, payoff x lots at expiry.</summary>
        private void ReadTrades()
        {
            foreach (var record in Engine.Events)
            {
                if (record.SchemaId != HftDeltaSchema.Id)
                {
                    continue;
                }

                if (record.TemplateId == OrderFilledDecoder.TemplateId)
                {
                    var fill = OrderFilledDecoder.Trusted(record.Frame);
                    var lots = fill.Side == Side.Buy ? fill.Quantity : -fill.Quantity;
                    _expected[fill.AccountId] -= (Int128)lots * fill.Price * _atomsPerTick;
                    var key = (fill.AccountId, fill.InstrumentId);
                    _held[key] = _held.GetValueOrDefault(key) + lots;
                }
                else if (record.TemplateId == DeltaSettlementDecoder.TemplateId)
                {
                    Expire(DeltaSettlementDecoder.Trusted(record.Frame));
                }
            }

            Engine.Events.Clear();
        }

        private void Expire(in DeltaSettlementDecoder settlement)
        {
            if (settlement.Trigger != SettlementTrigger.Expiry)
            {
                return;
            }

            foreach (var entry in settlement.Instruments)
            {
                _settled++;
                var option = _options[(int)entry.InstrumentId - 1];
                var payoff = option.Strike == 0 ? settlement.Price
                    : Math.Max(0, option.IsCall ? settlement.Price - option.Strike : option.Strike - settlement.Price);
                foreach (var (key, lots) in _held)
                {
                    if (key.Instrument == entry.InstrumentId)
                    {
                        _expected[key.Account] += (Int128)lots * payoff * _atomsPerUnderlyingTick;
                    }
                }

                _held.Keys.Where(key => key.Instrument == option.Instrument).ToList().ForEach(key => _held.Remove(key));
            }
        }
    }
}
