namespace HftDelta.Aeron.Images;

/// <summary>What is known about a session that sends to a stream.</summary>
internal enum SessionState
{
    /// <summary>Data came before a SETUP, which was asked for.</summary>
    Pending,

    /// <summary>The conductor makes the image.</summary>
    Creating,

    /// <summary>There is an image; while it drains the session is not taken up again.</summary>
    Image,

    /// <summary>It went away and its subscriptions do not want it back.</summary>
    Barred,
}

/// <summary>One session of a stream. Owner: the receiver.</summary>
internal sealed class StreamSession(SessionState state, long deadlineNanos, PublicationImage? image)
{
    public SessionState State { get; } = state;

    /// <summary>When a pending session is forgotten, so that its next datagram asks again.</summary>
    public long DeadlineNanos { get; } = deadlineNanos;

    public PublicationImage? Image { get; } = image;
}

/// <summary>
/// The subscriptions of one stream of an endpoint, and the sessions that send to it. Owner: the receiver.
/// </summary>
internal sealed class StreamSessions
{
    // Sessions come from the wire: those that show no SETUP are bounded.
    private const int PendingMax = 1024;

    private readonly List<Subscription> _subscriptions = [];
    private readonly Dictionary<int, StreamSession> _sessions = [];
    private int _pendingCount;

    public bool IsEmpty => _subscriptions.Count == 0;

    public void Add(Subscription subscription) => _subscriptions.Add(subscription);

    public void Remove(Subscription subscription) => _subscriptions.Remove(subscription);

    public bool Wants(int sessionId)
    {
        foreach (var subscription in _subscriptions)
        {
            if (subscription.Parameters.Wants(sessionId))
            {
                return true;
            }
        }

        return false;
    }

    public StreamSession? Find(int sessionId) => _sessions.GetValueOrDefault(sessionId);

    /// <returns>False when there are too many already.</returns>
    public bool TryAddPending(int sessionId, long deadlineNanos)
    {
        if (_pendingCount >= PendingMax)
        {
            return false;
        }

        Set(sessionId, new StreamSession(SessionState.Pending, deadlineNanos, null));
        return true;
    }

    public void SetCreating(int sessionId) => Set(sessionId, new StreamSession(SessionState.Creating, 0, null));

    public void SetImage(PublicationImage image) =>
        Set(image.SessionId, new StreamSession(SessionState.Image, 0, image));

    public void SetBarred(int sessionId) => Set(sessionId, new StreamSession(SessionState.Barred, 0, null));

    public void Forget(int sessionId)
    {
        if (_sessions.Remove(sessionId, out var session) && session.State == SessionState.Pending)
        {
            _pendingCount--;
        }
    }

    /// <summary>Forgets pending sessions whose SETUP did not come.</summary>
    public void OnTimer(long nowNanos)
    {
        if (_pendingCount == 0)
        {
            return;
        }

        foreach (var (sessionId, session) in _sessions)
        {
            if (session.State == SessionState.Pending && nowNanos > session.DeadlineNanos)
            {
                Forget(sessionId);
            }
        }
    }

    private void Set(int sessionId, StreamSession session)
    {
        Forget(sessionId);
        _sessions[sessionId] = session;
        if (session.State == SessionState.Pending)
        {
            _pendingCount++;
        }
    }
}
