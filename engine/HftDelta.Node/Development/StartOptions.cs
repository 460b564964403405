using HftDelta.Engine;
using HftDelta.Journal.Writing;
using HftDelta.Node.Config;
using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Threads;

namespace HftDelta.Node.Development;

/// <summary>What <c>hftdelta start</c> is asked for. Immutable.</summary>
public sealed record StartOptions
{
    /// <summary>Of the journal; what is judged by the room of a segment before a start counts in the same.</summary>
    public const long SegmentBytes = 16L << 20;

    /// <summary>
    /// Small enough to begin at once. Outcomes are kept for as many requests as a client may have without one, so that every
    /// one of them can be asked about after a restart.
    /// </summary>
    public static readonly EngineLimits Limits = EngineLimits.Small with
    {
        Positions = 16_384,
        Orders = 1 << 16,
        Sessions = 256,
        OutcomesPerSession = 1_024,
    };

    /// <summary>Where the journal is; null: a temporary directory that is deleted after an end in order.</summary>
    public string? JournalDirectory { get; init; }

    /// <summary>Begin with the newest good snapshot, or replay the whole journal.</summary>
    public bool UsesSnapshots { get; init; } = true;

    /// <summary>HOST:PORT; port 0 takes a free one.</summary>
    public string Listen { get; init; } = "127.0.0.1:0";

    public required MarketSettings Market { get; init; }

    public ThreadWishes Threads { get; init; } = new() { Mode = ThreadingMode.Auto, Idle = IdleKind.Auto };

    /// <summary>The file that options came from; null: none.</summary>
    public string? ConfigurationPath { get; init; }

    /// <summary>Agents that share each risk computation.</summary>
    public int RiskWorkers { get; init; } = 1;

    public DurabilityMode Durability { get; init; } = DurabilityMode.Process;

    /// <summary>Where other processes read the counters; null: in the journal's directory.</summary>
    public string? CounterFilePath { get; init; }

    /// <summary>The socket where operators command the venue; null: in the journal's directory.</summary>
    public string? ControlPath { get; init; }

    /// <summary>Where the transport shows itself to Aeron's tools; null: nowhere.</summary>
    public string? AeronDirectory { get; init; }

    /// <summary>An epoch is closed as often, and when the venue ends in order; zero: never.</summary>
    public TimeSpan EpochTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the venue waits for room on a full disk.</summary>
    public TimeSpan RoomTimeout { get; init; } = Cli.RoomTimeoutOption.Default;

    /// <summary>Bytes of the journal that are kept for cancels; null: a quarter of a segment.</summary>
    public long? CancelReserveBytes { get; init; }

    /// <summary>One command in so many is stamped at each stage; 0: none.</summary>
    public int StageSampleEvery { get; init; }

    /// <summary>How long synthetic orders run through a throwaway venue first; zero: not at all.</summary>
    public TimeSpan WarmUpTime { get; init; }

    /// <summary>Whether memory is to be locked where the system permits it.</summary>
    public bool LocksMemory { get; init; }

    /// <summary>One command in so many is measured on its way.</summary>
    public int LatencySampleEvery { get; init; } = 8;
}
