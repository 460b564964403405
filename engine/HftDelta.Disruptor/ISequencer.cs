namespace Disruptor;

/// <summary>Hands out the slots of a ring and never one that a gating consumer has not read.</summary>
public interface ISequencer : ISequenced, ICursored, IPublishedSequenceReader
{
    /// <summary>Claims exactly this sequence, which is then to be published. Only for a ring that nobody reads yet.</summary>
    void Claim(long sequence);

    /// <summary>Whether a sequence is published and not yet overwritten by a claim one round later. Never waits.</summary>
    bool IsAvailable(long sequence);

    /// <summary>
    /// Adds consumers that the producers wait for. Their sequences are set to the cursor, so a consumer is added before
    /// it starts to read.
    /// </summary>
    void AddGatingSequences(params Sequence[] gatingSequences);

    /// <summary>Takes a consumer out of the list; producers no longer wait for it.</summary>
    /// <returns>Whether it was in the list.</returns>
    bool RemoveGatingSequence(Sequence sequence);

    /// <summary>A barrier behind the cursor, or behind the given consumers.</summary>
    SequenceBarrier NewBarrier(SequenceWaiterOwner owner, params Sequence[] sequencesToTrack);

    /// <summary>The slowest gating consumer, or the cursor when there is none or it is behind them.</summary>
    long GetMinimumSequence();

    /// <summary>A poller behind the cursor or the given consumers. It does not gate until its sequence is added.</summary>
    ValueEventPoller<T> NewPoller<T>(IValueDataProvider<T> provider, params Sequence[] gatingSequences)
        where T : struct;
}
