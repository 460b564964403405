using HftDelta.Engine.State;
using HftDelta.Journal.Writing;
using HftDelta.Node.Replay;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Threads;

namespace HftDelta.Node.Demo;

/// <summary>What went through the venue, counted outside it.</summary>
public sealed record DemoFlow
{
    /// <summary>New orders that were sent.</summary>
    public required long Orders { get; init; }

    public required long Cancels { get; init; }

    public required long Replaces { get; init; }

    /// <summary>Orders, changes and cancels that were refused with a code.</summary>
    public required long Rejects { get; init; }

    /// <summary>Trades that were published.</summary>
    public required long Trades { get; init; }

    public required long VolumeLots { get; init; }

    /// <summary>Fills that the participants were told of: two for each trade.</summary>
    public required long Fills { get; init; }

    public required long OracleReports { get; init; }

    public required long SettlementTicksByThreshold { get; init; }

    public required long SettlementTicksByInterval { get; init; }

    /// <summary>Instruments that expired.</summary>
    public required int Expiries { get; init; }

    /// <summary>Instruments that should have.</summary>
    public required int ExpiriesExpected { get; init; }

    public required long CanceledByExpiry { get; init; }

    public required long CanceledBySessionClose { get; init; }

    public required ulong Epochs { get; init; }

    /// <summary>Published delta indices that do not follow from the published moves and deltas.</summary>
    public required long IndexDifferences { get; init; }

    /// <summary>Messages missing in the public stream, and reports that nobody expects.</summary>
    public required long Surprises { get; init; }

    /// <summary>Events of recorded order flow that were sent; 0 without.</summary>
    public required long RecordedEvents { get; init; }
}

/// <summary>What the ledger holds at the end, read through the engine's view.</summary>
public sealed record DemoLedger
{
    /// <summary>By how much the engine's own running sum is off.</summary>
    public required SubAtoms ConservationError { get; init; }

    /// <summary>Cash and dust of all accounts.</summary>
    public required SubAtoms Cash { get; init; }

    /// <summary>Equity of all accounts.</summary>
    public required SubAtoms Equity { get; init; }

    /// <summary>Deposits less withdrawals, as the operator counted them.</summary>
    public required SubAtoms PaidIn { get; init; }

    /// <summary>The same as the venue reported them.</summary>
    public required SubAtoms PaidInReported { get; init; }

    /// <summary>Instruments whose positions do not add up to nothing.</summary>
    public required int OpenSums { get; init; }

    /// <summary>Cash that delta settlement moved between accounts, both directions added.</summary>
    public required Int128 SettledAtoms { get; init; }

    public required ulong LastTradeId { get; init; }

    public required int Accounts { get; init; }
}

/// <summary>The two hashes of an engine after its last command.</summary>
public sealed record DemoHashes(CommandSequence LastSequence, Hash256 State, Hash256 History);

/// <summary>What the journal's files hold.</summary>
public sealed record DemoJournal(long Records, long RecordBytes, int Segments, CommandSequence SafeCursor, bool IsClean);

/// <summary>A client of the venue, as it told its own end.</summary>
/// <param name="Name">Of the process.</param>
/// <param name="Account">That it traded for; 0 for an oracle source.</param>
/// <param name="Requests">That were sent.</param>
/// <param name="Ended">Those that had a definite outcome.</param>
/// <param name="Unknown">Those whose outcome nobody could tell.</param>
/// <param name="Fills">That it was told.</param>
/// <param name="FillsMade">That the journal says its account had.</param>
/// <param name="ReportsLost">Reports that never came.</param>
public sealed record DemoClient(
    string Name, AccountId Account, long Requests, long Ended, long Unknown, long Fills, long FillsMade, long ReportsLost);

/// <summary>What a replica committed to.</summary>
/// <param name="Count">Commitments, one for each epoch.</param>
/// <param name="Signer">The address that signed.</param>
/// <param name="IsSignatureValid">Every digest follows from its content, and every signature recovers to the signer.</param>
/// <param name="IsChained">Epochs follow each other from 1, each naming the one before.</param>
public sealed record DemoCommitments(int Count, string Signer, bool IsSignatureValid, bool IsChained);

/// <summary>What the processes of a demonstration said beside the journal.</summary>
public sealed record DemoNetwork
{
    public required int Processes { get; init; }

    /// <summary>Where the replica stood at its end.</summary>
    public required CommandSequence ReplicaLastSequence { get; init; }

    /// <summary>As it was written.</summary>
    public required string ReplicaStateHash { get; init; }

    /// <summary>As it was written.</summary>
    public required string ReplicaHistoryHash { get; init; }

    public required DemoCommitments Commitments { get; init; }

    /// <summary>From a client's request to its first answer, over all clients.</summary>
    public required LatencyPercentiles WireToWire { get; init; }

    public required IReadOnlyList<DemoClient> Clients { get; init; }
}

/// <summary>Everything that a run found.</summary>
public sealed record DemoReport
{
    public required string Market { get; init; }

    public required int Seconds { get; init; }

    public required ulong Seed { get; init; }

    public required ThreadingMode Threading { get; init; }

    public required DurabilityMode Durability { get; init; }

    public required DemoFlow Flow { get; init; }

    public required DemoLedger Ledger { get; init; }

    public required DemoHashes Live { get; init; }

    public required ReplayResult Replay { get; init; }

    /// <summary>By how much the replayed engine's running sum is off.</summary>
    public required SubAtoms ReplayConservationError { get; init; }

    public required DemoJournal Journal { get; init; }

    /// <summary>From sequencing to release, for the commands that were sampled.</summary>
    public required LatencyPercentiles Latency { get; init; }

    /// <summary>Seconds of the machine from the first step to the last.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>The longest that the run was behind its pace; null where nobody measures it, as between processes.</summary>
    public required TimeSpan? LagMost { get; init; }

    /// <summary>What the processes said beside the journal; null for a run within one process.</summary>
    public DemoNetwork? Network { get; init; }

    /// <summary>Where the journal was kept; null when it was temporary.</summary>
    public required string? JournalDirectory { get; init; }
}
