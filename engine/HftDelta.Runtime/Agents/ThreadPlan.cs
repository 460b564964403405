using HftDelta.Runtime.Threads;

namespace HftDelta.Runtime.Agents;

/// <summary>One thread of a plan: its agents in order, and whether its latency matters.</summary>
/// <param name="Agents">The agents, in the order of the list that was planned.</param>
/// <param name="IsHot">True when any of them is not cold.</param>
public sealed record PlannedThread(IReadOnlyList<IAgent> Agents, bool IsHot)
{
    /// <summary>The agent to run: the only one, or all of them as one.</summary>
    public IAgent Combined() => Agents.Count == 1 ? Agents[0] : new CompositeAgent([.. Agents]);
}

/// <summary>Which agents share a thread in which mode: a pure function of the list, so that it can be shown and tested.</summary>
public static class ThreadPlan
{
    public static IReadOnlyList<PlannedThread> For(ThreadingMode mode, IReadOnlyList<HostedAgent> agents)
    {
        ArgumentNullException.ThrowIfNull(agents);
        if (agents.Count == 0)
        {
            throw new ArgumentException("there are no agents to run", nameof(agents));
        }

        return mode switch
        {
            ThreadingMode.Dedicated => [.. agents.Select(hosted => ThreadOf([hosted]))],
            ThreadingMode.Shared => Shared(agents),
            ThreadingMode.Compact => [ThreadOf(agents)],
            _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "no such threading mode"),
        };
    }

    private static List<PlannedThread> Shared(IReadOnlyList<HostedAgent> agents)
    {
        var threads = new List<PlannedThread>(2);
        foreach (var isCore in (ReadOnlySpan<bool>)[true, false])
        {
            var group = agents.Where(hosted => hosted.Group == AgentGroup.Core == isCore).ToList();
            if (group.Count > 0)
            {
                threads.Add(ThreadOf(group));
            }
        }

        return threads;
    }

    private static PlannedThread ThreadOf(IReadOnlyList<HostedAgent> agents) =>
        new([.. agents.Select(hosted => hosted.Agent)], agents.Any(hosted => hosted.Group != AgentGroup.Cold));
}
