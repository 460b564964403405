using System.Diagnostics;
using HftDelta.Primitives;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire.Internal;

namespace HftDelta.Perf.Pipeline;

/// <summary>
/// What one settlement tick costs the core, what the risk worker computes for it, and what the core pays to install that.
/// </summary>
public static class SettlementSuite
{
    private const int WarmUpTicks = 3_000;
    private const long MoveTicks = 100;
    private static readonly TimeNanos Begin = new(1_700_000_000_000_000_000);

    public static SuiteResult Run(SuiteOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var result = new SuiteResult(
            "settlement",
            "The core on one thread: an oracle report that moves the price by 0.2 %, so that every instrument of the underlying "
            + "settles and new risk inputs are frozen; then the computation that is the risk worker's; then the marker that "
            + "installs it. Closed loop, each step timed by itself, medians. Floor of the tick: the same multiply-adds in 128 "
            + "bits over a plain array, entries of 40 bytes written, in turns");
        foreach (var instruments in (int[])[10, 100, 500])
        {
            Measure(instruments, options.Quick ? 301 : 2_001, result);
        }

        result.Notes.Add("one perpetual, the rest options; accounts settle when they are touched, so their number plays no part");
        result.Notes.Add("a step holds one reading of the clock");
        result.Notes.Add(SuiteNotes.Machine());
        return result;
    }

    private static void Measure(int instruments, int ticks, SuiteResult result)
    {
        using var engine = new BareEngine(FlowMarket.Limits, Begin);
        var market = new FlowMarket(engine.Apply, Begin);
        market.ListUnderlying();
        market.Report(FlowMarket.Price);
        market.ListInstruments(instruments - 1, hasBands: false);
        Check.That(engine.Processor.View.InstrumentCount == instruments);
        var floor = new SettlementFloor(instruments);
        var steps = new Steps(engine, market);
        for (var tick = 0; tick < WarmUpTicks; tick++)
        {
            floor.Nanos(MoveTicks);
            steps.Run();
            if (tick % 500 == 0)
            {
                // The compiler's last tier comes only after a quiet moment.
                Thread.Sleep(100);
            }
        }

        var (tickNanos, computeNanos, installNanos) = (new double[ticks], new double[ticks], new double[ticks]);
        var index = 0;
        var runs = PairedRuns.Measure(ticks, () => floor.Nanos(MoveTicks), () =>
        {
            steps.Run();
            (tickNanos[index], computeNanos[index], installNanos[index]) = (steps.Tick, steps.Compute, steps.Install);
            return tickNanos[index++];
        });
        Check.That(engine.Processor.View.ConservationError == default);
        result.Rows.Add(new SuiteRow($"{instruments} instruments: floor", "us", runs.FloorMedian / 1_000));
        result.Rows.Add(runs.Row($"{instruments} instruments: tick", "us", 1_000));
        var (compute, install) = (PairedRuns.Median(computeNanos), PairedRuns.Median(installNanos));
        result.Rows.Add(new SuiteRow($"{instruments} instruments: computation, off the core", "us", compute / 1_000));
        result.Rows.Add(new SuiteRow($"{instruments} instruments: install", "us", install / 1_000));
        result.Rows.Add(new SuiteRow($"{instruments} instruments: tick", "ns/instrument", runs.SubjectMedian / instruments));
        result.Rows.Add(new SuiteRow($"{instruments} instruments: install", "ns/instrument", install / instruments));
    }

    /// <summary>Tick, computation and marker, again and again. The price goes up and down.</summary>
    private sealed class Steps(BareEngine engine, FlowMarket market)
    {
        private readonly byte[] _marker = new byte[GreeksReadyDecoder.FrameLength];
        private bool _isUp;

        public double Tick { get; private set; }

        public double Compute { get; private set; }

        public double Install { get; private set; }

        public void Run()
        {
            _isUp = !_isUp;
            var report = market.OracleReport(FlowMarket.Price + (_isUp ? MoveTicks : 0));
            engine.SkipEvents();
            var began = Stopwatch.GetTimestamp();
            engine.Apply(RecordSource.Oracle, new SessionHandle(FlowMarket.OracleSession), report);
            var ticked = Stopwatch.GetTimestamp();
            Tick = Pace.Nanos(began, ticked);

            var inputs = FindInputs();
            var asked = Stopwatch.GetTimestamp();
            var hash = engine.Processor.Risk.Compute(
                new UnderlyingId(inputs.UnderlyingId), new CommandSequence((long)inputs.InputSequence));
            Compute = Pace.Nanos(asked, Stopwatch.GetTimestamp());

            var marker = GreeksReadyEncoder.Wrap(_marker);
            marker.SetUnderlyingId(inputs.UnderlyingId).SetInputSequence(inputs.InputSequence).SetVersion(inputs.Version);
            marker.ResultHash.SetWord0(hash.Word0).SetWord1(hash.Word1).SetWord2(hash.Word2).SetWord3(hash.Word3);
            var sent = Stopwatch.GetTimestamp();
            engine.Apply(RecordSource.Risk, SessionHandle.None, _marker);
            Install = Pace.Nanos(sent, Stopwatch.GetTimestamp());
            Check.That(!engine.Processor.IsRiskOutstanding);
        }

        private RiskInputsDecoder FindInputs()
        {
            while (engine.TryReadEvent(out var source, out var frame))
            {
                if (source == RecordSource.Internal && InternalSchema.TryPeekHeader(frame, out var header)
                    && header.TemplateId == RiskInputsDecoder.TemplateId)
                {
                    return RiskInputsDecoder.Trusted(frame);
                }
            }

            throw new InvalidOperationException("the tick froze no risk inputs");
        }
    }
}
