using System.Globalization;
using System.IO.Compression;
using HftDelta.Engine;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Tests.Node.BookReplay;
using HftDelta.Wire;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Oracle;

/// <summary>
/// Three markets as they were, each a source: clocks ahead of the receiver's by 1.27 s, a feed that stops, a trade far off the
/// market. Times of arrival are the venue's, times of the exchange the sources'.
/// </summary>
[TestFixture]
[CancelAfter(120_000)]
public sealed class RecordedFeedTests
{
    private const string Folder = "data/binance_multimarket/";
    private const ulong Second = VenueScript.Second;

    private static readonly UnderlyingId _underlying = new(1);
    private static readonly InstrumentId _perpetual = new(1);
    private static readonly OracleRulesWords _rules = new()
    {
        JumpPpm = 10_000,
        DeviationPpm = 10_000,
        SkewMaxNanos = 5 * Second,
        AgeMaxNanos = 2 * Second,
        LateNanos = 3 * Second,
        StaleNanos = 20 * Second,
        DeadNanos = 60 * Second,
    };

    private Dictionary<string, uint> _sources = [];
    private Dictionary<RejectCode, int> _codes = [];
    private List<(ulong Time, StalenessClass Class)> _classes = [];
    private Dictionary<string, ulong> _lastTimes = [];

    [SetUp]
    public void Begin() => (_sources, _codes, _classes, _lastTimes) = ([], [], [], []);

    [Test]
    public void Clocks_that_are_seconds_off_are_taken_and_a_feed_that_stops_leaves_a_quorum_of_two()
    {
        using var engine = Replay("btc_2024-08-08T2354_trades.csv.gz", market => true, null);
        Assert.That(_codes.GetValueOrDefault(RejectCode.OracleClockSkew), Is.Zero, "1.27 s is within the allowed 5 s");
        Assert.That(_codes[default], Is.GreaterThan(0.99 * _codes.Values.Sum()), Told());
        var ends = _lastTimes.Values.Order().ToArray();
        Assert.That(ends[2] - ends[0], Is.GreaterThan(240 * Second), "one feed stopped minutes before the others");
        Assert.That(
            engine.View.SettlementPrice(_perpetual).Value, Is.EqualTo(Price(engine)), "settled to the price of two of them");
        Assert.That(
            _classes.Where(change => change.Time > ends[0]).Select(change => change.Class),
            Does.Not.Contain(StalenessClass.Stale).And.Not.Contain(StalenessClass.Dead));
    }

    [Test]
    public void When_two_of_three_feeds_stop_the_price_is_late_then_stale_then_dead_and_no_longer_moves()
    {
        var price = 0L;
        using var engine = Replay(
            "btc_2024-08-08T2354_trades.csv.gz",
            market => _lastTimes.Count < 3 || _lastTimes.Keys.First() == market || _lastTimes[market] < _lastTimes.Values.Min()
                + Second || _lastTimes[market] < StopAt,
            now => price = _classes.Count > 0 && _classes[^1].Class == StalenessClass.Dead && price == 0
                ? Price(_engine!)
                : price);
        var afterStop = _classes.Where(change => change.Time > StopAt + (5 * Second)).Select(change => change.Class).ToList();
        Assert.That(_classes[^1].Class, Is.EqualTo(StalenessClass.Dead), Told());
        Assert.That(afterStop, Does.Contain(StalenessClass.Stale));
        Assert.That(Price(engine), Is.EqualTo(price), "as it was when it died");
        Assert.That(engine.View.SettlementPrice(_perpetual).Value, Is.EqualTo(price));
    }

    [Test]
    public void A_trade_of_the_insurance_fund_far_off_the_market_is_refused_as_a_jump()
    {
        var highest = 0L;
        using var engine = Replay(
            "btc_2023-04-04T2358_trades.csv.gz", market => true, _ => highest = Math.Max(highest, Price(_engine!)));
        Assert.That(_codes.GetValueOrDefault(RejectCode.OracleReportJumps), Is.GreaterThanOrEqualTo(1), Told());
        Assert.That(highest, Is.InRange(2_800_000, 2_840_000), "never the 28,722.5 of that trade");
    }

