using System.Buffers.Binary;

namespace HftDelta.Node.AeronTools;

/// <summary>
/// What the tools' messages hold: a little-endian 64-bit number, then byte i, counted from the message's begin, is
/// (number * 31 + i) and 255. Every such run of bytes is a piece of one ramp, so that filling is a copy and checking a
/// comparison. Immutable; any thread.
/// </summary>
internal sealed class MessagePattern
{
    /// <summary>The shortest message: the number alone.</summary>
    public const int LengthBytesMin = sizeof(long);

    private const int Period = 256;

    private readonly byte[] _ramp;

    /// <param name="lengthBytesMax">The longest message that is filled or checked.</param>
    public MessagePattern(int lengthBytesMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lengthBytesMax);
        LengthBytesMax = lengthBytesMax;
        _ramp = new byte[Math.Max(lengthBytesMax, LengthBytesMin) + Period];
        for (var index = 0; index < _ramp.Length; index++)
        {
            _ramp[index] = (byte)index;
        }
    }

    public int LengthBytesMax { get; }

    public static long NumberOf(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadInt64LittleEndian(message);

    public void Fill(Span<byte> message, long number)
    {
        BodyOf(number, message.Length).CopyTo(message[LengthBytesMin..]);
        BinaryPrimitives.WriteInt64LittleEndian(message, number);
    }

    /// <summary>Whether a message, of at least <see cref="LengthBytesMin"/>, is the one of this number.</summary>
    public bool Matches(ReadOnlySpan<byte> message, long number) =>
        NumberOf(message) == number && message[LengthBytesMin..].SequenceEqual(BodyOf(number, message.Length));

    private ReadOnlySpan<byte> BodyOf(long number, int lengthBytes)
    {
        var first = (int)(unchecked(number * 31) & (Period - 1));
        return _ramp.AsSpan(first + LengthBytesMin, lengthBytes - LengthBytesMin);
    }
}
