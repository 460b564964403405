using HftDelta.Primitives;
using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Greeks;

/// <summary>The exponent of a power perpetual.</summary>
public enum PowerDegree : byte
{
    /// <summary>The square root.</summary>
    Root = 0,
    Two = 1,
    Three = 2,
}

/// <summary>How the holder of a power perpetual pays for the curvature.</summary>
public enum PowerFunding : byte
{
    /// <summary>mark - index, once per period: mark = index / (2 exp(-g T) - 1).</summary>
    Discrete = 0,

    /// <summary>(mark - index) / T per unit of time: mark = index / (1 - g T).</summary>
    Continuous = 1,

    /// <summary>By a factor on positions, as squeeth does: mark = index x exp(g T).</summary>
    Factor = 2,
}

/// <summary>
/// A perpetual on a power of a price: index = scale x S^p atoms per lot (White, Robinson, Clark et al., Power Perpetuals,
/// Paradigm 2021, without rates): g = p (p - 1) s^2 / 2 is the drift of S^p, and fair marks follow from the kind of funding.
/// For p = 2 and 3 index and delta are exact but for one floor; for p = 1/2 the root is off by less than 2^-60 of itself.
/// Pure.
/// </summary>
public static class PowerPerpetual
{
    private const int FractionBits = 62;
    private const long OneQ62 = 1L << FractionBits;

    /// <summary>g T from which a listing is refused.</summary>
    private const long DriftMaxQ62 = OneQ62 / 2;

    /// <summary>The index in sub-atoms per lot, toward minus infinity; false when it would need 2^126 or more.</summary>
    /// <param name="spot">Price of the underlying, from 1 to 2^62.</param>
    /// <param name="degree">p.</param>
    /// <param name="scaleAtoms">Atoms per lot that 1 of S^p is worth.</param>
    /// <param name="index">The index, or zero.</param>
    public static bool TryIndexFloor(PriceTicks spot, PowerDegree degree, BinaryFraction scaleAtoms, out SubAtoms index) =>
        TryScaled(spot, degree, scaleAtoms, isSlope: false, out index);

    /// <summary>
    /// The derivative of the index by the price, in sub-atoms per lot and unit of the price, toward minus infinity: p times
    /// the scale times S^(p-1).
    /// </summary>
    public static bool TrySlopeFloor(PriceTicks spot, PowerDegree degree, BinaryFraction scaleAtoms, out SubAtoms slope) =>
        TryScaled(spot, degree, scaleAtoms, isSlope: true, out slope);

    /// <summary>
    /// The slope as the delta that settlement multiplies with the move: to the nearest 2^-32; false when it does not fit.
    /// </summary>
    /// <param name="slope">From <see cref="TrySlopeFloor"/>.</param>
    /// <param name="atomsPerUnderlyingTick">What one unit of the price is worth for a lot of delta 1; above 0.</param>
    /// <param name="delta">The delta, or zero.</param>
    public static bool TryDeltaNearest(SubAtoms slope, long atomsPerUnderlyingTick, out DeltaUnits delta)
    {
        Check.That(atomsPerUnderlyingTick > 0);
        var nearest = (slope.Value + (atomsPerUnderlyingTick / 2)) / atomsPerUnderlyingTick;
        var fits = slope.Value >= 0 && nearest <= long.MaxValue;
        delta = new DeltaUnits(fits ? (long)nearest : 0);
        return fits;
    }

