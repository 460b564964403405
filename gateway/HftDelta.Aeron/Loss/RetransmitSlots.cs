namespace HftDelta.Aeron.Loss;

/// <summary>What a NAK leads to.</summary>
internal enum RetransmitVerdict
{
    /// <summary>The range is to be sent.</summary>
    Send,

    /// <summary>It is under way, or was sent a moment ago.</summary>
    Covered,

    /// <summary>Too many ranges are under way.</summary>
    Overflow,
}

/// <summary>
/// The ranges that are sent again: what is still to be sent of each, and for a while those that were sent, so that the NAKs that
/// were on their way meanwhile do not send them once more. One receiver has one slot, which a gap elsewhere takes over; a group
/// has several. Owner: the sender.
/// </summary>
internal sealed class RetransmitSlots(int capacity, bool isGroup, long lingerNanos)
{
    private readonly Slot[] _slots = new Slot[capacity];
    private int _pendingCount;

    /// <summary>Something is still to be sent.</summary>
    public bool HasPending => _pendingCount > 0;

    public RetransmitVerdict OnNak(long position, int lengthBytes, long nowNanos)
    {
        var free = -1;
        for (var index = 0; index < _slots.Length; index++)
        {
            ref var slot = ref _slots[index];
            if (slot.IsUsed && !slot.IsPending && nowNanos - slot.SentNanos > lingerNanos)
            {
                slot = default;
            }

            if (slot.IsUsed && position >= slot.Begin && position < slot.End)
            {
                return RetransmitVerdict.Covered;
            }

            if (free < 0 && (!slot.IsUsed || !isGroup))
            {
                free = index;
            }
        }

        if (free < 0)
        {
            return RetransmitVerdict.Overflow;
        }

        _pendingCount += _slots[free].IsPending ? 0 : 1;
        _slots[free] = new Slot(position, position + lengthBytes, position, nowNanos, IsUsed: true);
        return RetransmitVerdict.Send;
    }

    /// <summary>The next range to be sent, the rest of it when it was begun.</summary>
    public bool TryNext(out int slot, out long position, out int lengthBytes)
    {
        for (slot = 0; slot < _slots.Length; slot++)
        {
            if (_slots[slot].IsPending)
            {
                position = _slots[slot].Next;
                lengthBytes = (int)(_slots[slot].End - position);
                return true;
            }
        }

        position = 0;
        lengthBytes = 0;
        return false;
    }

    /// <summary>So much of the range was sent.</summary>
    public void OnSent(int slot, int lengthBytes, long nowNanos)
    {
        ref var range = ref _slots[slot];
        range = range with { Next = range.Next + lengthBytes, SentNanos = nowNanos };
        _pendingCount -= range.IsPending ? 0 : 1;
    }

    /// <summary>The rest of the range cannot be sent: it is not there, or the network took nothing.</summary>
    public void GiveUp(int slot, long nowNanos)
    {
        _slots[slot] = _slots[slot] with { Next = _slots[slot].End, SentNanos = nowNanos };
        _pendingCount--;
    }

    private readonly record struct Slot(long Begin, long End, long Next, long SentNanos, bool IsUsed)
    {
        public bool IsPending => Next < End;
    }
}
