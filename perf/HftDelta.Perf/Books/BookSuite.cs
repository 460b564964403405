using System.Diagnostics;
using HdrHistogram;
using HftDelta.Engine.Books;
using HftDelta.Node.BookReplay;
using HftDelta.Primitives;
using HftDelta.Simulation.Streams;

namespace HftDelta.Perf.Books;

/// <summary>The production book alone on one thread: no risk, journal, reports or transport.</summary>
public static class BookSuite
{
    private const int WarmUpPasses = 6;

    public static SuiteResult Run(SuiteOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var result = new SuiteResult(
            "book",
            "A stream of new orders and cancels through the price-time book, closed loop, a fresh book each pass. "
            + "Floors: a book of a sorted map, lists and a dictionary, and the quickest one of the runtime's collections; in "
            + "turns, same digest. Times are those of the thread.");
        result.Rows.Add(new SuiteRow("memory of a resting order, hot and cold", "bytes", OrderSlab.BytesPerOrder));
        Measure(RecordedStreams.Get(StreamProfile.Mix, result), options, options.Quick ? 3 : 9, result);
        Measure(RecordedStreams.Get(StreamProfile.Quote, result), options, options.Quick ? 3 : 9, result);
        if (options.Quick) result.Notes.Add("deep is left out of a quick run");
        else Measure(RecordedStreams.Generate(StreamProfile.Deep), options, 3, result);
        result.Notes.Add("service times hold two clock reads, about 30 ns each; they are not latencies");
        return result;
    }

    private static void Measure(HdbsStream stream, SuiteOptions options, int pairs, SuiteResult result)
    {
        var expected = WarmUp(stream);
        Check.That(stream.DigestExpected == 0 || stream.DigestExpected == expected);
        var mapList = PairedRuns.Measure(
            pairs, () => PeerNanos(stream, new MapListBook(stream), expected), () => BookNanos(stream, false, expected));
        result.Rows.Add(new SuiteRow($"{stream.Profile}, sorted map, lists and dictionary", "ns/op", mapList.FloorMedian));
        result.Rows.Add(mapList.Row($"{stream.Profile}, book", "ns/op"));
        var runs = PairedRuns.Measure(
            pairs, () => PeerNanos(stream, new FloorBook(stream), expected), () => BookNanos(stream, false, expected));
        result.Rows.Add(new SuiteRow($"{stream.Profile}, sorted set, lists and array", "ns/op", runs.FloorMedian));
        result.Rows.Add(runs.Row($"{stream.Profile}, book again", "ns/op"));
        result.Rows.Add(
            new SuiteRow($"{stream.Profile}, allocated by the book", "bytes", AllocatedBytes(stream, result.Counters)));
        if (options.Quick) return;
        var sparse = PairedRuns.Measure(
            pairs, () => PeerNanos(stream, new MapListBook(stream), expected), () => BookNanos(stream, true, expected));
        var label = $"{stream.Profile}, book without a band";
        result.Rows.Add(sparse.Row(label, "ns/op"));
        ServiceTimes(stream, result);
    }

    /// <summary>Lets the code be compiled for good, and takes the digest from the floor.</summary>
    private static ulong WarmUp(HdbsStream stream)
    {
        var floor = new FloorBook(stream);
        floor.Apply(stream.Prefill);
        floor.Apply(stream.Timed);
        var passes = stream.PrefillCount < RecordedStreams.Operations ? WarmUpPasses : 1;
        for (var pass = 0; pass < passes; pass++)
        {
            BookNanos(stream, sparse: false, floor.Digest);
            PeerNanos(stream, new FloorBook(stream), floor.Digest);
            PeerNanos(stream, new MapListBook(stream), floor.Digest);

            // Promotion waits for a quiet moment of the compiler.
            Thread.Sleep(100);
        }

        return floor.Digest;
    }

    private static double PeerNanos(HdbsStream stream, IPeerBook book, ulong expected)
    {
        book.Apply(stream.Prefill);
        GC.Collect();
        var started = ThreadClock.Nanos();
        book.Apply(stream.Timed);
        var elapsed = ThreadClock.Nanos() - started;
        Check.That(book.Digest == expected);
        return (double)elapsed / stream.Timed.Length;
    }

    private static double BookNanos(HdbsStream stream, bool sparse, ulong expected)
    {
        using var book = new HdbsBook(stream, sparse);
        book.Apply(stream.Prefill);
        var started = ThreadClock.Nanos();
        book.Apply(stream.Timed);
        var elapsed = ThreadClock.Nanos() - started;
        Check.That(book.Digest == expected);
        return (double)elapsed / stream.Timed.Length;
    }

    private static long AllocatedBytes(HdbsStream stream, PhaseCounters counters)
    {
        using var book = new HdbsBook(stream, sparse: false);
        book.Apply(stream.Prefill);
        counters.Begin();
        book.Apply(stream.Timed);
        return counters.End();
    }

    private static void ServiceTimes(HdbsStream stream, SuiteResult result)
    {
        string[] kinds = ["passive", "aggressive", "cancel"];
        var histograms = kinds.Select(_ => new LongHistogram(1, 1_000_000_000, 3)).ToArray();
        using var book = new HdbsBook(stream, sparse: false);
        book.Apply(stream.Prefill);
        foreach (ref readonly var record in stream.Timed)
        {
            var started = Stopwatch.GetTimestamp();
            book.Apply(in record);
            var nanos = (Stopwatch.GetTimestamp() - started) * (1_000_000_000 / Stopwatch.Frequency);
            histograms[Math.Min((int)record.Kind, kinds.Length - 1)].RecordValue(Math.Clamp(nanos, 1, 1_000_000_000));
        }

        for (var kind = 0; kind < kinds.Length; kind++)
        {
            result.Histograms.Add(new NamedHistogram($"{stream.Profile} {kinds[kind]}", histograms[kind]));
        }
    }
}
