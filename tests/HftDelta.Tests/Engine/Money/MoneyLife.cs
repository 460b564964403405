using System.Numerics;
using HftDelta.Engine;
using HftDelta.Engine.Withdrawals;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Simulation.Randomness;
using HftDelta.Tests.Engine.Settlement;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Money;

/// <summary>
/// One random life of a venue with everything that moves money: three owners with two accounts each, every kind of instrument
/// (<see cref="MoneyMarket"/>), funding, true-ups and parameters, fees of every sign, borrowing, two assets as collateral,
/// withdrawals, transfers, epochs, expiry and delivery. Half of the lives settle with deltas that mean nothing, some touch every
/// account after each tick. At the end everything is sold, and what is left is trades, payoffs and named transfers alone.
/// </summary>
internal sealed class MoneyLife : IDisposable
{
    private const uint FirstAccount = 20;
    private const uint Accounts = 6;
    private const uint LastListed = MoneyMarket.LastListed;

    private static readonly EngineLimits _limits = EngineLimits.Small with
    {
        Accounts = 32, Positions = 128, Orders = 1_024, ExtendedOrders = 16, Instruments = 16, Sessions = 32,
        OutcomesPerSession = 16, ReportsPerSession = 16, EventSlotsPerCommand = 512, PendingUnitsPerCommand = 3,
        WithdrawalsPerEpoch = 3, Balances = 16, Withdrawals = 12, Obligations = 64, Underlyings = 2, Assets = 2,
        LevelsPerBook = 512, Protections = 16,
    };

    private readonly SeededRandom _random;
    private readonly VenueScript _venue;
    private readonly MoneyMarket _market;
    private readonly MoneyCheck _check;
    private readonly bool _isEager;
    private ulong _epoch;
    private ulong _movement = 1_000;

    /// <param name="seed">Of everything that happens.</param>
    /// <param name="keepsCommands">For a replay.</param>
    public MoneyLife(ulong seed, bool keepsCommands = true)
    {
        _random = new SeededRandom(seed);
        Engine = new EngineHarness(_limits) { KeepsCommands = keepsCommands };
        _venue = new VenueScript(Engine);
        IsGarbled = _random.Chance(1, 2);
        _isEager = _random.Chance(1, 5);
        _market = new MoneyMarket(_random, _venue, hasIntervals: _random.Chance(3, 4));
        if (IsGarbled)
        {
            _ = new GivenDeltas(Engine) { Each = _ => _random.NextInRange(-3L << 32, 3L << 32) };
        }

        _market.List(Read);
        _check = new MoneyCheck(Engine, Model, _market, FirstAccount, Accounts);
        for (var account = FirstAccount; account < FirstAccount + Accounts; account++)
        {
            _venue.OpenOwned(account, owner: 1 + (account / 2));
            Pay(account, 0, _random.Chance(1, 3) ? 1L << (int)_random.NextBelow(29) : 1L << 40);
        }

        if (_random.Chance(3, 4))
        {
            SetPool();
        }
    }

    public EngineHarness Engine { get; }

    public MoneyModel Model { get; } = new();

    /// <summary>Deltas are not the kernel's: such a life cannot be replayed, and must pay the same.</summary>
    public bool IsGarbled { get; }

    public void Run(int commands)
    {
        for (var command = 0; command < commands; command++)
        {
            Engine.TimeNanos += _random.NextBelow(2 * VenueScript.Second);
            Step();
            _check.Check();
            if (_isEager && Model.HasTicked)
            {
                TouchAll("touched after a tick");
            }
        }

        Model.Tally.Count(IsGarbled ? "lives with deltas that mean nothing" : "lives with the kernel's deltas");
        Model.Tally.Count(_isEager ? "eager lives" : "lazy lives");
        End();
    }

    public void Dispose() => Engine.Dispose();

