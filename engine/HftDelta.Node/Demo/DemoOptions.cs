using HftDelta.Journal.Writing;
using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Threads;

namespace HftDelta.Node.Demo;

/// <summary>
/// What a demonstration run is asked for. Within one process seed, seconds and data decide every command; nothing else does.
/// </summary>
public sealed record DemoOptions
{
    public const int SecondsMax = 3_600;

    /// <summary>Processes share the machine's cores: faster than this they only wait for each other.</summary>
    public const double ProcessPaceMax = 10;

    /// <summary>Everything in one process on a virtual clock; otherwise processes over UDP.</summary>
    public bool IsInProcess { get; init; }

    /// <summary>Virtual seconds of trading.</summary>
    public int Seconds { get; init; } = 10;

    public ulong Seed { get; init; } = 1;

    /// <summary>Folder of recorded market data; null: the seeded market that is built in.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Where the journal is kept, empty or absent; null: a temporary directory that is deleted afterwards.</summary>
    public string? JournalDirectory { get; init; }

    public ThreadingMode Threading { get; init; } = ThreadingMode.Compact;

    public DurabilityMode Durability { get; init; } = DurabilityMode.Process;

    /// <summary>Where other processes read the counters; null: in the journal's directory.</summary>
    public string? CounterFilePath { get; init; }

    /// <summary>Virtual seconds for each second of the machine; 0: as fast as possible.</summary>
    public double Pace { get; init; } = 1;

    /// <summary>How long the venue waits for room on a full disk.</summary>
    public TimeSpan RoomTimeout { get; init; } = Cli.RoomTimeoutOption.Default;

    /// <summary>Told when an agent of the venue failed; null: the process ends with the code that belongs to it.</summary>
    public Action<AgentFailure>? OnFailure { get; init; }
}
