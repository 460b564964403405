using System.Buffers.Binary;

namespace HftDelta.Replica.Signing;

/// <summary>
/// Thirty-two bytes as a contract sees them, in four words of which the first holds the first eight bytes, big-endian.
/// </summary>
public readonly record struct Bytes32(ulong Word0, ulong Word1, ulong Word2, ulong Word3)
{
    public const int LengthBytes = 32;

    public static readonly Bytes32 Zero;

    /// <summary>An unsigned number, as it is encoded in a contract's word.</summary>
    public static Bytes32 FromNumber(ulong value) => new(0, 0, 0, value);

    /// <param name="source">Exactly <see cref="LengthBytes"/> bytes.</param>
    public static Bytes32 From(ReadOnlySpan<byte> source)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(source.Length, LengthBytes);
        return new Bytes32(
            BinaryPrimitives.ReadUInt64BigEndian(source),
            BinaryPrimitives.ReadUInt64BigEndian(source[8..]),
            BinaryPrimitives.ReadUInt64BigEndian(source[16..]),
            BinaryPrimitives.ReadUInt64BigEndian(source[24..]));
    }

    /// <summary>64 hexadecimal digits, with or without <c>0x</c>.</summary>
    /// <exception cref="FormatException">Something else.</exception>
    public static Bytes32 Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var digits = text.StartsWith("0x", StringComparison.Ordinal) ? text[2..] : text;
        return digits.Length == 2 * LengthBytes
            ? From(Convert.FromHexString(digits))
            : throw new FormatException($"64 hexadecimal digits are wanted, not {digits.Length}");
    }

    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, Word0);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], Word1);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], Word2);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], Word3);
    }

    public byte[] ToArray()
    {
        var bytes = new byte[LengthBytes];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary><c>0x</c> and 64 lower-case digits.</summary>
    public override string ToString() => $"0x{Word0:x16}{Word1:x16}{Word2:x16}{Word3:x16}";
}
