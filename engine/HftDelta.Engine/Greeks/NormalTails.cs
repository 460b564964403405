using System.Runtime.CompilerServices;

namespace HftDelta.Engine.Greeks;

/// <summary>
/// The standard normal density and the Mills ratio (tail / density), whose product is the tail. Kept apart because the
/// Black-76 price is one density times a difference of two Mills ratios: nothing large cancels, and no factor strike /
/// forward multiplies an error. Pure.
/// </summary>
internal static class NormalTails
{
    /// <summary>From 9.5 on the density is below 2^-66 and counts as 0.</summary>
    private const ulong DensityLimitQ56 = 19UL << 55;

    /// <summary>exp(-x^2 / 2) / sqrt(2 pi) in Q64, off by less than 2^-58 of itself and 2^-64.</summary>
    /// <param name="magnitudeQ56">|x|.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong DensityQ64(ulong magnitudeQ56)
    {
        if (magnitudeQ56 >= DensityLimitQ56)
        {
            return 0;
        }

        // x below 16 fits Q60; its square is Q56 in the upper half and below 91. 2^-exponent is what is left to find.
        var squareQ56 = WideMath.MultiplyHighFloor(magnitudeQ56 << 4, magnitudeQ56 << 4);
        var exponentQ56 = WideMath.MultiplyHighFloor(squareQ56, KernelTables.HalfLogTwoOfEQ64);
        var octaves = (int)(exponentQ56 >> 56);
        var tableValueQ65 = KernelTables.DensityQ65[(int)(exponentQ56 >> 48) & 0xFF];
        var rest = WideMath.MultiplyHighFloor((exponentQ56 & ((1UL << 48) - 1)) << 8, KernelTables.LnTwoQ64);
        return WideMath.ShiftRightFloor(WideMath.MultiplyHighFloor(tableValueQ65, Exponential.RestQ63(rest)), octaves);
    }

    /// <summary>
    /// The Mills ratio of |x| in Q63, off by less than 2^-61: falling, from sqrt(pi / 2). A power series about the start of
    /// the segment that |x| + 1 lies in; six octaves of 32 segments. Its terms alternate, so all sums stay positive.
    /// </summary>
    /// <param name="magnitudeQ56">|x|, taken as 63 when it is more: no density is left there.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MillsRatioQ63(ulong magnitudeQ56)
    {
        var shifted = magnitudeQ56 + (1UL << 56);
        shifted = shifted < KernelTables.MillsLimitQ56 ? shifted : KernelTables.MillsLimitQ56 - 1;
        var normalised = WideMath.Normalise(shifted, out var shift);
        var segment = ((7 - shift) << 5) + (int)(normalised >> 58) - 32;
        var rest = (normalised << 6) >> 5;
        var terms = KernelTables.MillsTermsQ63.AsSpan(segment * KernelTables.MillsTermCount, KernelTables.MillsTermCount);
        var sum = terms[12];
        sum = terms[11] - WideMath.MultiplyHighFloor(rest, sum);
        sum = terms[10] - WideMath.MultiplyHighFloor(rest, sum);
        sum = terms[9] - WideMath.MultiplyHighFloor(rest, sum);
        sum = terms[8] - WideMath.MultiplyHighFloor(rest, sum);
        sum = terms[7] - WideMath.MultiplyHighFloor(rest, sum);
        sum = terms[6] - WideMath.MultiplyHighFloor(rest, sum);
        sum = terms[5] - WideMath.MultiplyHighFloor(rest, sum);
        sum = terms[4] - WideMath.MultiplyHighFloor(rest, sum);
        sum = terms[3] - WideMath.MultiplyHighFloor(rest, sum);
        sum = terms[2] - WideMath.MultiplyHighFloor(rest, sum);
        sum = terms[1] - WideMath.MultiplyHighFloor(rest, sum);
        return terms[0] - WideMath.MultiplyHighFloor(rest, sum);
    }

    /// <summary>1 - N(|x|), at most a half: density below 0.4 in Q64 times ratio below 1.2534 in Q63.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong TailQ63(ulong magnitudeQ56) =>
        WideMath.MultiplyHighFloor(DensityQ64(magnitudeQ56), MillsRatioQ63(magnitudeQ56));

    /// <summary>N(x) = the part of the normal distribution below x, from 0 to 1.</summary>
    public static ulong BelowQ63(long argumentQ56)
    {
        var tail = TailQ63((ulong)(argumentQ56 < 0 ? -argumentQ56 : argumentQ56));
        return argumentQ56 < 0 ? tail : (1UL << 63) - tail;
    }
}
