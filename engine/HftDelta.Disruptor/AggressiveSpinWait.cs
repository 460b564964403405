namespace Disruptor;

/// <summary>
/// A spin wait that goes on to yield but never sleeps: a producer on a full ring gives its core away, not its turn.
/// </summary>
public struct AggressiveSpinWait
{
    private SpinWait _spinWait;

    /// <summary>How often it has spun.</summary>
    public readonly int Count => _spinWait.Count;

    public void SpinOnce() => _spinWait.SpinOnce(sleep1Threshold: -1);
}
