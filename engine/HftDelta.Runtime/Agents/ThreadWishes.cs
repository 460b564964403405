using HftDelta.Runtime.Threads;

namespace HftDelta.Runtime.Agents;

/// <summary>An agent as a plan sees it: which group it belongs to, and its name.</summary>
public readonly record struct AgentPlace(string Name, AgentGroup Group);

/// <summary>What somebody decided for one agent.</summary>
/// <param name="Core">Agents with the same one share a thread, which is pinned to it; null: as the mode has it.</param>
/// <param name="Idle">How its thread waits; null: as the mode has it.</param>
public readonly record struct AgentWish(int? Core, IdleKind? Idle);

/// <summary>What is asked of a <see cref="ThreadPlan"/>. Immutable.</summary>
public sealed record ThreadWishes
{
    public ThreadingMode Mode { get; init; } = ThreadingMode.Compact;

    /// <summary>How hot threads wait; cold threads always back off.</summary>
    public IdleKind Idle { get; init; } = IdleKind.Backoff;

    /// <summary>Whether a mode may pin hot threads; agents that were given a core are pinned all the same.</summary>
    public bool PinThreads { get; init; } = true;

    /// <summary>By name; agents that are not there, or do not run, are nobody's wish.</summary>
    public IReadOnlyDictionary<string, AgentWish> Agents { get; init; } = new Dictionary<string, AgentWish>();
}
