using System.Diagnostics;
using HftDelta.Primitives;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire.Internal;

namespace HftDelta.Perf.Pipeline;

/// <summary>
/// Tick, computation and marker of one underlying, again and again, each timed by itself. The price goes up and down. One thread.
/// </summary>
internal sealed class SettlementSteps(BareEngine engine, FlowMarket market)
{
    public const long MoveTicks = 100;

    private readonly byte[] _marker = new byte[GreeksReadyDecoder.FrameLength];
    private bool _isUp;

    public double Tick { get; private set; }

    /// <summary>Marks, deltas and the 35 scenarios of every instrument, in time of the thread.</summary>
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
        var asked = ThreadClock.Nanos();
        var hash = engine.Processor.Risk.Compute(
            new UnderlyingId(inputs.UnderlyingId), new CommandSequence((long)inputs.InputSequence));
        Compute = ThreadClock.Nanos() - asked;

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
