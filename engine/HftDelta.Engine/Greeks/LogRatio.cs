using System.Numerics;
using System.Runtime.CompilerServices;

namespace HftDelta.Engine.Greeks;

/// <summary>
/// ln(forward / strike) as sign, normalised mantissa and scale. Near the strike it is taken from the difference of the
/// two, so that it keeps 60 good bits however close they are; elsewhere it is off by less than 2^-61. Pure.
/// </summary>
internal readonly struct LogRatio
{
    /// <summary>Relative distance, in bits, below which the two logarithms would lose too much by subtraction.</summary>
    private const int NearBits = 12;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private LogRatio(bool isNegative, ulong mantissa, int fractionBits)
    {
        IsNegative = isNegative;
        Mantissa = mantissa;
        FractionBits = fractionBits;
    }

    public bool IsNegative { get; }

    /// <summary>Between 2^63 and 2^64, or 0 when forward and strike are equal.</summary>
    public ulong Mantissa { get; }

    /// <summary>The magnitude is the mantissa divided by this power of two.</summary>
    public int FractionBits { get; }

    /// <param name="forward">From 1 to 2^62.</param>
    /// <param name="strike">From 1 to 2^62.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LogRatio Of(ulong forward, ulong strike)
    {
        var isNegative = forward < strike;
        var difference = isNegative ? strike - forward : forward - strike;
        return difference < (forward + strike) >> NearBits
            ? Near(isNegative, difference, forward + strike)
            : Apart(isNegative, forward, strike);
    }

    /// <summary>2 artanh(u), u = difference / sum below 2^-12: 2u (1 + u^2/3 + u^4/5), the rest is below 2^-72.</summary>
    private static LogRatio Near(bool isNegative, ulong difference, ulong sum)
    {
        if (difference == 0)
        {
            return default;
        }

        // Both normalised, so that the quotient lies between 2^62 and 2^64 and its floor costs a part in 2^62.
        var dividend = WideMath.Normalise(difference, out var differenceShift);
        var divisor = WideMath.Normalise(sum, out var sumShift);
        var quotient = (ulong)(((UInt128)dividend << 63) / divisor);
        var quotientBits = 63 + differenceShift - sumShift;
        var normalised = WideMath.Normalise(quotient, out var quotientShift);
        quotientBits += quotientShift;

        // u = normalised / 2^quotientBits with quotientBits >= 76; the square in Q64.
        var ratioQ64 = WideMath.ShiftRightFloor(normalised, quotientBits - 64);
        var squareQ64 = WideMath.MultiplyHighFloor(ratioQ64, ratioQ64);
        var thirdQ64 = WideMath.MultiplyHighFloor(squareQ64, ulong.MaxValue / 3);
        var fifthQ64 = WideMath.MultiplyHighFloor(WideMath.MultiplyHighFloor(squareQ64, squareQ64), ulong.MaxValue / 5);
        var excess = WideMath.MultiplyHighFloor(normalised, thirdQ64 + fifthQ64);
        var mantissa = unchecked(normalised + excess);
        // The excess is below 2^-24 of the number; when it carries out of 64 bits, one bit is given up.
        return mantissa >= normalised
            ? new LogRatio(isNegative, mantissa, quotientBits - 1)
            : new LogRatio(isNegative, (mantissa >> 1) | (1UL << 63), quotientBits - 2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static LogRatio Apart(bool isNegative, ulong forward, ulong strike)
    {
        var larger = isNegative ? strike : forward;
        var smaller = isNegative ? forward : strike;
        var largerMantissa = WideMath.Normalise(larger, out var largerShift);
        var smallerMantissa = WideMath.Normalise(smaller, out var smallerShift);
        var octaves = (uint)(smallerShift - largerShift);
        // At most 62 octaves: the sum is below 2^70.
        var magnitude = ((UInt128)octaves * KernelTables.LnTwoQ64)
            + WideMath.MultiplyHighFloor(octaves, KernelTables.LnTwoNextQ128)
            + MantissaLogQ64(largerMantissa) - MantissaLogQ64(smallerMantissa);
        var upper = (ulong)(magnitude >> 64);
        if (upper == 0)
        {
            var mantissa = WideMath.Normalise((ulong)magnitude, out var shift);
            return new LogRatio(isNegative, mantissa, 64 + shift);
        }

        var drop = 64 - BitOperations.LeadingZeroCount(upper);
        return new LogRatio(isNegative, (ulong)(magnitude >> drop), 64 - drop);
    }

    /// <summary>ln of a mantissa of one to two: from a table by its next eight bits, then a series in the rest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong MantissaLogQ64(ulong mantissaQ63)
    {
        var index = (int)(mantissaQ63 >> 55) & 0xFF;
        var factorQ63 = KernelTables.LogFactorsQ63[index];
        // Mantissa times factor is 1 + rest in Q126, the rest from 0 to 2^-8.
        var upper = WideMath.MultiplyHighFloor(mantissaQ63, factorQ63);
        var lower = unchecked(mantissaQ63 * factorQ63);
        var rest = ((upper - (1UL << 62)) << 2) | (lower >> 62);
        // ln(1 + rest) = rest - rest^2 (1/2 - rest (1/3 - ...)), to the seventh power; the eighth is below 2^-67.
        var series = (ulong.MaxValue / 6) - WideMath.MultiplyHighFloor(rest, ulong.MaxValue / 7);
        series = (ulong.MaxValue / 5) - WideMath.MultiplyHighFloor(rest, series);
        series = (ulong.MaxValue / 4) - WideMath.MultiplyHighFloor(rest, series);
        series = (ulong.MaxValue / 3) - WideMath.MultiplyHighFloor(rest, series);
        series = (ulong.MaxValue / 2) - WideMath.MultiplyHighFloor(rest, series);
        return KernelTables.LogValuesQ64[index] + rest
            - WideMath.MultiplyHighFloor(rest, WideMath.MultiplyHighFloor(rest, series));
    }
}
