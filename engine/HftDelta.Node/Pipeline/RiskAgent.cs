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
/// The first risk worker: computes what the engine froze, with others when there are others, and sends the marker that installs
/// it. Owner: its thread; it reads the frozen inputs, which stay as they are until its marker comes, and writes the results of
/// its own instruments, which nobody reads before.
/// </summary>
public sealed class RiskAgent : IAgent
{
    private const int Place = 0;

    private readonly RiskWorkspace _workspace;
    private readonly RiskTeam _team;
    private readonly RecordRingReader _inputs;
    private readonly FrameRing _markers;
    private readonly Counter _computations;
    private bool _isAsked;

    public RiskAgent(
        RiskWorkspace workspace, RiskTeam team, FrameRing inputs, FrameRing markers, CounterAllocation allocate)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(allocate);
        _workspace = workspace;
        _team = team;
        _inputs = inputs.Reader;
        _markers = markers;
        _computations = allocate("hftdelta_risk_computations_total", "", CounterUnit.Count);
    }

    public string RoleName => "risk";

    public void OnStart()
    {
    }

    /// <summary>Its part of one computation, or its end.</summary>
    public int DoWork()
    {
        if (!_inputs.TryPeek(out var record))
        {
            return 0;
        }

        var asked = RiskInputsDecoder.Trusted(record.Frame);
        var underlying = new UnderlyingId(asked.UnderlyingId);
        var isBegun = _isAsked;
        if (!isBegun)
        {
            _team.Ask(underlying);
            _workspace.ComputePart(underlying, Place, _team.Workers);
            _team.Done(Place);
            _isAsked = true;
        }

        if (!_team.IsDone)
        {
            return isBegun ? 0 : 1;
        }

        // If the ring to ingress is full the same marker is sent later.
        var hash = _workspace.Finish(underlying, new CommandSequence((long)asked.InputSequence));
        if (!TrySend(in asked, hash))
        {
            return isBegun ? 0 : 1;
        }

        _isAsked = false;
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
