namespace HftDelta.Runtime.Threads;

/// <summary>Offers the core to whoever else is ready to run on it after every empty duty cycle.</summary>
public readonly struct YieldingIdleStrategy : IIdleStrategy
{
    public void Idle(int workCount)
    {
        if (workCount <= 0)
        {
            Thread.Yield();
        }
    }

    public void Reset()
    {
    }
}
