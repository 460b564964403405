using HftDelta.Primitives;
using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Greeks;

/// <summary>
/// A perpetual option whose holder pays (mark - intrinsic value) / T per unit of time, in closed form without rates
/// (White and Bankman-Fried, Everlasting Options, Paradigm 2021; the closed form after Deri). Off the strike its time value V
/// solves (s^2 S^2 / 2) V'' = V / T, whose powers of S have the exponents (1 - u) / 2 and (1 + u) / 2. With
/// w = s sqrt(T), u = sqrt(1 + 8 / w^2), and x = |ln(S / K)|:
/// <code>
/// S at least K:  V = (K / u) exp(-x (u - 1) / 2)    delta = 1 - (u - 1) / (2u) exp(-x (u + 1) / 2)
/// S below K:     V = (K / u) exp(-x (u + 1) / 2)    delta =     (u + 1) / (2u) exp(-x (u - 1) / 2)
/// </code>
/// for a call; a put has the same V and a delta that is less by 1. The intrinsic value has a kink at the strike, the sum of
/// both has none: price and delta from either side meet there, and the formula from above is the one that is used. Without
/// volatility or period V is 0 and the delta at the strike is its limit from above: 1, put 0. Price within 2^-51 of the
/// strike, delta within 2^-48. Pure.
/// </summary>
public static class EverlastingOption
{
    private const int FractionBits = Black76Result.FractionBits;
    private const long OneQ62 = 1L << FractionBits;

    /// <param name="spot">Price of the underlying, from 1 to 2^62.</param>
    /// <param name="strike">In the unit of the spot price, from 1 to 2^62.</param>
    /// <param name="volatility">Annual.</param>
    /// <param name="fundingPeriodNanos">T.</param>
    /// <param name="kind">Call or put.</param>
    public static Black76Result Evaluate(
        PriceTicks spot, PriceTicks strike, VolatilityQ48 volatility, ulong fundingPeriodNanos, OptionKind kind)
    {
        Check.That(new Black76Input(spot, strike, volatility, fundingPeriodNanos, kind).IsInRange);
        return volatility.Value == 0 || fundingPeriodNanos == 0
            ? Settled((ulong)spot.Value, (ulong)strike.Value, kind)
            : EvaluateTotal(
                (ulong)spot.Value,
                (ulong)strike.Value,
                new TotalVolatility(
                    new BinaryFraction((ulong)volatility.Value, VolatilityQ48.FractionBits),
                    new BinaryFraction(fundingPeriodNanos, 0)),
                kind);
    }

    /// <summary>Without volatility or period.</summary>
    internal static Black76Result Settled(ulong spot, ulong strike, OptionKind kind) =>
        Result(spot, strike, 0, spot < strike ? 0 : OneQ62, kind);

    /// <param name="spot">From 1 to 2^62.</param>
    /// <param name="strike">From 1 to 2^62.</param>
    /// <param name="total">w.</param>
    /// <param name="kind">Call or put.</param>
    internal static Black76Result EvaluateTotal(ulong spot, ulong strike, in TotalVolatility total, OptionKind kind)
    {
        var perVariance = total.Reciprocal.TimesFloor(total.Reciprocal).TimesTwoToThe(3);
        var square = Magnitude.One.PlusFloor(perVariance);
        var reciprocal = square.ReciprocalRoot();
        var more = square.TimesFloor(reciprocal).PlusFloor(Magnitude.One);
        // u - 1 = (u^2 - 1) / (u + 1), without the cancellation.
        var less = perVariance.OverFloor(more);
        var distance = Magnitude.Of(LogRatio.Of(spot, strike));
        var isBelow = spot < strike;
        var decay = Decay((isBelow ? more : less).TimesFloor(distance));
        var fits = decay.TimesFloor(reciprocal).TimesFloor(strike).TryFloor(FractionBits, out var timeValue);
        Check.That(fits);
        var slope = (long)Decay((isBelow ? less : more).TimesFloor(distance))
            .TimesFloor(isBelow ? more : less)
            .TimesFloor(reciprocal)
            .TimesTwoToThe(-1)
            .FloorAtMost(FractionBits, (ulong)OneQ62);
        return Result(spot, strike, timeValue, isBelow ? slope : OneQ62 - slope, kind);
    }

    /// <summary>exp(-x / 2).</summary>
    private static Magnitude Decay(Magnitude twice) =>
        Exponential.Of(-(long)twice.TimesTwoToThe(-1).FloorAtMost(56, Exponential.ArgumentMaxQ56));

    private static Black76Result Result(ulong spot, ulong strike, Int128 timeValueQ62, long callDeltaQ62, OptionKind kind)
    {
        var isCall = kind == OptionKind.Call;
        var (high, low) = isCall ? (spot, strike) : (strike, spot);
        var intrinsic = high > low ? (Int128)(high - low) << FractionBits : Int128.Zero;
        return new Black76Result(intrinsic + timeValueQ62, isCall ? callDeltaQ62 : callDeltaQ62 - OneQ62);
    }
}
