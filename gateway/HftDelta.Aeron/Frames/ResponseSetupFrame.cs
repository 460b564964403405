using System.Buffers.Binary;

namespace HftDelta.Aeron.Frames;

/// <summary>RSP_SETUP: names the session that answers the stream that it came back on.</summary>
public readonly record struct ResponseSetupFrame(int SessionId, int StreamId, int ResponseSessionId)
{
    public const int LengthBytes = 20;

    public static FrameFault TryRead(ReadOnlySpan<byte> datagram, out ResponseSetupFrame setup)
    {
        setup = default;
        var fault = FrameHeader.CheckControl(datagram, FrameType.ResponseSetup, LengthBytes);
        if (fault != FrameFault.None)
        {
            return fault;
        }

        setup = new ResponseSetupFrame(
            BinaryPrimitives.ReadInt32LittleEndian(datagram[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(datagram[12..]),
            BinaryPrimitives.ReadInt32LittleEndian(datagram[16..]));
        return FrameFault.None;
    }

    /// <summary>Writes the frame and returns its length.</summary>
    public int Write(Span<byte> datagram)
    {
        var frame = datagram[..LengthBytes];
        FrameHeader.Write(frame, LengthBytes, FrameFlags.None, FrameType.ResponseSetup);
        BinaryPrimitives.WriteInt32LittleEndian(frame[8..], SessionId);
        BinaryPrimitives.WriteInt32LittleEndian(frame[12..], StreamId);
        BinaryPrimitives.WriteInt32LittleEndian(frame[16..], ResponseSessionId);
        return LengthBytes;
    }
}
