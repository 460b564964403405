using Disruptor.Util;

namespace Disruptor;

/// <summary>Spins a while, then yields between looks.</summary>
public sealed class YieldingWaitStrategy : IWaitStrategy
{
    private readonly int _spinCount;

    public YieldingWaitStrategy()
        : this(100)
    {
    }

    public YieldingWaitStrategy(int busySpinCount) => _spinCount = busySpinCount;

    public bool IsBlockingStrategy => false;

    public ISequenceWaiter NewSequenceWaiter(SequenceWaiterOwner owner, DependentSequenceGroup dependentSequences) =>
        new BackoffSequenceWaiter(dependentSequences, _spinCount, int.MaxValue);

    public void SignalAllWhenBlocking()
    {
        // Nobody sleeps.
    }
}
