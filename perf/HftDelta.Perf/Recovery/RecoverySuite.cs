using System.Diagnostics;
using HftDelta.Journal.Snapshots;
using HftDelta.Node.Pipeline;
using HftDelta.Perf.Pipeline;
using HftDelta.Primitives.Collections;
using HftDelta.Replica.Snapshots;

namespace HftDelta.Perf.Recovery;

/// <summary>How long a venue of 100,000 accounts is away: from its snapshot, and from its journal without one.</summary>
public static class RecoverySuite
{
    private const double NanosPerMilli = 1e6;
    private const double BytesPerMega = 1e6;

    public static SuiteResult Run(SuiteOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var result = new SuiteResult(
            "recovery",
            "100,000 accounts, the first 1,000 with twenty positions each, the others with two, in 1,000 instruments; one "
            + "thread. A snapshot written to the temporary directory and synced, then loaded and its hash computed from "
            + "nothing; floor: a copy of as many bytes. Journals replayed, records proved, in time of the thread; floor: the "
            + "same commands from memory into an engine. What a start does with a long journal, by the clock. In turns");
        using var market = new RecordedMarket();
        var pairs = options.Quick ? 3 : 9;
        var bytes = MeasureWriting(market, pairs, result);
        MeasureLoading(market, pairs, bytes, result);
        MeasureReplay(market, options.Quick ? 1 : 5, result);
        LongRecovery.Measure(options, result);
        result.Notes.Add($"{market.Count:N0} commands in the journal");
        result.Notes.Add(SuiteNotes.Machine());
        return result;
    }

    private static int MeasureWriting(RecordedMarket market, int pairs, SuiteResult result)
    {
        var (write, proof) = (new double[pairs], new double[pairs]);
        var bytes = 0L;
        for (var round = 0; round < pairs; round++)
        {
            market.Snapshots.Delete(SnapshotNames.Of(market.Last));
            var report = SnapshotWriter.Write(market.Snapshots, market.Source);
            (write[round], proof[round]) = (report.WriteTime.TotalNanoseconds, report.ProofTime.TotalNanoseconds);
            bytes = report.FileBytes;
        }

        result.Rows.Add(new SuiteRow("snapshot of 100,000 accounts", "MB", bytes / BytesPerMega));
        result.Rows.Add(new SuiteRow("written and synced", "ms", PairedRuns.Median(write) / NanosPerMilli));
        result.Rows.Add(new SuiteRow(
            "read back into an engine of its own and audited", "ms", PairedRuns.Median(proof) / NanosPerMilli));
        return (int)bytes;
    }

    private static void MeasureLoading(RecordedMarket market, int pairs, int bytes, SuiteResult result)
    {
        using var from = new NativeSlab<byte>(bytes);
        using var to = new NativeSlab<byte>(bytes);
        var runs = PairedRuns.Measure(
            pairs,
            () =>
            {
                var begun = Stopwatch.GetTimestamp();
                from.AsSpan().CopyTo(to.AsSpan());
                return Stopwatch.GetElapsedTime(begun).TotalNanoseconds;
            },
            () =>
            {
                using var host = new EngineHost(RecordedMarket.Limits);
                using var file = SnapshotFile.Open(market.Snapshots, SnapshotNames.Of(market.Last));
                var begun = Stopwatch.GetTimestamp();
                SnapshotLoader.Load(file, host.Processor, RecordedMarket.Limits);
                return Stopwatch.GetElapsedTime(begun).TotalNanoseconds;
            });
        result.Rows.Add(runs.Row("loaded into a new engine, hash from nothing; floor: a copy", "ms", NanosPerMilli));
    }

    private static void MeasureReplay(RecordedMarket market, int pairs, SuiteResult result)
    {
        using var rate = new ReplayRate(market.Journal, RecordedMarket.Limits, market.Count);
        rate.Measure(pairs, "journal of 100,000 accounts replayed", result);
    }
}
