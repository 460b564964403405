using System.Buffers.Binary;
using HftDelta.Aeron.Channels;

namespace HftDelta.Aeron.Frames;

/// <summary>
/// A time that the driver writes into a data frame, where the channel says: into the payload or in place of the reserved value.
/// Only the first frame of a datagram carries it, when it begins a message and has room: as the official driver does.
/// </summary>
internal static unsafe class DataTimestamp
{
    public static void Write(byte* frame, int offset, long nowNanos)
    {
        var at = offset == ChannelUri.ReservedValueTimestampOffset
            ? DataHeader.ReservedValueOffset
            : DataHeader.LengthBytes + (long)offset;
        var type = BinaryPrimitives.ReadUInt16LittleEndian(
            new ReadOnlySpan<byte>(frame + FrameHeader.TypeOffset, sizeof(ushort)));
        if (type == (ushort)FrameType.Data
            && (frame[FrameHeader.FlagsOffset] & FrameFlags.DataBegin) != 0
            && at + sizeof(long) <= *(int*)frame)
        {
            BinaryPrimitives.WriteInt64LittleEndian(new Span<byte>(frame + at, sizeof(long)), nowNanos);
        }
    }
}
