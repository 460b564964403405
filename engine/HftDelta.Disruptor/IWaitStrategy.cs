namespace Disruptor;

/// <summary>How a consumer behind a barrier waits. Pollers never wait and use none.</summary>
public interface IWaitStrategy
{
    /// <summary>Whether producers have to signal after each publish.</summary>
    bool IsBlockingStrategy { get; }

    ISequenceWaiter NewSequenceWaiter(SequenceWaiterOwner owner, DependentSequenceGroup dependentSequences);

    /// <summary>Wakes what waits; called after a publish, only when the strategy is a blocking one.</summary>
    void SignalAllWhenBlocking();
}
