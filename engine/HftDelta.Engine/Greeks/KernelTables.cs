using System.Buffers.Binary;
using System.Numerics;
using HftDelta.Engine.State;
using HftDelta.Primitives;

namespace HftDelta.Engine.Greeks;

/// <summary>
/// The constants of the kernel, built once by big-integer arithmetic when the program starts. Immutable afterwards.
/// Invariant: <see cref="Hash"/> is the same on every machine; it is part of the engine version, because another table
/// would be another kernel.
/// </summary>
public static class KernelTables
{
    /// <summary>Magnitude plus one ends here: six octaves.</summary>
    internal const ulong MillsLimitQ56 = 64UL << 56;

    /// <summary>Terms of the power series in each segment.</summary>
    internal const int MillsTermCount = 13;

    /// <summary>The first index of the seeds: values from a quarter on, in 2^-10.</summary>
    internal const int ReciprocalRootFirst = 256;

    /// <summary>Bits of the fraction of the reciprocal year, so that it fills 64 bits.</summary>
    internal const int YearReciprocalBits = 118;

    private const int MillsOctaves = 6;
    private const int MillsSegmentsPerOctave = 32;

    /// <summary>1 / nanoseconds of the year.</summary>
    internal static readonly ulong YearReciprocalQ118 =
        (ulong)((BigInteger.One << YearReciprocalBits) / Black76Input.YearNanos);

    /// <summary>ln 2, and the 64 bits behind it.</summary>
    internal static readonly ulong LnTwoQ64 = (ulong)(BigFixed.LnTwo >> (BigFixed.FractionBits - 64));

    internal static readonly ulong LnTwoNextQ128 =
        (ulong)((BigFixed.LnTwo >> (BigFixed.FractionBits - 128)) & ulong.MaxValue);

    /// <summary>log2(e) / 2.</summary>
    internal static readonly ulong HalfLogTwoOfEQ64 =
        BigFixed.Rounded(BigFixed.Divide(BigFixed.One >> 1, BigFixed.LnTwo), 64);

    /// <summary>1 / (1 + index / 256), rounded up, so that mantissa times factor is never below 1.</summary>
    internal static readonly ulong[] LogFactorsQ63 = BuildLogFactors();

    /// <summary>Minus the logarithm of each factor.</summary>
    internal static readonly ulong[] LogValuesQ64 = BuildLogValues(LogFactorsQ63);

    /// <summary>2^(-index / 256) / sqrt(2 pi).</summary>
    internal static readonly ulong[] DensityQ65 =
        BuildPowersOfHalf(BigFixed.Divide(BigFixed.One, BigFixed.SquareRoot(BigFixed.Pi << 1)), 65);

    /// <summary>2^(-index / 256).</summary>
    internal static readonly ulong[] PowersOfHalfQ63 = BuildPowersOfHalf(BigFixed.One, 63);

    /// <summary>1 / sqrt of the middle of each interval of 2^-10 from a quarter to one.</summary>
    internal static readonly uint[] ReciprocalRootSeedsQ26 = BuildReciprocalRootSeeds();

    /// <summary>
    /// Per segment the absolute Taylor coefficients of the Mills ratio, each times a power of the octave's start, so that
    /// one fraction below 1/32 runs through every segment.
    /// </summary>
    internal static readonly ulong[] MillsTermsQ63 = BuildMillsTerms();

    /// <summary>A hash of every constant above.</summary>
    public static readonly Hash256 Hash = ComputeHash();

    private static ulong[] BuildLogFactors()
    {
        var factors = new ulong[256];
        for (var index = 0; index < factors.Length; index++)
        {
            var divisor = (UInt128)(uint)(256 + index);
            factors[index] = (ulong)((((UInt128)256 << 63) + divisor - 1) / divisor);
        }

        return factors;
    }

    private static ulong[] BuildLogValues(ulong[] factorsQ63)
    {
        var values = new ulong[factorsQ63.Length];
        var sum = BigInteger.Zero;
        for (var index = 1; index < values.Length; index++)
        {
            // From factor to factor the ratio is near 1, where the series is short.
            sum += BigFixed.LnRatio(factorsQ63[index - 1], factorsQ63[index]);
            values[index] = BigFixed.Rounded(sum, 64);
        }

        return values;
    }

