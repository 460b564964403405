using HftDelta.Runtime.Threads;

namespace HftDelta.Node.AeronTools;

/// <summary>
/// What every tool is told: how its transport runs, and how long the tool does. Null leaves the transport's default.
/// </summary>
internal sealed record ToolOptions
{
    public DriverMode Mode { get; init; } = DriverMode.Invoker;

    public IdleKind Idle { get; init; } = IdleKind.Yield;

    public int? MtuLengthBytes { get; init; }

    public int? TermLengthBytes { get; init; }

    public int? WindowLengthBytes { get; init; }

    /// <summary>Where the transport shows itself to tools; null: nowhere.</summary>
    public string? AeronDirectory { get; init; }

    /// <summary>The longest time; zero: no limit.</summary>
    public TimeSpan Time { get; init; }

    /// <summary>How long the other end may be absent before the tool gives up, where it has to be there.</summary>
    public TimeSpan ConnectTime { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>A channel and a stream of it.</summary>
internal sealed record ChannelStream(string Channel, int StreamId)
{
    public override string ToString() => $"{Channel} stream {StreamId}";
}
