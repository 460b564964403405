using HftDelta.Aeron;
using HftDelta.Gateway.Rings;
using HftDelta.Gateway.Sessions;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;

namespace HftDelta.Gateway.Connections;

/// <summary>
/// The connections over the network, by the stream that they come in on and by slot; which of them speaks for a session; and
/// the memory of their backlogs, which is used again. Owner: the ingress agent.
/// Invariant: a slot is free when egress has released its connection, and not before.
/// </summary>
internal sealed class ConnectionRegistry : IDisposable
{
    private readonly SessionMirror _sessions;
    private readonly ConnectionTable _table;
    private readonly IngressCounters _counters;
    private readonly int _backlogSlots;
    private readonly Dictionary<int, NetworkConnection> _byStream = [];
    private readonly NetworkConnection?[] _bySlot;
    private readonly NetworkConnection?[] _bySession;
    private readonly Stack<int> _freeSlots = new();
    private readonly Stack<FrameRing> _freeRings = new();
    private readonly LingeringStreams _lingering = new();
    private int _unfinished;
    private uint _lastNumber;

    public ConnectionRegistry(
        SessionMirror sessions, ConnectionTable table, int backlogSlots, IngressCounters counters)
    {
        _sessions = sessions;
        _table = table;
        _counters = counters;
        _backlogSlots = backlogSlots;
        _bySlot = new NetworkConnection?[table.NetworkLimit];
        _bySession = new NetworkConnection?[table.HandleLimit];
        for (var slot = table.NetworkLimit - 1; slot >= 0; slot--)
        {
            _freeSlots.Push(slot);
        }
    }

    /// <summary>A connection whose streams still linger takes its place until they are freed.</summary>
    public bool HasFreeSlot => _freeSlots.Count > _lingering.Count;

    /// <summary>Backlogs made so far, in use or not.</summary>
    public int Backlogs { get; private set; }

    /// <summary>Connections by slot; some are null.</summary>
    public ReadOnlySpan<NetworkConnection?> Slots => _bySlot;

    /// <summary>Connections that have not finished their handshake, those that ended so and are not freed included.</summary>
    public int Unfinished => _unfinished + _lingering.Handshakes;

    /// <summary>Connections that wait for their release.</summary>
    public int Closing { get; private set; }

    /// <summary>The connection that comes in on this stream; null when there is none, or another image has its number.</summary>
    public NetworkConnection? Find(Image image) =>
        _byStream.TryGetValue(image.SessionId, out var found) && ReferenceEquals(found.Image, image) ? found : null;

    /// <summary>The connection that speaks for the session, or is about to.</summary>
    public NetworkConnection? OwnerOf(SessionHandle session) =>
        session.Value < (uint)_bySession.Length ? _bySession[session.Value] : null;

    public void SetOwner(SessionHandle session, NetworkConnection? connection) => _bySession[session.Value] = connection;

    /// <summary>A backlog for one stream.</summary>
    public FrameRing TakeRing()
    {
        if (_freeRings.TryPop(out var ring))
        {
            return ring;
        }

        Backlogs++;
        return new FrameRing(_backlogSlots);
    }

    /// <summary>Notices which ended connections are freed by now. Before a new one is looked at.</summary>
    public void LookAtLingering() => _lingering.Look();

    /// <summary>A backlog whose stream never came to be.</summary>
    public void GiveBack(FrameRing ring) => _freeRings.Push(ring);

    /// <summary>A stream that is closed again because its connection never came to be.</summary>
    public void GiveBack(OutputStream stream)
    {
        stream.Close();
        GiveBack(stream.Backlog);
        _lingering.Add(stream, null, isHandshake: true);
    }

    /// <summary>After <see cref="HasFreeSlot"/>.</summary>
    public NetworkConnection Add(
        Image image, in NegotiationFacts facts, OutputStream reports, OutputStream? marketData, TimeNanos now)
    {
        var slot = _freeSlots.Pop();
        var number = ++_lastNumber;
        Check.That(number != 0);
        var connection = new NetworkConnection
        {
            Number = number,
            Slot = slot,
            Image = image,
            Output = new ConnectionOutput(number, slot, reports, marketData),
            Id = facts.Id,
            Key = facts.Key,
            BeganNanos = now.Value,
        };
        _bySlot[slot] = connection;
        _byStream[image.SessionId] = connection;
        _table.Add(connection.Output);
        _unfinished++;
        _counters.Connections.Increment();
        return connection;
    }

    /// <summary>Moves a connection on, and keeps the counts that follow from where it stands.</summary>
    public void SetState(NetworkConnection connection, ConnectionState state)
    {
        // One that ends unfinished stays so until its streams are freed.
        connection.EndedUnfinished |= state == ConnectionState.Closing && IsUnfinished(connection.State);
        _unfinished += (IsUnfinished(state) || connection.EndedUnfinished ? 1 : 0) - (IsUnfinished(connection.State) ? 1 : 0);
        Closing += (state == ConnectionState.Closing ? 1 : 0) - (connection.State == ConnectionState.Closing ? 1 : 0);
        _counters.Established.Add(
            (state == ConnectionState.Established ? 1 : 0) - (connection.State == ConnectionState.Established ? 1 : 0));
        connection.State = state;
    }

    /// <summary>Nothing is taken from it any more; its client may negotiate again on the same stream.</summary>
    public void Detach(NetworkConnection connection)
    {
        if (_byStream.TryGetValue(connection.Image.SessionId, out var found) && found == connection)
        {
            _byStream.Remove(connection.Image.SessionId);
        }

        if (connection.Session != SessionHandle.None)
        {
            if (_bySession[connection.Session.Value] == connection)
            {
                _bySession[connection.Session.Value] = null;
            }

            _sessions.Release(connection.Session, connection.Id);
        }

        SetState(connection, ConnectionState.Closing);
    }

    /// <summary>Egress has released it: slot and memory are free.</summary>
    public void Free(NetworkConnection connection)
    {
        Check.That(connection.Output.IsReleased);
        _bySlot[connection.Slot] = null;
        _freeSlots.Push(connection.Slot);
        _freeRings.Push(connection.Output.Reports!.Backlog);
        if (connection.Output.MarketData is { } marketData)
        {
            _freeRings.Push(marketData.Backlog);
        }

        _lingering.Add(connection.Output.Reports!, connection.Output.MarketData, connection.EndedUnfinished);
        _unfinished -= connection.EndedUnfinished ? 1 : 0;
        Closing--;
        _counters.Connections.Add(-1);
    }

    public void Dispose()
    {
        foreach (var connection in _bySlot)
        {
            connection?.Output.Reports!.Backlog.Dispose();
            connection?.Output.MarketData?.Backlog.Dispose();
        }

        while (_freeRings.TryPop(out var ring))
        {
            ring.Dispose();
        }
    }

    private static bool IsUnfinished(ConnectionState state) =>
        state is ConnectionState.Challenged or ConnectionState.Negotiated;
}

/// <summary>What a client says of itself when it negotiates.</summary>
internal readonly record struct NegotiationFacts(UInt128 Id, Security.KeyId Key);
