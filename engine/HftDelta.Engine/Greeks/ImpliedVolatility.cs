using HftDelta.Primitives;
using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Greeks;

/// <summary>Whether a price has a volatility, and why not.</summary>
public enum ImpliedVolatilityStatus : byte
{
    Found = 0,

    /// <summary>The price is the intrinsic value: no volatility, or too little to tell.</summary>
    AtIntrinsic = 1,

    /// <summary>Below the intrinsic value or below 0: an arbitrage.</summary>
    BelowIntrinsic = 2,

    /// <summary>The forward or more for a call, the strike or more for a put: an arbitrage.</summary>
    AtOrAboveBound = 3,

    /// <summary>Between the price at <see cref="VolatilityQ48.Max"/> and the bound.</summary>
    AboveVolatilityMax = 4,

    /// <summary>There is no time left that a volatility could work in, and the price is not the intrinsic value.</summary>
    NoTime = 5,
}

/// <summary>What <see cref="ImpliedVolatility.Solve"/> found.</summary>
/// <param name="Status">Found, or why not.</param>
/// <param name="Volatility">The volatility; 0 or the largest one where there is none.</param>
/// <param name="Uncertainty">
/// By how much the kernel's own error of 2^-51 of the forward can move the volatility; the largest volatility when vega is
/// too small for the price to say anything. Meaningful when found.
/// </param>
/// <param name="Evaluations">How often the kernel was asked; at most <see cref="ImpliedVolatility.EvaluationsMax"/>.</param>
public readonly record struct ImpliedVolatilityResult(
    ImpliedVolatilityStatus Status, VolatilityQ48 Volatility, VolatilityQ48 Uncertainty, int Evaluations);

/// <summary>
/// The volatility at which the kernel gives a price: the largest volatility v in 2^-48 with price(v) at most the asked price and
/// price(v + 2^-48) above it, found in a bracket that always holds one. Steps are those of Newton's method for the logarithm
/// of the time value as a function of 1 / v^2, which is nearly a line far from the money and exact to the first order at it;
/// where a step leaves the bracket, or the bracket did not halve, the next one halves it. Bounded. Pure.
/// </summary>
public static class ImpliedVolatility
{
    /// <summary>Two for each of the 55 halvings of the range, and the two ends.</summary>
    public const int EvaluationsMax = 112;

    /// <param name="forward">From 1 to 2^62.</param>
    /// <param name="strike">From 1 to 2^62.</param>
    /// <param name="timeToExpiryNanos">Time left.</param>
    /// <param name="kind">Call or put.</param>
    /// <param name="priceQ62">Undiscounted price in the unit of the forward, times 2^62; any value.</param>
    public static ImpliedVolatilityResult Solve(
        PriceTicks forward, PriceTicks strike, ulong timeToExpiryNanos, OptionKind kind, Int128 priceQ62)
    {
        var most = new Black76Input(forward, strike, VolatilityQ48.Max, timeToExpiryNanos, kind);
        var intrinsic = Black76Kernel.Evaluate(most with { Volatility = default }).PriceQ62;
        var bound = (Int128)(kind == OptionKind.Call ? forward : strike).Value << Black76Result.FractionBits;
        if (priceQ62 <= intrinsic)
        {
            var status = priceQ62 < intrinsic ? ImpliedVolatilityStatus.BelowIntrinsic : ImpliedVolatilityStatus.AtIntrinsic;
            return new ImpliedVolatilityResult(status, default, default, 0);
        }

        if (priceQ62 >= bound)
        {
            return new ImpliedVolatilityResult(ImpliedVolatilityStatus.AtOrAboveBound, VolatilityQ48.Max, default, 0);
        }

        if (timeToExpiryNanos == 0)
        {
            return new ImpliedVolatilityResult(ImpliedVolatilityStatus.NoTime, VolatilityQ48.Max, default, 0);
        }

        return Black76Kernel.Evaluate(most).PriceQ62 < priceQ62
            ? new ImpliedVolatilityResult(ImpliedVolatilityStatus.AboveVolatilityMax, VolatilityQ48.Max, default, 1)
            : Search(most, priceQ62, intrinsic);
    }

    /// <param name="option">With the largest volatility.</param>
    /// <param name="priceQ62">Above the intrinsic value, at most the price of the option.</param>
    /// <param name="intrinsicQ62">What both time values are counted from.</param>
    private static ImpliedVolatilityResult Search(in Black76Input option, Int128 priceQ62, Int128 intrinsicQ62)
    {
        var wanted = priceQ62 - intrinsicQ62;
        // Invariant: price(low) <= asked < price(high), as if the price beyond the largest volatility were endless.
        var low = 0L;
        var high = VolatilityQ48.Max.Value + 1;
        var next = FirstGuess(option, wanted);
        var evaluations = 2;
        while (high - low > 1)
        {
            Check.That(evaluations < EvaluationsMax);
            var width = high - low;
            var probe = long.Clamp(next, low + 1, high - 1);
            var greeks = Black76Greeks.Evaluate(option with { Volatility = new VolatilityQ48(probe) });
            evaluations++;
            var reached = greeks.Value.PriceQ62 - intrinsicQ62;
            low = reached <= wanted ? probe : low;
            high = reached <= wanted ? high : probe;
            next = Step(probe, wanted, reached, greeks.Vega);
            if (next <= low || next >= high)
            {
                // Converged from one side: the neighbour closes the bracket. Else halve.
                next = long.Abs(next - probe) <= 1 ? (low == probe ? low + 1 : high - 1) : low + ((high - low) / 2);
            }

            if (high - low > width / 2 && high - low > 1)
            {
                (low, high, evaluations) = Halve(option, priceQ62, low, high, evaluations);
            }
        }

        return new ImpliedVolatilityResult(
            ImpliedVolatilityStatus.Found, new VolatilityQ48(low), Uncertainty(option, low), evaluations);
    }

