using HftDelta.Journal.Faults;
using HftDelta.Journal.Recovery;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Storage;

namespace HftDelta.Journal.Reports;

/// <summary>
/// Whether a journal is what was written: the answer of <c>journal verify</c>. It is the examination of recovery.
/// </summary>
public sealed record JournalVerification(
    JournalEndState EndState,
    long RecordsVerified,
    long BytesVerified,
    int SegmentsVerified,
    int SealsVerified,
    CommandSequence LastSequence,
    uint LastChecksum,
    TornTail? Torn,
    JournalException? FirstError,
    JournalException? Doubt)
{
    /// <summary>0 when clean, torn or empty; else the exit code of the first error or of the doubt.</summary>
    public int ExitCode => (FirstError ?? Doubt)?.ExitCode ?? 0;

    /// <summary>Verifies everything, block hashes included.</summary>
    public static JournalVerification Of(MappedStorage storage, Action<long, long>? progress = null)
    {
        var report = JournalRecovery.Examine(
            storage, new RecoveryOptions { VerifiesBlockHashes = true, Progress = progress });
        return new JournalVerification(
            report.State,
            report.RecordsVerified,
            report.BytesVerified,
            report.Segments.Count,
            report.SealsVerified,
            report.LastSequence,
            report.LastChecksum,
            report.Torn,
            report.Error,
            report.Doubt);
    }
}
