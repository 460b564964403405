namespace HftDelta.Runtime.Agents;

/// <summary>Where an agent belongs when agents share threads.</summary>
public enum AgentGroup
{
    /// <summary>The middle of the pipeline: journal and engine. First thread of the shared mode.</summary>
    Core,

    /// <summary>The edges: ingress, egress, replication. Second thread of the shared mode.</summary>
    Edge,

    /// <summary>
    /// Nothing waits for it: heartbeat, housekeeping, background computation. Runs with the edge in the shared mode; in the
    /// dedicated mode on its own thread, which is never pinned and always backs off.
    /// </summary>
    Cold,
}

/// <summary>An agent and the group that it should run in.</summary>
public readonly record struct HostedAgent(IAgent Agent, AgentGroup Group);
