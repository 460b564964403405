using HftDelta.Aeron.LogBuffers;

namespace HftDelta.Aeron.Loss;

/// <summary>
/// Watches the first gap below the high-water mark and says when it is to be asked for: once after a short delay, which gives a
/// late datagram the chance to fill it, then again and again while it stays. A gap that changes is a new gap. Owner: the
/// receiver.
/// </summary>
internal sealed unsafe class LossDetector(long delayNanos, long retryDelayNanos)
{
    private long _position = -1;
    private long _deadlineNanos;

    /// <summary>How long the gap is that is watched now.</summary>
    public int LengthBytes { get; private set; }

    /// <summary>A gap was met that was not there at the last look.</summary>
    public bool IsNew { get; private set; }

    /// <summary>Looks at the gap that begins at an offset of a term, below a limit.</summary>
    /// <returns>True when a NAK is due.</returns>
    public bool Scan(byte* term, int gapOffset, int limitOffset, long position, long nowNanos)
    {
        var length = TermRebuilder.GapEnd(term, gapOffset, limitOffset) - gapOffset;
        IsNew = position != _position || length != LengthBytes;
        if (IsNew)
        {
            _position = position;
            LengthBytes = length;
            _deadlineNanos = nowNanos + delayNanos;
        }

        if (nowNanos < _deadlineNanos)
        {
            return false;
        }

        _deadlineNanos = nowNanos + retryDelayNanos;
        return true;
    }
}
