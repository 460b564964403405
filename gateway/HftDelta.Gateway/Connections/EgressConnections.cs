using HftDelta.Primitives;
using HftDelta.Primitives.Units;

namespace HftDelta.Gateway.Connections;

/// <summary>
/// The connections as egress sees them: by session for reports, by slot for answers, and lists of those that want more.
/// Owner: the egress agent.
/// Invariant: a session's reports go to at most one connection, the one that was established last.
/// </summary>
internal sealed class EgressConnections
{
    private readonly ConnectionTable _table;
    private readonly ConnectionOutput?[] _bySession;
    private readonly ConnectionOutput?[] _bySlot;
    private readonly List<ConnectionOutput> _network = [];
    private readonly List<ConnectionOutput> _marketData = [];
    private readonly List<ConnectionOutput> _internal = [];

    public EgressConnections(ConnectionTable table)
    {
        _table = table;
        _bySession = new ConnectionOutput?[table.HandleLimit];
        _bySlot = new ConnectionOutput?[table.NetworkLimit];
    }

    public List<ConnectionOutput> Network => _network;

    public List<ConnectionOutput> MarketData => _marketData;

    public List<ConnectionOutput> Internal => _internal;

    /// <summary>
    /// Takes over what came and went. After the engine's progress was read: who connected before it sent a request is known
    /// before the request's reports are released.
    /// </summary>
    public void TakeNews()
    {
        while (_table.TryTakeNews(out var news))
        {
            if (news.IsArriving)
            {
                Add(news.Connection);
            }
            else
            {
                Remove(news.Connection);
            }
        }
    }

    public ConnectionOutput? Find(uint session) => session < (uint)_bySession.Length ? _bySession[session] : null;

    /// <summary>A connection over the network; null when it has ended since.</summary>
    public ConnectionOutput? Find(int slot, uint number)
    {
        var found = _bySlot[slot];
        if (found?.Number != number)
        {
            // It came after the last look, or it is gone.
            TakeNews();
            found = _bySlot[slot];
        }

        return found?.Number == number ? found : null;
    }

    /// <summary>The session's reports go to this connection from now on.</summary>
    public void Bind(ConnectionOutput connection, SessionHandle session, ulong keepAliveNanos)
    {
        Check.That(session.Value < (uint)_bySession.Length);
        Check.That(connection.Session == SessionHandle.None);
        connection.Bind(session, keepAliveNanos);
        _bySession[session.Value] = connection;
        AddTo(connection);
    }

    /// <summary>The session's reports no longer go to this connection.</summary>
    public void Unbind(ConnectionOutput connection)
    {
        if (connection.Session != SessionHandle.None && _bySession[connection.Session.Value] == connection)
        {
            _bySession[connection.Session.Value] = null;
        }

        _marketData.Remove(connection);
        _internal.Remove(connection);
    }

    public void Remove(ConnectionOutput connection)
    {
        Unbind(connection);
        if (connection.IsNetwork)
        {
            _network.Remove(connection);
            if (_bySlot[connection.Slot] == connection)
            {
                _bySlot[connection.Slot] = null;
            }
        }

        connection.Release();
    }

    private void Add(ConnectionOutput connection)
    {
        if (connection.IsNetwork)
        {
            // Ingress gives a slot again after its connection was released.
            Check.That(_bySlot[connection.Slot] is null);
            _bySlot[connection.Slot] = connection;
            _network.Add(connection);
            return;
        }

        if (connection.Session != SessionHandle.None)
        {
            _bySession[connection.Session.Value] = connection;
        }

        AddTo(connection);
    }

    private void AddTo(ConnectionOutput connection)
    {
        if ((connection.Interests & ConnectionInterests.MarketData) != 0)
        {
            _marketData.Add(connection);
        }

        if ((connection.Interests & ConnectionInterests.Internal) != 0)
        {
            _internal.Add(connection);
        }
    }
}
