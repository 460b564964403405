using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace HftDelta.Aeron.Frames;

/// <summary>
/// The 32 bytes in front of every message, fragment and padding, in the datagram and in the term alike. What follows it is
/// checked by <see cref="DataDatagram"/> once the stream's term length is known.
/// </summary>
/// <remarks>
/// FrameLength: header and payload; 0 in a heartbeat; of padding the whole padded length.
/// </remarks>
public readonly record struct DataHeader(
    int FrameLength,
    byte Flags,
    FrameType Type,
    int TermOffset,
    int SessionId,
    int StreamId,
    int TermId,
    long ReservedValue = 0)
{
    public const int LengthBytes = 32;
    public const int TermOffsetOffset = 8;
    public const int SessionIdOffset = 12;
    public const int StreamIdOffset = 16;
    public const int TermIdOffset = 20;
    public const int ReservedValueOffset = 24;

    public bool IsPadding => Type == FrameType.Pad;

    public bool IsEndOfStream => (Flags & FrameFlags.DataEndOfStream) != 0;

    public bool IsRevoked => (Flags & FrameFlags.DataRevoked) != 0;

    /// <summary>A heartbeat is alone in its datagram and has no length: an empty message has one, 32.</summary>
    public static bool IsHeartbeat(ReadOnlySpan<byte> datagram) =>
        datagram.Length == LengthBytes && FrameHeader.FrameLength(datagram) == 0;

    /// <summary>
    /// The first header of a datagram: enough bytes, version 0, DATA or PAD, the datagram a multiple of 32. Enough to
    /// find the stream; not enough to insert.
    /// </summary>
    public static FrameFault TryRead(ReadOnlySpan<byte> datagram, out DataHeader header)
    {
        header = default;
        var fault = FrameHeader.Classify(datagram, out var type);
        if (fault != FrameFault.None)
        {
            return fault;
        }

        if (type is not (FrameType.Data or FrameType.Pad))
        {
            return FrameFault.UnexpectedType;
        }

        if (datagram.Length < LengthBytes)
        {
            return FrameFault.TooShort;
        }

        if (!TermArithmetic.IsAligned(datagram.Length))
        {
            return FrameFault.NotAligned;
        }

        header = Read(datagram);
        return FrameFault.None;
    }

    /// <summary>The header as it stands; the caller proved <see cref="LengthBytes"/> bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DataHeader Read(ReadOnlySpan<byte> frame)
    {
        var header = frame[..LengthBytes];
        return new DataHeader(
            FrameHeader.FrameLength(header),
            FrameHeader.Flags(header),
            FrameHeader.Type(header),
            BinaryPrimitives.ReadInt32LittleEndian(header[TermOffsetOffset..]),
            BinaryPrimitives.ReadInt32LittleEndian(header[SessionIdOffset..]),
            BinaryPrimitives.ReadInt32LittleEndian(header[StreamIdOffset..]),
            BinaryPrimitives.ReadInt32LittleEndian(header[TermIdOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[ReservedValueOffset..]));
    }

    /// <summary>Writes the header into the first <see cref="LengthBytes"/> bytes.</summary>
    public void Write(Span<byte> frame)
    {
        var header = frame[..LengthBytes];
        FrameHeader.Write(header, FrameLength, Flags, Type);
        BinaryPrimitives.WriteInt32LittleEndian(header[TermOffsetOffset..], TermOffset);
        BinaryPrimitives.WriteInt32LittleEndian(header[SessionIdOffset..], SessionId);
        BinaryPrimitives.WriteInt32LittleEndian(header[StreamIdOffset..], StreamId);
        BinaryPrimitives.WriteInt32LittleEndian(header[TermIdOffset..], TermId);
        BinaryPrimitives.WriteInt64LittleEndian(header[ReservedValueOffset..], ReservedValue);
    }

    /// <summary>The heartbeat of a sender that stands at this term and offset.</summary>
    public static DataHeader Heartbeat(
        int sessionId, int streamId, int termId, int termOffset, byte flags = FrameFlags.DataUnfragmented) =>
        new(0, flags, FrameType.Data, termOffset, sessionId, streamId, termId);
}
