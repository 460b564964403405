using HftDelta.Aeron.Frames;

namespace HftDelta.Aeron.LogBuffers;

/// <summary>
/// Clears away what a claimant left behind that died, or forgot its claim: nothing after it could ever leave. What it claimed
/// becomes padding; a rotation that it owed is done. Owner: the conductor, after long enough that nobody is still writing.
/// </summary>
internal static unsafe class LogUnblocker
{
    /// <summary>Clears what lies at the position up to which everything has left.</summary>
    /// <returns>True when something was there to clear.</returns>
    public static bool Unblock(LogBuffer log, long ids, long blockedPosition)
    {
        var metadata = log.Metadata;
        var blockedCount = (int)(blockedPosition >> log.PositionBitsToShift);
        var blockedOffset = TermArithmetic.TermOffset(blockedPosition, log.TermLengthBytes);
        var activeCount = metadata.ActiveTermCount;
        if (activeCount == blockedCount - 1 && blockedOffset == 0)
        {
            // The term was padded to its end, and whoever did it never moved the log on.
            return Rotate(metadata, activeCount);
        }

        // acquire: pairs with the claimants' atomic addition.
        var partition = TermArithmetic.PartitionIndex(blockedCount);
        var rawTail = Volatile.Read(ref *metadata.RawTail(partition));
        var termId = RawTail.TermId(rawTail);
        if (TermArithmetic.TermCount(termId, log.InitialTermId) != blockedCount)
        {
            return false;
        }

        var term = log.Term(partition);
        var length = FrameWriter.LengthAcquire(term + blockedOffset);
        if (length > 0)
        {
            return false;
        }

        var tailOffset = RawTail.TermOffset(rawTail, log.TermLengthBytes);
        var cleared = length < 0 ? -length : BlankLength(term, blockedOffset, tailOffset, log.TermLengthBytes);
        if (cleared == 0)
        {
            return false;
        }

        FrameWriter.Pad(term + blockedOffset, cleared, blockedOffset, termId, ids);
        if (length == 0 && blockedOffset + cleared == log.TermLengthBytes)
        {
            Rotate(metadata, blockedCount);
        }

        return true;
    }

    /// <summary>How far a claim goes of which not even the length was written; 0 when that cannot be told.</summary>
    private static int BlankLength(byte* term, int blockedOffset, int tailOffset, int termLengthBytes)
    {
        for (var offset = blockedOffset + TermArithmetic.FrameAlignmentBytes; offset < tailOffset;
            offset += TermArithmetic.FrameAlignmentBytes)
        {
            if (FrameWriter.LengthAcquire(term + offset) != 0)
            {
                // Backwards once more: another claimant may have come in between meanwhile.
                return IsBlank(term, blockedOffset, offset) ? offset - blockedOffset : 0;
            }
        }

        // Up to the end the claim may be cleared only when no other can follow it.
        return tailOffset >= termLengthBytes && IsBlank(term, blockedOffset, termLengthBytes)
            ? termLengthBytes - blockedOffset
            : 0;
    }

    private static bool IsBlank(byte* term, int beginOffset, int endOffset)
    {
        for (var offset = endOffset - TermArithmetic.FrameAlignmentBytes; offset >= beginOffset;
            offset -= TermArithmetic.FrameAlignmentBytes)
        {
            if (FrameWriter.LengthAcquire(term + offset) != 0)
            {
                return false;
            }
        }

        return true;
    }

    private static bool Rotate(LogMetadata metadata, int termCount)
    {
        if (termCount == int.MaxValue)
        {
            return false;
        }

        var rawTail = Volatile.Read(ref *metadata.RawTail(TermArithmetic.PartitionIndex(termCount)));
        LogRotation.Rotate(metadata, termCount, RawTail.TermId(rawTail));
        return true;
    }
}
