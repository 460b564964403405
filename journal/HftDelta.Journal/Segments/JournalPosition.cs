namespace HftDelta.Journal.Segments;

/// <summary>A place in a journal.</summary>
/// <param name="SegmentIndex">Which segment, from 0.</param>
/// <param name="OffsetBytes">Byte within it.</param>
public readonly record struct JournalPosition(int SegmentIndex, long OffsetBytes)
{
    /// <summary>The place as one number: segments laid end to end. Agents hand places to each other in this form.</summary>
    internal long ToLinear(long segmentBytes) => (SegmentIndex * segmentBytes) + OffsetBytes;

    internal static JournalPosition FromLinear(long linear, long segmentBytes) =>
        new((int)(linear / segmentBytes), linear % segmentBytes);
}
