using HftDelta.Journal.Segments;
using HftDelta.Primitives.Records;

namespace HftDelta.Journal.Recovery;

/// <summary>
/// Looks behind a bad record for proof that it was whole once: a record or end marker whose checksum is linked to the bad
/// record's own (as it stands, or as its bytes give it), or two records further on that are linked to each other. A writer
/// appends in order, so such a link means damage and not a torn append. A false proof needs 32 bits to agree by chance.
/// </summary>
internal static unsafe class LinkedRecordSearch
{
    /// <summary>
    /// Searches from the bad record at <paramref name="badOffsetBytes"/> to <paramref name="zerosFromBytes"/>, behind which the
    /// segment holds zeros only.
    /// </summary>
    /// <returns>Offset of the record that is linked, or -1.</returns>
    public static long Find(
        byte* segment,
        long segmentBytes,
        long zerosFromBytes,
        long badOffsetBytes,
        long expectedSequence,
        uint previousChecksum)
    {
        if (badOffsetBytes > segmentBytes - RecordEnvelope.LengthBytes)
        {
            return -1;
        }

        ref readonly var bad = ref *(RecordEnvelope*)(segment + badOffsetBytes);
        var stored = bad.Checksum;
        var computed = stored;
        if (SegmentCursor.Shape(segmentBytes, badOffsetBytes, in bad) == RecordDamage.None)
        {
            computed = RecordChecksum.Compute(previousChecksum, in bad, FrameAt(segment, badOffsetBytes));
        }

        if (LinkedAfter(segment, segmentBytes, badOffsetBytes, stored) is var after and >= 0)
        {
            return after;
        }

        // No segment holds more records than this.
        var sequenceMax = expectedSequence + (segmentBytes / RecordEnvelope.LengthBytes);
        var offsetMax = Math.Min(zerosFromBytes, segmentBytes - RecordEnvelope.LengthBytes);
        for (var offset = badOffsetBytes + SegmentLayout.RecordAlignmentBytes;
             offset <= offsetMax;
             offset += SegmentLayout.RecordAlignmentBytes)
        {
            ref readonly var candidate = ref *(RecordEnvelope*)(segment + offset);
            if (candidate.Sequence <= expectedSequence || candidate.Sequence > sequenceMax)
            {
                continue;
            }

            if (IsLinked(segment, segmentBytes, offset, stored) || IsLinked(segment, segmentBytes, offset, computed))
            {
                return offset;
            }

            if (LinkedAfter(segment, segmentBytes, offset, candidate.Checksum) >= 0)
            {
                return offset;
            }
        }

        return -1;
    }

    /// <summary>Offset of what follows the record at an offset, when it is linked to it; else -1.</summary>
    private static long LinkedAfter(byte* segment, long segmentBytes, long offset, uint checksum)
    {
        ref readonly var envelope = ref *(RecordEnvelope*)(segment + offset);
        if (SegmentCursor.Shape(segmentBytes, offset, in envelope) != RecordDamage.None)
        {
            return -1;
        }

        var next = offset + SegmentLayout.RecordBytes(envelope.Length);
        return IsLinked(segment, segmentBytes, next, checksum) ? next : -1;
    }

    private static bool IsLinked(byte* segment, long segmentBytes, long offset, uint checksum)
    {
        if (offset > segmentBytes - RecordEnvelope.LengthBytes)
        {
            return false;
        }

        ref readonly var envelope = ref *(RecordEnvelope*)(segment + offset);
        if (SegmentCursor.IsEndMarker(in envelope, envelope.Sequence, checksum))
        {
            return true;
        }

        return envelope.Sequence > 0
            && SegmentCursor.Shape(segmentBytes, offset, in envelope) == RecordDamage.None
            && envelope.Checksum == RecordChecksum.Compute(checksum, in envelope, FrameAt(segment, offset));
    }

    private static ReadOnlySpan<byte> FrameAt(byte* segment, long offset) =>
        new(segment + offset + RecordEnvelope.LengthBytes, ((RecordEnvelope*)(segment + offset))->Length);
}
