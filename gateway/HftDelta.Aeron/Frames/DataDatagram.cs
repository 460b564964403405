namespace HftDelta.Aeron.Frames;

/// <summary>
/// Proves a whole DATA datagram before a byte of it reaches a term: whole frames of one stream and one term, one behind the
/// other, each at a multiple of 32, none past the end of the term; padding only as the last, of which only the header
/// travels. Stricter than older peers are, and exactly what all of them send.
/// </summary>
/// <param name="First">The first header.</param>
/// <param name="FrameCount">Frames in the datagram; a heartbeat counts as one.</param>
/// <param name="ExtentBytes">Bytes of the term that it covers: its length, more with padding, 0 for a heartbeat.</param>
public readonly record struct DataDatagram(DataHeader First, int FrameCount, int ExtentBytes)
{
    public bool IsHeartbeat => ExtentBytes == 0;

    public static FrameFault TryRead(ReadOnlySpan<byte> datagram, int termLengthBytes, out DataDatagram read)
    {
        read = default;
        var fault = DataHeader.TryRead(datagram, out var first);
        if (fault != FrameFault.None)
        {
            return fault;
        }

        if (!TermArithmetic.IsAligned(first.TermOffset))
        {
            return FrameFault.NotAligned;
        }

        if ((uint)first.TermOffset >= (uint)termLengthBytes)
        {
            return FrameFault.OutsideTerm;
        }

        if (DataHeader.IsHeartbeat(datagram))
        {
            read = new DataDatagram(first, 1, 0);
            return first.IsPadding ? FrameFault.WrongLength : FrameFault.None;
        }

        fault = Walk(datagram, first, termLengthBytes, out var frames, out var extent);
        if (fault == FrameFault.None)
        {
            read = new DataDatagram(first, frames, extent);
        }

        return fault;
    }

    private static FrameFault Walk(
        ReadOnlySpan<byte> datagram, in DataHeader first, int termLengthBytes, out int frames, out int extentBytes)
    {
        frames = 0;
        extentBytes = 0;
        var index = 0;
        while (index < datagram.Length)
        {
            // Both the datagram and every step are multiples of 32, so a header is always whole.
            var header = DataHeader.Read(datagram[index..]);
            var fault = CheckFrame(datagram, index, first, header, termLengthBytes);
            if (fault != FrameFault.None)
            {
                return fault;
            }

            frames++;
            var alignedLength = TermArithmetic.Align(header.FrameLength);
            extentBytes = index + alignedLength;
            index += header.IsPadding ? DataHeader.LengthBytes : alignedLength;
        }

        return FrameFault.None;
    }

    private static FrameFault CheckFrame(
        ReadOnlySpan<byte> datagram, int index, in DataHeader first, in DataHeader header, int termLengthBytes)
    {
        if (datagram[index + FrameHeader.VersionOffset] != FrameHeader.Version)
        {
            return FrameFault.UnknownVersion;
        }

        if (header.Type is not (FrameType.Data or FrameType.Pad))
        {
            return FrameFault.UnexpectedType;
        }

        // Compared with the room that is left before anything is added, so that no length overflows.
        var termLeft = termLengthBytes - first.TermOffset - index;
        if (header.FrameLength < DataHeader.LengthBytes)
        {
            return FrameFault.WrongLength;
        }

        if (header.FrameLength > termLeft)
        {
            return FrameFault.OutsideTerm;
        }

        if (header.TermOffset != first.TermOffset + index || header.TermId != first.TermId
            || header.SessionId != first.SessionId || header.StreamId != first.StreamId)
        {
            return FrameFault.NotContiguous;
        }

        if (header.IsPadding)
        {
            return index + DataHeader.LengthBytes == datagram.Length ? FrameFault.None : FrameFault.PaddingNotLast;
        }

        return header.FrameLength <= datagram.Length - index ? FrameFault.None : FrameFault.WrongLength;
    }
}
