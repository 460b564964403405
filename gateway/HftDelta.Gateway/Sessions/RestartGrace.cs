using HftDelta.Gateway.Connections;
using HftDelta.Primitives.Units;
using HftDelta.Wire.Internal;

namespace HftDelta.Gateway.Sessions;

/// <summary>
/// After a start the journal may say of a session that it is open whose client never comes back. A grace after the start
/// those are closed; what was opened since, or has a connection of any kind, is left alone. One that a client has negotiated
/// for is looked at again later: it may be established any moment, or never. Owner: the ingress agent.
/// </summary>
internal sealed class RestartGrace(
    RecordPublisher publisher,
    SequencerFrames frames,
    SessionMirror sessions,
    ConnectionRegistry connections,
    InputTable inputs,
    ulong graceNanos,
    IngressCounters counters)
{
    private const ulong AgainNanos = 100 * SessionLimits.NanosPerMillisecond;

    private ulong _endsAtNanos;
    private uint _next = 1;
    private bool _hasPostponed;

    /// <summary>The venue has learnt of all its sessions: their clients may come from now on.</summary>
    public void Begin(TimeNanos now) => _endsAtNanos = now.Value + graceNanos;

    public int DoWork(TimeNanos now)
    {
        if (_next >= sessions.HandleLimit || _endsAtNanos == 0 || now.Value < _endsAtNanos)
        {
            return 0;
        }

        var count = 0;
        for (; _next < sessions.HandleLimit; _next++)
        {
            var session = new SessionHandle(_next);
            if (!IsForgotten(session))
            {
                continue;
            }

            if (sessions.IsReserved(session))
            {
                _hasPostponed = true;
                continue;
            }

            if (!frames.TryClose(session, CloseReason.Disconnected, now))
            {
                break;
            }

            sessions.Close(session, publisher.LastSequence);
            counters.GraceClosed.Increment();
            count++;
        }

        if (_hasPostponed && _next >= sessions.HandleLimit)
        {
            _hasPostponed = false;
            _next = 1;
            _endsAtNanos = now.Value + AgainNanos;
        }

        return count;
    }

    private bool IsForgotten(SessionHandle session)
    {
        if (sessions.StatusOf(session) != SessionStatus.Open
            || sessions.LastCommandOf(session) != CommandSequence.None
            || connections.OwnerOf(session) is not null)
        {
            return false;
        }

        foreach (var input in inputs.All)
        {
            if (!input.IsClosed && input.Output?.Session == session)
            {
                return false;
            }
        }

        return true;
    }
}
