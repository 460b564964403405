using HftDelta.Primitives.Numbers;

namespace HftDelta.Node.Demo;

/// <summary>
/// A stream of numbers from a seed. Integers only: the same seed gives the same run on every machine. One owner.
/// </summary>
internal sealed class SeededNumbers(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A stream of its own for one part of a run: parts do not disturb each other's numbers.</summary>
    public static SeededNumbers For(ulong seed, uint part) =>
        new(SplitMix64.Mix(seed) ^ SplitMix64.Mix(0xD1B5_4A32_D192_ED03UL + part));

    public ulong Next() => SplitMix64.Next(ref _state);

    /// <summary>From 0 to below a bound.</summary>
    public int Below(int bound) => (int)(((Next() >> 32) * (ulong)bound) >> 32);

    /// <summary>Between two numbers, both included, less than 2^32 apart.</summary>
    public long Between(long least, long most) => least + (long)(((Next() >> 32) * (ulong)(most - least + 1)) >> 32);

    public bool OneIn(int count) => Below(count) == 0;

    /// <summary>Bell-shaped around 0: three uniform numbers, whose sum has this standard deviation.</summary>
    public long Bell(long deviation) =>
        Between(-deviation, deviation) + Between(-deviation, deviation) + Between(-deviation, deviation);
}
