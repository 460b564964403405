using System.Buffers.Binary;

namespace HftDelta.Replica.Signing;

/// <summary>An address: the last 20 bytes of the keccak-256 of an uncompressed public key, or a contract's.</summary>
public readonly record struct EthereumAddress(ulong Word0, ulong Word1, uint Word2)
{
    public const int LengthBytes = 20;

    public static readonly EthereumAddress Zero;

    public static EthereumAddress From(ReadOnlySpan<byte> source)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(source.Length, LengthBytes);
        return new EthereumAddress(
            BinaryPrimitives.ReadUInt64BigEndian(source),
            BinaryPrimitives.ReadUInt64BigEndian(source[8..]),
            BinaryPrimitives.ReadUInt32BigEndian(source[16..]));
    }

    /// <param name="publicKey">The two coordinates, 64 bytes, without the leading 4.</param>
    public static EthereumAddress FromPublicKey(ReadOnlySpan<byte> publicKey)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(publicKey.Length, 64);
        Span<byte> hash = stackalloc byte[Bytes32.LengthBytes];
        Keccak256.Compute(publicKey).CopyTo(hash);
        return From(hash[12..]);
    }

    /// <summary><c>0x</c> and 40 hexadecimal digits; with letters of both cases the checksum of EIP-55 must hold.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static EthereumAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length != 2 + (2 * LengthBytes) || !text.StartsWith("0x", StringComparison.Ordinal))
        {
            throw new FormatException($"an address is 0x and 40 hexadecimal digits, not '{text}'");
        }

        var address = From(Convert.FromHexString(text.AsSpan(2)));
        var digits = text.AsSpan(2);
        var hasBothCases = digits.ContainsAnyInRange('a', 'f') && digits.ContainsAnyInRange('A', 'F');
        return !hasBothCases || address.ToString() == text
            ? address
            : throw new FormatException($"the checksum of address {text} does not hold: a digit or a letter's case is wrong");
    }

    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, Word0);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], Word1);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], Word2);
    }

    /// <summary>With the checksum of EIP-55: a letter is a capital where the hash of the lower-case text has 8 or more.</summary>
    public override string ToString()
    {
        Span<byte> lower = stackalloc byte[2 * LengthBytes];
        var digits = $"{Word0:x16}{Word1:x16}{Word2:x8}";
        System.Text.Encoding.ASCII.GetBytes(digits, lower);
        var hash = Keccak256.Compute(lower).ToString().AsSpan(2);
        Span<char> text = stackalloc char[2 + (2 * LengthBytes)];
        text[0] = '0';
        text[1] = 'x';
        for (var place = 0; place < digits.Length; place++)
        {
            text[place + 2] = hash[place] >= '8' ? char.ToUpperInvariant(digits[place]) : digits[place];
        }

        return new string(text);
    }
}
