namespace HftDelta.Simulation.Randomness;

/// <summary>
/// The SplitMix64 generator (Steele, Lea, Flood 2014; the constants are those of Vigna's public-domain version): the state
/// is one number that grows by a constant, the output a mix of it. Every seed is good, every value comes once in 2^64 steps.
/// Integers only, so the same seed gives the same run on every machine. Not for secrets. Mutable struct: one owner.
/// </summary>
public struct SplitMix64(ulong seed)
{
    private const ulong Step = 0x9E37_79B9_7F4A_7C15;

    private ulong _state = seed;

    /// <summary>The state: a generator made of it goes on from here.</summary>
    public readonly ulong State => _state;

    public ulong Next()
    {
        _state += Step;
        return Mix(_state);
    }

    /// <summary>The output for a state: a bijection on 64 bits that spreads every bit over all others.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9;
        value = (value ^ (value >> 27)) * 0x94D0_49BB_1331_11EB;
        return value ^ (value >> 31);
    }
}
