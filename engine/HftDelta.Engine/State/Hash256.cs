using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace HftDelta.Engine.State;

/// <summary>
/// Four 64-bit words that are added and subtracted word by word, wrapping. A set of records hashes to the sum of its
/// contributions, so the order of changes does not matter and one record can be taken out again; a sum and not XOR,
/// because with XOR the same contribution counted twice would vanish.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Hash256(ulong Word0, ulong Word1, ulong Word2, ulong Word3)
{
    public const int LengthBytes = 32;

    public static readonly Hash256 Zero;

    public static Hash256 operator +(Hash256 left, Hash256 right) => Add(left, right);

    public static Hash256 operator -(Hash256 left, Hash256 right) => Subtract(left, right);

    public static Hash256 Add(Hash256 left, Hash256 right) => new(
        unchecked(left.Word0 + right.Word0),
        unchecked(left.Word1 + right.Word1),
        unchecked(left.Word2 + right.Word2),
        unchecked(left.Word3 + right.Word3));

    public static Hash256 Subtract(Hash256 left, Hash256 right) => new(
        unchecked(left.Word0 - right.Word0),
        unchecked(left.Word1 - right.Word1),
        unchecked(left.Word2 - right.Word2),
        unchecked(left.Word3 - right.Word3));

    /// <summary>The words in order, each little-endian.</summary>
    public static Hash256 ReadFrom(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(source),
        BinaryPrimitives.ReadUInt64LittleEndian(source[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(source[16..]),
        BinaryPrimitives.ReadUInt64LittleEndian(source[24..]));

    /// <summary>The words in order, each little-endian: <see cref="LengthBytes"/> bytes.</summary>
    public void WriteTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, Word0);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], Word1);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[16..], Word2);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[24..], Word3);
    }

    /// <summary>64 lower-case hexadecimal digits of the bytes of <see cref="WriteTo"/>.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[LengthBytes];
        WriteTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
