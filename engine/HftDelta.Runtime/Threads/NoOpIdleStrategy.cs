namespace HftDelta.Runtime.Threads;

/// <summary>Does nothing between duty cycles: for tests and for loops that wait elsewhere.</summary>
public readonly struct NoOpIdleStrategy : IIdleStrategy
{
    public void Idle(int workCount)
    {
    }

    public void Reset()
    {
    }
}
