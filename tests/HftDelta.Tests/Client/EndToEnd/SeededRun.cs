using HftDelta.Client.Samples;
using HftDelta.Engine.Books;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Time;
using HftDelta.Simulation.Network;
using HftDelta.Simulation.Randomness;
using NUnit.Framework;

namespace HftDelta.Tests.Client.EndToEnd;

/// <summary>What happens in one run beside the trading.</summary>
internal sealed record RunFaults
{
    /// <summary>Of datagrams, each way, that are dropped, duplicated and held up.</summary>
    public int PerMille { get; init; } = 50;

    /// <summary>Times that a client's way to the venue is cut for up to a second.</summary>
    public int Cuts { get; init; }

    /// <summary>Times that a client's process stands still for up to half a second.</summary>
    public int Pauses { get; init; }

    /// <summary>Times that the venue is killed and started again.</summary>
    public int Kills { get; init; }

    /// <summary>Requests live only so long, so that some are late.</summary>
    public ulong RequestLifetimeNanos { get; init; } = 1_000_000_000;

    /// <summary>A call ends as unknown as long after its deadline; a cancel as long after it was made.</summary>
    public ulong AnswerGraceNanos { get; init; } = 4_000_000_000;

    public int RequestsPerTrader { get; init; } = 120;
}

/// <summary>
/// One seed: traders and an oracle against the real venue over a simulated network; first everything goes wrong that the
/// faults say, then nothing, and in the end what the traders believe is compared with the engine's state.
/// </summary>
internal sealed class SeededRun : IDisposable
{
    public const int Traders = 3;

    private const ulong StepNanos = 20_000;
    private const ulong IdleNanosMax = 500_000;
    private const ulong Millisecond = 1_000_000;
    /// <summary>What a client that stood still takes to hear what came meanwhile.</summary>
    private const ulong AnswerSlackNanos = 51 * Millisecond;
    private const ulong QuietWithinNanos = 60_000 * Millisecond;

    private readonly VirtualNanoClock _clock = new(new TimeNanos(1_700_000_000_000_000_000));
    private readonly SimulatedNetwork _network;
    private readonly TradedVenue _venue;
    private readonly SampleOracle _oracle;
    private readonly Trader[] _traders;
    private readonly ulong[] _pausedUntil = new ulong[Traders];
    private readonly SeededRandom _random;
    private readonly RunFaults _faults;
    private readonly List<(ulong AtNanos, Action Do)> _plan = [];
    private long _price = TradedVenue.StartPrice;
    private bool _areTradersThere;

    public SeededRun(ulong seed, RunFaults faults)
    {
        Seed = seed;
        _faults = faults;
        _random = new SeededRandom(seed);
        _network = new SimulatedNetwork(_clock, seed);
        _venue = new TradedVenue(_network, _clock, Traders);
        _oracle = new SampleOracle(new SampleOracleOptions
        {
            Client = OptionsOf("10.0.0.90", TradedVenue.OracleKey, seed + 90),
            Underlyings = [new UnderlyingId(1)],
            Source = 1,
            Price = (_, _) => new PriceTicks(_price),
            ReportEveryNanos = 3 * Millisecond,
        });
        _traders = new Trader[Traders];
        for (var index = 0; index < Traders; index++)
        {
            var address = $"10.0.0.{11 + index}";
            _traders[index] = new Trader(
                OptionsOf(address, TradedVenue.FirstTrader + (ulong)index, seed + (ulong)index), seed ^ (ulong)index, address);
        }
    }

    public ulong Seed { get; }

    public int Fills => _traders.Sum(trader => trader.Fills);

    public long Resent => _traders.Sum(trader => trader.Client.Statistics.Resent);

    public int NotApplied => _traders.Sum(trader => trader.NotApplied);

    public int Unknown => _traders.Sum(trader => trader.Unknown);

    public int Lapses => _traders.Sum(trader => trader.Lapses);

    public int Healed => _traders.Sum(trader => trader.Healed);

    public NetworkStatistics Network => _network.Statistics;

