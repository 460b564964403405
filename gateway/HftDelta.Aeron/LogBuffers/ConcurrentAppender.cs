using HftDelta.Aeron.Frames;

namespace HftDelta.Aeron.LogBuffers;

/// <summary>
/// Appends for any number of threads at once: a place is claimed by one atomic addition to the partition's raw tail, and the one
/// whose claim crosses the end of the term pads it and moves the log on. Sender and conductor only read what it writes.
/// </summary>
internal sealed unsafe class ConcurrentAppender(AppendTarget target)
{
    /// <summary>The position that the next claim would get.</summary>
    public long Position
    {
        get
        {
            var termCount = target.Metadata.ActiveTermCount;
            var rawTail = Volatile.Read(ref *target.Metadata.RawTail(TermArithmetic.PartitionIndex(termCount)));
            var offset = RawTail.TermOffset(rawTail, target.TermLengthBytes);
            return TermArithmetic.Position(
                RawTail.TermId(rawTail), offset, target.PositionBitsToShift, target.InitialTermId);
        }
    }

    /// <returns>The position behind the message, or a code of <see cref="Publication"/>.</returns>
    public long Offer(ReadOnlySpan<byte> message)
    {
        var framedLength = target.FramedLength(message.Length);
        var position = Claim(framedLength, out var term, out var termOffset, out var termId);
        if (position > 0)
        {
            target.Write(term, termOffset, termId, message);
        }

        return position;
    }

    /// <summary>The same in pieces, with a value that each frame carries.</summary>
    public long Offer(ref MessageParts message, long reservedValue)
    {
        var framedLength = target.FramedLength(message.LengthBytes);
        var position = Claim(framedLength, out var term, out var termOffset, out var termId);
        if (position > 0)
        {
            target.Write(term, termOffset, termId, ref message, reservedValue);
        }

        return position;
    }

    /// <returns>The position behind the claim, or a code of <see cref="Publication"/>.</returns>
    public long TryClaim(int length, out byte* frame)
    {
        if ((uint)length > (uint)target.PayloadLengthMax)
        {
            AppendTarget.ThrowClaimRefused(length, target.PayloadLengthMax);
        }

        var frameLength = length + DataHeader.LengthBytes;
        var position = Claim(TermArithmetic.Align(frameLength), out var term, out var termOffset, out var termId);
        frame = null;
        if (position > 0)
        {
            frame = term + termOffset;
            FrameWriter.Begin(
                frame, frameLength, FrameFlags.DataUnfragmented, FrameType.Data, termOffset, termId, target.Ids);
        }

        return position;
    }

    private long Claim(int framedLength, out byte* term, out int termOffset, out int termId)
    {
        // acquire: a new count is seen with the tail of its partition.
        var termCount = target.Metadata.ActiveTermCount;
        var partition = TermArithmetic.PartitionIndex(termCount);
        var tail = target.Metadata.RawTail(partition);
        term = target.Term(partition);

        // acquire: pairs with the atomic addition and exchange of other claimants.
        var rawTail = Volatile.Read(ref *tail);
        termId = RawTail.TermId(rawTail);
        termOffset = 0;
        if (TermArithmetic.TermCount(termId, target.InitialTermId) != termCount)
        {
            // Another thread is between the two steps of the rotation.
            return Publication.AdminAction;
        }

        var position = ((long)termCount << target.PositionBitsToShift)
            + RawTail.TermOffset(rawTail, target.TermLengthBytes);
        if (position >= target.Limit.Acquire())
        {
            return target.Refusal(position, framedLength);
        }

        // full fence: the one word where claimants meet.
        rawTail = Interlocked.Add(ref *tail, framedLength) - framedLength;
        termId = RawTail.TermId(rawTail);
        var offset = RawTail.Offset(rawTail);
        if (offset + framedLength > target.TermLengthBytes)
        {
            return EndTerm(term, offset, termId);
        }

        termOffset = (int)offset;
        return TermArithmetic.Position(
            termId, termOffset + framedLength, target.PositionBitsToShift, target.InitialTermId);
    }

    private long EndTerm(byte* term, long offset, int termId)
    {
        if (offset < target.TermLengthBytes)
        {
            // Only the claim that crossed the end has a rest to fill; those behind it find none.
            var termOffset = (int)offset;
            FrameWriter.Pad(term + termOffset, target.TermLengthBytes - termOffset, termOffset, termId, target.Ids);
        }

        var termCount = TermArithmetic.TermCount(termId, target.InitialTermId);
        if (termCount == int.MaxValue)
        {
            return Publication.MaxPositionExceeded;
        }

        LogRotation.Rotate(target.Metadata, termCount, termId);
        return Publication.AdminAction;
    }
}
