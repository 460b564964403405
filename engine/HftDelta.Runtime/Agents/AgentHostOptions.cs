using HftDelta.Runtime.Threads;

namespace HftDelta.Runtime.Agents;

/// <summary>How a host runs its agents.</summary>
public sealed record AgentHostOptions
{
    /// <summary>Which agents share threads, where they run and how they wait.</summary>
    public ThreadWishes Wishes { get; init; } = new();

    /// <summary>The steps of <see cref="IdleKind.Backoff"/>.</summary>
    public BackoffParameters Backoff { get; init; } = BackoffParameters.Default;

    /// <summary>Cores to pin to; null means those that the process may use.</summary>
    public IReadOnlyList<int>? Cores { get; init; }

    /// <summary>
    /// Told once in the life of the host, on the thread of the first agent that failed. The default ends the process.
    /// </summary>
    public Action<AgentFailure> OnFailure { get; init; } = ProcessFailure.End;

    /// <summary>How long an agent may take to start.</summary>
    public TimeSpan StartDeadline { get; init; } = TimeSpan.FromSeconds(60);
}
