namespace HftDelta.Journal.Faults;

/// <summary>What is wrong with a journal. The number is the one that the operator reads: <c>HD2204</c>.</summary>
public enum JournalFault
{
    None = 0,

    /// <summary>The directory holds no journal.</summary>
    NoJournal = 2201,

    /// <summary>A segment file has a name that no journal gives.</summary>
    SegmentMisnamed = 2202,

    /// <summary>A segment is not there though a later one is.</summary>
    SegmentMissing = 2203,

    /// <summary>A record is not what was written, and what follows proves that it was whole once.</summary>
    RecordDamaged = 2204,

    /// <summary>The header of a segment is not what was written.</summary>
    HeaderDamaged = 2205,

    /// <summary>A segment or cursor belongs to another journal.</summary>
    ForeignFile = 2206,

    /// <summary>A segment lies under the name of another one of the same journal.</summary>
    SegmentMisdirected = 2207,

    /// <summary>A segment does not continue the one before it.</summary>
    ChainBroken = 2208,

    /// <summary>Records that were acknowledged are not there.</summary>
    AcknowledgedMissing = 2209,

    /// <summary>The safe cursor cannot be read, so a torn tail cannot be told from a loss.</summary>
    SafeCursorDamaged = 2210,

    /// <summary>The journal ends in a torn record and nobody has repaired it yet.</summary>
    TornTail = 2211,

    /// <summary>The format is one that this program does not know.</summary>
    FormatUnknown = 2212,

    /// <summary>A segment has not the length that its header names.</summary>
    SegmentLength = 2213,

    /// <summary>A record is whole but out of sequence.</summary>
    SequenceGap = 2214,

    /// <summary>The block hash of a segment is damaged or differs from its bytes.</summary>
    BlockHashMismatch = 2215,

    /// <summary>There is no room for the next segment.</summary>
    NoSpace = 2220,

    /// <summary>The device failed while syncing: the process stops and never tries again.</summary>
    SyncFailed = 2221,

    /// <summary>Another process appends to this journal.</summary>
    Locked = 2222,

    /// <summary>The hash point log is not what was written.</summary>
    HashPointsDamaged = 2223,

    /// <summary>The device is behind with its syncs; a warning.</summary>
    SyncBehind = 2224,

    /// <summary>A file of an archive is missing or is not what was written.</summary>
    ArchiveDamaged = 2225,

    /// <summary>The record is in an archived segment that was taken away.</summary>
    Archived = 2226,

    /// <summary>A snapshot is not what was written.</summary>
    SnapshotDamaged = 2230,

    /// <summary>A snapshot is of another journal, or of another history of this one.</summary>
    SnapshotForeign = 2231,

    /// <summary>There is no such snapshot.</summary>
    SnapshotMissing = 2232,

    /// <summary>Another process writes snapshots here.</summary>
    SnapshotLocked = 2233,
}
