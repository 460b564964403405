using System.Buffers.Binary;

namespace HftDelta.Aeron.Frames;

/// <summary>NAK: a gap in one term that the receiver wants again.</summary>
/// <remarks>
/// GapLength: raw bytes of the term, a multiple of 32; a gap of 0 asks for nothing.
/// </remarks>
public readonly record struct NakFrame(int SessionId, int StreamId, int TermId, int TermOffset, int GapLength)
{
    public const int LengthBytes = 28;

    /// <summary>Checks what needs no knowledge of the stream; <see cref="CheckStream"/> checks the rest.</summary>
    public static FrameFault TryRead(ReadOnlySpan<byte> datagram, out NakFrame nak)
    {
        nak = default;
        var fault = FrameHeader.CheckControl(datagram, FrameType.NegativeAcknowledgement, LengthBytes);
        if (fault != FrameFault.None)
        {
            return fault;
        }

        nak = new NakFrame(
            BinaryPrimitives.ReadInt32LittleEndian(datagram[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(datagram[12..]),
            BinaryPrimitives.ReadInt32LittleEndian(datagram[16..]),
            BinaryPrimitives.ReadInt32LittleEndian(datagram[20..]),
            BinaryPrimitives.ReadInt32LittleEndian(datagram[24..]));
        return FrameFault.None;
    }

    /// <summary>The gap in the term, aligned, not negative. One that runs past the term's end is for the sender to cut.</summary>
    public FrameFault CheckStream(int termLengthBytes)
    {
        if ((uint)TermOffset >= (uint)termLengthBytes)
        {
            return FrameFault.OutsideTerm;
        }

        if (GapLength < 0)
        {
            return FrameFault.WrongLength;
        }

        return TermArithmetic.IsAligned(TermOffset) && TermArithmetic.IsAligned(GapLength)
            ? FrameFault.None
            : FrameFault.NotAligned;
    }

    /// <summary>Writes the frame and returns its length.</summary>
    public int Write(Span<byte> datagram)
    {
        var frame = datagram[..LengthBytes];
        FrameHeader.Write(frame, LengthBytes, FrameFlags.None, FrameType.NegativeAcknowledgement);
        BinaryPrimitives.WriteInt32LittleEndian(frame[8..], SessionId);
        BinaryPrimitives.WriteInt32LittleEndian(frame[12..], StreamId);
        BinaryPrimitives.WriteInt32LittleEndian(frame[16..], TermId);
        BinaryPrimitives.WriteInt32LittleEndian(frame[20..], TermOffset);
        BinaryPrimitives.WriteInt32LittleEndian(frame[24..], GapLength);
        return LengthBytes;
    }
}
