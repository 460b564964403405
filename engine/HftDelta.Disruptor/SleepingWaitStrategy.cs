using Disruptor.Util;

namespace Disruptor;

/// <summary>Spins, then yields, then sleeps between looks: for machines with fewer cores than agents.</summary>
public sealed class SleepingWaitStrategy : IWaitStrategy
{
    private readonly int _spinCount;
    private readonly int _yieldCount;

    public SleepingWaitStrategy()
        : this(100, 100)
    {
    }

    public SleepingWaitStrategy(int busySpinCount, int yieldCount)
    {
        _spinCount = busySpinCount;
        _yieldCount = yieldCount;
    }

    public bool IsBlockingStrategy => false;

    public ISequenceWaiter NewSequenceWaiter(SequenceWaiterOwner owner, DependentSequenceGroup dependentSequences) =>
        new BackoffSequenceWaiter(dependentSequences, _spinCount, _yieldCount);

    public void SignalAllWhenBlocking()
    {
        // Nobody sleeps.
    }
}
