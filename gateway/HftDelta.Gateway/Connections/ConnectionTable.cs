using HftDelta.Primitives.Units;

namespace HftDelta.Gateway.Connections;

/// <summary>
/// All connections, and which one each session has. One thread adds and replaces; the egress agent reads whole lists.
/// </summary>
public sealed class ConnectionTable
{
    private readonly ConnectionOutput?[] _bySession;
    private ConnectionOutput[] _all = [];

    /// <param name="handleLimit">Session handles are below this.</param>
    public ConnectionTable(int handleLimit) => _bySession = new ConnectionOutput?[handleLimit];

    internal ConnectionOutput[] All => Volatile.Read(ref _all);

    /// <summary>Adds a connection; the session's reports go there from now on.</summary>
    public void Add(ConnectionOutput connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(
            connection.Session.Value, (uint)_bySession.Length, nameof(connection));
        Volatile.Write(ref _all, [.. _all, connection]);
        if (connection.Session != SessionHandle.None)
        {
            Volatile.Write(ref _bySession[connection.Session.Value], connection);
        }
    }

    internal ConnectionOutput? Find(uint session) =>
        session < (uint)_bySession.Length ? Volatile.Read(ref _bySession[session]) : null;
}
