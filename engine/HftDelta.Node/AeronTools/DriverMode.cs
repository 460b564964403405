namespace HftDelta.Node.AeronTools;

/// <summary>Who runs the transport's agents in a tool.</summary>
public enum DriverMode
{
    /// <summary>The tool's own thread, between two polls: the lowest latency.</summary>
    Invoker,

    /// <summary>One thread of their own for all three.</summary>
    Shared,

    /// <summary>A thread for each: conductor, sender and receiver.</summary>
    Dedicated,
}