    private void Step()
    {
        var account = FirstAccount + (uint)_random.NextBelow(Accounts);
        switch (_random.PickWeighted([10, 30, 6, 8, 8, 4, 8, 3, 3, 3, 2, 2, 2, 2, 3, 3, 3]))
        {
            case 0:
                MovePrice();
                break;
            case 1:
                Trade(account, 1 + (uint)_random.NextBelow(LastListed), spread: 500, lotsMax: 20);
                break;
            case 2:
                Trade(account, LastListed + 1 + (uint)_random.NextBelow(2), spread: 100, lotsMax: 9);
                break;
            case 3:
                Pay(account, (uint)_random.NextBelow(3), _random.NextInRange(1L, 1_000));
                break;
            case 4:
                _venue.RequestWithdrawal(account, Amount(account, out var asked), asked);
                break;
            case 5:
                Cancel(account);
                break;
            case 6:
                var to = _random.Chance(7, 8) ? account ^ 1 : FirstAccount + (uint)_random.NextBelow(Accounts);
                _venue.Transfer(account, to, Amount(account, out var asset), asset);
                break;
            case 7:
                CloseEpoch();
                break;
            case 8:
                SetFees();
                break;
            case 9:
                SetTier(account, (uint)_random.NextBelow(8));
                break;
            case 10:
                CallAndUncross();
                break;
            default:
                StepRarely(account, (int)_random.NextBelow(6));
                break;
        }

        Read();
    }

    private void StepRarely(uint account, int choice)
    {
        switch (choice)
        {
            case 0:
                SetHaircut();
                break;
            case 1:
                _venue.WithdrawAsset(account, (uint)_random.NextBelow(3), _random.NextInRange(1L, 500), ++_movement);
                break;
            case 2:
                SetPool();
                break;
            case 3:
                Activate();
                break;
            case 4:
                var instrument = 1 + (uint)_random.NextBelow(LastListed);
                if (MoneyMarket.HasVolatility(instrument))
                {
                    _venue.SetVolatility(
                        instrument, _random.NextBelow(3 * VenueScript.FullVolatility) + 1, MoneyMarket.UnderlyingOf(instrument));
                }

                break;
            default:
                EndDelivery();
                break;
        }
    }

    /// <summary>Everything once.</summary>
    private void Read()
    {
        Model.Read(Engine);
        Engine.Events.Clear();
    }

    /// <summary>Mostly a little, now and then by as much as leaves accounts without cash.</summary>
    private void MovePrice()
    {
        var underlying = 1 + (uint)_random.NextBelow(MoneyMarket.Underlyings);
        var most = _random.Chance(1, 8) ? 20_000L : 1_000;
        ref var price = ref _market.Prices[underlying];
        price = Math.Max(60_000, price + _random.NextInRange(-most, most));
        _venue.Oracle(price, underlying);
    }

    /// <summary>Mostly something that is held, now and then anything.</summary>
    private void Cancel(uint account)
    {
        if (Model.HeldCount == 0 || _random.Chance(1, 4))
        {
            _venue.CancelWithdrawal(account, _random.NextBelow(12));
            return;
        }

        var one = Model.Held.ElementAt((int)_random.NextBelow((ulong)Model.HeldCount));
        _venue.CancelWithdrawal(one.Account, one.Id);
    }

    private void Pay(uint account, uint asset, long atoms)
    {
        _venue.DepositAsset(account, asset, asset == 2 ? Math.Min(atoms, 9) : atoms, ++_movement);
        Read();
    }

    /// <summary>Some of it, all of it, or more than all of it.</summary>
    private long Amount(uint account, out uint asset)
    {
        asset = (uint)_random.PickWeighted([4, 1, 1]);
        var id = new AccountId(account);
        var held = asset == 0 ? Engine.View.Cash(id).Value : Engine.View.Balance(id, new AssetId(asset)).Value;
        return _random.NextBelow(12) switch
        {
            0 => held,
            1 => held + 1,
            2 when asset == 0 => (long)Int128.Clamp(Free(account) >> 32, 0, Math.Max(0, held)),
            _ => _random.NextInRange(0L, Math.Max(1, held / 4)),
        };
    }

    private void Trade(uint account, uint instrument, long spread, long lotsMax) => _venue.Order(
        account, instrument, _random.Chance(1, 2) ? Side.Buy : Side.Sell,
        _market.MiddleOf(instrument) + _random.NextInRange(-spread, spread), _random.NextInRange(1L, lotsMax),
        _random.Chance(1, 3) ? TimeInForce.ImmediateOrCancel : TimeInForce.GoodTillCancel);

