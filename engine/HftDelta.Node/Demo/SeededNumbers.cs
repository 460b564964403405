namespace HftDelta.Node.Demo;

/// <summary>
/// A stream of numbers from a seed (SplitMix64: a counter with a bijective mix). Integers only: the same seed gives the same
/// run on every machine. One owner.
/// </summary>
internal sealed class SeededNumbers(ulong seed)
{
    private ulong _counter = seed;

    /// <summary>A stream of its own for one part of a run: parts do not disturb each other's numbers.</summary>
    public static SeededNumbers For(ulong seed, uint part) => new(Mix(seed) ^ Mix(0xD1B5_4A32_D192_ED03UL + part));

    public ulong Next()
    {
        unchecked
        {
            _counter += 0x9E37_79B9_7F4A_7C15UL;
        }

        return Mix(_counter);
    }

    /// <summary>From 0 to below a bound.</summary>
    public int Below(int bound) => (int)(((Next() >> 32) * (ulong)bound) >> 32);

    /// <summary>Between two numbers, both included, less than 2^32 apart.</summary>
    public long Between(long least, long most) => least + (long)(((Next() >> 32) * (ulong)(most - least + 1)) >> 32);

    public bool OneIn(int count) => Below(count) == 0;

    /// <summary>Bell-shaped around 0: three uniform numbers, whose sum has this standard deviation.</summary>
    public long Bell(long deviation) =>
        Between(-deviation, deviation) + Between(-deviation, deviation) + Between(-deviation, deviation);

    private static ulong Mix(ulong value)
    {
        unchecked
        {
            value = (value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9UL;
            value = (value ^ (value >> 27)) * 0x94D0_49BB_1331_11EBUL;
        }

        return value ^ (value >> 31);
    }
}
