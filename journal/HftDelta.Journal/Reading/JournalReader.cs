using HftDelta.Journal.Faults;
using HftDelta.Journal.Recovery;
using HftDelta.Journal.Segments;
using HftDelta.Primitives;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Storage;

namespace HftDelta.Journal.Reading;

/// <summary>
/// Reads a journal, live or dead, in order and across segments, and proves every record before it hands it out. It maps the
/// files read-only and never changes them. On a live journal <see cref="TryRead"/> returns false at the present end and finds
/// more when asked again. Owner: one thread.
/// </summary>
public sealed unsafe class JournalReader : IDisposable
{
    private readonly MappedStorage _storage;
    private readonly long _lastSequence;
    private readonly Guid _journalId;
    private readonly long _segmentBytes;
    private readonly int _first;
    private bool _isPlaced;
    private StorageFile _file;
    private SegmentHeader _header;
    private SegmentCursor _cursor;
    private int _segmentIndex;

    /// <param name="storage">The journal's directory.</param>
    /// <param name="last">Reads through this record and then reports the end; the end that recovery proved, for a dead journal
    /// with a torn tail. None: as far as it goes.</param>
    /// <exception cref="JournalException">No journal, or its first header is damaged.</exception>
    public JournalReader(MappedStorage storage, CommandSequence last = default)
        : this(storage, last == CommandSequence.None ? long.MaxValue : last.Value)
    {
    }

    private JournalReader(MappedStorage storage, long lastSequence)
    {
        ArgumentNullException.ThrowIfNull(storage);
        _storage = storage;
        _lastSequence = lastSequence;
        var from = JournalBase.Read(storage);
        _first = from?.SegmentIndex ?? 0;
        var isOpen = TryOpen(
            _first,
            from?.JournalId,
            from?.First.Value ?? 1,
            from?.Seed ?? RecordChecksum.Genesis,
            out _file!,
            out _header);
        if (!isOpen)
        {
            throw NoJournal(storage);
        }

        _journalId = _header.JournalId;
        _segmentBytes = _header.SegmentBytes;
        FirstSequence = new CommandSequence(_header.FirstSequence);
        _isPlaced = _first == 0;
        Enter(_first);
    }

    /// <summary>
    /// Opens a journal that nobody writes to: the whole of it is examined first, and the reader ends at the end that was proved,
    /// also before a torn tail.
    /// </summary>
    /// <exception cref="JournalException">There is none, or it is corrupt.</exception>
    public static JournalReader OpenRecovered(MappedStorage storage, out RecoveryReport report)
    {
        report = JournalRecovery.Examine(storage);
        report.ThrowIfCorrupt();
        return new JournalReader(storage, report.LastSequence.Value);
    }

    public Guid JournalId => _journalId;

    /// <summary>The first record that is here; those before it are archived.</summary>
    public CommandSequence FirstSequence { get; }

    /// <summary>Engine version that the present segment names.</summary>
    public uint EngineVersion => _header.EngineVersion;

    /// <summary>Where the next record is looked for.</summary>
    public JournalPosition Position => new(_segmentIndex, _cursor.OffsetBytes);

    /// <summary>The last record that was handed out or skipped; none at the beginning.</summary>
    public CommandSequence LastSequence => new(_cursor.NextSequence - 1);

    /// <summary>Its checksum.</summary>
    public uint LastChecksum => _cursor.Checksum;

    /// <summary>Hands out the next record.</summary>
    /// <returns>False at the end as it is now.</returns>
    /// <exception cref="JournalException">The first records are archived, and nobody sought another one; or what stands there is
    /// no record of this journal. A torn tail counts: whoever reads a
    /// journal after a crash asks recovery for its end first.</exception>
    public bool TryRead(out RecordView record)
    {
        record = default;
        if (!_isPlaced)
        {
            throw Archived(1);
        }

        while (_cursor.NextSequence <= _lastSequence)
        {
            switch (_cursor.Examine())
            {
                case ScanOutcome.Record:
                    _cursor.Advance(out var envelope);
                    record = new RecordView(envelope);
                    return true;
                case ScanOutcome.Unwritten:
                    return false;
                case ScanOutcome.EndMarker:
                    if (!TryEnterNext())
                    {
                        return false;
                    }

                    break;
                default:
                    throw SegmentChecks.Record(
                        _segmentIndex, in _cursor, "recovery can tell whether this is a torn tail or corruption");
            }
        }

        return false;
    }

    /// <summary>
    /// The next record if it is whole and in the segment of the last one, whose bytes stay where they are. Of anything else
    /// <see cref="TryRead"/> tells.
    /// </summary>
    internal bool TryReadHere(out RecordView record)
    {
        record = default;
        if (_cursor.NextSequence > _lastSequence || _cursor.Examine() != ScanOutcome.Record)
        {
            return false;
        }

        _cursor.Advance(out var envelope);
        record = new RecordView(envelope);
        return true;
    }

    /// <summary>Records that were proved and headers and index entries that were read to move: what a move costs.</summary>
    internal long Looks { get; private set; }

