using System.Diagnostics;
using System.Runtime.Intrinsics;
using HftDelta.Primitives;
using HftDelta.Simulation.Randomness;

namespace HftDelta.Perf.Greeks;

/// <summary>
/// Whether four options at once would pay: the twelve-term series that fills most of the kernel, with exact upper halves of
/// 64-bit products, one argument after the other by the processor's own wide product, and four at once in 256-bit vectors,
/// where it has to be put together from four products of 32 bits. Both give the same bits, which is checked.
/// </summary>
internal static class VectorTrial
{
    private const int Arguments = 4_096;
    private const int TermCount = 13;
    private const int WarmUpRounds = 20;

    public static void AddTo(SuiteResult result, SuiteOptions options)
    {
        var random = new SplitMix64(3);
        var rests = new ulong[Arguments];
        foreach (ref var rest in rests.AsSpan())
        {
            rest = random.Next() >> 5;
        }

        var terms = new ulong[TermCount];
        foreach (ref var term in terms.AsSpan())
        {
            term = random.Next() >> 2;
        }

        for (var round = 0; round < WarmUpRounds; round++)
        {
            Check.That(Scalar(rests, terms, out _) == Vector(rests, terms, out _));
            Thread.Sleep(30);
        }

        var passes = options.Quick ? 20 : 200;
        var runs = PairedRuns.Measure(
            options.Quick ? 5 : 15,
            () => ShortestRun.Of(passes, () => Nanos(Scalar, rests, terms)),
            () => ShortestRun.Of(passes, () => Nanos(Vector, rests, terms)));
        result.Rows.Add(runs.Row("series of twelve terms, four lanes of 64 bits; floor: one by one", "ns"));
    }

    private delegate ulong Series(ulong[] rests, ulong[] terms, out double nanos);

    private static double Nanos(Series series, ulong[] rests, ulong[] terms)
    {
        Check.That(series(rests, terms, out var nanos) != 0);
        return nanos / Arguments;
    }

    private static ulong Scalar(ulong[] rests, ulong[] terms, out double nanos)
    {
        var sum = 0UL;
        var began = Stopwatch.GetTimestamp();
        foreach (var rest in rests)
        {
            var value = terms[TermCount - 1];
            for (var term = TermCount - 2; term >= 0; term--)
            {
                value = terms[term] - Math.BigMul(rest, value, out _);
            }

            sum += value;
        }

        nanos = Stopwatch.GetElapsedTime(began).TotalNanoseconds;
        return sum;
    }

    private static ulong Vector(ulong[] rests, ulong[] terms, out double nanos)
    {
        var sum = Vector256<ulong>.Zero;
        var began = Stopwatch.GetTimestamp();
        for (var first = 0; first < rests.Length; first += Vector256<ulong>.Count)
        {
            var rest = Vector256.LoadUnsafe(ref rests[first]);
            var value = Vector256.Create(terms[TermCount - 1]);
            for (var term = TermCount - 2; term >= 0; term--)
            {
                value = Vector256.Create(terms[term]) - MultiplyHigh(rest, value);
            }

            sum += value;
        }

        nanos = Stopwatch.GetElapsedTime(began).TotalNanoseconds;
        return Vector256.Sum(sum);
    }

    /// <summary>Schoolbook on halves: three shifts, four products, and the carry of the middle ones.</summary>
    private static Vector256<ulong> MultiplyHigh(Vector256<ulong> left, Vector256<ulong> right)
    {
        var mask = Vector256.Create((ulong)uint.MaxValue);
        var (leftHigh, rightHigh) = (left >> 32, right >> 32);
        var low = Product(left, right);
        var middle = Product(leftHigh, right) + (low >> 32);
        var other = Product(left, rightHigh) + (middle & mask);
        return Product(leftHigh, rightHigh) + (middle >> 32) + (other >> 32);
    }

    /// <summary>Of the lower halves.</summary>
    private static Vector256<ulong> Product(Vector256<ulong> left, Vector256<ulong> right) =>
        System.Runtime.Intrinsics.X86.Avx2.IsSupported
            ? System.Runtime.Intrinsics.X86.Avx2.Multiply(left.AsUInt32(), right.AsUInt32())
            : (left & Vector256.Create((ulong)uint.MaxValue)) * (right & Vector256.Create((ulong)uint.MaxValue));
}