    /// <summary>One evaluation in the middle.</summary>
    private static (long Low, long High, int Evaluations) Halve(
        in Black76Input option, Int128 priceQ62, long low, long high, int evaluations)
    {
        var middle = low + ((high - low) / 2);
        var isBelow = Black76Kernel.Evaluate(option with { Volatility = new VolatilityQ48(middle) }).PriceQ62 <= priceQ62;
        return isBelow ? (middle, high, evaluations + 1) : (low, middle, evaluations + 1);
    }

    /// <summary>
    /// The larger of the volatility where vega is largest, sqrt(2 |ln(F / K)| / T), and that of an option at the money with
    /// this time value, 2.5 V / (F sqrt(T)).
    /// </summary>
    private static long FirstGuess(in Black76Input option, Int128 wantedQ62)
    {
        var years = Magnitude.Of(option.TimeToExpiryNanos, 0)
            .TimesFloor(Magnitude.Of(KernelTables.YearReciprocalQ118, KernelTables.YearReciprocalBits));
        var distance = Magnitude.Of(LogRatio.Of((ulong)option.Forward.Value, (ulong)option.Strike.Value));
        var steepest = distance.TimesTwoToThe(1).OverFloor(years).RootFloor();
        var atTheMoney = Magnitude.OfFloor((UInt128)wantedQ62, Black76Result.FractionBits)
            .TimesFloor(5)
            .TimesTwoToThe(-1)
            .OverFloor(Magnitude.Of((ulong)option.Forward.Value, 0))
            .OverFloor(years.RootFloor());
        const ulong Most = 64UL << VolatilityQ48.FractionBits;
        return (long)ulong.Max(
            steepest.FloorAtMost(VolatilityQ48.FractionBits, Most), atTheMoney.FloorAtMost(VolatilityQ48.FractionBits, Most));
    }

    /// <summary>
    /// With V the time value, ln V is taken as a line in 1 / v^2: v' = v / sqrt(1 - q), q = 2 V ln(wanted / V) / (vega v).
    /// </summary>
    /// <returns>The next volatility, or -2 when the line leads nowhere.</returns>
    private static long Step(long volatility, Int128 wantedQ62, Int128 reachedQ62, BinaryNumber vega)
    {
        const int Nowhere = -2;
        const int Bits = 60;
        if (reachedQ62 <= 0 || vega.Mantissa == 0)
        {
            return Nowhere;
        }

        var wanted = Magnitude.OfFloor((UInt128)wantedQ62, Black76Result.FractionBits);
        var reached = Magnitude.OfFloor((UInt128)reachedQ62, Black76Result.FractionBits);
        // Mantissas of 62 bits, and the octaves between them.
        var near = LogRatio.Of(wanted.Mantissa >> 2, reached.Mantissa >> 2);
        var nearQ56 = (long)Magnitude.Of(near).FloorAtMost(56, 1UL << 56);
        var octaves = reached.FractionBits - wanted.FractionBits;
        var logarithm = (near.IsNegative ? -nearQ56 : nearQ56) + ((Int128)octaves * (long)(KernelTables.LnTwoQ64 >> 8));
        var sigma = Magnitude.Of((ulong)volatility, VolatilityQ48.FractionBits);
        var slope = Magnitude.Of((ulong)vega.Mantissa, vega.FractionBits).TimesFloor(sigma);
        var change = (long)Magnitude.OfFloor((UInt128)Int128.Abs(logarithm), 56)
            .TimesFloor(reached)
            .TimesTwoToThe(1)
            .OverFloor(slope)
            .FloorAtMost(Bits, 3UL << Bits);
        var rest = (1L << Bits) - (logarithm > 0 ? change : -change);
        if (rest < 1L << (Bits - 4))
        {
            return Nowhere;
        }

        var twice = sigma.TimesFloor(Magnitude.Of((ulong)rest, Bits).ReciprocalRoot())
            .FloorAtMost(VolatilityQ48.FractionBits + 1, 128UL << VolatilityQ48.FractionBits);
        return (long)((twice + 1) >> 1);
    }

    /// <summary>2^-50 of the forward, for what the kernel may be off on both sides of a price, divided by vega.</summary>
    private static VolatilityQ48 Uncertainty(in Black76Input option, long volatility)
    {
        var vega = Black76Greeks.Evaluate(option with { Volatility = new VolatilityQ48(volatility) }).Vega;
        return vega.Mantissa == 0
            ? VolatilityQ48.Max
            : new VolatilityQ48(1 + (long)Magnitude.Of((ulong)option.Forward.Value, 50)
                .OverFloor(Magnitude.Of((ulong)vega.Mantissa, vega.FractionBits))
                .FloorAtMost(VolatilityQ48.FractionBits, (ulong)VolatilityQ48.Max.Value - 1));
    }
}
