namespace HftDelta.Tests.Engine;

/// <summary>SplitMix64 (Steele, Lea, Flood 2014): the same words for the same seed, for tests that print their seed.</summary>
internal sealed class SeededWords(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        _state = unchecked(_state + 0x9E3779B97F4A7C15);
        var mixed = unchecked((_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9);
        mixed = unchecked((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB);
        return mixed ^ (mixed >> 31);
    }

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
