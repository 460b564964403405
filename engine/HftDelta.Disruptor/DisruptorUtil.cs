using System.Numerics;

namespace Disruptor;

/// <summary>Small functions over sequences and sizes.</summary>
public static class DisruptorUtil
{
    /// <summary>The smallest power of 2 that is at least <paramref name="x"/> and at least 2.</summary>
    public static int CeilingNextPowerOfTwo(int x) => x <= 2 ? 2 : (int)BitOperations.RoundUpToPowerOf2((uint)x);

    /// <summary>The place of the highest bit that is set.</summary>
    public static int Log2(int i) => BitOperations.Log2((uint)i);

    /// <summary>Whether exactly one bit is set and the number is positive.</summary>
    public static bool IsPowerOf2(this int x) => BitOperations.IsPow2(x);

    /// <summary>The smallest of the sequences and <paramref name="minimum"/>; each is read with acquire.</summary>
    public static long GetMinimumSequence(Sequence[] sequences, long minimum = long.MaxValue)
    {
        foreach (var sequence in sequences)
        {
            minimum = Math.Min(minimum, sequence.Value);
        }

        return minimum;
    }
}
