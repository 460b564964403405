using System.Runtime.CompilerServices;
using Disruptor;
using HftDelta.Journal.Segments;
using HftDelta.Primitives;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;

namespace HftDelta.Journal.Writing;

/// <summary>
/// Appends records to mapped segments by copying memory: no system call, no allocation, no wait. Owner: the journal agent's
/// thread; <see cref="AppendedPosition"/> and <see cref="AppendedSequence"/> are written by it and read by others.
/// <para>
/// A kill between any two stores leaves a tail that recovery recognises: frame and envelope go in first and the sequence word
/// last, with release, into bytes that were zero. Before it the place reads as not written (what lies behind it is zeroed by
/// the repair); after it the record is whole. Across a power cut pages may arrive in any order; then the checksum, which
/// covers everything and links to the record before, tells.
/// </para>
/// </summary>
public sealed unsafe class JournalWriter
{
    private readonly SegmentTable _segments;
    private readonly JournalOptions _options;
    private readonly Guid _journalId;
    private readonly long _segmentBytes;
    private byte* _segment;
    private long _offsetBytes;
    private int _segmentIndex;
    private bool _isClosed;
    private long _lastSequence;
    private ulong _lastTimeNanos;
    private uint _lastTerm;
    private uint _lastChecksum;

    internal JournalWriter(SegmentTable segments, JournalOptions options, in WriterStart start)
    {
        _segments = segments;
        _options = options;
        _journalId = start.JournalId;
        _segmentBytes = start.SegmentBytes;
        _segmentIndex = start.End.SegmentIndex;
        _offsetBytes = start.End.OffsetBytes;
        _isClosed = start.IsSegmentClosed;
        _lastSequence = start.LastSequence;
        _lastTimeNanos = start.LastTimeNanos;
        _lastTerm = start.LastTerm;
        _lastChecksum = start.LastChecksum;
        var current = segments.Find(_segmentIndex);
        Check.That(current is not null);
        _segment = current.Pointer;
        AppendedPosition = new Sequence(Linear(_segmentIndex, _offsetBytes));
        AppendedSequence = new Sequence(_lastSequence);
    }

    /// <summary>
    /// End of the last whole record, segments laid end to end; always stored before <see cref="AppendedSequence"/>.
    /// </summary>
    public Sequence AppendedPosition { get; }

    /// <summary>Command sequence of the last whole record; 0 before the first.</summary>
    public Sequence AppendedSequence { get; }

    public Guid JournalId => _journalId;

    public long SegmentBytes => _segmentBytes;

    /// <summary>The last record appended. Owner's thread only.</summary>
    public CommandSequence LastSequence => new(_lastSequence);

    /// <summary>Its checksum: the seed of the next. Owner's thread only.</summary>
    public uint LastChecksum => _lastChecksum;

    /// <summary>Its venue time. Owner's thread only.</summary>
    public TimeNanos LastTime => new(_lastTimeNanos);

    /// <summary>Where the next record goes. Owner's thread only.</summary>
    public JournalPosition Position => new(_segmentIndex, _offsetBytes);

