using HftDelta.Journal.Reading;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Storage;
using HftDelta.Wire;

namespace HftDelta.Node.Replay;

/// <summary>The first record in which two journals differ.</summary>
/// <param name="Sequence">Of the record; with history the first that both hold.</param>
/// <param name="What">The part of it: time, term, session, source, message; history when they had parted before.</param>
/// <param name="Template">Schema and template of the one.</param>
/// <param name="OtherTemplate">Those of the other.</param>
public sealed record RecordDifference(
    CommandSequence Sequence,
    string What,
    (int SchemaId, int TemplateId) Template,
    (int SchemaId, int TemplateId) OtherTemplate);

/// <summary>What a comparison of two journals found.</summary>
/// <param name="Records">How many were compared and equal.</param>
/// <param name="OtherLast">The last record of the other.</param>
/// <param name="First">Null: what both hold is the same.</param>
public sealed record JournalComparisonResult(long Records, CommandSequence OtherLast, RecordDifference? First);

/// <summary>Two journals side by side, record by record, as far as both go. Both are only read. One thread.</summary>
public static class JournalComparison
{
    private const int RecordsPerCheck = 65_536;

    /// <param name="storage">The one.</param>
    /// <param name="last">Its last record to look at.</param>
    /// <param name="other">The other.</param>
    /// <param name="otherLast">Its last whole record.</param>
    /// <param name="cancel">Ends it early.</param>
    public static JournalComparisonResult Run(
        MappedStorage storage, CommandSequence last, MappedStorage other, CommandSequence otherLast, CancellationToken cancel)
    {
        using var ours = new JournalReader(storage, last);
        using var theirs = new JournalReader(other, otherLast);
        var first = Math.Max(ours.FirstSequence.Value, theirs.FirstSequence.Value);
        var end = Math.Min(last.Value, otherLast.Value);
        if (first > end)
        {
            return new JournalComparisonResult(0, otherLast, null);
        }

        ours.Seek(new CommandSequence(first));
        theirs.Seek(new CommandSequence(first));
        if (ours.LastChecksum != theirs.LastChecksum)
        {
            // A record's checksum is seeded with that of the one before it, which one of them may not hold.
            return new JournalComparisonResult(
                0, otherLast, new RecordDifference(new CommandSequence(first), "history", default, default));
        }

        long equal = 0;
        while (equal <= end - first && ours.TryRead(out var one) && theirs.TryRead(out var two))
        {
            if (FirstDifference(in one, in two) is { } what)
            {
                return new JournalComparisonResult(
                    equal, otherLast, new RecordDifference(one.Sequence, what, TemplateOf(one.Frame), TemplateOf(two.Frame)));
            }

            equal++;
            if (equal % RecordsPerCheck == 0)
            {
                cancel.ThrowIfCancellationRequested();
            }
        }

        return new JournalComparisonResult(equal, otherLast, null);
    }

    private static string? FirstDifference(in RecordView one, in RecordView two)
    {
        ref readonly var left = ref one.Envelope;
        ref readonly var right = ref two.Envelope;
        return !one.Frame.SequenceEqual(two.Frame) ? "message"
            : left.Source != right.Source ? "source"
            : left.SessionHandle != right.SessionHandle ? "session"
            : left.TimeNanos != right.TimeNanos ? "time"
            : left.Term != right.Term ? "term"
            : null;
    }

    private static (int SchemaId, int TemplateId) TemplateOf(ReadOnlySpan<byte> frame)
    {
        HftDeltaSchema.TryPeekHeader(frame, out var header);
        return (header.SchemaId, header.TemplateId);
    }
}
