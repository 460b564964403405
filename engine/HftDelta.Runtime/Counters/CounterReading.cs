namespace HftDelta.Runtime.Counters;

/// <summary>A counter as another process sees it at one moment.</summary>
public readonly record struct CounterReading(
    int Id, string Name, string Label, CounterKind Kind, CounterUnit Unit, long Value);

/// <summary>What can be told of the process that writes a counter file.</summary>
public enum CounterProcessState
{
    /// <summary>It lives and beats.</summary>
    Running,

    /// <summary>It lives, or another process has its number, but it has not beaten for too long.</summary>
    Stalled,

    /// <summary>It ended in order.</summary>
    Closed,

    /// <summary>It is gone without an orderly end.</summary>
    Dead,
}
