using System.Buffers.Binary;
using System.Security.Cryptography;
using HftDelta.Primitives.Numbers;

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

        return (long)SplitMix64.Next(ref _state);
    }

    public int NextInt32() => (int)(NextInt64() >> 32);
}
