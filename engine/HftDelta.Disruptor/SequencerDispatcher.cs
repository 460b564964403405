namespace Disruptor;

/// <summary>
/// Calls a sequencer by its exact type where that is known, so that claims and publishes are direct calls that the compiler
/// can inline, and through the interface otherwise.
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
        _single is not null
            ? _single.HasAvailableCapacity(requiredCapacity)
            : Sequencer.HasAvailableCapacity(requiredCapacity);

    public long Next(int n)
    {
        if (_single is not null)
        {
            return _single.NextInternal(n);
        }

        return _multi is not null ? _multi.NextInternal(n) : Sequencer.Next(n);
    }

    public bool TryNext(int n, out long sequence)
    {
        if (_single is not null)
        {
            return _single.TryNextInternal(n, out sequence);
        }

        return _multi is not null ? _multi.TryNextInternal(n, out sequence) : Sequencer.TryNext(n, out sequence);
    }

    public void Publish(long sequence)
    {
        if (_single is not null)
        {
            _single.Publish(sequence);
        }
        else
        {
            Sequencer.Publish(sequence);
        }
    }

    public void Publish(long lo, long hi)
    {
        if (_single is not null)
        {
            _single.Publish(hi);
        }
        else
        {
            Sequencer.Publish(lo, hi);
        }
    }
}
