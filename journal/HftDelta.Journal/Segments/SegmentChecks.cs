using System.Globalization;
using HftDelta.Journal.Faults;
using HftDelta.Primitives.Units;

namespace HftDelta.Journal.Segments;

/// <summary>What a segment must be to continue the one before it.</summary>
internal readonly record struct ExpectedSegment(
    int Index, long LengthBytes, Guid? JournalId, long FirstSequence, uint ChecksumSeed);

/// <summary>Checks that reader and recovery share, with the words for what they find.</summary>
internal static class SegmentChecks
{
    private const string NextVerify =
        "  next: hftdelta journal verify --output json   and restore the directory from a replica or a copy.";

    /// <summary>Returns what is wrong with a header that is whole, or null.</summary>
    public static JournalException? Header(PageState state, in SegmentHeader header, in ExpectedSegment expected)
    {
        var name = $"journal segment {expected.Index:D10}";
        var position = new JournalPosition(expected.Index, 0);
        var sequence = new CommandSequence(expected.FirstSequence);
        JournalException Fault(JournalFault fault, string words) =>
            new(fault, $"{name} {words}\n{NextVerify}") { Position = position, Sequence = sequence };

        if (state == PageState.FormatUnknown)
        {
            return Fault(
                JournalFault.FormatUnknown,
                $"has format {header.FormatVersion}, this program reads {SegmentHeader.FormatVersionValue}.");
        }

        if (state != PageState.Valid)
        {
            return Fault(JournalFault.HeaderDamaged, "has a damaged header (offset 0); nothing was changed.");
        }

        if (expected.JournalId is { } journalId && header.JournalId != journalId)
        {
            return Fault(
                JournalFault.ForeignFile, $"belongs to journal {header.JournalId}, not to {journalId}; nothing was changed.");
        }

        if (header.SegmentIndex != expected.Index)
        {
            return Fault(
                JournalFault.SegmentMisdirected,
                $"holds segment {header.SegmentIndex:D10}: it was written or copied to the wrong place.");
        }

        if (header.SegmentBytes != expected.LengthBytes)
        {
            return Fault(
                JournalFault.SegmentLength,
                $"is {expected.LengthBytes:N0} bytes long, its header says {header.SegmentBytes:N0}.");
        }

        if (header.FirstSequence != expected.FirstSequence || header.ChecksumSeed != expected.ChecksumSeed)
        {
            return Fault(
                JournalFault.ChainBroken,
                $"begins with record {header.FirstSequence:N0}, the one before it leads to record {expected.FirstSequence:N0}"
                + (header.FirstSequence == expected.FirstSequence ? " with another checksum." : "."));
        }

        return null;
    }

    /// <summary>The words for a record that is not what was written.</summary>
    public static JournalException Record(int segmentIndex, in SegmentCursor cursor, string proof)
    {
        var fault = cursor.Damage == RecordDamage.Sequence ? JournalFault.SequenceGap : JournalFault.RecordDamaged;
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"journal segment {segmentIndex:D10} record {cursor.NextSequence:N0} {Words(cursor.Damage)} "
            + $"(offset {cursor.OffsetBytes:N0}).");
        return new JournalException(fault, $"{text}\n  {proof}; nothing was changed.\n{NextVerify}")
        {
            Position = new JournalPosition(segmentIndex, cursor.OffsetBytes),
            Sequence = new CommandSequence(cursor.NextSequence),
        };
    }

    private static string Words(RecordDamage damage) => damage switch
    {
        RecordDamage.None => "is not there",
        RecordDamage.Length => "has an impossible length",
        RecordDamage.Source => "has an impossible source",
        RecordDamage.Sequence => "is out of sequence",
        RecordDamage.Checksum => "fails its checksum",
        RecordDamage.Padding => "has bytes where zeros belong",
        _ => "has a damaged end marker in its place",
    };
}
