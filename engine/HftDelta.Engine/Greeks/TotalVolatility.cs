using System.Runtime.CompilerServices;

namespace HftDelta.Engine.Greeks;

/// <summary>
/// Volatility times the square root of time, and its reciprocal, as normalised numbers: both keep 60 good bits however
/// short the time is. Pure.
/// </summary>
internal readonly struct TotalVolatility
{
    /// <summary>From here on (a total volatility of 64) nothing depends on the strike any more.</summary>
    private const int ExponentLimit = 7;

    private readonly ulong _rootQ62;
    private readonly ulong _reciprocalQ62;
    private readonly int _exponent;

    /// <param name="volatility">Annual, above 0.</param>
    /// <param name="timeNanos">Nanoseconds, above 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TotalVolatility(BinaryFraction volatility, BinaryFraction timeNanos)
        : this(VarianceOf(volatility, timeNanos, out var exponent), exponent)
    {
    }

    /// <param name="totalVariance">Volatility squared times years, above 0.</param>
    public TotalVolatility(BinaryFraction totalVariance)
        : this(WideMath.Normalise(totalVariance.Mantissa, out var shift), 64 - totalVariance.FractionBits - shift)
    {
    }

    /// <summary>A variance of a half to one in Q64, times a power of two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TotalVolatility(ulong variance, int exponent)
    {
        // The root needs an even exponent: a quarter to one, times a power of four.
        var odd = exponent & 1;
        variance >>= odd;
        _exponent = (exponent + odd) >> 1;
        _reciprocalQ62 = ReciprocalRootQ62(variance);
        _rootQ62 = WideMath.MultiplyHighFloor(variance, _reciprocalQ62);
    }

    /// <summary>The total volatility itself.</summary>
    public Magnitude Value => Magnitude.Of(_rootQ62, 62 - _exponent);

    /// <summary>One divided by it.</summary>
    public Magnitude Reciprocal => Magnitude.Of(_reciprocalQ62, 62 + _exponent);

    /// <summary>True when the total volatility is 64 or more: a call is then worth the forward, to the last bit.</summary>
    public bool IsUnbounded
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _exponent >= ExponentLimit;
    }

    /// <summary>Half of the total volatility: less than 32, so below 2^61.</summary>
    public long HalfQ56
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (long)WideMath.ShiftRightFloor(_rootQ62, ExponentLimit - _exponent);
    }

    /// <summary>The logarithm in units of the total volatility, toward zero, held at +-64: up to 2^62.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long DivideQ56(in LogRatio logarithm)
    {
        const ulong Limit = 64UL << 56;
        var quotient = WideMath.MultiplyHighFloor(logarithm.Mantissa, _reciprocalQ62);
        // The product is 2^61 or more unless it is 0, so a shift to the left would pass the limit.
        var shift = logarithm.FractionBits + _exponent - 58;
        quotient = shift < 0 && quotient != 0 ? Limit : WideMath.ShiftRightFloor(quotient, shift);
        var bounded = (long)(quotient < Limit ? quotient : Limit);
        return logarithm.IsNegative ? -bounded : bounded;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong VarianceOf(BinaryFraction volatility, BinaryFraction timeNanos, out int exponent)
    {
        // variance = squared x years x 2^exponent, each factor in [2^63, 2^64) and off by less than one part in 2^62.
        var mantissa = WideMath.Normalise(volatility.Mantissa, out var volatilityShift);
        var squared = WideMath.Normalise(WideMath.MultiplyHighFloor(mantissa, mantissa), out var squaredShift);
        var time = WideMath.Normalise(timeNanos.Mantissa, out var timeShift);
        var years = WideMath.Normalise(WideMath.MultiplyHighFloor(time, KernelTables.YearReciprocalQ118), out var yearsShift);
        var variance = WideMath.Normalise(WideMath.MultiplyHighFloor(squared, years), out var varianceShift);
        // Each upper half of a product stands for 2^64 of it; the reciprocal of the year and the inputs have their own bits.
        var squaredBits = (2 * (volatility.FractionBits + volatilityShift)) + squaredShift - 64;
        var yearsBits = timeNanos.FractionBits + timeShift + KernelTables.YearReciprocalBits + yearsShift - 64;
        // Twice 64: once for the product, once because the variance is read as a fraction of 2^64.
        exponent = 128 - squaredBits - yearsBits - varianceShift;
        return variance;
    }

    /// <summary>1 / sqrt(value) for a value of a quarter to one in Q64: three Newton steps from ten good bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong ReciprocalRootQ62(ulong valueQ64)
    {
        const ulong ThreeQ60 = 3UL << 60;
        var root = (ulong)KernelTables.ReciprocalRootSeedsQ26[(int)(valueQ64 >> 54) - KernelTables.ReciprocalRootFirst] << 36;
        for (var step = 0; step < 3; step++)
        {
            // r (3 - v r^2) / 2: the square is Q60, the difference Q60, the product with Q62 is Q58 before the half.
            var square = WideMath.MultiplyHighFloor(root, root);
            var difference = ThreeQ60 - WideMath.MultiplyHighFloor(valueQ64, square);
            root = WideMath.MultiplyHighFloor(root << 1, difference << 2);
        }

        return root;
    }
}
