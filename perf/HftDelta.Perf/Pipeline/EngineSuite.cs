using System.Diagnostics;
using HdrHistogram;
using HftDelta.Primitives;
using HftDelta.Primitives.Collections;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;

namespace HftDelta.Perf.Pipeline;

/// <summary>The core alone: what a client's command costs when nothing but the engine runs. Service time, not latency.</summary>
public static class EngineSuite
{
    private const int WarmUpPasses = 8;
    private const int RingSlots = 16_384;
    private const long LongestNanos = 1_000_000_000;
    private static readonly TimeNanos Begin = new(1_700_000_000_000_000_000);

    public static SuiteResult Run(SuiteOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var result = new SuiteResult(
            "engine",
            "The core on one thread, closed loop, a fresh engine each pass: encoded client commands through "
            + "CommandProcessor.Apply, events into plain memory; margin, book, ledger, conservation, state hash. "
            + "Floor: the same frames copied into the same number of slots, in turns. Each pass gives the median of "
            + $"its chunks of {ChunkClock.Chunk:#,0} commands, each well below a time slice; medians of the passes");
        var count = options.Quick ? 50_000 : 250_000;
        using var flow = FlowMaker.Make(count, EngineWork.Seed, Begin);
        WarmUp(flow);
        var garbage = result.Counters;
        var runs = PairedRuns.Measure(
            options.Quick ? 5 : 9, () => FloorNanos(flow), () => EngineWork.Nanos(flow, garbage));
        ServiceTimes(flow, result);
        result.Rows.Add(new SuiteRow("copy of the frame (floor)", "ns/command", runs.FloorMedian));
        result.Rows.Add(runs.Row("command applied", "ns/command"));
        result.Rows.Add(new SuiteRow("commands applied, one core", "million/s", 1_000 / runs.SubjectMedian));
        result.Rows.Add(new SuiteRow("events", "per command", flow.EventsPerCommand));
        result.Rows.Add(new SuiteRow("allocated in all passes", "bytes", garbage.AllocatedBytes));
        result.Rows.Add(new SuiteRow("collections in all passes", "count", garbage.Gen0));
        result.Rows.Add(new SuiteRow("one reading of the clock", "ns", ClockNanos()));
        result.Notes.Add($"{count:#,0} commands a pass: {OrderFlow.Mix}");
        result.Notes.Add("service times hold one reading of the clock; each 1,024th command also folds the state hash");
        result.Notes.Add(SuiteNotes.Machine());
        return result;
    }

    private static void WarmUp(OrderFlow flow)
    {
        var ignored = new PhaseCounters();
        for (var pass = 0; pass < WarmUpPasses; pass++)
        {
            FloorNanos(flow);
            EngineWork.Nanos(flow, ignored);

            // The compiler's last tier comes only after a quiet moment.
            Thread.Sleep(100);
        }
    }

    private static double FloorNanos(OrderFlow flow)
    {
        using var ring = new NativeSlab<FlowCommand>(RingSlots);
        var clock = new ChunkClock();
        for (var index = flow.PrefillCount; index < flow.Count; index++)
        {
            ring[index & (RingSlots - 1)] = flow[index];
            clock.Count();
        }

        Check.That(ring[(flow.Count - 1) & (RingSlots - 1)].LengthBytes > 0);
        return clock.MedianNanos;
    }

    private static void ServiceTimes(OrderFlow flow, SuiteResult result)
    {
        LongHistogram[] kinds = [.. Enum.GetValues<FlowKind>().Select(_ => new LongHistogram(1, LongestNanos, 3))];
        using var engine = EngineWork.Filled(flow);
        var last = Stopwatch.GetTimestamp();
        for (var index = flow.PrefillCount; index < flow.Count; index++)
        {
            ref readonly var command = ref flow[index];
            engine.Apply(RecordSource.Client, command.Session, command.Frame);
            var now = Stopwatch.GetTimestamp();
            var nanos = (now - last) * 1_000_000_000 / Stopwatch.Frequency;
            kinds[(int)command.Kind].RecordValue(Math.Clamp(nanos, 1, LongestNanos));

            // Read again: recording is not part of the next command.
            last = Stopwatch.GetTimestamp();
        }

        var all = new LongHistogram(1, LongestNanos, 3);
        foreach (var kind in Enum.GetValues<FlowKind>())
        {
            all.Add(kinds[(int)kind]);
            result.Histograms.Add(new NamedHistogram($"service time {kind}", kinds[(int)kind]));
        }

        result.Histograms.Add(new NamedHistogram("service time all", all));
    }

    private static double ClockNanos() => ShortestRun.Of(20, static () =>
    {
        const int Readings = 10_000;
        var began = Stopwatch.GetTimestamp();
        var last = began;
        for (var reading = 0; reading < Readings; reading++)
        {
            last = Stopwatch.GetTimestamp();
        }

        return Stopwatch.GetElapsedTime(began, last).TotalNanoseconds / Readings;
    });
}
