using System.Diagnostics;

namespace HftDelta.Perf.Rings;

/// <summary>The native ring between two threads: messages per second, and round trips, each against a bare floor.</summary>
public static class RingSuite
{
    private const int RingSize = 4_096;
    private const int BatchSize = 10;

    public static SuiteResult Run(SuiteOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var result = new SuiteResult(
            "ring",
            $"one producer and one consumer thread, {RingSize} slots of 64 bytes, both spin and then yield; floor: a ring of two "
            + "indices, respectively two variables; floor and subject in turns, medians of the ratios of neighbours");
        var pairs = options.Quick ? 5 : 11;
        var count = options.Quick ? 300_000L : 2_000_000L;
        var threads = new TwoThreads();
        WarmUp(threads, options.Quick ? 20 : 40);
        AddThroughput(result, threads, "publish one by one", 1, pairs, count);
        AddThroughput(result, threads, $"publish in batches of {BatchSize}", BatchSize, pairs, count);
        AddRoundTrips(result, threads, pairs, options.Quick ? 10_000 : 50_000);
        result.Notes.Add(threads.Placement);
        return result;
    }

    private static void AddThroughput(SuiteResult result, TwoThreads threads, string label, int batch, int pairs, long count)
    {
        var runs = PairedRuns.Measure(
            pairs, () => SecondsOfFloor(threads, count, batch), () => SecondsOfRing(threads, count, batch));
        result.Rows.Add(new SuiteRow($"{label}: floor", "million/s", count / runs.FloorMedian / 1e6));
        result.Rows.Add(runs.RateRow($"{label}: ring", "million/s", count / 1e6));
    }

    private static void AddRoundTrips(SuiteResult result, TwoThreads threads, int pairs, int trips)
    {
        var floor = LatencyTurns.NewHistogram();
        var subject = LatencyTurns.NewHistogram();
        var runs = PairedRuns.Measure(
            pairs,
            () => LatencyTurns.MedianOf(floor, turn => PingPong.RunFloor(threads, trips, turn)),
            () => LatencyTurns.MedianOf(subject, turn => PingPong.RunRings(threads, trips, turn)));
        result.Rows.Add(new SuiteRow("round trip, median: floor", "ns", runs.FloorMedian));
        result.Rows.Add(runs.Row("round trip, median: two rings", "ns"));
        result.Histograms.Add(new NamedHistogram("round trip floor", floor));
        result.Histograms.Add(new NamedHistogram("round trip rings", subject));
        result.Notes.Add("a round trip holds one reading of the clock, in the floor as well");
        result.Notes.Add("round trips are closed loop: they tell the cost of a hand-over, not latency under load");
    }

    private static void WarmUp(TwoThreads threads, int rounds)
    {
        // Many short calls spread over time: the compiler's last tier comes only then.
        var ignored = LatencyTurns.NewHistogram();
        for (var round = 0; round < rounds; round++)
        {
            SecondsOfFloor(threads, 20_000, 1);
            SecondsOfRing(threads, 20_000, 1);
            SecondsOfFloor(threads, 20_000, BatchSize);
            SecondsOfRing(threads, 20_000, BatchSize);
            PingPong.RunFloor(threads, 1_000, ignored);
            PingPong.RunRings(threads, 1_000, ignored);
        }
    }

    private static double SecondsOfFloor(TwoThreads threads, long count, int batch)
    {
        using var ring = new BareRing(RingSize);
        return Seconds(threads, count, () => ring.Produce(count, batch), () => ring.Consume(count));
    }

    private static double SecondsOfRing(TwoThreads threads, long count, int batch)
    {
        using var ring = new MeasuredRing(RingSize);
        return Seconds(threads, count, () => ring.Produce(count, batch), () => ring.Consume(count));
    }

    /// <summary>From the moment both threads are there until the consumer has read everything.</summary>
    private static double Seconds(TwoThreads threads, long count, Action produce, Func<long> consume)
    {
        var sum = 0L;
        var seconds = 0.0;
        threads.Run(
            produce,
            () =>
            {
                var began = Stopwatch.GetTimestamp();
                sum = consume();
                seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            });

        // Every message adds number ^ ~number, which is -1.
        return sum == -count ? seconds : throw new InvalidOperationException("the ring lost or tore a message");
    }
}