    /// <summary>Appends the record that follows the last one.</summary>
    /// <returns>False, with nothing changed, when the segment is full and the next one is not prepared yet.</returns>
    public bool TryAppend(ref readonly RecordEnvelope envelope, ReadOnlySpan<byte> frame)
    {
        Check.That(envelope.Sequence == _lastSequence + 1);
        Check.That(envelope.Length == frame.Length);
        Check.That(envelope.TimeNanos >= _lastTimeNanos);
        Check.That(SegmentCursor.Shape(_segmentBytes, SegmentLayout.HeaderBytes, in envelope) == RecordDamage.None);
        Check.That(envelope.Checksum == RecordChecksum.Compute(_lastChecksum, in envelope, frame));

        var recordBytes = SegmentLayout.RecordBytes(frame.Length);
        var doesNotFit = _offsetBytes + recordBytes > _segmentBytes - SegmentLayout.EndMarkerBytes;
        if ((doesNotFit || _isClosed) && !TryBeginNextSegment(in envelope))
        {
            return false;
        }

        // Bounds: offset and record end before the room of the end marker, which ends inside the mapping.
        var target = _segment + _offsetBytes;
        frame.CopyTo(new Span<byte>(target + RecordEnvelope.LengthBytes, frame.Length));
        CopyAllButSequence(in envelope, target);
        Volatile.Write(ref *(long*)target, envelope.Sequence);

        _offsetBytes += recordBytes;
        _lastSequence = envelope.Sequence;
        _lastTimeNanos = envelope.TimeNanos;
        _lastTerm = envelope.Term;
        _lastChecksum = envelope.Checksum;

        // Position before sequence: whoever reads the sequence first and then the position knows that it is covered.
        AppendedPosition.SetValue(Linear(_segmentIndex, _offsetBytes));
        AppendedSequence.SetValue(_lastSequence);
        return true;
    }

    /// <summary>Closes the current segment, so that the next record begins a new one.</summary>
    internal void CloseSegment()
    {
        if (_isClosed)
        {
            return;
        }

        var marker = new RecordEnvelope
        {
            Sequence = _lastSequence + 1,
            TimeNanos = _lastTimeNanos,
            Term = _lastTerm,
            Source = RecordSource.Padding,
        };
        marker.Checksum = RecordChecksum.Compute(_lastChecksum, in marker, []);
        Check.That(_offsetBytes <= _segmentBytes - SegmentLayout.EndMarkerBytes);
        var target = _segment + _offsetBytes;
        CopyAllButSequence(in marker, target);
        Volatile.Write(ref *(long*)target, marker.Sequence);
        _isClosed = true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryBeginNextSegment(ref readonly RecordEnvelope first)
    {
        var next = _segments.Find(_segmentIndex + 1);
        if (next is null)
        {
            return false;
        }

        CloseSegment();
        var header = HeaderFor(_options, _journalId, next.Index, _segmentBytes);
        header.FirstSequence = first.Sequence;
        header.BeginTimeNanos = first.TimeNanos;
        header.LeaderTerm = first.Term;
        header.ChecksumSeed = _lastChecksum;
        header.PublishTo(next.Pointer);
        _segment = next.Pointer;
        _segmentIndex = next.Index;
        _offsetBytes = SegmentLayout.HeaderBytes;
        _isClosed = false;
        return true;
    }

    internal static SegmentHeader HeaderFor(JournalOptions options, Guid journalId, int segmentIndex, long segmentBytes) => new()
    {
        JournalId = journalId,
        SegmentIndex = segmentIndex,
        SegmentBytes = segmentBytes,
        EngineVersion = options.EngineVersion,
        ClientSchemaId = options.Schemas.ClientSchemaId,
        ClientSchemaVersion = options.Schemas.ClientSchemaVersion,
        InternalSchemaId = options.Schemas.InternalSchemaId,
        InternalSchemaVersion = options.Schemas.InternalSchemaVersion,
    };

    // Bytes 8 to 31 of the envelope: three words.
    private static void CopyAllButSequence(in RecordEnvelope envelope, byte* target)
    {
        fixed (RecordEnvelope* source = &envelope)
        {
            var from = (ulong*)source;
            var to = (ulong*)target;
            to[1] = from[1];
            to[2] = from[2];
            to[3] = from[3];
        }
    }

    private long Linear(int segmentIndex, long offsetBytes) =>
        new JournalPosition(segmentIndex, offsetBytes).ToLinear(_segmentBytes);
}

/// <summary>Where a writer continues: the end that recovery proved.</summary>
internal readonly record struct WriterStart(
    Guid JournalId,
    long SegmentBytes,
    JournalPosition End,
    bool IsSegmentClosed,
    long LastSequence,
    ulong LastTimeNanos,
    uint LastTerm,
    uint LastChecksum);
