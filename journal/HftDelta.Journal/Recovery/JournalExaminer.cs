using System.Globalization;
using HftDelta.Journal.Cursors;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Reports;
using HftDelta.Journal.Segments;
using HftDelta.Journal.Writing;
using HftDelta.Primitives;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Storage;

namespace HftDelta.Journal.Recovery;

/// <summary>
/// One examination of a directory: headers first, which say how far the journal got, then every record in order, then what
/// lies behind the end. Owner: one thread; used once.
/// </summary>
internal sealed unsafe class JournalExaminer
{
    private readonly MappedStorage _storage;
    private readonly RecoveryOptions _options;
    private readonly List<SegmentDescription> _segments = [];
    private readonly List<int> _unbegun = [];
    private readonly List<int> _lost = [];
    private SafeCursorReading _safeCursor;
    private CommandSequence? _hashed;
    private bool _wasSystemRestarted;
    private int _lastBegun = -1;
    private int _first;
    private Guid _journalId;
    private long _segmentBytes;
    private long _records;
    private long _recordBytes;
    private int _sealsVerified;
    private long _nextSequence = 1;
    private uint _checksum = RecordChecksum.Genesis;
    private ulong _timeNanos;
    private uint _term;
    private JournalPosition _end;
    private bool _isClosed;
    private int _unfinishedSealIndex = -1;
    private TornTail? _torn;
    private JournalException? _doubt;
    private BlockHashChain? _hashes;
    private JournalBase? _base;

    public JournalExaminer(MappedStorage storage, RecoveryOptions options)
    {
        _storage = storage;
        _options = options;
    }

    public RecoveryReport Run()
    {
        try
        {
            _safeCursor = SafeCursorFile.Read(_storage);
            _wasSystemRestarted = SafeCursorFile.WasSystemRestarted(_storage);
            var indexes = SegmentCatalog.List(_storage);
            Begin();
            FindLastBegun(indexes);
            for (var index = _first; index <= _lastBegun; index++)
            {
                if (index < _lastBegun)
                {
                    _storage.WillRead(SegmentLayout.NameOf(index + 1));
                }

                if (!TryExamineSegment(index))
                {
                    break;
                }

                _options.Progress?.Invoke((index + 1) * _segmentBytes, (_lastBegun + 1) * _segmentBytes);
            }

            foreach (var index in _unbegun)
            {
                ExamineUnbegun(index);
            }

            _unbegun.InsertRange(0, _lost);
            return Judge();
        }
        catch (JournalException error)
        {
            return Report(JournalEndState.Corrupt, error);
        }
        finally
        {
            _hashes?.Dispose();
        }
    }

    /// <summary>Of segments that were archived and taken away base, header and seal must say the same.</summary>
    private void Begin()
    {
        if (JournalBase.Read(_storage) is { } from)
        {
            _first = from.SegmentIndex;
            _journalId = from.JournalId;
            _nextSequence = from.First.Value;
            _checksum = from.Seed;
            _base = from;
        }
    }

    private void FindLastBegun(List<int> indexes)
    {
        foreach (var index in indexes)
        {
            if (ReadHeader(index, out _) is PageState.Valid or PageState.FormatUnknown)
            {
                _lastBegun = index;
            }
        }

        _unbegun.AddRange(indexes.Where(index => index > _lastBegun));
    }

    private PageState ReadHeader(int index, out SegmentHeader header)
    {
        var name = SegmentLayout.NameOf(index);
        header = default;
        if (_storage.LengthBytesOf(name) < SegmentLayout.HeaderBytes)
        {
            return PageState.Blank;
        }

        using var file = _storage.OpenHead(name, SegmentLayout.HeaderBytes);
        return SegmentHeader.Read(file.Pointer, out header);
    }

