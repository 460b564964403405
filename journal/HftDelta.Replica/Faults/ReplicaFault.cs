namespace HftDelta.Replica.Faults;

/// <summary>What is wrong with a replica or with what it reads. The number is the one that the operator reads.</summary>
public enum ReplicaFault
{
    None = 0,

    /// <summary>The limits beside the journal are not those that were asked for.</summary>
    LimitsDiffer = 2101,

    /// <summary>The limits beside the journal cannot be read.</summary>
    LimitsDamaged = 2102,

    /// <summary>The replica reached another state than the leader recorded.</summary>
    StateDiverged = 2301,

    /// <summary>An epoch that was signed before comes out with another content.</summary>
    CommitmentDiverged = 2501,

    /// <summary>The commitment store is not what was written.</summary>
    StoreDamaged = 2502,

    /// <summary>The commitment store belongs to another journal or to another contract.</summary>
    StoreForeign = 2503,

    /// <summary>Another process signs into this commitment store.</summary>
    StoreLocked = 2504,

    /// <summary>There is no room for commitments.</summary>
    NoSpace = 2505,

    /// <summary>The device failed while syncing: the process stops and never tries again.</summary>
    SyncFailed = 2506,

    /// <summary>The leader's journal ends before what the replica has applied, or is another one.</summary>
    LeaderReplaced = 2507,

    /// <summary>The replica's own engine could not apply a record that the leader acknowledged.</summary>
    EngineStopped = 2508,

    /// <summary>A command stands in the journal without the signature that it needs.</summary>
    SignatureForged = 2509,

    /// <summary>There is no key file.</summary>
    KeyMissing = 2510,

    /// <summary>The key file cannot be read or made.</summary>
    KeyUnreadable = 2511,

    /// <summary>The key file holds no key of this curve.</summary>
    KeyInvalid = 2512,

    /// <summary>Others than the owner may use the key file.</summary>
    KeyExposed = 2513,
}
