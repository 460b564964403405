using HftDelta.Journal.Cursors;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Reports;
using HftDelta.Journal.Segments;
using HftDelta.Primitives.Units;

namespace HftDelta.Journal.Recovery;

/// <summary>How a journal ends.</summary>
public enum JournalEndState
{
    /// <summary>No journal was begun here.</summary>
    Empty = 0,

    /// <summary>The last record is whole and nothing is behind it.</summary>
    Clean = 1,

    /// <summary>Behind the last whole record are remains of one that was never acknowledged; repair zeroes them.</summary>
    TornTail = 2,

    /// <summary>Something that was whole is not any more; nobody may guess.</summary>
    Corrupt = 3,
}

/// <summary>What lies behind the last whole record of a torn journal.</summary>
/// <param name="Position">Where it begins.</param>
/// <param name="LengthBytes">Through the last byte of it that is not zero.</param>
/// <param name="NextSequence">The record that would have stood there.</param>
public sealed record TornTail(JournalPosition Position, long LengthBytes, CommandSequence NextSequence)
{
    /// <summary>
    /// Whether whole records lie behind the gap: the machine was started again, and what was not synced had reached the device
    /// out of order.
    /// </summary>
    public bool HasRecordsBehind { get; init; }
}

/// <summary>What recovery found. It changed nothing.</summary>
public sealed record RecoveryReport
{
    public required JournalEndState State { get; init; }

    public Guid JournalId { get; init; }

    /// <summary>Length of a segment; 0 when there is none.</summary>
    public long SegmentBytes { get; init; }

    /// <summary>Segments that were begun, in order.</summary>
    public IReadOnlyList<SegmentDescription> Segments { get; init; } = [];

    /// <summary>Records that were proved.</summary>
    public long RecordsVerified { get; init; }

    /// <summary>Bytes of records that were proved.</summary>
    public long BytesVerified { get; init; }

    /// <summary>Seals whose block hashes were computed again and found equal; 0 when that was not asked for.</summary>
    public int SealsVerified { get; init; }

    /// <summary>The last whole record; none when there is none.</summary>
    public CommandSequence LastSequence { get; init; }

    /// <summary>Its checksum: seeds the next record.</summary>
    public uint LastChecksum { get; init; }

    /// <summary>Its venue time: the next record's is not before it.</summary>
    public TimeNanos LastTime { get; init; }

    /// <summary>Its leader term.</summary>
    public uint LastTerm { get; init; }

    /// <summary>Where the next record goes, unless the segment is closed.</summary>
    public JournalPosition End { get; init; }

    /// <summary>Whether the last segment has its end marker, so that the next record begins a new one.</summary>
    public bool IsSegmentClosed { get; init; }

    public SafeCursorReading SafeCursor { get; init; }

    /// <summary>Set when the state is torn.</summary>
    public TornTail? Torn { get; init; }

    /// <summary>Set when the state is corrupt.</summary>
    public JournalException? Error { get; init; }

    /// <summary>
    /// Set when the safe cursor is missing or damaged though there are records: what is here is whole, and whether
    /// acknowledged records are gone behind it is not known.
    /// </summary>
    public JournalException? Doubt { get; init; }

    /// <summary>Segment files that hold nothing: prepared and never begun, or begun by a header that never arrived.</summary>
    internal IReadOnlyList<int> UnbegunSegments { get; init; } = [];

    /// <summary>Segment whose seal was being written when the writer was killed; -1 when none.</summary>
    internal int UnfinishedSealIndex { get; init; } = -1;

    /// <exception cref="JournalException">There is no journal, or it is corrupt.</exception>
    public void ThrowIfCorrupt()
    {
        if (Error is not null)
        {
            throw Error;
        }

        if (State == JournalEndState.Empty)
        {
            throw new JournalException(
                JournalFault.NoJournal,
                "there is no journal in the directory.\n  next: name the directory that the venue was started with.");
        }
    }
}
