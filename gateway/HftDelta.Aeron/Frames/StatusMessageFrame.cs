using System.Buffers.Binary;

namespace HftDelta.Aeron.Frames;

/// <summary>
/// SM, the status message: how far the slowest reader is and how much more the receiver takes. Its 64-bit fields are not
/// aligned; a group tag is there when the frame has 44 bytes instead of 36, no flag tells.
/// </summary>
/// <remarks>
/// ReceiverWindow: bytes that are welcome past the consumption position.
/// ReceiverId: names the receiving endpoint, shared by its sessions.
/// </remarks>
public readonly record struct StatusMessageFrame(
    byte Flags,
    int SessionId,
    int StreamId,
    int ConsumptionTermId,
    int ConsumptionTermOffset,
    int ReceiverWindow,
    long ReceiverId,
    long? GroupTag = null)
{
    public const int LengthBytes = 36;
    public const int LengthWithGroupTagBytes = 44;

    /// <summary>A SETUP is asked for; position and window say nothing.</summary>
    public bool IsSetupWanted => (Flags & FrameFlags.StatusSendSetup) != 0;

    public bool IsEndOfStream => (Flags & FrameFlags.StatusEndOfStream) != 0;

    /// <summary>Checks what needs no knowledge of the stream; <see cref="CheckStream"/> checks the rest.</summary>
    public static FrameFault TryRead(ReadOnlySpan<byte> datagram, out StatusMessageFrame status)
    {
        status = default;
        var fault = FrameHeader.CheckControl(datagram, FrameType.StatusMessage, LengthBytes);
        if (fault != FrameFault.None)
        {
            return fault;
        }

        var frameLength = FrameHeader.FrameLength(datagram);
        if (frameLength is not (LengthBytes or LengthWithGroupTagBytes))
        {
            return FrameFault.WrongLength;
        }

        status = new StatusMessageFrame(
            FrameHeader.Flags(datagram),
            BinaryPrimitives.ReadInt32LittleEndian(datagram[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(datagram[12..]),
            BinaryPrimitives.ReadInt32LittleEndian(datagram[16..]),
            BinaryPrimitives.ReadInt32LittleEndian(datagram[20..]),
            BinaryPrimitives.ReadInt32LittleEndian(datagram[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(datagram[28..]),
            frameLength == LengthWithGroupTagBytes ? BinaryPrimitives.ReadInt64LittleEndian(datagram[36..]) : null);
        return FrameFault.None;
    }

    /// <summary>The offset in the term and aligned, the window at most half a term; nothing when a SETUP is asked for.</summary>
    public FrameFault CheckStream(int termLengthBytes)
    {
        if (IsSetupWanted)
        {
            return FrameFault.None;
        }

        if ((uint)ConsumptionTermOffset >= (uint)termLengthBytes)
        {
            return FrameFault.OutsideTerm;
        }

        if (!TermArithmetic.IsAligned(ConsumptionTermOffset))
        {
            return FrameFault.NotAligned;
        }

        return (uint)ReceiverWindow <= (uint)termLengthBytes / 2 ? FrameFault.None : FrameFault.WindowRefused;
    }

    /// <summary>Writes the frame and returns its length.</summary>
    public int Write(Span<byte> datagram)
    {
        var length = GroupTag is null ? LengthBytes : LengthWithGroupTagBytes;
        var frame = datagram[..length];
        FrameHeader.Write(frame, length, Flags, FrameType.StatusMessage);
        BinaryPrimitives.WriteInt32LittleEndian(frame[8..], SessionId);
        BinaryPrimitives.WriteInt32LittleEndian(frame[12..], StreamId);
        BinaryPrimitives.WriteInt32LittleEndian(frame[16..], ConsumptionTermId);
        BinaryPrimitives.WriteInt32LittleEndian(frame[20..], ConsumptionTermOffset);
        BinaryPrimitives.WriteInt32LittleEndian(frame[24..], ReceiverWindow);
        BinaryPrimitives.WriteInt64LittleEndian(frame[28..], ReceiverId);
        if (GroupTag is { } groupTag)
        {
            BinaryPrimitives.WriteInt64LittleEndian(frame[36..], groupTag);
        }

        return length;
    }
}
