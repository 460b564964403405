using System.Globalization;
using HftDelta.Journal.Segments;
using HftDelta.Journal.Snapshots;
using HftDelta.Node.Cli;
using HftDelta.Node.Pipeline;
using HftDelta.Node.Replay;
using HftDelta.Perf.Network;
using HftDelta.Perf.Pipeline;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Snapshots;
using HftDelta.Runtime.Storage;
using HftDelta.Runtime.Threads;

namespace HftDelta.Perf.Soak;

/// <summary>One soak from the venue's opening to the replay of what it left. One thread, which is the client's too.</summary>
internal sealed class SoakRun(SoakVolume volume, SuiteResult result, CancellationToken cancellation)
{
    public const double OraclePerSecond = 10;

    private const double Half = 0.5;
    private const double WantedShare = 0.95;
    private const double WarmUpPerSecond = 20_000;

    /// <summary>Behind the last request: answers that come late, and threads that end.</summary>
    private const double SpareSeconds = 5;

    /// <summary>What must stay free on the device beside the journal: snapshots, the next segments, others.</summary>
    private const long SpareBytes = 1L << 30;

    /// <summary>A record with its padding, and the engine's own commands; the segments of a start weigh more.</summary>
    private const double BytesPerRequestMax = 256;

    public void Run()
    {
        var plan = new WirePlan(IdleKind.Backoff, HasReplica: true, SnapshotInterval: volume.SnapshotInterval);
        using var venue = new WireVenue(plan, WarmUpPerSecond, volume.WarmUpCommands, cancellation: cancellation);
        long reports;
        using (var oracle = new StormOracle(venue.Desk, venue.Market, OraclePerSecond))
        {
            var maximum = LoadMeasurement.Maximum(venue.Client, volume.Turns, volume.TurnSeconds);
            result.Rows.Add(new SuiteRow("maximum", "requests/s", maximum));
            ThrowWithoutRoom(venue, maximum * Half * volume.Seconds);
            Soak(venue, maximum * Half);
            reports = oracle.Sent;
        }

        var end = venue.Finish();
        result.Rows.Add(new SuiteRow("reports of the oracle", "in all", reports));
        var replayed = Replay(venue, end, out var snapshots);
        var client = venue.Client.Statistics;
        SoakChecks.AddStates(result.Checks, end, replayed, snapshots);
        SoakChecks.AddRequests(result.Checks, new SoakRequests
        {
            Sent = venue.Client.Sent,
            Answered = venue.Client.Answered,
            Applied = end.Requests,
            Unknown = client.Unknown,
            ReportsLost = client.ReportsLost,
        });
        result.Notes.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"{venue.Client.Sent:#,0} requests with warm-up and maximum, {venue.Client.Fills:#,0} fills, "
            + $"{venue.Client.Refused:#,0} refused (cancels that came after a fill), {venue.Client.Resent:#,0} asked again after "
            + $"100 ms; a snapshot every {volume.SnapshotInterval:#,0} commands, the newest {snapshots.Count} stay"));
    }

    private void Soak(WireVenue venue, double rate)
    {
        var latency = LatencyTurns.NewHistogram();
        var count = (long)(rate * volume.Seconds);
        var before = venue.LastSequence;
        using var sampler = new SoakSampler(venue, volume.Seconds, volume.IntervalSeconds);
        using var recorder = new IntervalRecorder(volume.IntervalSeconds, volume.Seconds + SpareSeconds);
        venue.Client.Intervals = recorder;
        result.Counters.Files = venue.FileBytes;
        result.Counters.Begin();
        var seconds = venue.Client.RunOpen(rate, count, latency);
        result.Counters.End();
        venue.Client.Intervals = null;
        sampler.Dispose();
        AddLatency(recorder, latency, rate, count / seconds);
        foreach (var gauge in sampler.Gauges())
        {
            result.Gauges.Add(gauge);
        }

        var commands = venue.LastSequence.Value - before.Value;
        result.Rows.Add(new SuiteRow("commands sequenced", "/s", commands / seconds));
        var bytes = result.Counters.AllocatedBytes / (double)count;
        result.Rows.Add(new SuiteRow("allocated by all threads", "bytes/request", bytes));
        result.Rows.Add(new SuiteRow("journal on disk at the end", "MB", sampler.JournalBytes / 1e6));
        AddMemory(sampler.Readings);
    }

    private void AddLatency(IntervalRecorder recorder, HdrHistogram.LongHistogram latency, double rate, double reached)
    {
        var series = recorder.End("half load over time");
        var used = (int)Math.Ceiling(volume.Seconds / volume.IntervalSeconds);
        while (used < series.Intervals.Count && series.Intervals[used].TotalCount > 0)
        {
            used++;
        }

        series = series with { Intervals = [.. series.Intervals.Take(used)], Hiccups = [.. series.Hiccups.Take(used)] };
        result.Series.Add(series);
        var hiccups = LatencyTurns.NewHistogram();
        foreach (var interval in series.Hiccups)
        {
            hiccups.Add(interval);
        }

        result.Histograms.Add(new NamedHistogram("hiccups: a sleeping thread, late by", hiccups, IsFloor: true));
        result.Histograms.Add(new NamedHistogram("wire to wire at half load", latency));
        result.Rows.Add(new SuiteRow("offered", "requests/s", rate));
        result.Rows.Add(new SuiteRow("answered", "requests/s", reached));
        result.Rows.Add(new SuiteRow("latency p50", "us", latency.GetValueAtPercentile(50) / 1e3));
        result.Rows.Add(new SuiteRow("latency p99", "us", latency.GetValueAtPercentile(99) / 1e3));
        if (reached < rate * WantedShare)
        {
            result.Notes.Add("less was answered than offered, so the latencies hold a queue that grew");
        }
    }

    private void AddMemory(IReadOnlyList<SoakReading> readings)
    {
        if (!ProcessMemory.IsKnown)
        {
            result.Notes.Add("only Linux tells which memory belongs to no file: whether it stays flat was not judged");
            return;
        }

        SoakChecks.AddMemory(
            result.Checks, "memory of the venue's process", [.. readings.Select(reading => (double)reading.Own.OwnBytes)]);
        SoakChecks.AddMemory(
            result.Checks, "memory of the replica", [.. readings.Select(reading => (double)reading.Replica.OwnBytes)]);
    }

    /// <summary>A running venue takes no segment away, so the whole journal must have room.</summary>
    private void ThrowWithoutRoom(WireVenue venue, double requests)
    {
        var segments = Directory.EnumerateFiles(venue.JournalDirectory, "*.seg").Count();
        var perRequest = segments * SegmentLayout.SegmentBytesDefault / (double)venue.Client.Sent;
        var needed = (long)(requests * Math.Min(perRequest, BytesPerRequestMax)) + SpareBytes;
        var free = new DriveInfo(venue.JournalDirectory).AvailableFreeSpace;
        if (free < needed)
        {
            throw new OperatorException(
                BenchErrors.NoRoomError,
                ExitCode.NoSpace,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the journal of {volume.Seconds:0} s at this rate takes {needed / 1e9:0.0} GB and {Path.GetTempPath()} has "
                    + $"{free / 1e9:0.0} GB free"),
                "let TMPDIR name a directory with room, or ask for fewer --seconds");
        }
    }

    /// <summary>What a start would do: the newest good snapshot, and the journal behind it.</summary>
    private static SoakReplay Replay(WireVenue venue, WireEnd end, out IReadOnlyList<CommandSequence> snapshots)
    {
        var journal = new FileStorage(venue.JournalDirectory);
        var beside = SnapshotSearch.BesideJournal(venue.JournalDirectory);
        snapshots = beside is null ? [] : SnapshotNames.List(beside);
        var last = new CommandSequence(end.Venue.LastSequence);
        using var host = SnapshotSearch.Begin(
            journal, beside, last, FlowMarket.Limits, () => new EngineHost(FlowMarket.Limits), one => one.Processor,
            Console.Error.WriteLine);
        var found = JournalReplay.Run(journal, host, last);
        host.Processor.View.Audit();
        return new SoakReplay(
            new StateWords(found.LastSequence.Value, found.StateHash.ToString(), found.HistoryHash.ToString()),
            found.From.Value,
            found.HashPointsCompared - found.HashPointsEqual,
            host.Processor.View.ConservationError);
    }
}