    /// <summary>
    /// Moves so that the next record handed out is this one, or the first after the end when it is not yet there. It reads as
    /// many headers and index entries as there are halvings, and then at most one stride of the index or the open segment.
    /// </summary>
    /// <returns>Whether the record before it exists, so that this one is the next or will be.</returns>
    public bool Seek(CommandSequence sequence)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sequence.Value, 1);
        if (sequence < FirstSequence)
        {
            throw Archived(sequence.Value);
        }

        _isPlaced = true;
        if (sequence.Value < _cursor.NextSequence || sequence.Value - _cursor.NextSequence > 1)
        {
            Jump(LastSegment(header => header.FirstSequence <= sequence.Value));
            EnterByIndex(index => index.TryFindSequence(sequence.Value, out var entry) ? entry : default);
        }

        while (_cursor.NextSequence < sequence.Value)
        {
            Looks++;
            if (!TryRead(out _))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Moves so that the next record handed out is the first whose venue time is not before this one.</summary>
    /// <returns>Whether there is such a record now; if not, the reader is at the end.</returns>
    public bool Seek(TimeNanos time)
    {
        _isPlaced = true;
        Jump(LastSegment(header => header.BeginTimeNanos < time.Value));
        EnterByIndex(index => index.TryFindTime(time.Value, out var entry) ? entry : default);
        while (true)
        {
            if (_cursor.NextSequence <= _lastSequence && _cursor.Examine() == ScanOutcome.Record
                && _cursor.Current->TimeNanos >= time.Value)
            {
                return true;
            }

            Looks++;
            if (!TryRead(out var passed))
            {
                return false;
            }

            if (passed.Time >= time)
            {
                // The first of a segment that was entered just now.
                return Seek(passed.Sequence);
            }
        }
    }

    public void Dispose() => _file.Dispose();

    // Headers are in order, so a binary search; the first segment if none is before what is wanted.
    private int LastSegment(Func<SegmentHeader, bool> isBefore)
    {
        var low = _first;
        var high = SegmentCatalog.List(_storage)[^1];
        while (low < high)
        {
            var middle = low + ((high - low + 1) / 2);
            if (TryReadHeader(middle, out var header) && isBefore(header))
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return low;
    }

    private bool TryReadHeader(int index, out SegmentHeader header)
    {
        header = default;
        Looks++;
        if (!HasFullLength(index))
        {
            return false;
        }

        using var file = _storage.OpenHead(SegmentLayout.NameOf(index), SegmentLayout.HeaderBytes);
        return SegmentHeader.Read(file.Pointer, out header) is not (PageState.Blank or PageState.Unfinished);
    }

    // The index is a hint: what stands at the place it names is proved, and without it the walk begins at the segment's first.
    private void EnterByIndex(Func<SegmentIndex, IndexEntry> find)
    {
        using var index = SegmentIndex.Open(_storage, _journalId, _segmentIndex);
        if (index is null)
        {
            return;
        }

        var entry = find(index);
        Looks += index.Looks;
        var isInside = entry.OffsetBytes >= SegmentLayout.HeaderBytes
            && entry.OffsetBytes <= _segmentBytes - SegmentLayout.EndMarkerBytes
            && entry.OffsetBytes % SegmentLayout.RecordAlignmentBytes == 0;
        if (!isInside)
        {
            return;
        }

        var cursor = new SegmentCursor(_file.Pointer, _file.LengthBytes, in entry);
        if (cursor.Examine() == ScanOutcome.Record)
        {
            _cursor = cursor;
        }
    }

    private void Jump(int index)
    {
        Check.That(TryOpen(index, _journalId, null, 0, out var file, out var header));
        _file.Dispose();
        _file = file!;
        _header = header;
        Enter(index);
    }

    private bool TryEnterNext()
    {
        if (!TryOpen(_segmentIndex + 1, _journalId, _cursor.NextSequence, _cursor.Checksum, out var file, out var header))
        {
            // Not begun yet, unless a later one is: then it was lost, and waiting for it would be waiting for ever.
            if (_storage.Exists(SegmentLayout.NameOf(_segmentIndex + 2)))
            {
                _ = SegmentCatalog.List(_storage);
            }

            return false;
        }

        _file.Dispose();
        _file = file!;
        _header = header;
        Enter(_segmentIndex + 1);
        return true;
    }

    private void Enter(int index)
    {
        _segmentIndex = index;
        _cursor = new SegmentCursor(_file.Pointer, _file.LengthBytes, _header.FirstSequence, _header.ChecksumSeed);
    }

    private bool TryOpen(
        int index, Guid? journalId, long? firstSequence, uint checksumSeed, out StorageFile? file, out SegmentHeader header)
    {
        file = null;
        header = default;
        if (!HasFullLength(index))
        {
            return false;
        }

        var opened = _storage.OpenFile(SegmentLayout.NameOf(index), writable: false);
        var state = SegmentHeader.Read(opened.Pointer, out header);
        if (state is PageState.Blank or PageState.Unfinished)
        {
            opened.Dispose();
            return false;
        }

        var expected = new ExpectedSegment(
            index,
            opened.LengthBytes,
            journalId,
            firstSequence ?? header.FirstSequence,
            firstSequence is null ? header.ChecksumSeed : checksumSeed);
        if (SegmentChecks.Header(state, in header, in expected) is { } fault)
        {
            opened.Dispose();
            throw fault;
        }

        file = opened;
        return true;
    }

    // A file that is being made may be there without its bytes.
    private bool HasFullLength(int index)
    {
        var name = SegmentLayout.NameOf(index);
        if (!_storage.Exists(name))
        {
            return false;
        }

        var lengthBytes = _storage.LengthBytesOf(name);
        return _segmentBytes == 0 ? lengthBytes >= SegmentLayout.SegmentBytesMin : lengthBytes >= _segmentBytes;
    }

    private JournalException Archived(long sequence) =>
        new(
            JournalFault.Archived,
            $"{_storage.Location} begins with record {FirstSequence.Value:N0}: record {sequence:N0} is in a segment that was "
            + "archived and taken away.\n"
            + "  next: hftdelta journal restore ARCHIVE DIR   puts the segments back.");

    private static JournalException NoJournal(MappedStorage storage) =>
        new(
            JournalFault.NoJournal,
            $"{storage.Location} holds no journal ({SegmentLayout.NameOf(0)} is not there or was never begun).\n"
            + "  next: name the directory that the venue was started with.");
}
