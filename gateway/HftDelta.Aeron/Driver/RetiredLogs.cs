using HftDelta.Aeron.Counters;
using HftDelta.Aeron.LogBuffers;

namespace HftDelta.Aeron.Driver;

/// <summary>
/// Logs and counters that nobody uses any more, but that a thread may still be inside: each is kept for the resource linger, and
/// until every poll that had begun before has ended. Owner: the conductor.
/// </summary>
internal sealed class RetiredLogs(long lingerNanos, CounterStore counters)
{
    private readonly List<RetiredLog> _logs = [];

    public long LogBytes
    {
        get
        {
            var bytes = 0L;
            foreach (var retired in _logs)
            {
                bytes += retired.Log?.LengthBytes ?? 0;
            }

            return bytes;
        }
    }

    /// <param name="log">Null when only counters go.</param>
    /// <param name="slots">The counters that go with it.</param>
    /// <param name="readers">Whose polls may still be inside.</param>
    /// <param name="nowNanos">The time.</param>
    /// <param name="onFreed">Told when the memory is given back.</param>
    public void Add(
        LogBuffer? log,
        IReadOnlyList<CounterSlot> slots,
        IReadOnlyList<FormerReader> readers,
        long nowNanos,
        Action? onFreed = null) =>
        _logs.Add(new RetiredLog(log, slots, readers, nowNanos + lingerNanos, onFreed));

    public void OnTimer(long nowNanos)
    {
        for (var index = _logs.Count - 1; index >= 0; index--)
        {
            var retired = _logs[index];
            if (nowNanos >= retired.DeadlineNanos && retired.Readers.All(static reader => reader.HasLeft))
            {
                _logs.RemoveAt(index);
                Free(retired);
            }
        }
    }

    public void FreeAll()
    {
        foreach (var retired in _logs)
        {
            Free(retired);
        }

        _logs.Clear();
    }

    private void Free(RetiredLog retired)
    {
        retired.Log?.Dispose();
        counters.Free(retired.Slots);
        retired.OnFreed?.Invoke();
    }

    private sealed record RetiredLog(
        LogBuffer? Log,
        IReadOnlyList<CounterSlot> Slots,
        IReadOnlyList<FormerReader> Readers,
        long DeadlineNanos,
        Action? OnFreed);
}

/// <summary>A subscription that has lost an image, and how many polls of it had begun by then.</summary>
internal readonly record struct FormerReader(Subscription Subscription, long PollsBegun)
{
    /// <summary>Every poll that could have seen the image has ended.</summary>
    public bool HasLeft => Subscription.PollsEnded >= PollsBegun;
}
