using HftDelta.Engine;

namespace HftDelta.Replica.Snapshots;

/// <summary>An engine that stands between two commands, and the journal that brought it there.</summary>
public sealed record SnapshotSource
{
    public required CommandProcessor Processor { get; init; }

    /// <summary>Those that it was made with.</summary>
    public required EngineLimits Limits { get; init; }

    public required Guid JournalId { get; init; }

    /// <summary>Checksum of the record of its last command.</summary>
    public required uint RecordChecksum { get; init; }
}
