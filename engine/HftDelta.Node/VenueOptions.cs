using HftDelta.Engine;
using HftDelta.Gateway.Oracles;
using HftDelta.Journal.Segments;
using HftDelta.Journal.Writing;
using HftDelta.Node.Replay;
using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Storage;
using HftDelta.Runtime.Threads;
using HftDelta.Runtime.Time;

namespace HftDelta.Node;

/// <summary>How a venue is built. Immutable; every size is a power of two.</summary>
public sealed record VenueOptions
{
    /// <summary>Directory of the journal; it is made when it is not there.</summary>
    public required string JournalDirectory { get; init; }

    /// <summary>Where the journal's files are kept instead of on disk, for tests; null: in the directory.</summary>
    public MappedStorage? Storage { get; init; }

    /// <summary>
    /// Where snapshots are that the start may begin with; null: in a directory of the journal's, if that is on disk.
    /// </summary>
    public MappedStorage? Snapshots { get; init; }

    /// <summary>Begin with the newest good snapshot, or replay the whole journal.</summary>
    public bool UsesSnapshots { get; init; } = true;

    public long SegmentBytes { get; init; } = SegmentLayout.SegmentBytesDefault;

    public DurabilityMode Durability { get; init; } = DurabilityMode.Process;

    /// <summary>Name of a new journal; empty: draw one.</summary>
    public Guid JournalId { get; init; }

    /// <summary>Cut a torn tail off, or refuse to start.</summary>
    public bool RepairTornTail { get; init; } = true;

    /// <summary>
    /// Go on with a whole journal whose safe cursor is missing or damaged, though acknowledged records may be gone behind
    /// its end.
    /// </summary>
    public bool AcceptsUnknownLoss { get; init; }

    public EngineLimits Limits { get; init; } = EngineLimits.Default;

    public ThreadingMode Threading { get; init; } = ThreadingMode.Compact;

    public IdleKind Idle { get; init; } = IdleKind.Backoff;

    public bool PinThreads { get; init; } = true;

    /// <summary>What was decided for single agents, by their names.</summary>
    public IReadOnlyDictionary<string, AgentWish> AgentWishes { get; init; } = new Dictionary<string, AgentWish>();

    /// <summary>How the agents are to share threads.</summary>
    public ThreadWishes Wishes =>
        new() { Mode = Threading, Idle = Idle, PinThreads = PinThreads, Agents = AgentWishes };

    /// <summary>Agents that share each risk computation; what they compute does not depend on it.</summary>
    public int RiskWorkers { get; init; } = 1;

    /// <summary>
    /// Half a MiB of slots: what is under way stays in the second cache of a core, and more would only wait there for longer.
    /// </summary>
    public int InboundSlots { get; init; } = 1 << 12;

    /// <summary>At least four times what one command may emit; below that the smallest legal number is taken.</summary>
    public int OutboundSlots { get; init; } = 1 << 14;

    /// <summary>Slots of each direction of a connection.</summary>
    public int ConnectionSlots { get; init; } = 1 << 12;

    /// <summary>The clock of ingress; null: the machine's.</summary>
    public NanoClock? Clock { get; init; }

    /// <summary>A tick is sequenced when nothing was for as long.</summary>
    public ulong QuietNanosMax { get; init; } = 10_000_000;

    /// <summary>
    /// One driver thread owns all connections, the operator's among them, and orders everything by barriers: the sequence of
    /// commands is then the same in every threading mode and every run.
    /// </summary>
    public bool IsLockstep { get; init; }

    /// <summary>How clients reach the venue over the network; null: only connections within the process.</summary>
    public VenueNetworkOptions? Network { get; init; }

    /// <summary>What judges signatures of oracle reports before they are sequenced; null: they are not looked at.</summary>
    public ReportVerifier? OracleVerifier { get; init; }

    /// <summary>
    /// How long the journal may stand still because the disk has no room for its next segment; then the venue fails with
    /// HD2220. Real time.
    /// </summary>
    public TimeSpan JournalStallMax { get; init; } = Cli.RoomTimeoutOption.Default;

    /// <summary>
    /// Bytes of the journal that are kept for cancels, the operator's commands, ticks and the ends of epochs when the disk has no
    /// room for the next segment; at most half a segment. Null: a quarter of a segment.
    /// </summary>
    public long? CancelReserveBytes { get; init; }

    /// <summary>Told what the operator should know while the venue runs, in words; null: stderr. Any thread.</summary>
    public Action<string>? OnNotice { get; init; }

    /// <summary>Where other processes read the counters; null: nowhere.</summary>
    public string? CounterFilePath { get; init; }

    /// <summary>One command in so many has its way through the house measured; 0: none.</summary>
    public int LatencySampleEvery { get; init; }

    /// <summary>One command in so many is stamped at each stage of its way; a power of two, 0: none.</summary>
    public int StageSampleEvery { get; init; }

    /// <summary>Told of each such command, on the monitor's thread.</summary>
    public Action<StageSample>? OnStageSample { get; init; }

    /// <summary>Told how far a recovery is.</summary>
    public Action<ReplayProgress>? RecoveryProgress { get; init; }

    /// <summary>Told when an agent failed, once; null: the process ends with the exit code that belongs to it.</summary>
    public Action<AgentFailure>? OnFailure { get; init; }
}
