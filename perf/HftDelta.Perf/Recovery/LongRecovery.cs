using System.Diagnostics;
using System.Runtime.InteropServices;
using HftDelta.Journal.Recovery;
using HftDelta.Journal.Segments;
using HftDelta.Node.Pipeline;
using HftDelta.Node.Replay;
using HftDelta.Primitives;
using HftDelta.Replica.Snapshots;

namespace HftDelta.Perf.Recovery;

/// <summary>How long a venue with a long journal is away: every record proved, a snapshot, and what is behind it.</summary>
internal static partial class LongRecovery
{
    private const int AdviceFileDontNeed = 4;
    private const int Records = 10_000_000;
    private const int QuickRecords = 500_000;
    private const int Behind = 100_000;

    public static void Measure(SuiteOptions options, SuiteResult result)
    {
        var records = options.Quick ? QuickRecords : Records;
        using var journal = new LongJournal(records, Behind);
        using (var rate = new ReplayRate(journal.Journal, LongJournal.Limits, records / 10))
        {
            rate.Measure(9, $"the first {records / 10:N0} of them replayed", result);
        }

        MeasureProof(journal, options.Quick ? 3 : 5, records, result);
        MeasureCold(journal, options.Quick ? 1 : 3, records, result);
        MeasureStart(journal, options.Quick ? 3 : 5, records, result);
        MeasureWhole(journal, records, result);
        result.Notes.Add(
            $"the long journal: {records:N0} records, {journal.AppendedBytes / 1e6:N0} MB, in the page cache; {LongJournal.Mix}; "
            + $"snapshot of {journal.SnapshotBytes / 1e6:N1} MB {Behind:N0} commands before its end");
    }

    private static void MeasureProof(LongJournal journal, int pairs, int records, SuiteResult result)
    {
        var runs = PairedRuns.Measure(pairs, () => ReadOnce(journal), () =>
        {
            var begun = Stopwatch.GetTimestamp();
            var report = journal.Examine();
            Check.That(report.State == JournalEndState.Clean && report.RecordsVerified == records);
            return Stopwatch.GetElapsedTime(begun).TotalSeconds;
        });
        result.Rows.Add(runs.Row($"{records:N0} records proved; floor: their bytes read", "s"));
        result.Rows.Add(new SuiteRow("proof of one record", "ns", runs.SubjectMedian * 1e9 / records));
    }

    private static void MeasureCold(LongJournal journal, int rounds, int records, SuiteResult result)
    {
        var seconds = new double[rounds];
        for (var round = 0; round < rounds && OperatingSystem.IsLinux(); round++)
        {
            ForgetPages(journal);
            var begun = Stopwatch.GetTimestamp();
            Check.That(journal.Examine().State == JournalEndState.Clean);
            seconds[round] = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        }

        result.Rows.Add(new SuiteRow($"{records:N0} records proved, read from the device", "s", PairedRuns.Median(seconds)));
    }

    /// <summary>Takes the segments out of the page cache, as they are after the machine was started.</summary>
    private static void ForgetPages(LongJournal journal)
    {
        for (var index = 0; journal.Journal.Exists(SegmentLayout.NameOf(index)); index++)
        {
            using var file = File.OpenHandle(
                Path.Combine(journal.Journal.Location, SegmentLayout.NameOf(index)), access: FileAccess.ReadWrite);
            RandomAccess.FlushToDisk(file);
            Check.That(AdviseFile((int)file.DangerousGetHandle(), 0, 0, AdviceFileDontNeed) == 0);
        }
    }

    private static void MeasureStart(LongJournal journal, int rounds, int records, SuiteResult result)
    {
        var seconds = new double[rounds];
        for (var round = 0; round < rounds; round++)
        {
            seconds[round] = Start(journal, fromSnapshot: true);
        }

        result.Rows.Add(new SuiteRow(
            $"recovered from {records:N0} records: all proved, snapshot loaded, {Behind:N0} commands replayed", "s",
            PairedRuns.Median(seconds)));
    }

    private static void MeasureWhole(LongJournal journal, int records, SuiteResult result) =>
        result.Rows.Add(new SuiteRow(
            $"recovered from {records:N0} records without a snapshot, once", "s", Start(journal, fromSnapshot: false)));

    private static double Start(LongJournal journal, bool fromSnapshot)
    {
        var begun = Stopwatch.GetTimestamp();
        var last = journal.Examine().LastSequence;
        using var host = SnapshotSearch.Begin(
            journal.Journal, fromSnapshot ? journal.Snapshots : null, last, LongJournal.Limits,
            () => new EngineHost(LongJournal.Limits), host => host.Processor, word => Check.Never(word));
        var replayed = JournalReplay.Run(journal.Journal, host, last);
        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        Check.That(replayed.FirstDifference is null && replayed.LastSequence == journal.Last);
        Check.That(fromSnapshot == (replayed.Commands == Behind));
        return seconds;
    }

    /// <summary>Seconds to map every segment and look at all of its words.</summary>
    private static double ReadOnce(LongJournal journal)
    {
        var begun = Stopwatch.GetTimestamp();
        var zeros = 0L;
        for (var index = 0; journal.Journal.Exists(SegmentLayout.NameOf(index)); index++)
        {
            using var file = journal.Journal.OpenFile(SegmentLayout.NameOf(index), writable: false);
            zeros += file.Span(0, (int)file.LengthBytes).Count((byte)0);
        }

        Check.That(zeros > 0);
        return Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int AdviseFile(int fileDescriptor, long offsetBytes, long lengthBytes, int advice);
}