    /// <returns>False when the journal ends before this segment: it never reached the device whole.</returns>
    private bool TryExamineSegment(int index)
    {
        var name = SegmentLayout.NameOf(index);
        var lengthBytes = _storage.LengthBytesOf(name);
        if (lengthBytes < SegmentLayout.SegmentBytesMin)
        {
            throw RecoveryFaults.TooShort(index, lengthBytes);
        }

        using var file = _storage.OpenFile(name, writable: false);
        var state = SegmentHeader.Read(file.Pointer, out var header);
        var expected = new ExpectedSegment(
            index, file.LengthBytes, index == 0 ? null : _journalId, _nextSequence, _checksum);
        if (SegmentChecks.Header(state, in header, in expected) is { } fault)
        {
            if (index == _first || fault.Fault != JournalFault.HeaderDamaged || !WasNeverSafe())
            {
                throw fault;
            }

            LoseFrom(index);
            return false;
        }

        if (index == _first)
        {
            _journalId = header.JournalId;
            _segmentBytes = header.SegmentBytes;
            _timeNanos = header.BeginTimeNanos;
            _term = header.LeaderTerm;
            _hashes = _options.VerifiesBlockHashes ? new BlockHashChain(_segmentBytes) : null;
            if (_base is not null)
            {
                _hashes?.StartAt(_first, _base.BlockCount, _base.BlockHash);
            }
        }

        var previousBlockHash = ExamineSeal(index, file.Pointer);
        var cursor = new SegmentCursor(file.Pointer, file.LengthBytes, header.FirstSequence, header.ChecksumSeed);
        var outcome = ReadRecords(ref cursor);
        _isClosed = outcome == ScanOutcome.EndMarker;
        _end = new JournalPosition(index, cursor.OffsetBytes);
        Describe(index, file, in header, in cursor, previousBlockHash);
        if (!_isClosed || index == _lastBegun)
        {
            ExamineEnd(index, file, ref cursor, outcome);
        }
        else
        {
            ExamineBehindMarker(index, file, in cursor);
        }

        HashSegment(index, file);
        return index < _lastBegun || _lost.Count == 0;
    }

    private ScanOutcome ReadRecords(ref SegmentCursor cursor)
    {
        ScanOutcome outcome;
        while ((outcome = cursor.Examine()) == ScanOutcome.Record)
        {
            var before = cursor.OffsetBytes;
            cursor.Advance(out var envelope);
            _records++;
            _recordBytes += cursor.OffsetBytes - before;
            _timeNanos = envelope->TimeNanos;
            _term = envelope->Term;
        }

        _nextSequence = cursor.NextSequence;
        _checksum = cursor.Checksum;
        return outcome;
    }

    private void Describe(
        int index, StorageFile file, in SegmentHeader header, in SegmentCursor cursor, string previousBlockHash)
    {
        var records = cursor.NextSequence - header.FirstSequence;
        _segments.Add(new SegmentDescription(
            index,
            file.Name,
            new CommandSequence(header.FirstSequence),
            new CommandSequence(cursor.NextSequence - 1),
            records,
            cursor.OffsetBytes - SegmentLayout.HeaderBytes,
            file.LengthBytes,
            new TimeNanos(header.BeginTimeNanos),
            new TimeNanos(records == 0 ? header.BeginTimeNanos : _timeNanos),
            header.LeaderTerm,
            header.EngineVersion,
            new JournalSchemas(
                header.ClientSchemaId, header.ClientSchemaVersion, header.InternalSchemaId, header.InternalSchemaVersion),
            _isClosed,
            previousBlockHash));
    }

    private static void ExamineBehindMarker(int index, StorageFile file, in SegmentCursor cursor)
    {
        var extent = ExtentBehind(file, cursor.OffsetBytes + SegmentLayout.EndMarkerBytes);
        if (extent > 0)
        {
            throw RecoveryFaults.Behind(
                index, cursor.OffsetBytes + SegmentLayout.EndMarkerBytes, "the segment after it was begun");
        }
    }

