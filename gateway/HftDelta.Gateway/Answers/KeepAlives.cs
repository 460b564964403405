using HftDelta.Gateway.Connections;
using HftDelta.Gateway.Sessions;

namespace HftDelta.Gateway.Answers;

/// <summary>
/// Says where the reports of a session stand when nothing else was said for one interval: the client sees that the venue is
/// there, and whether it misses the last reports. Owner: the egress agent.
/// </summary>
internal sealed class KeepAlives(EgressConnections connections, SessionStore store, EgressCounters counters)
{
    private ulong _nextLookNanos;

    public int DoWork(ulong nowNanos)
    {
        if (nowNanos < _nextLookNanos)
        {
            return 0;
        }

        _nextLookNanos = nowNanos + SessionLimits.LookNanos;
        Span<byte> buffer = stackalloc byte[AnswerFrames.LengthMaxBytes];
        var count = 0;
        foreach (var connection in connections.Network)
        {
            if (connection.KeepAliveNanos == 0 || connection.IsCut || connection.IsEnding
                || nowNanos - connection.LastSentNanos < connection.KeepAliveNanos)
            {
                continue;
            }

            connection.LastSentNanos = nowNanos;
            count++;
            var length = AnswerFrames.SequenceNotice(
                buffer, connection.Session, store.NextReport(connection.Session), nowNanos);
            if (!connection.Reports!.HasBacklog && !connection.Deliver(buffer[..length]))
            {
                counters.ConnectionsCut.Increment();
            }
        }

        return count;
    }
}
