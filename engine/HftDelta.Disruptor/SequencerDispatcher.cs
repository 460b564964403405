using System.Runtime.CompilerServices;

namespace Disruptor;

/// <summary>
/// Calls a sequencer by its exact type where that is known. What a lone producer nearly always meets (room that it knows of, no
/// consumer to wake) is a few instructions in the caller; all else lies behind one call out of line for each member, because a
/// caller's loop keeps in registers only what lives across few calls, and what it writes to its stack instead waits in the same
/// store buffer as the slots.
/// </summary>
internal readonly struct SequencerDispatcher
{
    public readonly ISequencer Sequencer;
    private readonly SingleProducerSequencer? _single;
    private readonly MultiProducerSequencer? _multi;

    public SequencerDispatcher(ISequencer sequencer)
    {
        Sequencer = sequencer;
        _single = sequencer as SingleProducerSequencer;
        _multi = sequencer as MultiProducerSequencer;
    }

    public long Cursor => _single is not null ? _single.Cursor : Sequencer.Cursor;

    public bool HasAvailableCapacity(int requiredCapacity) =>
        (_single is not null && _single.HasCachedCapacity(requiredCapacity)) || HasCapacityAnew(requiredCapacity);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Next(int n)
    {
        var claimed = _single is null ? SingleProducerSequencer.NotClaimed : _single.ClaimCached(n);
        return claimed != SingleProducerSequencer.NotClaimed ? claimed : NextAnew(n);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryNext(int n, out long sequence)
    {
        // The slow way answers by value: an address handed out would keep the caller's sequence in memory.
        var claimed = _single is null ? SingleProducerSequencer.NotClaimed : _single.ClaimCached(n);
        if (claimed == SingleProducerSequencer.NotClaimed)
        {
            claimed = TryNextAnew(n);
            if (claimed == SingleProducerSequencer.NotClaimed)
            {
                sequence = 0;
                return false;
            }
        }

        sequence = claimed;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Publish(long sequence)
    {
        if (_single is null || !_single.TryPublishQuietly(sequence))
        {
            PublishLoudly(sequence, sequence);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Publish(long lo, long hi)
    {
        // With one producer everything up to the cursor is published.
        if (_single is null || !_single.TryPublishQuietly(hi))
        {
            PublishLoudly(lo, hi);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool HasCapacityAnew(int requiredCapacity) =>
        _single is not null
            ? _single.HasAvailableCapacity(requiredCapacity)
            : Sequencer.HasAvailableCapacity(requiredCapacity);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private long NextAnew(int n)
    {
        if (_single is not null)
        {
            return _single.NextInternal(n);
        }

        return _multi is not null ? _multi.NextInternal(n) : Sequencer.Next(n);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private long TryNextAnew(int n)
    {
        long sequence;
        var isClaimed = _single is not null
            ? _single.TryNextInternal(n, out sequence)
            : _multi is not null
                ? _multi.TryNextInternal(n, out sequence)
                : Sequencer.TryNext(n, out sequence);
        return isClaimed ? sequence : SingleProducerSequencer.NotClaimed;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void PublishLoudly(long lo, long hi)
    {
        if (_single is not null)
        {
            _single.Publish(hi);
        }
        else if (_multi is not null)
        {
            _multi.Publish(lo, hi);
        }
        else
        {
            Sequencer.Publish(lo, hi);
        }
    }
}
