using Disruptor.Util;

namespace Disruptor;

/// <summary>Spins and never gives its core away: only with a core to itself.</summary>
public sealed class BusySpinWaitStrategy : IWaitStrategy
{
    public bool IsBlockingStrategy => false;

    public ISequenceWaiter NewSequenceWaiter(SequenceWaiterOwner owner, DependentSequenceGroup dependentSequences) =>
        new BackoffSequenceWaiter(dependentSequences, int.MaxValue, 0);

    public void SignalAllWhenBlocking()
    {
        // Nobody sleeps.
    }
}