    private const ulong StopAt = 1_723_161_254_087_896_568 + (120 * Second);

    private EngineHarness? _engine;

    private static long Price(EngineHarness engine) => engine.View.OraclePrice(_underlying).Value;

    private string Told() => string.Join(", ", _codes.Select(code => $"{code.Key} {code.Value}"));

    private EngineHarness Replay(string file, Func<string, bool> isHeard, Action<ulong>? afterEach)
    {
        var engine = new EngineHarness(EngineLimits.Small with { Accounts = 64 }) { KeepsCommands = false };
        _engine = engine;
        OracleScript? oracle = null;
        using var lines = new StreamReader(new GZipStream(
            File.OpenRead(SharedFiles.PathOrSkip(Folder + file)), CompressionMode.Decompress));
        var columns = lines.ReadLine()!.Split(',');
        var (local, exchange, market, price) = (
            Array.IndexOf(columns, "local_ts_ns"), Array.IndexOf(columns, "event_ms"), Array.IndexOf(columns, "market"),
            Array.IndexOf(columns, "price"));
        while (lines.ReadLine() is { } line)
        {
            var fields = line.Split(',');
            var now = ulong.Parse(fields[local], CultureInfo.InvariantCulture);
            if (oracle is null)
            {
                engine.TimeNanos = now;
                oracle = new OracleScript(engine);
                var venue = new VenueScript(engine);
                venue.ListUnderlying(quorum: 2);
                venue.Activate(HftDelta.Wire.Internal.ParameterId.OracleMaxAgeNanos, (long)(3 * Second));
                oracle.Rules(_rules);
            }

            // Files are in order of market within a moment: the receiver's clock never goes back here.
            now = Math.Max(now, engine.TimeNanos);
            while (now - engine.TimeNanos > Second / 2)
            {
                oracle.Wait(Second / 2);
                Note(engine);
            }

            engine.TimeNanos = now;
            if (!isHeard(fields[market]))
            {
                continue;
            }

            Report(engine, oracle, fields[market], fields[exchange], fields[price]);
            _lastTimes[fields[market]] = now;
            afterEach?.Invoke(now);
        }

        return engine;
    }

    private void Report(EngineHarness engine, OracleScript oracle, string market, string exchange, string price)
    {
        if (!_sources.TryGetValue(market, out var source))
        {
            _sources[market] = source = (uint)_sources.Count + 1;
        }

        var ticks = (long)(decimal.Parse(price, CultureInfo.InvariantCulture) * 100);
        var time = ulong.Parse(exchange, CultureInfo.InvariantCulture) * 1_000_000;
        var before = Settled(engine);
        var code = oracle.Report(source, ticks, time);
        if (code != default)
        {
            Assert.That(Settled(engine), Is.EqualTo(before), $"a refused report ({code}) moves nothing");
            Assert.That(engine.Count(DeltaSettlementDecoder.TemplateId), Is.Zero);
        }

        _codes[code] = _codes.GetValueOrDefault(code) + 1;
        Note(engine);
        if (engine.View.InstrumentCount == 0 && Price(engine) != 0)
        {
            new VenueScript(engine).ListPerpetual(_perpetual.Value);
        }
    }

    /// <summary>All that settlement moves: the oracle's price, D, S*, mark.</summary>
    private static (long, Int128, long, Int128) Settled(EngineHarness engine) => engine.View.InstrumentCount == 0
        ? default
        : (Price(engine), engine.View.DeltaIndex(_perpetual).Value, engine.View.SettlementPrice(_perpetual).Value,
            engine.View.Mark(_perpetual).Value);

    private void Note(EngineHarness engine)
    {
        var now = engine.View.Staleness(_underlying);
        if (_classes.Count == 0 || _classes[^1].Class != now)
        {
            _classes.Add((engine.TimeNanos, now));
        }
    }
}
