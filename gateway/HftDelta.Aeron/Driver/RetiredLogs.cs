using HftDelta.Aeron.LogBuffers;

namespace HftDelta.Aeron.Driver;

/// <summary>
/// Logs that nobody uses any more, but that a thread may still be inside: each is kept for the resource linger, and until every
/// poll
/// that had begun before has ended. Owner: the conductor.
/// </summary>
internal sealed class RetiredLogs(long lingerNanos)
{
    private readonly List<RetiredLog> _logs = [];

    public void Add(LogBuffer log, IReadOnlyList<FormerReader> readers, long nowNanos) =>
        _logs.Add(new RetiredLog(log, readers, nowNanos + lingerNanos));

    public void OnTimer(long nowNanos)
    {
        for (var index = _logs.Count - 1; index >= 0; index--)
        {
            var retired = _logs[index];
            if (nowNanos >= retired.DeadlineNanos && retired.Readers.All(static reader => reader.HasLeft))
            {
                _logs.RemoveAt(index);
                retired.Log.Dispose();
            }
        }
    }

    public void FreeAll()
    {
        foreach (var retired in _logs)
        {
            retired.Log.Dispose();
        }

        _logs.Clear();
    }

    private sealed record RetiredLog(LogBuffer Log, IReadOnlyList<FormerReader> Readers, long DeadlineNanos);
}

/// <summary>A subscription that has lost an image, and how many polls of it had begun by then.</summary>
internal readonly record struct FormerReader(Subscription Subscription, long PollsBegun)
{
    /// <summary>Every poll that could have seen the image has ended.</summary>
    public bool HasLeft => Subscription.PollsEnded >= PollsBegun;
}
