namespace HftDelta.Engine.Greeks.Scenarios;

/// <summary>One volatility after the shocks of a grid, at one time to expiry. Pure.</summary>
internal readonly struct ShockedVolatilities
{
    private const int FractionBits = 56;
    private const long OneQ56 = 1L << FractionBits;
    private const ulong DayNanos = 86_400_000_000_000;

    private readonly ScenarioShocks _shocks;
    private readonly VolatilityQ48 _volatility;
    private readonly Magnitude _rootYears;

    public ShockedVolatilities(in ScenarioShocks shocks, VolatilityQ48 volatility, ulong timeNanos)
    {
        _shocks = shocks;
        _volatility = volatility;
        _rootYears = Magnitude.Of(timeNanos, 0)
            .TimesFloor(Magnitude.Of(KernelTables.YearReciprocalQ118, KernelTables.YearReciprocalBits))
            .RootFloor();
        var factor = TermFactor(shocks, timeNanos);
        var rise = (long)factor.TimesFloor(Part(shocks.VolatilityUpPpm)).FloorAtMost(FractionBits, 63UL << FractionBits);
        var up = Times(volatility, OneQ56 + rise);
        Up = up < shocks.UpFloor.Value ? shocks.UpFloor : new VolatilityQ48(up);
        var down = OneQ56 - (long)factor.TimesFloor(Part(shocks.VolatilityDownPpm)).FloorAtMost(FractionBits, (ulong)OneQ56);
        Down = new VolatilityQ48(Times(volatility, down));
    }

    public VolatilityQ48 Down { get; }

    public VolatilityQ48 Up { get; }

    /// <summary>Volatility times 1 + clamp(k cap / width, +-cap), k = ln(strike / price), or its magnitude.</summary>
    public VolatilityQ48 Skewed(ulong price, ulong strike, bool isCurvature)
    {
        var cap = Part(_shocks.SkewCapPpm).FloorAtMost(FractionBits, (ulong)OneQ56);
        var fall = _rootYears.TimesFloor(Part(_shocks.SkewCapSlopePpm)).FloorAtMost(FractionBits, cap);
        cap -= fall;
        var width = _rootYears.TimesFloor(Part(_shocks.SkewWidthPpm));
        var least = Part(_shocks.SkewWidthMinPpm);
        width = width.FloorAtMost(FractionBits, 63UL << 56) < least.FloorAtMost(FractionBits, 63UL << 56) ? least : width;
        var ratio = LogRatio.Of(strike, price);
        var part = Magnitude.Of(ratio).OverFloor(width).TimesFloor(Magnitude.Of(cap, FractionBits));
        var change = (long)part.FloorAtMost(FractionBits, cap);
        return new VolatilityQ48(Times(_volatility, OneQ56 + (ratio.IsNegative && !isCurvature ? -change : change)));
    }

    /// <summary>(30 days / max(T, 1 day))^power.</summary>
    private static Magnitude TermFactor(in ScenarioShocks shocks, ulong timeNanos)
    {
        var time = timeNanos < DayNanos ? DayNanos : timeNanos;
        var power = Part(time <= 30 * DayNanos ? shocks.ShortPowerPpm : shocks.LongPowerPpm);
        // A quarter of both, so that the largest time is in the range of the logarithm.
        var ratio = LogRatio.Of(30 * DayNanos >> 2, time >> 2);
        var exponent = (long)Magnitude.Of(ratio).TimesFloor(power).FloorAtMost(FractionBits, Exponential.ArgumentMaxQ56);
        return Exponential.Of(ratio.IsNegative ? -exponent : exponent);
    }

    private static Magnitude Part(int partPpm) =>
        Magnitude.OfFloor(((UInt128)(uint)partPpm << 96) / 1_000_000, 96);

    /// <summary>Toward zero, held at the largest volatility.</summary>
    private static long Times(VolatilityQ48 volatility, long factorQ56)
    {
        var product = (Int128)volatility.Value * factorQ56 >> FractionBits;
        return product < VolatilityQ48.Max.Value ? (long)product : VolatilityQ48.Max.Value;
    }
}
