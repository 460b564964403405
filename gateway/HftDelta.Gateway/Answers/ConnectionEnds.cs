using HftDelta.Gateway.Connections;
using HftDelta.Gateway.Sessions;

namespace HftDelta.Gateway.Answers;

/// <summary>
/// Lets connections over the network end: what waits for the client still goes, for a while, then the publications close and
/// the connection is released to ingress, which gives its slot and its memory again. Owner: the egress agent.
/// </summary>
internal sealed class ConnectionEnds(EgressConnections connections, EgressCounters counters)
{
    private readonly List<ConnectionOutput> _ending = [];

    /// <summary>No report of its session goes to it any more.</summary>
    public void Begin(ConnectionOutput connection, ulong nowNanos)
    {
        if (connection.IsNetwork && !connection.IsEnding)
        {
            connections.Unbind(connection);
            connection.EndsAtNanos = nowNanos + SessionLimits.EndNanosMax;
            _ending.Add(connection);
        }
    }

    public int DoWork(ulong nowNanos)
    {
        var count = 0;
        for (var index = _ending.Count - 1; index >= 0; index--)
        {
            var connection = _ending[index];
            var isSent = !connection.Reports!.HasBacklog && connection.MarketData is not { HasBacklog: true };
            if (connection.Again.Next == 0 && (isSent || connection.IsCut || nowNanos >= connection.EndsAtNanos))
            {
                connection.Reports.Close();
                connection.MarketData?.Close();
                _ending.RemoveAt(index);
                connections.Remove(connection);
                counters.ConnectionsEnded.Increment();
                count++;
            }
        }

        return count;
    }
}
