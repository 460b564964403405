using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using HftDelta.Primitives;
using HftDelta.Replica.Signing;

namespace HftDelta.Replica.Commitments;

/// <summary>
/// Encodes one struct as EIP-712 says: the hash of its type, then one word of 32 bytes per member, in order, and keccak-256
/// over that. Text and bytes go in as their hash, a nested struct as its own struct hash. Owner: one thread; used once.
/// </summary>
public sealed class TypedDataEncoder
{
    private readonly Keccak256 _keccak = new();
    private readonly byte[] _words;
    private int _lengthBytes;

    /// <param name="type">Such as <c>Mail(Person from,Person to,string contents)Person(string name,address wallet)</c>.</param>
    /// <param name="members">How many members it has.</param>
    public TypedDataEncoder(string type, int members)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentOutOfRangeException.ThrowIfLessThan(members, 1);
        _words = new byte[(members + 1) * Bytes32.LengthBytes];
        Add(_keccak.Hash(Encoding.UTF8.GetBytes(type)));
    }

    /// <summary>A <c>bytes32</c>, or the struct hash of a nested struct.</summary>
    public TypedDataEncoder Add(Bytes32 word)
    {
        Check.That(_lengthBytes + Bytes32.LengthBytes <= _words.Length);
        word.CopyTo(_words.AsSpan(_lengthBytes));
        _lengthBytes += Bytes32.LengthBytes;
        return this;
    }

    /// <summary>An unsigned integer of up to 64 bits.</summary>
    public TypedDataEncoder Add(ulong number) => Add(Bytes32.FromNumber(number));

    /// <summary>An <c>int64</c>, as two's complement over the whole word.</summary>
    public TypedDataEncoder AddSigned(long number)
    {
        Span<byte> word = stackalloc byte[Bytes32.LengthBytes];
        word.Fill(number < 0 ? (byte)0xFF : (byte)0);
        BinaryPrimitives.WriteInt64BigEndian(word[^sizeof(long)..], number);
        return Add(Bytes32.From(word));
    }

    /// <summary>A <c>uint256</c>.</summary>
    public TypedDataEncoder Add(BigInteger number)
    {
        Span<byte> word = stackalloc byte[Bytes32.LengthBytes];
        var lengthBytes = number.GetByteCount(isUnsigned: true);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lengthBytes, Bytes32.LengthBytes);
        Check.That(number.TryWriteBytes(word[(Bytes32.LengthBytes - lengthBytes)..], out _, isUnsigned: true, isBigEndian: true));
        return Add(Bytes32.From(word));
    }

    public TypedDataEncoder Add(EthereumAddress address)
    {
        Span<byte> word = stackalloc byte[Bytes32.LengthBytes];
        word.Clear();
        address.CopyTo(word[(Bytes32.LengthBytes - EthereumAddress.LengthBytes)..]);
        return Add(Bytes32.From(word));
    }

    /// <summary>A <c>string</c>.</summary>
    public TypedDataEncoder Add(string text) => Add(_keccak.Hash(Encoding.UTF8.GetBytes(text)));

    /// <summary>The struct hash, once every member is there.</summary>
    public Bytes32 Hash()
    {
        Check.That(_lengthBytes == _words.Length);
        return _keccak.Hash(_words);
    }

    /// <summary>What is signed: keccak-256 of 0x19, 0x01, the domain's struct hash and the message's.</summary>
    public static Bytes32 Digest(Bytes32 domainSeparator, Bytes32 structHash)
    {
        Span<byte> bytes = stackalloc byte[2 + (2 * Bytes32.LengthBytes)];
        bytes[0] = 0x19;
        bytes[1] = 0x01;
        domainSeparator.CopyTo(bytes[2..]);
        structHash.CopyTo(bytes[(2 + Bytes32.LengthBytes)..]);
        return Keccak256.Compute(bytes);
    }
}
