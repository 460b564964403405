using HftDelta.Runtime.Threads;

namespace HftDelta.Node.AeronTools;

/// <summary>How a tool's thread waits, chosen on the command line. Mutable: one thread owns one copy.</summary>
internal struct ToolIdle(IdleKind kind) : IIdleStrategy
{
    private BackoffIdleStrategy _backoff = new();

    public void Idle(int workCount)
    {
        if (kind == IdleKind.Backoff)
        {
            _backoff.Idle(workCount);
        }
        else if (kind == IdleKind.Yield)
        {
            default(YieldingIdleStrategy).Idle(workCount);
        }
        else
        {
            default(BusySpinIdleStrategy).Idle(workCount);
        }
    }

    public void Reset() => _backoff.Reset();
}
