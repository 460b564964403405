using HftDelta.Primitives;
using HftDelta.Primitives.Records;

namespace HftDelta.Journal.Segments;

/// <summary>What stands at a place of a segment.</summary>
internal enum ScanOutcome
{
    /// <summary>A whole record that continues the chain.</summary>
    Record = 0,

    /// <summary>Nothing written yet.</summary>
    Unwritten = 1,

    /// <summary>The segment was closed here.</summary>
    EndMarker = 2,

    /// <summary>Bytes that are no record of this chain.</summary>
    Damaged = 3,
}

/// <summary>Which rule the bytes at a damaged place break.</summary>
internal enum RecordDamage
{
    None = 0,
    Length = 1,
    Source = 2,
    Sequence = 3,
    Checksum = 4,
    Padding = 5,
    EndMarker = 6,
}

/// <summary>
/// Walks the records of one mapped segment and proves each before anyone sees it: the reader, the verifier and the recovery
/// share this walk. Owner: one thread. Bounds: an envelope is read only when it and an end marker's room lie inside the
/// segment, a frame only after its length was proved.
/// </summary>
internal unsafe struct SegmentCursor
{
    private readonly byte* _segment;
    private readonly long _segmentBytes;

    public SegmentCursor(byte* segment, long segmentBytes, long nextSequence, uint checksum)
    {
        Check.That(segmentBytes >= SegmentLayout.HeaderBytes + SegmentLayout.EndMarkerBytes);
        _segment = segment;
        _segmentBytes = segmentBytes;
        OffsetBytes = SegmentLayout.HeaderBytes;
        NextSequence = nextSequence;
        Checksum = checksum;
    }

    /// <summary>A walk that begins at a record in the middle, whose place the index named.</summary>
    public SegmentCursor(byte* segment, long segmentBytes, in IndexEntry entry)
        : this(segment, segmentBytes, entry.Sequence, entry.Seed)
    {
        OffsetBytes = entry.OffsetBytes;
    }

    /// <summary>The record that <see cref="Examine"/> just proved.</summary>
    public readonly RecordEnvelope* Current => (RecordEnvelope*)(_segment + OffsetBytes);

    /// <summary>Where the next record is looked for.</summary>
    public long OffsetBytes { get; private set; }

    /// <summary>The sequence that the next record must have.</summary>
    public long NextSequence { get; private set; }

    /// <summary>The checksum of the record before, which seeds the next.</summary>
    public uint Checksum { get; private set; }

    /// <summary>Why <see cref="Examine"/> said damaged.</summary>
    public RecordDamage Damage { get; private set; }

    /// <summary>Looks at the next place and does not move.</summary>
    public ScanOutcome Examine()
    {
        // Room for an end marker is always kept, so an open segment always has 32 bytes left.
        if (OffsetBytes > _segmentBytes - SegmentLayout.EndMarkerBytes)
        {
            return Reject(RecordDamage.EndMarker);
        }

        // The sequence word is stored last (JournalWriter): once it is seen, the rest of the record is there.
        var start = _segment + OffsetBytes;
        var sequence = Volatile.Read(ref *(long*)start);
        if (sequence == 0)
        {
            return ScanOutcome.Unwritten;
        }

        ref readonly var envelope = ref *(RecordEnvelope*)start;
        if (envelope is { Source: RecordSource.Padding, Length: 0 })
        {
            return IsEndMarker(in envelope, sequence, Checksum) && sequence == NextSequence
                ? ScanOutcome.EndMarker
                : Reject(RecordDamage.EndMarker);
        }

        var damage = Shape(_segmentBytes, OffsetBytes, in envelope);
        if (damage != RecordDamage.None)
        {
            return Reject(damage);
        }

        var frame = new ReadOnlySpan<byte>(start + RecordEnvelope.LengthBytes, envelope.Length);
        if (envelope.Checksum != RecordChecksum.Compute(Checksum, in envelope, frame))
        {
            return Reject(RecordDamage.Checksum);
        }

        if (sequence != NextSequence)
        {
            return Reject(RecordDamage.Sequence);
        }

        var used = RecordEnvelope.LengthBytes + envelope.Length;
        var padding = new ReadOnlySpan<byte>(start + used, SegmentLayout.RecordBytes(envelope.Length) - used);
        return padding.IndexOfAnyExcept((byte)0) < 0 ? ScanOutcome.Record : Reject(RecordDamage.Padding);
    }

    /// <summary>Steps over the record that <see cref="Examine"/> just proved.</summary>
    public void Advance(out RecordEnvelope* envelope)
    {
        envelope = (RecordEnvelope*)(_segment + OffsetBytes);
        OffsetBytes += SegmentLayout.RecordBytes(envelope->Length);
        NextSequence++;
        Checksum = envelope->Checksum;
    }

    /// <summary>Whether the envelope at an offset could be that of a record, by its form alone.</summary>
    public static RecordDamage Shape(long segmentBytes, long offsetBytes, in RecordEnvelope envelope)
    {
        if (envelope.Length is < SegmentLayout.FrameLengthMinBytes or > RecordEnvelope.FrameLengthMaxBytes)
        {
            return RecordDamage.Length;
        }

        if (offsetBytes + SegmentLayout.RecordBytes(envelope.Length) > segmentBytes - SegmentLayout.EndMarkerBytes)
        {
            return RecordDamage.Length;
        }

        var known = envelope.Source is >= RecordSource.Client and < RecordSource.Report && envelope.Reserved == 0;
        return known ? RecordDamage.None : RecordDamage.Source;
    }

    /// <summary>Whether an envelope is an end marker linked to a checksum.</summary>
    public static bool IsEndMarker(in RecordEnvelope envelope, long sequence, uint checksum) =>
        sequence > 0
        && envelope is { Source: RecordSource.Padding, Length: 0, Reserved: 0 }
        && envelope.Checksum == RecordChecksum.Compute(checksum, in envelope, []);

    private ScanOutcome Reject(RecordDamage damage)
    {
        Damage = damage;
        return ScanOutcome.Damaged;
    }
}
