using System.Buffers.Binary;

namespace HftDelta.Aeron.Frames;

/// <summary>RTTM: a receiver asks how long a round trip takes, the sender returns its time stamp.</summary>
/// <remarks>
/// EchoTimestampNanos: the asker's clock when it asked.
/// ReceptionDeltaNanos: what the answerer kept it for; not part of the trip.
/// </remarks>
public readonly record struct RoundTripFrame(
    byte Flags, int SessionId, int StreamId, long EchoTimestampNanos, long ReceptionDeltaNanos, long ReceiverId)
{
    public const int LengthBytes = 40;

    public bool IsAnswerWanted => (Flags & FrameFlags.RoundTripReply) != 0;

    public static FrameFault TryRead(ReadOnlySpan<byte> datagram, out RoundTripFrame roundTrip)
    {
        roundTrip = default;
        var fault = FrameHeader.CheckControl(datagram, FrameType.RoundTripMeasurement, LengthBytes);
        if (fault != FrameFault.None)
        {
            return fault;
        }

        roundTrip = new RoundTripFrame(
            FrameHeader.Flags(datagram),
            BinaryPrimitives.ReadInt32LittleEndian(datagram[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(datagram[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(datagram[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(datagram[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(datagram[32..]));
        return FrameFault.None;
    }

    /// <summary>What a sender answers to this request.</summary>
    public RoundTripFrame Answer() => this with { Flags = FrameFlags.None, ReceptionDeltaNanos = 0 };

    /// <summary>Writes the frame and returns its length.</summary>
    public int Write(Span<byte> datagram)
    {
        var frame = datagram[..LengthBytes];
        FrameHeader.Write(frame, LengthBytes, Flags, FrameType.RoundTripMeasurement);
        BinaryPrimitives.WriteInt32LittleEndian(frame[8..], SessionId);
        BinaryPrimitives.WriteInt32LittleEndian(frame[12..], StreamId);
        BinaryPrimitives.WriteInt64LittleEndian(frame[16..], EchoTimestampNanos);
        BinaryPrimitives.WriteInt64LittleEndian(frame[24..], ReceptionDeltaNanos);
        BinaryPrimitives.WriteInt64LittleEndian(frame[32..], ReceiverId);
        return LengthBytes;
    }
}
