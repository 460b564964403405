using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using ArmCrc32 = System.Runtime.Intrinsics.Arm.Crc32;

namespace HftDelta.Primitives.Integrity;

/// <summary>
/// CRC32C (Castagnoli, reflected polynomial 0x82F63B78) as iSCSI and ext4 use it: register starts as the complement of the
/// seed and is complemented at the end. Values therefore compose: the CRC of A followed by B is
/// <c>Compute(Compute(0, A), B)</c>. Stateless; any thread. The processor's instruction and the table path give the same bits.
/// </summary>
public static class Crc32C
{
    private const uint ReflectedPolynomial = 0x82F6_3B78;
    private const int SliceCount = 8;

    private static readonly uint[] Slices = MakeSlices();

    /// <summary>Whether this processor has the instruction.</summary>
    public static bool IsHardwareAccelerated => Sse42.X64.IsSupported || ArmCrc32.Arm64.IsSupported;

    /// <param name="seed">0 to begin, or the value of the bytes before these.</param>
    /// <param name="bytes">What to add.</param>
    public static uint Compute(uint seed, ReadOnlySpan<byte> bytes)
    {
        if (Sse42.X64.IsSupported)
        {
            return ComputeX64(seed, bytes);
        }

        return ArmCrc32.Arm64.IsSupported ? ComputeArm64(seed, bytes) : ComputePortable(seed, bytes);
    }

    /// <summary>The same by tables, eight bytes at a time.</summary>
    public static uint ComputePortable(uint seed, ReadOnlySpan<byte> bytes)
    {
        var slices = Slices;
        var register = ~seed;
        while (bytes.Length >= sizeof(ulong))
        {
            var low = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ register;
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            register = slices[(7 * 256) + (byte)low]
                ^ slices[(6 * 256) + (byte)(low >> 8)]
                ^ slices[(5 * 256) + (byte)(low >> 16)]
                ^ slices[(4 * 256) + (byte)(low >> 24)]
                ^ slices[(3 * 256) + (byte)high]
                ^ slices[(2 * 256) + (byte)(high >> 8)]
                ^ slices[(1 * 256) + (byte)(high >> 16)]
                ^ slices[(byte)(high >> 24)];
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var value in bytes)
        {
            register = slices[(byte)(register ^ value)] ^ (register >> 8);
        }

        return ~register;
    }

    // Bounds of both hardware paths: `remaining` counts down from the span's length and no read is wider than it.
    private static uint ComputeX64(uint seed, ReadOnlySpan<byte> bytes)
    {
        ref var at = ref MemoryMarshal.GetReference(bytes);
        var remaining = bytes.Length;
        ulong register = ~seed;
        while (remaining >= sizeof(ulong))
        {
            register = Sse42.X64.Crc32(register, Unsafe.ReadUnaligned<ulong>(ref at));
            at = ref Unsafe.Add(ref at, sizeof(ulong));
            remaining -= sizeof(ulong);
        }

        var narrow = (uint)register;
        if (remaining >= sizeof(uint))
        {
            narrow = Sse42.Crc32(narrow, Unsafe.ReadUnaligned<uint>(ref at));
            at = ref Unsafe.Add(ref at, sizeof(uint));
            remaining -= sizeof(uint);
        }

        for (; remaining > 0; remaining--)
        {
            narrow = Sse42.Crc32(narrow, at);
            at = ref Unsafe.Add(ref at, 1);
        }

        return ~narrow;
    }

    private static uint ComputeArm64(uint seed, ReadOnlySpan<byte> bytes)
    {
        ref var at = ref MemoryMarshal.GetReference(bytes);
        var remaining = bytes.Length;
        var register = ~seed;
        while (remaining >= sizeof(ulong))
        {
            register = ArmCrc32.Arm64.ComputeCrc32C(register, Unsafe.ReadUnaligned<ulong>(ref at));
            at = ref Unsafe.Add(ref at, sizeof(ulong));
            remaining -= sizeof(ulong);
        }

        for (; remaining > 0; remaining--)
        {
            register = ArmCrc32.ComputeCrc32C(register, at);
            at = ref Unsafe.Add(ref at, 1);
        }

        return ~register;
    }

    private static uint[] MakeSlices()
    {
        var slices = new uint[SliceCount * 256];
        for (var value = 0u; value < 256; value++)
        {
            var register = value;
            for (var bit = 0; bit < 8; bit++)
            {
                register = (register >> 1) ^ ((register & 1) == 0 ? 0 : ReflectedPolynomial);
            }

            slices[value] = register;
        }

        for (var at = 256; at < slices.Length; at++)
        {
            var before = slices[at - 256];
            slices[at] = slices[(byte)before] ^ (before >> 8);
        }

        return slices;
    }
}
