using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ArmAes = System.Runtime.Intrinsics.Arm.Aes;
using X86Aes = System.Runtime.Intrinsics.X86.Aes;

namespace HftDelta.Engine.State;

/// <summary>
/// One inner round of AES encryption: shift rows, substitute bytes, mix columns, add the round key (FIPS-197, 5.1).
/// A strategy, so that the hash is compiled once with the processor's instruction and once without.
/// </summary>
internal interface IAesRound
{
    static abstract Vector128<byte> Encrypt(Vector128<byte> state, Vector128<byte> roundKey);
}

/// <summary>
/// The round as one instruction on x64, as two and an addition on Arm, where the instruction adds its key before the
/// substitution instead of at the end: with a key of zero there, what is left is the same round.
/// </summary>
internal readonly struct HardwareAesRound : IAesRound
{
    /// <summary>True when this processor has the instructions; constant for the compiler.</summary>
    public static bool IsSupported
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => BitConverter.IsLittleEndian && (X86Aes.IsSupported || ArmAes.IsSupported);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Encrypt(Vector128<byte> state, Vector128<byte> roundKey)
    {
        if (X86Aes.IsSupported)
        {
            return X86Aes.Encrypt(state, roundKey);
        }

        return ArmAes.MixColumns(ArmAes.Encrypt(state, Vector128<byte>.Zero)) ^ roundKey;
    }
}

/// <summary>The round from one table, for processors without the instruction; about twenty times slower, same bits.</summary>
internal readonly struct PortableAesRound : IAesRound
{
    private static readonly uint[] RowZeroTable = BuildRowZeroTable();

    public static Vector128<byte> Encrypt(Vector128<byte> state, Vector128<byte> roundKey)
    {
        Span<byte> bytes = stackalloc byte[16];
        state.CopyTo(bytes);
        var columns = Vector128.Create(Column(bytes, 0), Column(bytes, 1), Column(bytes, 2), Column(bytes, 3));
        return columns.AsByte() ^ roundKey;
    }

    /// <summary>The substitution of FIPS-197, 5.1.1: the inverse in GF(2^8), then the affine map.</summary>
    internal static byte Substitute(byte value)
    {
        // value^254 is the inverse, and 0 for 0.
        var inverse = value;
        for (var bit = 0; bit < 6; bit++)
        {
            inverse = Multiply(Multiply(inverse, inverse), value);
        }

        inverse = Multiply(inverse, inverse);
        var affine = inverse ^ RotateLeft(inverse, 1) ^ RotateLeft(inverse, 2) ^ RotateLeft(inverse, 3) ^ RotateLeft(inverse, 4);
        return (byte)(affine ^ 0x63);
    }

    private static uint Column(ReadOnlySpan<byte> state, int column)
    {
        // Row r of the new column comes from r columns further on: that is the shift of rows.
        var table = RowZeroTable;
        return table[state[column * 4]]
            ^ BitOperations.RotateLeft(table[state[(((column + 1) & 3) * 4) + 1]], 8)
            ^ BitOperations.RotateLeft(table[state[(((column + 2) & 3) * 4) + 2]], 16)
            ^ BitOperations.RotateLeft(table[state[(((column + 3) & 3) * 4) + 3]], 24);
    }

    /// <summary>What a byte in row 0 adds to the four rows of its column: 2, 1, 1 and 3 times its substitution.</summary>
    private static uint[] BuildRowZeroTable()
    {
        var table = new uint[256];
        for (var value = 0; value < table.Length; value++)
        {
            var substituted = Substitute((byte)value);
            var column = (ReadOnlySpan<byte>)
                [Multiply(substituted, 2), substituted, substituted, Multiply(substituted, 3)];
            table[value] = BinaryPrimitives.ReadUInt32LittleEndian(column);
        }

        return table;
    }

    /// <summary>Product in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1.</summary>
    private static byte Multiply(byte left, byte right)
    {
        var product = 0;
        var shifted = (int)left;
        for (var bit = 0; bit < 8; bit++)
        {
            product ^= ((right >> bit) & 1) * shifted;
            shifted = (shifted << 1) ^ ((shifted >> 7) * 0x11B);
        }

        return (byte)product;
    }

    private static byte RotateLeft(byte value, int bits) => (byte)((value << bits) | (value >> (8 - bits)));
}