    /// <summary>What the records of a segment end in, when they do not lead on to the next one.</summary>
    private void ExamineEnd(int index, StorageFile file, ref SegmentCursor cursor, ScanOutcome outcome)
    {
        if (index < _lastBegun)
        {
            if (cursor.Damage == RecordDamage.Sequence || !WasNeverSafe())
            {
                throw SegmentChecks.Record(
                    index, in cursor, $"segment {index + 1:D10} was begun after it, so this is corruption, not a torn tail");
            }

            LoseFrom(index + 1);
        }

        var from = cursor.OffsetBytes + (outcome == ScanOutcome.EndMarker ? SegmentLayout.EndMarkerBytes : 0);
        var extent = ExtentBehind(file, from);
        if (extent == 0)
        {
            return;
        }

        var linked = outcome == ScanOutcome.EndMarker
            ? -1
            : LinkedRecordSearch.Find(
                file.Pointer, file.LengthBytes, from + extent, from, cursor.NextSequence, cursor.Checksum);
        if (linked >= 0 && !WasNeverSafe())
        {
            var proof = string.Create(
                CultureInfo.InvariantCulture,
                $"valid records follow (offset {linked:N0}), so this is corruption, not a torn tail;\n"
                + $"  acknowledged is through record {_safeCursor.Sequence.Value:N0}");
            throw SegmentChecks.Record(index, in cursor, proof);
        }

        if (cursor.Damage == RecordDamage.Sequence)
        {
            throw SegmentChecks.Record(index, in cursor, "it is whole and linked, so no append was torn here");
        }

        _torn = new TornTail(new JournalPosition(index, from), extent, new CommandSequence(cursor.NextSequence))
        {
            HasRecordsBehind = linked >= 0 || _lost.Count > 0,
        };
    }

    /// <summary>
    /// Whether what follows the last whole record was never acknowledged and need not have been whole on the device: the
    /// machine was started again, and what is not synced reaches a device in any order. Without a restart everything that was
    /// written is there, so that a gap before whole records is damage.
    /// </summary>
    private bool WasNeverSafe() =>
        _wasSystemRestarted
        && _safeCursor.State == SafeCursorState.Valid
        && _safeCursor.JournalId == _journalId
        && _nextSequence > _safeCursor.Sequence.Value
        && _nextSequence > LastHashPoint().Value;

    private void LoseFrom(int index)
    {
        for (var lost = index; lost <= _lastBegun; lost++)
        {
            _lost.Add(lost);
        }

        _lastBegun = index - 1;
        _torn = new TornTail(_end, 0, new CommandSequence(_nextSequence)) { HasRecordsBehind = true };
    }

    private static long ExtentBehind(StorageFile file, long fromBytes)
    {
        Check.That(fromBytes <= file.LengthBytes);
        var behind = new ReadOnlySpan<byte>(file.Pointer + fromBytes, checked((int)(file.LengthBytes - fromBytes)));
        return behind.LastIndexOfAnyExcept((byte)0) + 1;
    }

    /// <summary>A segment without a header: prepared and blank, or begun by a header that never arrived.</summary>
    private void ExamineUnbegun(int index)
    {
        var name = SegmentLayout.NameOf(index);
        if (_storage.LengthBytesOf(name) == 0)
        {
            return;
        }

        using var file = _storage.OpenFile(name, writable: false);
        var extent = ExtentBehind(file, 0);
        if (extent == 0)
        {
            return;
        }

        if (extent > SegmentLayout.HeaderBytes)
        {
            var linked = LinkedRecordSearch.Find(
                file.Pointer, file.LengthBytes, extent, SegmentLayout.HeaderBytes, _nextSequence, _checksum);
            var first = new SegmentCursor(file.Pointer, file.LengthBytes, _nextSequence, _checksum);
            if ((linked >= 0 || first.Examine() == ScanOutcome.Record) && !WasNeverSafe())
            {
                throw RecoveryFaults.HeaderLost(index);
            }
        }

        _torn ??= new TornTail(new JournalPosition(index, 0), extent, new CommandSequence(_nextSequence));
    }

