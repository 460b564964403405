using HftDelta.Runtime.Threads;

namespace HftDelta.Runtime.Agents;

/// <summary>How a host runs its agents.</summary>
public sealed record AgentHostOptions
{
    public ThreadingMode Mode { get; init; } = ThreadingMode.Compact;

    /// <summary>How hot threads wait; cold threads always back off.</summary>
    public IdleKind Idle { get; init; } = IdleKind.Backoff;

    /// <summary>The steps of <see cref="IdleKind.Backoff"/>.</summary>
    public BackoffParameters Backoff { get; init; } = BackoffParameters.Default;

    /// <summary>Pin hot threads in the dedicated mode, when there is a core for each.</summary>
    public bool PinThreads { get; init; } = true;

    /// <summary>Cores to pin to; null means those that the process may use.</summary>
    public IReadOnlyList<int>? Cores { get; init; }

    /// <summary>
    /// Told once in the life of the host, on the thread of the first agent that failed. The default ends the process.
    /// </summary>
    public Action<AgentFailure> OnFailure { get; init; } = ProcessFailure.End;

    /// <summary>How long an agent may take to start.</summary>
    public TimeSpan StartDeadline { get; init; } = TimeSpan.FromSeconds(60);
}
