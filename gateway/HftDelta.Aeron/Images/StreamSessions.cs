using HftDelta.Aeron.Driver;
using HftDelta.Aeron.Sockets;

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
internal sealed class StreamSession(SessionState state, PublicationImage? image, SocketEndpoint source = default)
{
    public SessionState State { get; } = state;

    public PublicationImage? Image { get; } = image;

    /// <summary>Of a pending one: whose place it takes.</summary>
    public SocketEndpoint Source { get; } = source;

    private bool IsSettled { get; set; }

    /// <returns>True for the first call: of what waits for a SETUP and its time running out, only one counts.</returns>
    public bool TrySettle()
    {
        var isFirst = !IsSettled;
        IsSettled = true;
        return isFirst;
    }
}

/// <summary>
/// The subscriptions of one stream of an endpoint, and the sessions that send to it. Owner: the receiver. Sessions come from the
/// wire, so every kind of them is bounded: pending ones by <see cref="PendingSetups"/>, images by their quota, barred ones here.
/// </summary>
internal sealed class StreamSessions
{
    // Of those that went away for good the oldest is forgotten first: it would have to come back after so many others.
    private const int BarredMax = 4096;

    private readonly List<Subscription> _subscriptions = [];
    private readonly Dictionary<int, StreamSession> _sessions = [];
    private readonly Queue<int> _barred = new();

    public bool IsEmpty => _subscriptions.Count == 0;

    public void Add(Subscription subscription) => _subscriptions.Add(subscription);

    public void Remove(Subscription subscription) => _subscriptions.Remove(subscription);

    public bool Wants(int sessionId)
    {
        foreach (var subscription in _subscriptions)
        {
            if (subscription.Wants(sessionId))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What a subscription that wants the session calls itself towards tagged flow control.</summary>
    public long? GroupTagOf(int sessionId)
    {
        foreach (var subscription in _subscriptions)
        {
            if (subscription.Wants(sessionId))
            {
                return subscription.Parameters.GroupTag;
            }
        }

        return null;
    }

    public StreamSession? Find(int sessionId) => _sessions.GetValueOrDefault(sessionId);

    public StreamSession SetPending(int sessionId, in SocketEndpoint source)
    {
        var session = new StreamSession(SessionState.Pending, null, source);
        _sessions[sessionId] = session;
        return session;
    }

    public void SetCreating(int sessionId) => _sessions[sessionId] = new StreamSession(SessionState.Creating, null);

    public void SetImage(PublicationImage image) =>
        _sessions[image.SessionId] = new StreamSession(SessionState.Image, image);

    public void SetBarred(int sessionId)
    {
        if (_barred.Count == BarredMax)
        {
            var oldest = _barred.Dequeue();
            if (Find(oldest)?.State == SessionState.Barred)
            {
                Forget(oldest);
            }
        }

        _barred.Enqueue(sessionId);
        _sessions[sessionId] = new StreamSession(SessionState.Barred, null);
    }

    public void Forget(int sessionId) => _sessions.Remove(sessionId);
}