    private string ExamineSeal(int index, byte* segment)
    {
        var state = SegmentSeal.Read(segment, out var seal);
        switch (state)
        {
            case PageState.Blank:
                return "";
            case PageState.Unfinished or PageState.Damaged
                when _unfinishedSealIndex < 0 && (state == PageState.Unfinished || WasNeverSafe()):
                _unfinishedSealIndex = index;
                _torn = new TornTail(
                    new JournalPosition(index, SegmentLayout.SealOffsetBytes), SegmentSeal.LengthBytes, CommandSequence.None);
                return "";
            case PageState.Valid when _unfinishedSealIndex < 0
                    && seal.SealedSegmentIndex == index - 1 && seal.LastSequence == _nextSequence - 1:
                var hash = seal.CopyHash();
                if (_hashes is not null)
                {
                    Check.That(_hashes.SegmentIndex == index);
                    if (!_hashes.Hash.SequenceEqual(hash) || _hashes.BlockCount != seal.BlockCount)
                    {
                        throw RecoveryFaults.SealFault(index, "names a block hash that the bytes before it do not have");
                    }

                    _sealsVerified++;
                }

                return Convert.ToHexStringLower(hash);
            default:
                throw RecoveryFaults.SealFault(index, "has a damaged seal of the segment before it");
        }
    }

    private void HashSegment(int index, StorageFile file)
    {
        if (_hashes is null || index >= _lastBegun)
        {
            return;
        }

        while (!_hashes.AddBlock(file.Pointer))
        {
        }
    }

    private RecoveryReport Judge()
    {
        if (_safeCursor.State == SafeCursorState.Valid && _lastBegun >= 0 && _safeCursor.JournalId != _journalId)
        {
            throw SafeCursorFile.Foreign(_safeCursor.JournalId, _journalId);
        }

        // A state hash is recorded behind the safe cursor, so it proves as much when the cursor itself is lost.
        var hashed = LastHashPoint();
        var acknowledged = hashed > _safeCursor.Sequence ? hashed : _safeCursor.Sequence;
        if (acknowledged.Value >= _nextSequence)
        {
            throw RecoveryFaults.AcknowledgedMissing(_end, _nextSequence, acknowledged);
        }

        if (_safeCursor.State != SafeCursorState.Valid && _records > 0)
        {
            var isTornRecord = _torn is not null && _torn.NextSequence != CommandSequence.None;
            _doubt = RecoveryFaults.SafeCursorUnknown(
                _storage.Location, _safeCursor.State, _nextSequence - 1, hashed, isTornRecord);
            if (isTornRecord)
            {
                throw _doubt;
            }
        }

        if (_torn is not null)
        {
            return Report(JournalEndState.TornTail, null);
        }

        return Report(_lastBegun < 0 ? JournalEndState.Empty : JournalEndState.Clean, null);
    }

    private CommandSequence LastHashPoint()
    {
        if (_hashed is { } known)
        {
            return known;
        }

        var reading = HashPointReader.Read(_storage);
        var last = reading.Points.Count > 0 && reading.JournalId == _journalId
            ? reading.Points[^1].Sequence
            : CommandSequence.None;
        _hashed = last;
        return last;
    }

    private RecoveryReport Report(JournalEndState state, JournalException? error) => new()
    {
        State = state,
        JournalId = _journalId,
        SegmentBytes = _segmentBytes,
        Segments = _segments,
        RecordsVerified = _records,
        BytesVerified = _recordBytes,
        SealsVerified = _sealsVerified,
        LastSequence = new CommandSequence(_nextSequence - 1),
        LastChecksum = _checksum,
        LastTime = new TimeNanos(_timeNanos),
        LastTerm = _term,
        End = _end,
        IsSegmentClosed = _isClosed,
        SafeCursor = _safeCursor,
        Torn = state == JournalEndState.TornTail ? _torn : null,
        Error = error,
        Doubt = error is null ? _doubt : null,
        UnbegunSegments = _unbegun,
        UnfinishedSealIndex = _unfinishedSealIndex,
    };
}