    /// <summary>
    /// Fair mark divided by index, in 2^-62 and toward minus infinity: below 5. False when g T is a half or more: funding
    /// then hardly holds the mark, and a listing is refused.
    /// </summary>
    /// <param name="degree">p.</param>
    /// <param name="volatility">Annual, up to <see cref="VolatilityQ48.Max"/>.</param>
    /// <param name="fundingPeriodNanos">T.</param>
    /// <param name="funding">Which of the three.</param>
    /// <param name="ratioQ62">The ratio, or 0.</param>
    public static bool TryFairRatioFloor(
        PowerDegree degree, VolatilityQ48 volatility, ulong fundingPeriodNanos, PowerFunding funding, out Int128 ratioQ62)
    {
        Check.That(volatility.Value >= 0 && volatility.Value <= VolatilityQ48.Max.Value);
        var drift = DriftQ62(degree, volatility, fundingPeriodNanos);
        ratioQ62 = 0;
        if (drift is >= DriftMaxQ62 or <= -DriftMaxQ62)
        {
            return false;
        }

        var unit = (Int128)1 << (2 * FractionBits);
        ratioQ62 = funding switch
        {
            PowerFunding.Discrete => unit / ((2 * ExponentialQ62(-drift)) - OneQ62),
            PowerFunding.Continuous => unit / (OneQ62 - drift),
            _ => ExponentialQ62(drift),
        };
        return true;
    }

    /// <summary>Index times ratio, toward minus infinity; off by less than 2^-60 of itself besides.</summary>
    public static SubAtoms MarkFloor(SubAtoms index, Int128 ratioQ62)
    {
        Check.That(index.Value >= 0 && ratioQ62 > 0);
        var fits = Magnitude.OfFloor((UInt128)index.Value, 0)
            .TimesFloor(Magnitude.OfFloor((UInt128)ratioQ62, FractionBits))
            .TryFloor(0, out var mark);
        Check.That(fits);
        return new SubAtoms(mark);
    }

    /// <summary>g T, toward zero and held at 1: s^2 T, three times that, or minus an eighth.</summary>
    private static long DriftQ62(PowerDegree degree, VolatilityQ48 volatility, ulong periodNanos)
    {
        if (volatility.Value == 0 || periodNanos == 0)
        {
            return 0;
        }

        var total = new TotalVolatility(
            new BinaryFraction((ulong)volatility.Value, VolatilityQ48.FractionBits), new BinaryFraction(periodNanos, 0)).Value;
        var variance = total.TimesFloor(total);
        return degree switch
        {
            PowerDegree.Two => (long)variance.FloorAtMost(FractionBits, OneQ62),
            PowerDegree.Three => (long)variance.TimesFloor(3).FloorAtMost(FractionBits, OneQ62),
            _ => -(long)variance.TimesTwoToThe(-3).FloorAtMost(FractionBits, OneQ62),
        };
    }

    private static Int128 ExponentialQ62(long argumentQ62)
    {
        // Arguments in Q56; toward zero, as everything that led to them.
        var magnitude = (long)((argumentQ62 < 0 ? -argumentQ62 : argumentQ62) >> (FractionBits - 56));
        _ = Exponential.Of(argumentQ62 < 0 ? -magnitude : magnitude).TryFloor(FractionBits, out var value);
        return value;
    }

    private static bool TryScaled(
        PriceTicks spot, PowerDegree degree, BinaryFraction scaleAtoms, bool isSlope, out SubAtoms result)
    {
        Check.That(spot.Value is >= 1 and <= Black76Input.PriceMax && scaleAtoms.IsInRange);
        var price = (ulong)spot.Value;
        var shift = scaleAtoms.FractionBits - Scale.SubAtomBits;
        bool fits;
        Int128 value;
        if (degree == PowerDegree.Root)
        {
            var root = Magnitude.Of(price, 0).RootFloor();
            // The derivative of the root is half of it divided by the price.
            var power = isSlope ? root.OverFloor(Magnitude.Of(price, 0)).TimesTwoToThe(-1) : root;
            fits = power.TimesFloor(Magnitude.Of(scaleAtoms)).TryFloor(Scale.SubAtomBits, out value);
        }
        else
        {
            var count = degree == PowerDegree.Two ? 2 : 3;
            var product = new WideNumber(scaleAtoms.Mantissa);
            for (var factor = isSlope ? 1 : 0; factor < count; factor++)
            {
                product = product.Times(price);
            }

            fits = (isSlope ? product.Times((ulong)count) : product).TryShiftFloor(shift, out value);
        }

        fits &= value < (Int128)1 << 126;
        result = new SubAtoms(fits ? value : 0);
        return fits;
    }
}