    public void Run()
    {
        Begin();
        _network.Conditions = LinkConditions.Poor(_faults.PerMille, delayNanos: 30_000);
        MakePlan();
        Until(
            () => _plan.Count == 0 && _traders.All(trader => trader.Sent >= _faults.RequestsPerTrader), mayAct: true, "trading");
        _network.Conditions = LinkConditions.Poor(0, delayNanos: 30_000);
        _network.ClearLinks();
        Until(
            () => _traders.All(trader => trader.IsQuiet) && _clock.Now.Value >= _pausedUntil.Max(),
            mayAct: false,
            "an outcome for everything");

        // Whoever said nothing last learns of a lost datagram from what follows it: a heartbeat of the transport, or the
        // venue's keep-alive.
        Pass(400 * Millisecond);
        Compare();
    }

    public void Dispose()
    {
        _oracle.Dispose();
        foreach (var trader in _traders)
        {
            trader.Dispose();
        }

        _venue.Dispose();
    }

    private HftDelta.Client.VenueClientOptions OptionsOf(string address, ulong key, ulong seed) =>
        ClientWorld.Options(_network, _clock, TradedVenue.Endpoint, address, seed) with
        {
            Key = new HftDelta.Client.KeyId(key),
            KeepAliveMillis = 100,
            WindowRequests = 32,
            AskAgainNanos = 50 * Millisecond,
            AnswerGraceNanos = _faults.AnswerGraceNanos,
            AnswerWithinNanos = _faults.AnswerGraceNanos,
            HandshakeTimeoutNanos = 500 * Millisecond,
            ReconnectDelayNanos = 5 * Millisecond,
            ReconnectDelayNanosMax = 100 * Millisecond,
            RequestLifetimeNanos = key == TradedVenue.OracleKey ? 0 : _faults.RequestLifetimeNanos,
        };

    private void Begin()
    {
        _venue.ListUnderlying();
        Until(() => _venue.View.OraclePrice(new UnderlyingId(1)).Value > 0, mayAct: false, "an oracle price");
        _venue.ListInstruments(2);
        Pass(Millisecond);
        _areTradersThere = true;
        Until(() => _traders.All(trader => trader.IsQuiet), mayAct: false, "sessions");
    }

    private void MakePlan()
    {
        var now = _clock.Now.Value;
        for (var cut = 0; cut < _faults.Cuts; cut++)
        {
            var host = _network.Host($"10.0.0.{11 + _random.NextBelow(Traders)}");
            var begin = now + _random.NextBelow(80 * Millisecond);
            var end = begin + (20 + _random.NextBelow(800)) * Millisecond;
            var isOneWay = _random.Chance(1, 3);
            _plan.Add((begin, () => Cut(host, LinkConditions.Cut, isOneWay)));
            _plan.Add((end, () => Cut(host, _network.Conditions, isOneWay: false)));
        }

        for (var pause = 0; pause < _faults.Pauses; pause++)
        {
            var index = (int)_random.NextBelow(Traders);
            var nanos = (20 + _random.NextBelow(480)) * Millisecond;
            _plan.Add((now + _random.NextBelow(80 * Millisecond), () => _pausedUntil[index] = _clock.Now.Value + nanos));
        }

        for (var kill = 0; kill < _faults.Kills; kill++)
        {
            _plan.Add((now + _random.NextBelow((80 + (200 * (ulong)kill)) * Millisecond), _venue.Kill));
        }

        _plan.Sort((one, other) => one.AtNanos.CompareTo(other.AtNanos));
    }

    private void Cut(SimulatedHost host, LinkConditions conditions, bool isOneWay)
    {
        var venue = _network.Host("10.0.0.1").Address;
        _network.SetLink(host.Address, venue, conditions);
        if (!isOneWay)
        {
            _network.SetLink(venue, host.Address, conditions);
        }
    }

