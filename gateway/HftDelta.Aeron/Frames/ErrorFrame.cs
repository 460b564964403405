using System.Buffers.Binary;

namespace HftDelta.Aeron.Frames;

/// <summary>
/// ERR: a receiver refuses the image, and says why in ASCII. Not aligned: it is exactly header and text. The text is a view
/// of the datagram that was read.
/// </summary>
/// <remarks>
/// flags: see <see cref="FrameFlags.ErrorHasGroupTag"/>.
/// text: ASCII, at most <see cref="TextLengthBytesMax"/>.
/// </remarks>
public readonly ref struct ErrorFrame(
    byte flags, int sessionId, int streamId, long receiverId, long groupTag, int errorCode, ReadOnlySpan<byte> text)
{
    public const int HeaderLengthBytes = 40;
    public const int TextLengthBytesMax = 1023;

    /// <summary>The code of an image that its receiver rejected.</summary>
    public const int ImageRejected = 13;

    public byte Flags { get; } = flags;

    public int SessionId { get; } = sessionId;

    public int StreamId { get; } = streamId;

    public long ReceiverId { get; } = receiverId;

    /// <summary>Means something when <see cref="HasGroupTag"/>.</summary>
    public long GroupTag { get; } = groupTag;

    public int ErrorCode { get; } = errorCode;

    public ReadOnlySpan<byte> Text { get; } = text;

    public bool HasGroupTag => (Flags & FrameFlags.ErrorHasGroupTag) != 0;

    public int LengthBytes => HeaderLengthBytes + Text.Length;

    public static FrameFault TryRead(ReadOnlySpan<byte> datagram, out ErrorFrame error)
    {
        error = default;
        var fault = FrameHeader.CheckControl(datagram, FrameType.Error, HeaderLengthBytes);
        if (fault != FrameFault.None)
        {
            return fault;
        }

        var textLength = BinaryPrimitives.ReadInt32LittleEndian(datagram[36..]);
        if (textLength is < 0 or > TextLengthBytesMax
            || textLength > FrameHeader.FrameLength(datagram) - HeaderLengthBytes)
        {
            return FrameFault.TextRefused;
        }

        error = new ErrorFrame(
            FrameHeader.Flags(datagram),
            BinaryPrimitives.ReadInt32LittleEndian(datagram[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(datagram[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(datagram[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(datagram[24..]),
            BinaryPrimitives.ReadInt32LittleEndian(datagram[32..]),
            datagram.Slice(HeaderLengthBytes, textLength));
        return FrameFault.None;
    }

    /// <summary>Writes the frame and returns its length.</summary>
    public int Write(Span<byte> datagram)
    {
        var frame = datagram[..LengthBytes];
        FrameHeader.Write(frame, LengthBytes, Flags, FrameType.Error);
        BinaryPrimitives.WriteInt32LittleEndian(frame[8..], SessionId);
        BinaryPrimitives.WriteInt32LittleEndian(frame[12..], StreamId);
        BinaryPrimitives.WriteInt64LittleEndian(frame[16..], ReceiverId);
        BinaryPrimitives.WriteInt64LittleEndian(frame[24..], GroupTag);
        BinaryPrimitives.WriteInt32LittleEndian(frame[32..], ErrorCode);
        BinaryPrimitives.WriteInt32LittleEndian(frame[36..], Text.Length);
        Text.CopyTo(frame[HeaderLengthBytes..]);
        return LengthBytes;
    }
}
