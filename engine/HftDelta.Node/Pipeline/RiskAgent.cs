using HftDelta.Engine.Risk;
using HftDelta.Engine.State;
using HftDelta.Gateway;
using HftDelta.Gateway.Rings;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Counters;
using HftDelta.Wire.Internal;

namespace HftDelta.Node.Pipeline;

/// <summary>
/// The risk worker: computes what the engine froze and sends the marker that installs it. Owner: its thread; it reads the
/// frozen inputs, which stay as they are until its marker comes, and writes the results, which nobody reads before.
/// </summary>
public sealed class RiskAgent : IAgent
{
    private readonly RiskWorkspace _workspace;
    private readonly RecordRingReader _inputs;
    private readonly FrameRing _markers;
    private readonly Counter _computations;

    public RiskAgent(RiskWorkspace workspace, FrameRing inputs, FrameRing markers, CounterAllocation allocate)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(allocate);
        _workspace = workspace;
        _inputs = inputs.Reader;
        _markers = markers;
        _computations = allocate("hftdelta_risk_computations_total", "", CounterUnit.Count);
    }

    public string RoleName => "risk";

    public void OnStart()
    {
    }

    /// <summary>One computation.</summary>
    public int DoWork()
    {
        if (!_inputs.TryPeek(out var record))
        {
            return 0;
        }

        var asked = RiskInputsDecoder.Trusted(record.Frame);
        var hash = _workspace.Compute(
            new UnderlyingId(asked.UnderlyingId), new CommandSequence((long)asked.InputSequence));
        if (!TrySend(in asked, hash))
        {
            // The ring to ingress is full: computing again gives the same.
            return 0;
        }

        _inputs.Advance();
        _inputs.Release();
        _computations.Increment();
        return 1;
    }

    public void OnClose()
    {
    }

    private bool TrySend(in RiskInputsDecoder asked, Hash256 hash)
    {
        Span<byte> buffer = stackalloc byte[GreeksReadyDecoder.FrameLength];
        var marker = GreeksReadyEncoder.Wrap(buffer);
        marker.SetUnderlyingId(asked.UnderlyingId).SetInputSequence(asked.InputSequence).SetVersion(asked.Version);
        marker.ResultHash.SetWord0(hash.Word0).SetWord1(hash.Word1).SetWord2(hash.Word2).SetWord3(hash.Word3);
        return _markers.TryWrite(RecordSource.Risk, SessionHandle.None, buffer);
    }
}
