namespace HftDelta.Perf.Rings;

/// <summary>
/// The native ring between threads: messages per second in every shape, and round trips, against bare floors and beside other
/// implementations where they are installed.
/// </summary>
public static class RingSuite
{
    /// <summary>Slots of every ring whose rate is measured.</summary>
    internal const int RingSize = 4_096;

    private const int BatchSize = 10;

    // The machine flips between a near and a far mode of its cores: many short slices, neighbours compared.
    private const int TripPairs = 51;
    private const int WarmUpPhases = 4;

    public static SuiteResult Run(SuiteOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var result = new SuiteResult(
            "ring",
            $"{RingSize} slots; two words are written and read of each, which is a line by itself, but beside peers no longer "
            + "than the words; both ends pause between looks and then yield; for round trips, and with more than two threads, "
            + "they spin and then yield; floor: a ring of two indices, respectively two variables; floor and subject in turns, "
            + "medians of the ratios of neighbours");
        var threads = new TwoThreads();
        var volume = RingVolume.Of(options);
        WarmUp(threads, volume);
        AddThroughput(result, threads, "publish one by one", 1, volume);
        AddThroughput(result, threads, $"publish in batches of {BatchSize}", BatchSize, volume);
        AddRoundTrips(result, threads, volume);
        AddShapes(result, threads, volume);
        RingPeerRows.AddLmax(result, threads, volume, BatchSize);
        RingPeerRows.AddPackage(result, threads, volume, BatchSize);
        result.Notes.Add(threads.Placement);
        result.Notes.Add($"rings of {RingPeerLoop.Rings}");
        return result;
    }

    private static void AddThroughput(SuiteResult result, TwoThreads threads, string label, int batch, RingVolume volume)
    {
        using var floor = new BareRing(RingSize);
        using var ring = new MeasuredRing(RingShape.OneToOne, RingSize, Message.LineBytes);
        var runs = PairedRuns.Measure(
            volume.Pairs,
            () => floor.Nanos(threads, batch, volume.Messages),
            () => ring.Nanos(threads, batch, volume.Messages, RingWait.Usual));
        result.Rows.Add(new SuiteRow($"{label}: floor", "million/s", volume.Messages * 1e3 / runs.FloorMedian));
        result.Rows.Add(runs.RateRow($"{label}: ring", "million/s", volume.Messages * 1e3));
    }

    private static void AddRoundTrips(SuiteResult result, TwoThreads threads, RingVolume volume)
    {
        var runs = PingPong.Measure(threads, TripPairs, volume.Trips);
        result.Rows.Add(new SuiteRow("round trip: floor", "ns", runs.FloorMedian));
        result.Rows.Add(runs.Row("round trip: two rings", "ns"));
        var floor = LatencyTurns.NewHistogram();
        var subject = LatencyTurns.NewHistogram();
        PingPong.Record(threads, volume.Pairs, volume.Trips, floor, subject);
        result.Histograms.Add(new NamedHistogram("round trip floor", floor, IsFloor: true));
        result.Histograms.Add(new NamedHistogram("round trip rings", subject));
        result.Notes.Add(
            $"a round trip's figure is the median of {TripPairs} slices of {volume.Trips} each; the percentiles are of others, "
            + "which hold one reading of the clock each, in the floor as well");
        result.Notes.Add("round trips are closed loop: they tell the cost of a hand-over, not latency under load");
    }

    private static void AddShapes(SuiteResult result, TwoThreads threads, RingVolume volume)
    {
        foreach (var shape in RingShape.Crowded)
        {
            using var ring = new MeasuredRing(shape, RingSize, Message.LineBytes);
            var nanos = new double[volume.Pairs];
            for (var run = 0; run < nanos.Length; run++)
            {
                nanos[run] = ring.Nanos(threads, 1, volume.CrowdedMessages, RingWait.Look);
            }

            var rate = volume.CrowdedMessages * 1e3 / PairedRuns.Median(nanos);
            result.Rows.Add(new SuiteRow($"{shape.Label}, one by one", "million/s", rate));
        }

        result.Notes.Add(
            $"shapes of more than two threads are not pinned; on {Environment.ProcessorCount} cores they tell about the "
            + "scheduler too");
    }

    private static void WarmUp(TwoThreads threads, RingVolume volume)
    {
        using var floor = new BareRing(RingSize);
        using var ring = new MeasuredRing(RingShape.OneToOne, RingSize, Message.LineBytes);
        for (var phase = 0; phase < WarmUpPhases; phase++)
        {
            for (var round = 0; round < volume.WarmUpRounds; round++)
            {
                foreach (var batch in new[] { 1, BatchSize })
                {
                    floor.Nanos(threads, batch, volume.WarmUpMessages);
                    ring.Nanos(threads, batch, volume.WarmUpMessages, RingWait.Usual);
                }
            }

            PingPong.Measure(threads, TripPairs, volume.Trips);

            // The compiler's last tier comes only after a quiet moment.
            Thread.Sleep(150);
        }
    }
}
