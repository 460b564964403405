using System.Runtime.CompilerServices;

namespace HftDelta.Engine.Greeks;

/// <summary>exp(x) for either sign, off by less than 2^-55 of itself plus what the argument is off. Pure.</summary>
internal static class Exponential
{
    /// <summary>Arguments are held at this magnitude: exp(-64) is below 2^-92.</summary>
    public const long ArgumentMaxQ56 = 64L << 56;

    /// <param name="argumentQ56">Magnitude up to <see cref="ArgumentMaxQ56"/>.</param>
    public static Magnitude Of(long argumentQ56)
    {
        // exp(x) = 2^-z with z = -x log2(e); z is split into whole octaves, 256ths of one, and a rest below 2^-8.
        var isNegative = argumentQ56 < 0;
        var magnitude = (ulong)(isNegative ? -argumentQ56 : argumentQ56);
        var scaled = (long)WideMath.MultiplyHighFloor(magnitude << 1, KernelTables.HalfLogTwoOfEQ64);
        var exponentQ56 = isNegative ? scaled : -scaled;
        var octaves = (int)(exponentQ56 >> 56);
        return Magnitude.Of(FractionQ62((ulong)exponentQ56 & ((1UL << 56) - 1)), 62 + octaves);
    }

    /// <summary>exp(-rest) in Q63 for a rest below 2^-8 in Q64: the seventh power over 7! is below 2^-68.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong RestQ63(ulong rest)
    {
        const ulong OneQ63 = 1UL << 63;
        var series = (OneQ63 / 120) - WideMath.MultiplyHighFloor(rest, OneQ63 / 720);
        series = (OneQ63 / 24) - WideMath.MultiplyHighFloor(rest, series);
        series = (OneQ63 / 6) - WideMath.MultiplyHighFloor(rest, series);
        series = (OneQ63 / 2) - WideMath.MultiplyHighFloor(rest, series);
        series = OneQ63 - WideMath.MultiplyHighFloor(rest, series);
        return OneQ63 - WideMath.MultiplyHighFloor(rest, series);
    }

    /// <summary>2^-x for x from 0 to below 1: above a half.</summary>
    private static ulong FractionQ62(ulong exponentQ56)
    {
        var rest = WideMath.MultiplyHighFloor((exponentQ56 & ((1UL << 48) - 1)) << 8, KernelTables.LnTwoQ64);
        return WideMath.MultiplyHighFloor(KernelTables.PowersOfHalfQ63[(int)(exponentQ56 >> 48)], RestQ63(rest));
    }
}
