namespace HftDelta.Runtime.Threads;

/// <summary>Keeps the core, with the processor's hint that this is a wait. For a thread that has a core of its own.</summary>
public readonly struct BusySpinIdleStrategy : IIdleStrategy
{
    public void Idle(int workCount)
    {
        if (workCount <= 0)
        {
            Thread.SpinWait(1);
        }
    }

    public void Reset()
    {
    }
}
