using HftDelta.Journal.Segments;
using HftDelta.Primitives.Units;

namespace HftDelta.Journal.Writing;

/// <summary>What "durable" means.</summary>
public enum DurabilityMode
{
    /// <summary>In mapped memory: survives a killed process, not a power cut.</summary>
    Process = 0,

    /// <summary>On the device: survives a power cut. What gathered during one sync goes with the next.</summary>
    Disk = 1,
}

/// <summary>The schemas whose frames a journal holds.</summary>
public readonly record struct JournalSchemas(
    ushort ClientSchemaId, ushort ClientSchemaVersion, ushort InternalSchemaId, ushort InternalSchemaVersion);

/// <summary>How a journal is opened for appending. Immutable.</summary>
public sealed record JournalOptions
{
    public DurabilityMode Durability { get; init; } = DurabilityMode.Process;

    /// <summary>
    /// Length of a segment of a new journal; one that exists keeps its own. A power of two from 1 MiB to 1 GiB.
    /// </summary>
    public long SegmentBytes { get; init; } = SegmentLayout.SegmentBytesDefault;

    /// <summary>Name of a new journal, or the one that is expected; empty: draw one, accept any.</summary>
    public Guid JournalId { get; init; }

    /// <summary>Venue time at which a new journal is made.</summary>
    public TimeNanos CreatedAt { get; init; }

    /// <summary>Leader term that stands in the header of a new journal.</summary>
    public uint LeaderTerm { get; init; } = 1;

    /// <summary>Engine version that may replay what is appended; a different one than before begins a new segment.</summary>
    public uint EngineVersion { get; init; } = 1;

    /// <summary>Schemas of the frames that are appended; different ones than before begin a new segment.</summary>
    public JournalSchemas Schemas { get; init; }

    /// <summary>Whether a torn tail is zeroed and said, or refused.</summary>
    public bool RepairTornTail { get; init; }

    internal void Validate()
    {
        if (!SegmentLayout.IsValidSegmentBytes(SegmentBytes))
        {
            throw new ArgumentException(
                $"{nameof(SegmentBytes)} is {SegmentBytes}: a power of two from 1 MiB to 1 GiB is wanted.");
        }
    }
}
