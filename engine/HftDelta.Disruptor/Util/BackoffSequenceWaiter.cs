namespace Disruptor.Util;

/// <summary>Spins so many times, yields so many times, then sleeps between looks. Owner: the waiting thread.</summary>
internal sealed class BackoffSequenceWaiter : ISequenceWaiter
{
    private readonly DependentSequenceGroup _dependentSequences;
    private readonly int _spinCount;
    private readonly int _yieldCount;

    public BackoffSequenceWaiter(DependentSequenceGroup dependentSequences, int spinCount, int yieldCount)
    {
        _dependentSequences = dependentSequences;
        _spinCount = spinCount;
        _yieldCount = yieldCount;
    }

    public SequenceWaitResult WaitFor(long sequence, CancellationToken cancellationToken)
    {
        var spinsLeft = _spinCount;
        var yieldsLeft = _yieldCount;
        long available;

        // Acquire, by way of Sequence.Value: what was published up to the answer is visible to the caller.
        while ((available = _dependentSequences.Value) < sequence)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (spinsLeft > 0)
            {
                spinsLeft -= spinsLeft == int.MaxValue ? 0 : 1;
            }
            else if (yieldsLeft > 0)
            {
                yieldsLeft -= yieldsLeft == int.MaxValue ? 0 : 1;
                Thread.Yield();
            }
            else
            {
                Thread.Sleep(0);
            }
        }

        return available;
    }

    public void Cancel()
    {
        // Every look watches the token.
    }

    public void Dispose()
    {
        // Holds nothing.
    }
}
