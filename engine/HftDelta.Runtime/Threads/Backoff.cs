namespace HftDelta.Runtime.Threads;

/// <summary>
/// Spins, then yields, then parks for twice as long each time; any work begins it anew. Mutable: one thread owns one copy.
/// <see cref="BackoffIdleStrategy"/> is the one that waits for real.
/// </summary>
public struct Backoff<TActions> : IIdleStrategy
    where TActions : struct, IIdleActions
{
    private readonly BackoffParameters _parameters;
    private readonly TActions _actions;
    private int _spins;
    private int _yields;
    private long _parkNanos;

    public Backoff(BackoffParameters parameters, TActions actions)
    {
        _parameters = parameters;
        _actions = actions;
        _parkNanos = parameters.ParkMinNanos;
    }

    public void Idle(int workCount)
    {
        if (workCount > 0)
        {
            Reset();
        }
        else if (_spins < _parameters.SpinsMax)
        {
            _spins++;
            _actions.Spin();
        }
        else if (_yields < _parameters.YieldsMax)
        {
            _yields++;
            _actions.Yield();
        }
        else
        {
            _actions.Park(_parkNanos);
            _parkNanos = Math.Min(_parkNanos * 2, _parameters.ParkMaxNanos);
        }
    }

    public void Reset()
    {
        _spins = 0;
        _yields = 0;
        _parkNanos = _parameters.ParkMinNanos;
    }
}