    private void CloseEpoch()
    {
        // What falls due by now comes first, so that the close changes no mark.
        Engine.Tick();
        Read();
        var waiting = Model.Held.ToArray();
        var wasFree = waiting.Length != 0 && Free(waiting[0].Account) >= 0;
        _venue.CloseEpoch(++_epoch);
        Model.Tally.Count("epochs");
        var isAnswered = waiting.Length != 0
            && Engine.Events.Any(record => record.TemplateId == WithdrawalReportDecoder.TemplateId);
        Read();
        var left = Model.Held.ToHashSet();
        var ended = waiting.Where(held => !left.Contains(held)).ToArray();
        Demand.That(ended.Length == Math.Min(waiting.Length, _limits.WithdrawalsPerEpoch), "as many as a close takes");

        var listed = new ReleasedWithdrawal[_limits.WithdrawalsPerEpoch];
        var count = Engine.View.CopyReleased(listed);
        Demand.That(count == Engine.View.ReleasedWithdrawals, "the list is as long as it says");
        var expected = ended.Where(held => listed[..count].Any(line => line.Id.Value == held.Id)).ToArray();
        Demand.That(
            listed[..count].Select(line => (line.Id.Value, line.Account.Value, line.Asset.Value, line.Amount.Value, line.Epoch))
                .SequenceEqual(expected.Select(held => (held.Id, held.Account, held.Asset, held.Atoms, _epoch))),
            "the list is what was released");

        // The first is judged by what was free before the close, whatever the close itself did.
        if (isAnswered)
        {
            var isReleased = expected.Contains(waiting[0]);
            Demand.That(isReleased == wasFree || isReleased == Free(waiting[0].Account) >= 0, "free equity decides");
        }
    }

    private Int128 Free(uint account) => Engine.View.FreeEquity(new AccountId(account)).Value;

    private void SetTier(uint account, uint tier)
    {
        _venue.SetTier(account, tier);
        Read();
        Model.SetTier(account, tier);
    }

    private void SetFees()
    {
        var schedule = (ushort)_random.NextInRange(1, 3);
        var least = _random.NextInRange(-40, 40);
        var tiers = new TierRates[_random.NextInRange(1, 8)];
        for (var tier = 0; tier < tiers.Length; tier++)
        {
            tiers[tier] = new TierRates(
                _random.NextInRange(least, 60), Math.Max(-least, 0) + _random.NextInRange(0, 300), (uint)_random.NextBelow(200),
                (uint)_random.NextBelow(3_000), (uint)_random.NextBelow(30_000));
        }

        var basis = _random.Chance(1, 2) ? FeeBasis.TradedValue : FeeBasis.UnderlyingValue;
        var multiple = basis == FeeBasis.TradedValue ? 0 : (uint)_random.NextBelow(600);
        _venue.SetFees(schedule, basis, multiple, tiers);
        Read();
        Model.Schedules[schedule] = (basis, multiple, tiers);
        var instrument = 1 + (uint)_random.NextBelow(LastListed);
        _venue.SetInstrumentFees(instrument, schedule);
        var isRefused = Engine.Events.Any(record =>
            record.SchemaId == InternalSchema.Id && record.TemplateId == CommandRefusedDecoder.TemplateId);
        Read();
        if (!isRefused)
        {
            Model.Charged[instrument] = schedule;
        }
    }

    private void CallAndUncross()
    {
        var instrument = 1 + (uint)_random.NextBelow(LastListed);
        _venue.ChangeState(instrument, InstrumentState.PreOpen);
        Read();
        for (var order = 0; order < 6; order++)
        {
            var account = FirstAccount + (uint)_random.NextBelow(Accounts);
            Trade(account, _random.Chance(2, 3) ? instrument : 1 + (uint)_random.NextBelow(LastListed), 500, 20);
            Read();
        }

        _venue.ChangeState(instrument, InstrumentState.Open);
    }

    private void SetHaircut()
    {
        var asset = 1 + (uint)_random.NextBelow(2);
        _market.Haircuts[asset] = (uint)_random.NextBelow(1_000_001);
        _venue.SetAssetTerms(asset, _market.Haircuts[asset], _market.VenueMaxima[asset], _market.AccountMaxima[asset]);
    }

    private void SetPool() => Engine.SendInternal(SettlementPoolTermsEncoder.Wrap(Engine.Buffer)
        .SetShareOfClaimPpm((uint)_random.NextInRange(1L, 800_000)).SetKinkPpm((uint)_random.NextInRange(1L, 999_999))
        .SetCapAtoms(_random.NextInRange(1L, 1L << (int)_random.NextInRange(1L, 40)))
        .SetIdleRatePpm((uint)_random.NextBelow(1_000_000)).SetKinkRatePpm((uint)_random.NextInRange(1_000_000L, 5_000_000))
        .SetFullRatePpm((uint)_random.NextInRange(5_000_000L, 10_000_000)).EncodedLength);

