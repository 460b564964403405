using HftDelta.Engine.Greeks;
using HftDelta.Primitives.Units;

namespace HftDelta.Node.Demo.Markets;

/// <summary>
/// The market that is built in: one underlying that walks as fast as 400 % of volatility, a perpetual, a future, and calls and
/// puts of three expiries. The first expiry comes within seconds, so its strikes stand close together and its volatility is
/// that of the walk; the other two are a day and a month off.
/// </summary>
internal static class SeededMarket
{
    private const long BeginTicks = 6_000_000;
    private const int MovePerStepPartsPerMillion = 70;
    private const int FastVolatilityPercent = 400;
    private const ulong DayNanos = 86_400 * DemoTiming.NanosPerSecond;

    public static DemoUnderlying Bitcoin(int sources, uint thresholdPpm) => new(
        new UnderlyingId(1), "BTC", TicksPerUnit: 100, AtomsPerTick: 100, TicksPerPriceTick: 10,
        sources, (byte)Math.Min(sources, 2), thresholdPpm);

    public static DemoMarket Create(ulong seed, DemoTiming timing)
    {
        const int sources = 3;
        var underlying = Bitcoin(sources, thresholdPpm: 300);
        var walk = new SeededWalk(
            SeededNumbers.For(seed, 1), new PriceTicks(BeginTicks), BeginTicks * MovePerStepPartsPerMillion / 1_000_000);
        var feeds = new List<OracleFeed>();
        for (uint source = 1; source <= sources; source++)
        {
            var numbers = SeededNumbers.For(seed, 10 + source);
            feeds.Add(new SeededFeed(underlying, source, walk, numbers, numbers.Between(-150, 150), noiseTicks: 40));
        }

        var chain = new ChainBuilder(underlying);
        chain.Add(DemoKind.Perpetual, default, default, default, "BTC-PERP");
        AddExpiries(chain, timing);
        return new DemoMarket
        {
            Underlyings = [underlying],
            Instruments = chain.Instruments,
            Feeds = feeds,
            Description = "built-in market",
        };
    }

    private static void AddExpiries(ChainBuilder chain, DemoTiming timing)
    {
        var first = timing.FirstExpiry;
        AddExpiry(chain, "NEAR", first, FastVolatilityPercent, strikeStepDeviations: 0.75);
        var second = DemoTiming.After(DayNanos);
        AddExpiry(chain, "DAY", second, volatilityPercent: 80, strikeStepDeviations: 0.5);
        var third = DemoTiming.After(30 * DayNanos);
        AddExpiry(chain, "MONTH", third, volatilityPercent: 60, strikeStepDeviations: 0.5);
        chain.Add(DemoKind.Future, default, third, default, "BTC-MONTH");
    }

    /// <summary>Three strikes, as many standard deviations of the price until then apart.</summary>
    private static void AddExpiry(
        ChainBuilder chain, string name, TimeNanos expiry, int volatilityPercent, double strikeStepDeviations)
    {
        // Square root, products and quotients only: IEEE says what they are to the last bit.
        var years = (double)(expiry.Value - DemoTiming.Start.Value) / Black76Input.YearNanos;
        var deviation = volatilityPercent / 100.0 * Math.Sqrt(years);
        var volatility = new VolatilityQ48(VolatilityQ48.One.Value / 100 * volatilityPercent);
        for (var place = -1; place <= 1; place++)
        {
            var strike = new PriceTicks((long)(BeginTicks * (1 + (place * strikeStepDeviations * deviation))));
            chain.AddPair(strike, expiry, volatility, $"BTC-{name}-{strike.Value / 100.0:0.00}");
        }
    }
}

/// <summary>Collects instruments of one underlying and numbers them in order.</summary>
internal sealed class ChainBuilder(DemoUnderlying underlying, uint firstId = 1)
{
    private readonly List<DemoInstrument> _instruments = [];

    public IReadOnlyList<DemoInstrument> Instruments => _instruments;

    public void Add(DemoKind kind, PriceTicks strike, TimeNanos expiry, VolatilityQ48 volatility, string symbol) =>
        _instruments.Add(new DemoInstrument(
            new InstrumentId(firstId + (uint)_instruments.Count), underlying, kind, strike, expiry, volatility, symbol));

    public void AddPair(PriceTicks strike, TimeNanos expiry, VolatilityQ48 volatility, string symbol)
    {
        Add(DemoKind.Call, strike, expiry, volatility, symbol + "-C");
        Add(DemoKind.Put, strike, expiry, volatility, symbol + "-P");
    }
}
