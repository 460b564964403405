namespace HftDelta.Runtime.Threads;

/// <summary>The default way to wait: spin, then yield, then park (<see cref="Backoff{TActions}"/>).</summary>
public struct BackoffIdleStrategy : IIdleStrategy
{
    private Backoff<ThreadIdleActions> _backoff;

    /// <summary>With <see cref="BackoffParameters.Default"/>.</summary>
    public BackoffIdleStrategy()
        : this(BackoffParameters.Default)
    {
    }

    public BackoffIdleStrategy(BackoffParameters parameters)
    {
        _backoff = new Backoff<ThreadIdleActions>(parameters, default);
    }

    public void Idle(int workCount) => _backoff.Idle(workCount);

    public void Reset() => _backoff.Reset();
}
