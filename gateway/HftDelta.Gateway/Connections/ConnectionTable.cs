using System.Collections.Concurrent;

namespace HftDelta.Gateway.Connections;

/// <summary>
/// Connections on their way to and from egress. Any thread adds and removes; egress takes over when it looks
/// (<see cref="TryTakeNews"/>) and from then on keeps them in lists of its own.
/// </summary>
public sealed class ConnectionTable
{
    private readonly ConcurrentQueue<(ConnectionOutput Connection, bool IsArriving)> _news = new();

    /// <param name="handleLimit">Session handles are below this.</param>
    /// <param name="networkLimit">Connections over the network at the same time.</param>
    public ConnectionTable(int handleLimit, int networkLimit = 0)
    {
        HandleLimit = handleLimit;
        NetworkLimit = networkLimit;
    }

    internal int HandleLimit { get; }

    internal int NetworkLimit { get; }

    /// <summary>Adds a connection; its session's reports go there from now on.</summary>
    public void Add(ConnectionOutput connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(
            connection.Session.Value, (uint)HandleLimit, nameof(connection));
        _news.Enqueue((connection, true));
    }

    /// <summary>Takes a connection within the process away; it is <see cref="ConnectionOutput.IsReleased"/> afterwards.</summary>
    public void Remove(ConnectionOutput connection) => _news.Enqueue((connection, false));

    internal bool TryTakeNews(out (ConnectionOutput Connection, bool IsArriving) news)
    {
        if (_news.IsEmpty)
        {
            news = default;
            return false;
        }

        return _news.TryDequeue(out news);
    }
}