    private void Activate()
    {
        var (parameter, value) = _random.NextBelow(3) switch
        {
            0 => (ParameterId.SettlementThresholdTicks, _random.NextInRange(1L, 500)),
            1 when _market.HasIntervals =>
                (ParameterId.SettlementIntervalNanos, _random.NextInRange(3L, 15) * (long)VenueScript.Second),
            _ => (ParameterId.InitialMarginPpm, _random.NextInRange(50_000L, 200_000)),
        };
        _venue.Activate(parameter, value, 1 + (uint)_random.NextBelow(MoneyMarket.Underlyings));
    }

    private void EndDelivery()
    {
        if (Model.Deliveries.Open.Count != 0)
        {
            Engine.SendInternal(ResolveDeliveryEncoder.Wrap(Engine.Buffer).SetObligationId(Model.Deliveries.Open.First())
                .SetIsDelivered(_random.Chance(1, 2) ? (byte)1 : (byte)0).EncodedLength);
        }
    }

    private void TouchAll(string what)
    {
        for (var account = FirstAccount; account < FirstAccount + Accounts; account++)
        {
            Pay(account, 0, 1);
            Model.Tally.Count(what);
        }
    }

    /// <summary>
    /// All that is dated expires, all that is perpetual is sold, and every account is touched: its cash itself is then the sum
    /// of its life, without any D.
    /// </summary>
    private void End()
    {
        Engine.TimeNanos += 300 * VenueScript.Second;
        MoveOn();
        Engine.TimeNanos += 700 * VenueScript.Second;
        MoveOn();
        for (var left = Model.Deliveries.Open.Count / 2; left > 0; left--)
        {
            EndDelivery();
            Read();
        }

        Sell();
        TouchAll("touched at the end");
        _check.Check();
        var isFlat = true;
        for (uint instrument = 1; instrument <= LastListed; instrument++)
        {
            isFlat &= Model.IsFlat(instrument);
            Demand.That(!MoneyMarket.IsDated(instrument) || Model.IsFlat(instrument), $"{instrument} has expired");
        }

        Model.Tally.Count(isFlat ? "ended flat" : "ended with something left");
        for (var account = FirstAccount; account < FirstAccount + Accounts; account++)
        {
            var id = new AccountId(account);
            var cash = ((BigInteger)Engine.View.Cash(id).Value << 32) + Engine.View.Dust(id);
            var due = Model.MoneyOf(account) + (isFlat ? 0 : Model.Owed(account));
            Demand.That(cash == due, $"lifetime cash of {account} is {cash}, its trades, payoffs and transfers make it {due}");
        }

        Model.Deliveries.Check();
        Engine.View.Audit();
    }

    private void MoveOn()
    {
        for (uint underlying = 1; underlying <= MoneyMarket.Underlyings; underlying++)
        {
            _venue.Oracle(_market.Prices[underlying], underlying);
            Engine.DrainPendingWork();
            Read();
        }

        _check.Check();
    }

    /// <summary>Longs sell to shorts at the mark; who has not the equity for that keeps what it has.</summary>
    private void Sell()
    {
        _venue.Kill(0, isOn: true, cancelsOrders: true);
        Engine.DrainPendingWork();
        Read();
        _venue.Kill(0, isOn: false);
        Read();
        for (var pair = 0; pair < 3 * Accounts * LastListed; pair++)
        {
            var instrument = (uint)(pair % LastListed) + 1;
            var (buyer, seller) = (0u, 0u);
            for (var account = FirstAccount; account < FirstAccount + Accounts; account++)
            {
                var lots = Model.LotsOf(account, instrument);
                (buyer, seller) = (lots < 0 ? account : buyer, lots > 0 ? account : seller);
            }

            if (buyer == 0)
            {
                continue;
            }

            var sold = Math.Min(-Model.LotsOf(buyer, instrument), Model.LotsOf(seller, instrument));
            var middle = Math.Max(1, _market.MiddleOf(instrument));
            _venue.Order(seller, instrument, Side.Sell, middle, sold);
            Read();
            _venue.Order(buyer, instrument, Side.Buy, middle, sold, TimeInForce.ImmediateOrCancel);
            Read();
        }
    }
}
