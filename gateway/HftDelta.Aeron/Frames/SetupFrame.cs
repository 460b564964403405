using System.Buffers.Binary;

namespace HftDelta.Aeron.Frames;

/// <summary>SETUP: where a stream stands and how it is cut. Sent until the first SM and whenever one is asked for.</summary>
/// <remarks>
/// TermOffset: where the sender stands in the active term.
/// TimeToLive: of multicast datagrams; 0 for unicast.
/// </remarks>
public readonly record struct SetupFrame(
    byte Flags,
    int TermOffset,
    int SessionId,
    int StreamId,
    int InitialTermId,
    int ActiveTermId,
    int TermLength,
    int MtuLength,
    int TimeToLive = 0)
{
    public const int LengthBytes = 40;

    public static FrameFault TryRead(ReadOnlySpan<byte> datagram, out SetupFrame setup)
    {
        setup = default;
        var fault = FrameHeader.CheckControl(datagram, FrameType.Setup, LengthBytes);
        if (fault != FrameFault.None)
        {
            return fault;
        }

        var read = new SetupFrame(
            FrameHeader.Flags(datagram),
            BinaryPrimitives.ReadInt32LittleEndian(datagram[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(datagram[12..]),
            BinaryPrimitives.ReadInt32LittleEndian(datagram[16..]),
            BinaryPrimitives.ReadInt32LittleEndian(datagram[20..]),
            BinaryPrimitives.ReadInt32LittleEndian(datagram[24..]),
            BinaryPrimitives.ReadInt32LittleEndian(datagram[28..]),
            BinaryPrimitives.ReadInt32LittleEndian(datagram[32..]),
            BinaryPrimitives.ReadInt32LittleEndian(datagram[36..]));
        fault = read.CheckParameters();
        if (fault == FrameFault.None)
        {
            setup = read;
        }

        return fault;
    }

    /// <summary>Writes the frame and returns its length.</summary>
    public int Write(Span<byte> datagram)
    {
        var frame = datagram[..LengthBytes];
        FrameHeader.Write(frame, LengthBytes, Flags, FrameType.Setup);
        BinaryPrimitives.WriteInt32LittleEndian(frame[8..], TermOffset);
        BinaryPrimitives.WriteInt32LittleEndian(frame[12..], SessionId);
        BinaryPrimitives.WriteInt32LittleEndian(frame[16..], StreamId);
        BinaryPrimitives.WriteInt32LittleEndian(frame[20..], InitialTermId);
        BinaryPrimitives.WriteInt32LittleEndian(frame[24..], ActiveTermId);
        BinaryPrimitives.WriteInt32LittleEndian(frame[28..], TermLength);
        BinaryPrimitives.WriteInt32LittleEndian(frame[32..], MtuLength);
        BinaryPrimitives.WriteInt32LittleEndian(frame[36..], TimeToLive);
        return LengthBytes;
    }

    private FrameFault CheckParameters()
    {
        if (!TermArithmetic.IsTermLength(TermLength))
        {
            return FrameFault.TermLengthRefused;
        }

        if (!TermArithmetic.IsMtuLength(MtuLength))
        {
            return FrameFault.MtuRefused;
        }

        // A term before the initial one has no position.
        if ((uint)TermOffset >= (uint)TermLength || TermArithmetic.TermCount(ActiveTermId, InitialTermId) < 0)
        {
            return FrameFault.OutsideTerm;
        }

        return TermArithmetic.IsAligned(TermOffset) ? FrameFault.None : FrameFault.NotAligned;
    }
}
