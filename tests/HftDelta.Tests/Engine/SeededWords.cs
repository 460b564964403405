using HftDelta.Simulation.Randomness;

namespace HftDelta.Tests.Engine;

/// <summary>Words, bytes and sizes from one seed, for tests that print it.</summary>
internal sealed class SeededWords(ulong seed)
{
    private SplitMix64 _random = new(seed);

    public ulong Next() => _random.Next();

    public int Below(int limit) => (int)(Next() % (uint)limit);

    public byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        for (var index = 0; index < length; index++)
        {
            bytes[index] = (byte)Next();
        }

        return bytes;
    }

    /// <summary>From 1 to 2^bits - 1, each number of bits equally likely.</summary>
    public long LogUniform(int bits) => (long)((Next() | (1UL << 63)) >> (64 - 1 - Below(bits)));
}
