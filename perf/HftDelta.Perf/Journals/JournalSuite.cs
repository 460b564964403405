using System.Diagnostics;
using HdrHistogram;
using HftDelta.Journal.Writing;
using HftDelta.Primitives;
using HftDelta.Runtime.Storage;

namespace HftDelta.Perf.Journals;

/// <summary>
/// What the journal adds to the bare writing of the same bytes, for each durability mode: appending in memory, and group commit
/// by the size of the group.
/// </summary>
public static class JournalSuite
{
    private const int WarmUpRounds = 8;
    private const int WarmUpRecords = 30_000;
    private const double Megabyte = 1e6;

    // 64 KiB, 8 KiB and one record.
    private static readonly int[] GroupRecords = [512, 64, 1];

    public static SuiteResult Run(SuiteOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var result = new SuiteResult(
            "journal",
            $"records of {JournalRecords.RecordBytes} bytes into a new file with reserved and populated blocks, one thread; "
            + "floor and subject in turns. Appending (process mode): floor is the copy of the same bytes into mapped memory. "
            + "Group commit (disk mode): records are appended and one sync makes them durable; floor is pwrite of the same bytes "
            + "and fdatasync");
        var folder = Path.Combine(options.OutputDirectory, "journal-suite");
        Directory.CreateDirectory(folder);
        try
        {
            WarmUp(folder);
            MeasureAppend(options, folder, result);
            foreach (var perGroup in GroupRecords)
            {
                MeasureGroups(options, folder, perGroup, result);
            }

            MeasureMapping(options, folder, result);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        result.Notes.Add("a ratio is time over time: group commit at 64 KiB is to stay below 1 / 0.7 = 1.43");
        result.Notes.Add("a third durability, by a replica, is not a mode of this journal: process and disk are all there are");
        result.Notes.Add("the device is that of the output directory; what it promises about its own cache is its affair");
        return result;
    }

    private static void WarmUp(string folder)
    {
        var records = new JournalRecords(WarmUpRecords);
        for (var round = 0; round < WarmUpRounds; round++)
        {
            RawFile.Append(Path.Combine(folder, "raw"), records, null);
            Append(folder, records, null);

            // The compiler's last tier comes only after a quiet moment.
            Thread.Sleep(30);
        }
    }

    private static void MeasureAppend(SuiteOptions options, string folder, SuiteResult result)
    {
        var records = new JournalRecords(options.Quick ? 60_000 : 300_000);
        var bytes = (double)records.Count * JournalRecords.RecordBytes;
        var pairs = options.Quick ? 5 : 11;
        var append = PairedRuns.Measure(
            pairs, () => RawFile.Append(Path.Combine(folder, "raw"), records, null),
            () => Append(folder, records, null, result.Counters));
        result.Rows.Add(append.RateRow("append, process mode", "MB/s", bytes / Megabyte));
        result.Rows.Add(append.Row("append of one record", "ns", records.Count / 1e9));
        var latency = LatencyTurns.NewHistogram();
        var floor = LatencyTurns.NewHistogram();
        PairedRuns.Measure(
            options.Quick ? 3 : 9,
            () => RawFile.Append(Path.Combine(folder, "raw"), records, floor),
            () => Append(folder, records, latency));
        foreach (var percentile in (int[])[50, 99])
        {
            var (value, least) = (latency.GetValueAtPercentile(percentile), floor.GetValueAtPercentile(percentile));
            result.Rows.Add(new SuiteRow(
                $"append with a reading of the clock, p{percentile}", "ns", value, (double)value / least, least));
        }

        result.Histograms.Add(new NamedHistogram("journal-append", latency));
    }

    private static void MeasureGroups(SuiteOptions options, string folder, int perGroup, SuiteResult result)
    {
        var groups = options.Quick ? 40 : 400;
        var records = new JournalRecords(groups * perGroup);
        var bytes = (double)records.Count * JournalRecords.RecordBytes;
        var floor = LatencyTurns.NewHistogram();
        var latency = LatencyTurns.NewHistogram();
        var commit = PairedRuns.Measure(
            options.Quick ? 3 : 9,
            () => RawFile.WriteAndSync(Path.Combine(folder, "raw"), records, perGroup, floor),
            () => Commit(folder, records, perGroup, latency));
        var label = $"group commit of {perGroup * JournalRecords.RecordBytes:N0} bytes";
        result.Rows.Add(commit.RateRow(label, "MB/s", bytes / Megabyte));
        AddPercentile(result, label, 50, latency, floor);
        AddPercentile(result, label, 99, latency, floor);
        result.Histograms.Add(new NamedHistogram($"journal-commit-{perGroup}", latency));
    }

    private static void AddPercentile(
        SuiteResult result, string label, int percentile, LongHistogram latency, LongHistogram floor)
    {
        var value = latency.GetValueAtPercentile(percentile) / 1e3;
        var floorValue = floor.GetValueAtPercentile(percentile) / 1e3;
        result.Rows.Add(new SuiteRow($"{label}, p{percentile}", "us", value, value / floorValue, floorValue));
    }

    /// <summary>Which way of syncing is better here, with no journal around either.</summary>
    private static void MeasureMapping(SuiteOptions options, string folder, SuiteResult result)
    {
        var perGroup = GroupRecords[0];
        var records = new JournalRecords((options.Quick ? 40 : 400) * perGroup);
        var mapped = PairedRuns.Measure(
            options.Quick ? 3 : 9,
            () => RawFile.WriteAndSync(Path.Combine(folder, "raw"), records, perGroup, LatencyTurns.NewHistogram()),
            () => RawFile.MapAndSync(Path.Combine(folder, "raw"), records, perGroup));
        result.Rows.Add(mapped.RateRow(
            "bare msync of a mapping, 64 KiB", "MB/s", (double)records.Count * JournalRecords.RecordBytes / Megabyte));
    }

    /// <summary>Seconds for all records; when there is a histogram, the time of each as well.</summary>
    private static double Append(
        string folder, JournalRecords records, LongHistogram? latency, PhaseCounters? counters = null)
    {
        var directory = Path.Combine(folder, "process");
        using (var journal = AppendableJournal.Open(new FileStorage(directory), new JournalOptions()))
        {
            var writer = journal.Writer;
            counters?.Begin();
            var began = Stopwatch.GetTimestamp();
            for (var record = 0; record < records.Count; record++)
            {
                var start = latency is null ? 0 : Stopwatch.GetTimestamp();
                Check.That(writer.TryAppend(in records.EnvelopeOf(record), records.FrameOf(record)));
                latency?.RecordValue(RawFile.NanosSince(start));
            }

            var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            counters?.End();
            journal.Dispose();
            Directory.Delete(directory, recursive: true);
            return seconds;
        }
    }

    private static double Commit(string folder, JournalRecords records, int perGroup, LongHistogram latency)
    {
        var directory = Path.Combine(folder, "disk");
        using var journal = AppendableJournal.Open(
            new FileStorage(directory), new JournalOptions { Durability = DurabilityMode.Disk });
        var began = Stopwatch.GetTimestamp();
        for (var record = 0; record + perGroup <= records.Count; record += perGroup)
        {
            var start = Stopwatch.GetTimestamp();
            for (var place = record; place < record + perGroup; place++)
            {
                Check.That(journal.Writer.TryAppend(in records.EnvelopeOf(place), records.FrameOf(place)));
            }

            journal.Sync!.DoWork();
            latency.RecordValue(RawFile.NanosSince(start));
        }

        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        Check.That(journal.Durable.Value == records.Count);
        journal.Dispose();
        Directory.Delete(directory, recursive: true);
        return seconds;
    }
}
