using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Disruptor;

namespace HftDelta.Runtime.Rings;

/// <summary>
/// A consumer's place in a ring, for those that read runs of slots by themselves (records of several slots, batches to
/// write or send): ask how far it may read, read, release. No callback, no allocation, direct calls.
/// Owner: the one consuming thread; <see cref="Sequence"/> may be watched by all.
/// </summary>
public sealed class SequenceReader
{
    // The exact type where it is known, so that a poll makes direct calls; otherwise the interface is used.
    private readonly SingleProducerSequencer? _singleProducer;
    private readonly MultiProducerSequencer? _multiProducer;
    private readonly ISequencer _sequencer;
    private readonly Sequence[] _dependencies;

    /// <param name="sequencer">The ring's sequencer.</param>
    /// <param name="dependencies">Consumers that go before this one; none: only the producers do.</param>
    public SequenceReader(ISequencer sequencer, params Sequence[] dependencies)
    {
        ArgumentNullException.ThrowIfNull(sequencer);
        ArgumentNullException.ThrowIfNull(dependencies);
        _sequencer = sequencer;
        _singleProducer = sequencer as SingleProducerSequencer;
        _multiProducer = sequencer as MultiProducerSequencer;
        _dependencies = [.. dependencies];
    }

    /// <summary>The last released sequence. Add it to the gating sequences before the first read.</summary>
    public Sequence Sequence { get; } = new();

    private long Cursor => _singleProducer is not null ? _singleProducer.Cursor : _sequencer.Cursor;

    /// <summary>The first sequence that is not released.</summary>
    public long NextSequence => Sequence.Value + 1;

    /// <summary>
    /// The last sequence that may be read: all from <see cref="NextSequence"/> to it are published and passed by the
    /// dependencies. Less than <see cref="NextSequence"/> when there is nothing.
    /// </summary>
    public long GetAvailableSequence()
    {
        // Acquire, by way of cursor, sequences and flags: the slots up to the answer are visible to this thread.
        var bound = _dependencies.Length == 0 ? Cursor : DisruptorUtil.GetMinimumSequence(_dependencies);
        if (_singleProducer is not null)
        {
            return bound;
        }

        return _multiProducer is not null
            ? _multiProducer.GetHighestPublishedSequence(NextSequence, bound)
            : _sequencer.GetHighestPublishedSequence(NextSequence, bound);
    }

    /// <summary>Why nothing is available: held back by others, or nothing there.</summary>
    public EventPoller.PollState StateWhenNothingIsAvailable() =>
        Cursor >= NextSequence ? EventPoller.PollState.Gating : EventPoller.PollState.Idle;

    /// <summary>
    /// Gives back every slot up to and with <paramref name="sequence"/>. Only what was handled is released: a slot whose
    /// handling failed stays the first to be read.
    /// </summary>
    public void Release(long sequence)
    {
        if (sequence < Sequence.Value)
        {
            ThrowReleaseBackwards(sequence);
        }

        // Release: our reads of the slots are done before the producer may see them free.
        Sequence.SetValue(sequence);
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ThrowReleaseBackwards(long sequence) =>
        throw new InvalidOperationException($"{sequence} lies before {Sequence}, which is released already");
}
