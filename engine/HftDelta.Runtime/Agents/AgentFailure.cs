namespace HftDelta.Runtime.Agents;

/// <summary>What an agent was doing.</summary>
public enum AgentPhase
{
    Start,
    DutyCycle,
    Close,
}

/// <summary>An exception that left an agent.</summary>
/// <param name="AgentName">The agent itself, not the group of agents that it shares a thread with.</param>
/// <param name="Phase">What it was doing.</param>
/// <param name="Exception">What it threw.</param>
public sealed record AgentFailure(string AgentName, AgentPhase Phase, Exception Exception);