    /// <summary>first x 2^(-index / 256).</summary>
    private static ulong[] BuildPowersOfHalf(BigInteger first, int bits)
    {
        var values = new ulong[256];
        var step = BigFixed.ExpMinus(BigFixed.LnTwo / values.Length);
        var value = first;
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = BigFixed.Rounded(value, bits);
            value = BigFixed.Multiply(value, step);
        }

        return values;
    }

    private static uint[] BuildReciprocalRootSeeds()
    {
        var seeds = new uint[1024 - ReciprocalRootFirst];
        for (var index = 0; index < seeds.Length; index++)
        {
            // 1 / sqrt((i + 1/2) / 2^10) = sqrt(2^11 / (2i + 1)), and its square in Q52. Ten good bits are enough.
            var square = (1UL << 63) / (uint)((2 * (index + ReciprocalRootFirst)) + 1);
            seeds[index] = RootFloor(square);
        }

        return seeds;
    }

    private static uint RootFloor(ulong square)
    {
        var root = 0UL;
        for (var bit = 1UL << 31; bit != 0; bit >>= 1)
        {
            var candidate = root | bit;
            root = candidate * candidate <= square ? candidate : root;
        }

        return (uint)root;
    }

    /// <summary>
    /// Downwards from 63: the error of the ratio itself shrinks in that direction, while upwards it would grow like the
    /// reciprocal of the density.
    /// </summary>
    private static ulong[] BuildMillsTerms()
    {
        var terms = new ulong[MillsOctaves * MillsSegmentsPerOctave * MillsTermCount];
        var limit = (MillsSegmentsPerOctave << MillsOctaves) - MillsSegmentsPerOctave;
        var series = new MillsSeries(
            limit, 1 << (MillsOctaves - 1), MillsSeries.FromContinuedFraction(limit >> MillsSeries.PointBits));
        for (var octave = MillsOctaves - 1; octave >= 0; octave--)
        {
            var length = 1 << octave;
            for (var segment = MillsSegmentsPerOctave - 1; segment >= 0; segment--)
            {
                // |x| + 1 = 2^octave (1 + segment / 32), in 32nds: segments of one octave are equally long.
                var start = ((MillsSegmentsPerOctave + segment) << octave) - MillsSegmentsPerOctave;
                series = new MillsSeries(start, length, series.ValueBefore(length));
                WriteTerms(terms.AsSpan(((octave * MillsSegmentsPerOctave) + segment) * MillsTermCount), series, octave);
            }
        }

        return terms;
    }

    private static void WriteTerms(Span<ulong> termsQ63, MillsSeries series, int octave)
    {
        for (var order = 0; order < MillsTermCount; order++)
        {
            var coefficient = BigInteger.Abs(series[order]) << (octave * order);
            Check.That(coefficient < BigFixed.One << 1);
            termsQ63[order] = BigFixed.Rounded(coefficient, 63);
        }
    }

    private static Hash256 ComputeHash()
    {
        var hash = default(RunningHash);
        Fold(ref hash, [YearReciprocalQ118, LnTwoQ64, LnTwoNextQ128, HalfLogTwoOfEQ64]);
        Fold(ref hash, LogFactorsQ63);
        Fold(ref hash, LogValuesQ64);
        Fold(ref hash, DensityQ65);
        Fold(ref hash, Array.ConvertAll(ReciprocalRootSeedsQ26, static seed => (ulong)seed));
        Fold(ref hash, MillsTermsQ63);
        Fold(ref hash, PowersOfHalfQ63);
        return hash.Value;
    }

    private static void Fold(ref RunningHash hash, ReadOnlySpan<ulong> values)
    {
        var bytes = new byte[values.Length * sizeof(ulong)];
        for (var index = 0; index < values.Length; index++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(index * sizeof(ulong)), values[index]);
        }

        hash.Fold(bytes);
    }
}
