namespace Disruptor;

/// <summary>A ring of values, wherever its memory lies.</summary>
public interface IValueRingBuffer<T> : ICursored, ISequenced, IValueDataProvider<T>
    where T : struct
{
    /// <inheritdoc cref="ISequencer.AddGatingSequences"/>
    void AddGatingSequences(params Sequence[] gatingSequences);

    /// <inheritdoc cref="ISequencer.RemoveGatingSequence"/>
    bool RemoveGatingSequence(Sequence sequence);

    /// <inheritdoc cref="ISequencer.GetMinimumSequence"/>
    long GetMinimumGatingSequence();

    /// <inheritdoc cref="ISequencer.NewBarrier"/>
    SequenceBarrier NewBarrier(SequenceWaiterOwner owner, params Sequence[] sequencesToTrack);
}
