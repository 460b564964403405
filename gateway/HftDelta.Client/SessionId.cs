using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace HftDelta.Client;

/// <summary>What a client calls its session: 16 bytes, drawn once and never used for another session.</summary>
/// <param name="First">The first eight bytes, little-endian.</param>
/// <param name="Second">The last eight.</param>
public readonly record struct SessionId(ulong First, ulong Second)
{
    public const int LengthBytes = 16;

    /// <summary>A new one from the machine's source of randomness.</summary>
    public static SessionId Draw() => Draw(RandomNumberGenerator.Fill);

    /// <summary>A new one from a source of the caller's.</summary>
    public static SessionId Draw(RandomFill random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Span<byte> bytes = stackalloc byte[LengthBytes];
        random(bytes);
        return Read(bytes);
    }

    public static SessionId Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[sizeof(ulong)..]));

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, First);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[sizeof(ulong)..], Second);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{First:x16}{Second:x16}");
}

/// <summary>Which key a client proves itself with; the venue knows whose it is.</summary>
public readonly record struct KeyId(ulong Value);

/// <summary>Fills bytes with randomness, for names and nonces.</summary>
public delegate void RandomFill(Span<byte> bytes);
