using System.Buffers.Binary;
using System.Security.Cryptography;

namespace HftDelta.Aeron.Driver;

/// <summary>
/// Where ids come from that must not meet those of other processes: the system's randomness, or a seed, so that a simulation
/// repeats itself. Under the driver's gate.
/// </summary>
internal sealed class DriverRandom(ulong? seed)
{
    private ulong _state = seed ?? 0;

    public long NextInt64()
    {
        if (seed is null)
        {
            Span<byte> bytes = stackalloc byte[sizeof(long)];
            RandomNumberGenerator.Fill(bytes);
            return BinaryPrimitives.ReadInt64LittleEndian(bytes);
        }

        // SplitMix64.
        _state = unchecked(_state + 0x9E3779B97F4A7C15);
        var mixed = unchecked((_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9);
        mixed = unchecked((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB);
        return (long)(mixed ^ (mixed >> 31));
    }

    public int NextInt32() => (int)(NextInt64() >> 32);
}
