namespace HftDelta.Tests.Disruptor;

/// <summary>Numbers that follow from a seed alone, on every runtime; a failing history is named by its seed.</summary>
internal sealed class SplitMix64(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A number from <paramref name="lowest"/> up to and without <paramref name="end"/>.</summary>
    public int Next(int lowest, int end)
    {
        _state += 0x9E37_79B9_7F4A_7C15;
        var mixed = _state;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58_476D_1CE4_E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB;
        mixed ^= mixed >> 31;
        return lowest + (int)(mixed % (ulong)(end - lowest));
    }

    public int Next(int end) => Next(0, end);
}
