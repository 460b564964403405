namespace HftDelta.Runtime.Agents;

/// <summary>Agents did not start or did not stop. The message names them.</summary>
public sealed class AgentHostException : Exception
{
    public AgentHostException()
    {
    }

    public AgentHostException(string message)
        : base(message)
    {
    }

    public AgentHostException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public AgentHostException(string message, IReadOnlyList<string> agentNames, Exception? innerException = null)
        : base(message, innerException)
    {
        AgentNames = agentNames;
    }

    /// <summary>The threads meant, by the names of their agents.</summary>
    public IReadOnlyList<string> AgentNames { get; } = [];
}
