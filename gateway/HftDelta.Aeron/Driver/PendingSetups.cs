using HftDelta.Aeron.Images;
using HftDelta.Aeron.Sockets;

namespace HftDelta.Aeron.Driver;

/// <summary>
/// Sessions of an endpoint whose data came before their SETUP, which was asked for: each is forgotten after a while, so that its
/// next datagram asks again. How many there are is bounded, for the endpoint and for each address, so that who makes sessions up
/// neither fills the memory nor keeps others out, nor gets more than that sent to an address that it makes up too. Owner: the
/// receiver. Invariant: every place that was taken is given back once.
/// </summary>
internal sealed class PendingSetups
{
    private const long TimeoutNanos = 1_000_000_000;
    private const int PendingMax = 1024;
    private const int PendingPerAddressMax = 512;

    private readonly ImageQuota _quota = new(PendingMax, PendingPerAddressMax);
    private readonly Queue<Pending> _pending = new();

    /// <returns>False when there are too many already.</returns>
    public bool TryAdd(StreamSessions sessions, int sessionId, in SocketEndpoint source, long nowNanos)
    {
        if (!_quota.TryTake(source))
        {
            return false;
        }

        var session = sessions.SetPending(sessionId, source);
        _pending.Enqueue(new Pending(sessions, sessionId, session, nowNanos + TimeoutNanos));
        return true;
    }

    /// <summary>The SETUP came: others may have the place.</summary>
    public void Settle(StreamSession session)
    {
        if (session.State == SessionState.Pending && session.TrySettle())
        {
            _quota.GiveBack(session.Source);
        }
    }

    /// <summary>Forgets those whose SETUP did not come.</summary>
    public void OnTimer(long nowNanos)
    {
        while (_pending.TryPeek(out var oldest) && nowNanos > oldest.DeadlineNanos)
        {
            _pending.Dequeue();
            if (oldest.Session.TrySettle())
            {
                _quota.GiveBack(oldest.Session.Source);

                // Only the very entry: its stream may have been closed and opened since.
                if (ReferenceEquals(oldest.Sessions.Find(oldest.SessionId), oldest.Session))
                {
                    oldest.Sessions.Forget(oldest.SessionId);
                }
            }
        }
    }

    private readonly record struct Pending(
        StreamSessions Sessions, int SessionId, StreamSession Session, long DeadlineNanos);
}
