using HftDelta.Replica.Commitments;
using HftDelta.Replica.Oracles;
using HftDelta.Replica.Signing;
using HftDelta.Replica.Snapshots;
using HftDelta.Runtime.Storage;

namespace HftDelta.Replica;

/// <summary>How a replica is set up.</summary>
public sealed record ReplicaOptions
{
    /// <summary>Directory of the leader's journal; it need not be there yet, and is never written to.</summary>
    public string JournalDirectory { get; init; } = "";

    /// <summary>In place of <see cref="JournalDirectory"/>, for tests.</summary>
    public MappedStorage? Journal { get; init; }

    /// <summary>Directory of the commitment store, which is made.</summary>
    public string OutputDirectory { get; init; } = "";

    /// <summary>In place of <see cref="OutputDirectory"/>, for tests.</summary>
    public MappedStorage? Output { get; init; }

    /// <summary>Signs; stays the caller's to dispose.</summary>
    public required Secp256k1Signer Signer { get; init; }

    /// <summary>In which the venue's commitments, oracle reports and words of governance are signed.</summary>
    public CommitmentDomain Domain { get; init; } = CommitmentDomain.Development;

    /// <summary>Where snapshots of the state are written; null: none are.</summary>
    public MappedStorage? Snapshots { get; init; }

    /// <summary>Commands between two snapshots. They are written where a recorded state hash was found equal.</summary>
    public long SnapshotInterval { get; init; } = 1_000_000;

    /// <summary>How many of them stay; 0: all.</summary>
    public int SnapshotsKept { get; init; } = SnapshotWriter.KeptDefault;

    /// <summary>Keys of the venue's oracle sources; null: not known, and reports are not verified.</summary>
    public OracleSignatures? Oracles { get; init; }

    /// <summary>Whoever runs the replica runs <see cref="ReplicaAgent.Signatures"/> too, on another thread.</summary>
    public bool VerifiesApart { get; init; }

    /// <summary>Told what happens, on the agent's thread.</summary>
    public ReplicaEvents Events { get; init; } = ReplicaEvents.None;
}
