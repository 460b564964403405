using HftDelta.Primitives;
using HftDelta.Primitives.Units;

namespace HftDelta.Perf.Pipeline;

/// <summary>
/// What one settlement tick costs the core, what the risk worker computes for it, and what the core pays to install that.
/// </summary>
public static class SettlementSuite
{
    private const int WarmUpTicks = 1_500;
    private static readonly TimeNanos Begin = new(1_700_000_000_000_000_000);

    public static SuiteResult Run(SuiteOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var result = new SuiteResult(
            "settlement",
            "The core on one thread: an oracle report that moves the price by 0.2 %, so that every instrument of the underlying "
            + "settles and new risk inputs are frozen; then the computation that is the risk worker's, for 500 instruments "
            + "under 5 ms of the thread's own time; then the marker that installs it. Closed loop, each step timed by "
            + "itself, medians. Floor of the tick: the same multiply-adds in 128 bits over a plain array, entries of 40 "
            + "bytes written, in turns");
        int[] sizes = [10, 100, 500];
        var ticks = sizes.Select(size => Measure(size, options.Quick ? 101 : 1_001, result)).ToArray();
        var points = sizes.Zip(ticks, static (size, nanos) => new ScalingPoint(size, nanos));
        result.Scalings.Add(new ScalingTable("a settlement tick", "instruments", "ns", [.. points]));
        result.Notes.Add("one perpetual, the rest options; accounts settle when they are touched, so their number plays no part");
        result.Notes.Add("a step holds one reading of the clock");
        result.Notes.Add(SuiteNotes.Machine());
        return result;
    }

    /// <returns>Nanoseconds of the median tick.</returns>
    private static double Measure(int instruments, int ticks, SuiteResult result)
    {
        using var engine = new BareEngine(FlowMarket.Limits, Begin);
        var market = new FlowMarket(engine.Apply, Begin);
        market.ListUnderlying();
        market.Report(FlowMarket.Price);
        market.ListInstruments(instruments - 1, hasBands: false);
        Check.That(engine.Processor.View.InstrumentCount == instruments);
        var floor = new SettlementFloor(instruments);
        var steps = new SettlementSteps(engine, market);
        for (var tick = 0; tick < WarmUpTicks; tick++)
        {
            floor.Nanos(SettlementSteps.MoveTicks);
            steps.Run();
            if (tick % 250 == 0)
            {
                // The compiler's last tier comes only after a quiet moment.
                Thread.Sleep(100);
            }
        }

        var (computeNanos, installNanos) = (new double[ticks], new double[ticks]);
        var index = 0;
        var runs = PairedRuns.Measure(ticks, () => floor.Nanos(SettlementSteps.MoveTicks), () =>
        {
            result.Counters.Begin();
            steps.Run();
            result.Counters.End();
            (computeNanos[index], installNanos[index++]) = (steps.Compute, steps.Install);
            return steps.Tick;
        });
        Check.That(engine.Processor.View.ConservationError == default);
        result.Rows.Add(new SuiteRow($"{instruments} instruments: floor", "us", runs.FloorMedian / 1_000));
        result.Rows.Add(runs.Row($"{instruments} instruments: tick", "us", 1_000));
        var (compute, install) = (PairedRuns.Median(computeNanos), PairedRuns.Median(installNanos));
        result.Rows.Add(
            new SuiteRow($"{instruments} instruments: deltas and 35 scenarios, off the core, CPU", "us", compute / 1_000));
        result.Rows.Add(new SuiteRow($"{instruments} instruments: install", "us", install / 1_000));
        result.Rows.Add(new SuiteRow($"{instruments} instruments: tick", "ns/instrument", runs.SubjectMedian / instruments));
        result.Rows.Add(new SuiteRow($"{instruments} instruments: install", "ns/instrument", install / instruments));
        return runs.SubjectMedian;
    }
}
