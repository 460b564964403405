using HftDelta.Gateway;
using HftDelta.Gateway.Connections;
using HftDelta.Gateway.Rings;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;

namespace HftDelta.Node;

/// <summary>
/// Connections within the process and their rings. What a connection had is used again when ingress and egress have both let
/// go of it. Owner: the venue's own thread.
/// </summary>
internal sealed class InProcessDesk : IDisposable
{
    private readonly Wiring _wiring;
    private readonly int _ringSlots;
    private readonly Stack<FrameRing> _freeRings = new();
    private readonly Dictionary<InProcessConnection, Parts> _open = [];
    private readonly List<Parts> _leaving = [];

    public InProcessDesk(Wiring wiring, int ringSlots)
    {
        _wiring = wiring;
        _ringSlots = ringSlots;
    }

    /// <summary>Rings that exist, in use or not.</summary>
    public int Rings { get; private set; }

    /// <param name="source">What its frames are.</param>
    /// <param name="session">The session that it speaks for, or none.</param>
    /// <param name="interests">What it wants beside its reports.</param>
    /// <param name="shared">The ring that it writes to together with others; null: one of its own.</param>
    public InProcessConnection Connect(
        RecordSource source, SessionHandle session, ConnectionInterests interests, FrameRing? shared)
    {
        Reclaim();
        var output = new ConnectionOutput(TakeRing(), session, interests);
        _wiring.Connections.Add(output);
        IngressInput? input = null;
        if (shared is null)
        {
            var sources = source == RecordSource.Client ? InputSources.Client : InputSources.Oracle;
            input = new IngressInput(TakeRing(), sources, output);
            _wiring.Inputs.Add(input);
        }

        var connection = new InProcessConnection(source, session, shared ?? input!.Ring, output);
        _open.Add(connection, new Parts(input, output));
        return connection;
    }

    public void Disconnect(InProcessConnection connection)
    {
        if (!_open.Remove(connection, out var parts))
        {
            throw new ArgumentException("the connection is not of this venue, or has left before", nameof(connection));
        }

        parts.Input?.Close();
        _wiring.Connections.Remove(parts.Output);
        _leaving.Add(parts);
        Reclaim();
    }

    public void Dispose()
    {
        foreach (var parts in _open.Values.Concat(_leaving))
        {
            parts.Input?.Ring.Dispose();
            parts.Output.Ring.Dispose();
        }

        while (_freeRings.TryPop(out var ring))
        {
            ring.Dispose();
        }
    }

    private FrameRing TakeRing()
    {
        if (_freeRings.TryPop(out var ring))
        {
            return ring;
        }

        Rings++;
        return new FrameRing(_ringSlots);
    }

    private void Reclaim()
    {
        for (var index = _leaving.Count - 1; index >= 0; index--)
        {
            var (input, output) = _leaving[index];
            if (input is { IsClosed: false } || !output.IsReleased)
            {
                continue;
            }

            _leaving.RemoveAt(index);
            if (input is not null)
            {
                _wiring.Inputs.Remove(input);
                Free(input.Ring);
            }

            Free(output.Ring);
        }
    }

    private void Free(FrameRing ring)
    {
        ring.Clear();
        _freeRings.Push(ring);
    }

    private readonly record struct Parts(IngressInput? Input, ConnectionOutput Output);
}
