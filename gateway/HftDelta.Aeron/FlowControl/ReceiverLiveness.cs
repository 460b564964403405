namespace HftDelta.Aeron.FlowControl;

/// <summary>
/// Which receivers a publication has, by the time of their last status message. A unicast channel has one, but a restarted
/// receiver has a new id. Owner: the sender.
/// </summary>
internal sealed class ReceiverLiveness(long timeoutNanos, int receiversMax)
{
    // Ids come from the wire: their number is bounded, the one silent for longest makes room.
    private readonly long[] _ids = new long[receiversMax];
    private readonly long[] _lastNanos = new long[receiversMax];
    private int _count;

    public bool HasReceivers => _count > 0;

    public void OnStatusMessage(long receiverId, long nowNanos)
    {
        var index = IndexOf(receiverId);
        if (index < 0)
        {
            index = _count < _ids.Length ? _count++ : Oldest();
            _ids[index] = receiverId;
        }

        _lastNanos[index] = nowNanos;
    }

    /// <summary>The receiver said goodbye, or refused the stream.</summary>
    /// <returns>False when it was not there.</returns>
    public bool Remove(long receiverId)
    {
        var index = IndexOf(receiverId);
        if (index >= 0)
        {
            RemoveAt(index);
        }

        return index >= 0;
    }

    /// <summary>Forgets those that were silent for too long.</summary>
    public void OnIdle(long nowNanos)
    {
        for (var index = _count - 1; index >= 0; index--)
        {
            if (nowNanos - _lastNanos[index] > timeoutNanos)
            {
                RemoveAt(index);
            }
        }
    }

    private int IndexOf(long receiverId) => _ids.AsSpan(0, _count).IndexOf(receiverId);

    private int Oldest()
    {
        var oldest = 0;
        for (var index = 1; index < _count; index++)
        {
            if (_lastNanos[index] < _lastNanos[oldest])
            {
                oldest = index;
            }
        }

        return oldest;
    }

    private void RemoveAt(int index)
    {
        _count--;
        _ids[index] = _ids[_count];
        _lastNanos[index] = _lastNanos[_count];
    }
}
