using Disruptor.Util;

namespace Disruptor;

/// <summary>
/// A ring over a managed array, whatever its slots are. Producers call the claiming and publishing members, consumers read.
/// </summary>
public abstract class RingBuffer : ICursored
{
    private protected readonly RingFields _fields;

    private protected RingBuffer(ISequencer sequencer, object entries, int eventSize) =>
        _fields = RingFields.Create(sequencer, entries, 0, eventSize);

    public int BufferSize => (int)_fields.IndexMask + 1;

    public long Cursor => _fields.Sequencer.Cursor;

    private protected ISequencer Sequencer => _fields.Sequencer.Sequencer;

    /// <inheritdoc cref="ISequenced.HasAvailableCapacity"/>
    public bool HasAvailableCapacity(int requiredCapacity) => _fields.Sequencer.HasAvailableCapacity(requiredCapacity);

    public long GetRemainingCapacity() => Sequencer.GetRemainingCapacity();

    public long Next() => _fields.Sequencer.Next(1);

    public long Next(int n)
    {
        _fields.CheckCount(n);
        return _fields.Sequencer.Next(n);
    }

    public bool TryNext(out long sequence) => _fields.Sequencer.TryNext(1, out sequence);

    public bool TryNext(int n, out long sequence)
    {
        _fields.CheckCount(n);
        return _fields.Sequencer.TryNext(n, out sequence);
    }

    public void Publish(long sequence) => _fields.Sequencer.Publish(sequence);

    public void Publish(long lo, long hi) => _fields.Sequencer.Publish(lo, hi);

    /// <inheritdoc cref="ISequencer.IsAvailable"/>
    public bool IsAvailable(long sequence) => Sequencer.IsAvailable(sequence);

    /// <inheritdoc cref="ISequencer.AddGatingSequences"/>
    public void AddGatingSequences(params Sequence[] gatingSequences) => Sequencer.AddGatingSequences(gatingSequences);

    /// <inheritdoc cref="ISequencer.RemoveGatingSequence"/>
    public bool RemoveGatingSequence(Sequence sequence) => Sequencer.RemoveGatingSequence(sequence);

    /// <inheritdoc cref="ISequencer.GetMinimumSequence"/>
    public long GetMinimumGatingSequence() => Sequencer.GetMinimumSequence();

    /// <inheritdoc cref="ISequencer.NewBarrier"/>
    public SequenceBarrier NewBarrier(SequenceWaiterOwner owner, params Sequence[] sequencesToTrack) =>
        Sequencer.NewBarrier(owner, sequencesToTrack);
}
