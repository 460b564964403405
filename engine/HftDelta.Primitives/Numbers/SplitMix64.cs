using System.Runtime.CompilerServices;

namespace HftDelta.Primitives.Numbers;

/// <summary>
/// Seeded chance: a counter with a bijective mix. The same seed gives the same numbers on every machine; not for secrets. The
/// caller owns the state.
/// </summary>
public static class SplitMix64
{
    public static ulong Next(ref ulong state)
    {
        state = unchecked(state + 0x9E37_79B9_7F4A_7C15UL);
        return Mix(state);
    }

    /// <summary>Spreads every bit over all; no two values become the same.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mix(ulong value)
    {
        unchecked
        {
            value = (value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9UL;
            value = (value ^ (value >> 27)) * 0x94D0_49BB_1331_11EBUL;
        }

        return value ^ (value >> 31);
    }
}
