using HftDelta.Journal.Cursors;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Recovery;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Storage;

namespace HftDelta.Journal.Reports;

/// <summary>What a journal is and holds: the answer of <c>journal describe</c>.</summary>
public sealed record JournalDescription(
    Guid JournalId,
    long SegmentBytes,
    IReadOnlyList<SegmentDescription> Segments,
    CommandSequence FirstSequence,
    CommandSequence LastSequence,
    long Records,
    long RecordBytes,
    SafeCursorState SafeCursorState,
    CommandSequence SafeCursor,
    JournalEndState EndState,
    JournalException? FirstError,
    JournalException? Doubt)
{
    /// <summary>0 when clean, torn or empty; else the exit code of the first error or of the doubt.</summary>
    public int ExitCode => (FirstError ?? Doubt)?.ExitCode ?? 0;

    /// <summary>Describes a journal as far as it can be read; the end state says whether that is all of it.</summary>
    public static JournalDescription Of(MappedStorage storage) => From(JournalRecovery.Examine(storage));

    public static JournalDescription From(RecoveryReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return new JournalDescription(
            report.JournalId,
            report.SegmentBytes,
            report.Segments,
            report.RecordsVerified == 0 ? CommandSequence.None : report.Segments[0].FirstSequence,
            report.LastSequence,
            report.RecordsVerified,
            report.BytesVerified,
            report.SafeCursor.State,
            report.SafeCursor.Sequence,
            report.State,
            report.Error,
            report.Doubt);
    }
}
