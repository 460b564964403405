namespace HftDelta.Aeron.Loss;

/// <summary>
/// Watches the first gap below the high-water mark and says when it is to be asked for: once after a delay, which gives a late
/// datagram the chance to fill it, then again and again while it stays. A gap that changes is a new gap. One that is asked for
/// without end, because nobody answers, is asked for less often: who makes up a sender's address is no way to flood it.
/// Owner: the receiver.
/// </summary>
internal sealed class LossDetector(NakDelay delay)
{
    private const int UrgentNaksMax = 256;
    private const long CalmRepeatNanos = 1_000_000;

    private long _begin = -1;
    private long _end;
    private long _deadlineNanos;
    private int _nakCount;

    /// <summary>A gap was met that was not there at the last look.</summary>
    public bool IsNew { get; private set; }

    /// <summary>Looks at the gap between two positions.</summary>
    /// <returns>True when a NAK is due.</returns>
    public bool OnGap(long begin, long end, long nowNanos)
    {
        IsNew = begin != _begin || end != _end;
        if (IsNew)
        {
            _begin = begin;
            _end = end;
            _nakCount = 0;
            _deadlineNanos = nowNanos + delay.FirstNanos();
        }

        if (nowNanos < _deadlineNanos)
        {
            return false;
        }

        _nakCount++;
        var repeat = delay.RepeatNanos();
        _deadlineNanos = nowNanos + (_nakCount > UrgentNaksMax ? Math.Max(repeat, CalmRepeatNanos) : repeat);
        return true;
    }
}