    private void Step(bool mayAct)
    {
        while (_plan.Count > 0 && _plan[0].AtNanos <= _clock.Now.Value)
        {
            _plan[0].Do();
            _plan.RemoveAt(0);
        }

        var work = _venue.Step() + _oracle.DoWork();
        for (var index = 0; index < Traders; index++)
        {
            var trader = _traders[index];
            if (!_areTradersThere || _clock.Now.Value < _pausedUntil[index])
            {
                continue;
            }

            work += trader.Client.DoWork();
            trader.ProveAnswered(AnswerSlackNanos);
            if (mayAct && _random.Chance(1, 8) && (trader.Sent < _faults.RequestsPerTrader || _plan.Count > 0))
            {
                trader.Act();
            }
        }

        if (_random.Chance(1, 64))
        {
            _price = TradedVenue.StartPrice + (long)_random.NextBelow(11) - 5;
        }

        _clock.Advance(work > 0 ? StepNanos : IdleNanos());
    }

    /// <summary>Nothing moved: on to the next datagram, or a little.</summary>
    private ulong IdleNanos()
    {
        var next = _network.NextArrivalNanos ?? ulong.MaxValue;
        var now = _clock.Now.Value;
        return Math.Clamp(next > now ? next - now : 0, StepNanos, IdleNanosMax);
    }

    private void Until(Func<bool> condition, bool mayAct, string what)
    {
        var end = _clock.Now.Value + QuietWithinNanos;
        while (!condition())
        {
            if (_clock.Now.Value >= end)
            {
                Assert.Fail($"seed {Seed}: {what} did not come\n{string.Join('\n', _traders.AsEnumerable())}\n{Network}");
            }

            Step(mayAct);
        }
    }

    private void Pass(ulong nanos)
    {
        var end = _clock.Now.Value + nanos;
        while (_clock.Now.Value < end)
        {
            Step(mayAct: false);
        }
    }

    private void Compare()
    {
        var view = _venue.View;
        var told = $"seed {Seed}\n{string.Join('\n', _traders.AsEnumerable())}";
        Assert.That(view.ConservationError.Value, Is.EqualTo(Int128.Zero), told);
        Assert.That(view.OrderCount, Is.EqualTo(_traders.Sum(trader => trader.Orders.Count())), $"live orders, {told}");
        for (uint id = 1; id <= 2; id++)
        {
            var instrument = new InstrumentId(id);
            Assert.That(_traders.Sum(trader => trader.PositionOf(instrument)), Is.Zero, $"positions sum to nothing, {told}");
            Assert.That(BookOf(instrument, Side.Buy), Is.EqualTo(BelievedBookOf(instrument, Side.Buy)), told);
            Assert.That(BookOf(instrument, Side.Sell), Is.EqualTo(BelievedBookOf(instrument, Side.Sell)), told);
            for (var index = 0; index < Traders; index++)
            {
                Assert.That(
                    view.Position(AccountOf(index), instrument).Value, Is.EqualTo(_traders[index].PositionOf(instrument)), told);
            }
        }

        for (var index = 0; index < Traders; index++)
        {
            var trader = _traders[index];
            Assert.That(trader.Outcomes, Is.EqualTo(trader.Sent), $"one outcome for each call, {told}");
            Assert.That(trader.ResolvedLate, Is.EqualTo(trader.Unknown), $"what was unknown is known, {told}");
            Assert.That(view.TryGetSession(trader.Client.Orders.Handle, out var sequences), Is.True);
            Assert.That(sequences.NextRequest - 1, Is.EqualTo((ulong)trader.Sent), $"each request applied once, {told}");
            if (trader.Cash is { } cash)
            {
                Assert.That(view.Cash(AccountOf(index)).Value, Is.EqualTo(cash), $"cash, {told}");
            }
        }
    }

    private List<(long Price, long Lots)> BookOf(InstrumentId instrument, Side side)
    {
        var levels = new BookLevel[64];
        var count = _venue.View.ReadDepth(instrument, side, levels);
        return [.. levels.Take(count).Select(level => (level.Price.Value, level.Volume.Value)).OrderBy(level => level)];
    }

    private List<(long Price, long Lots)> BelievedBookOf(InstrumentId instrument, Side side) =>
    [
        .. _traders.SelectMany(trader => trader.Orders)
            .Where(order => order.Instrument == instrument && order.Side == side)
            .GroupBy(order => order.Price)
            .Select(level => (level.Key, level.Sum(order => order.Leaves))).OrderBy(level => level),
    ];

    private static AccountId AccountOf(int index) => new(TradedVenue.FirstTrader + (uint)index);
}
