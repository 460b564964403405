using Disruptor;
using HftDelta.Journal.Cursors;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Segments;
using HftDelta.Primitives;
using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Storage;

namespace HftDelta.Journal.Writing;

/// <summary>
/// Group commit for <see cref="DurabilityMode.Disk"/>: one duty cycle syncs all that was appended while the previous sync ran
/// and then advances the durable cursor; nothing waits to gather. Owner: its own thread where there is one, because a sync
/// takes a fifth of a millisecond and more; on a shared thread the other agents wait that long. It syncs the mapping (msync):
/// the same memory is the append path, the reader's view and what is synced, and it measures no worse than pwrite and
/// fdatasync of the same bytes (suite <c>journal</c>, last row). The safe cursor follows when there is nothing else to do, and
/// after many groups: after a power cut it tells recovery which gaps cannot have been acknowledged. After a failed sync every
/// further cycle fails too: the device's content is unknown.
/// </summary>
public sealed class SyncAgent : IAgent
{
    // How long the safe cursor on the device may lag, in groups or in idle cycles.
    private const int CyclesPerCursorSync = 256;

    private readonly MappedStorage _storage;
    private readonly SegmentTable _segments;
    private readonly JournalWriter _writer;
    private readonly Sequence _durable;
    private readonly long _segmentBytes;
    private JournalException? _failure;
    private StorageFile? _safeCursor;
    private bool _isCursorOld;
    private int _cycles;

    internal SyncAgent(
        MappedStorage storage, SegmentTable segments, JournalWriter writer, Sequence durable, long syncedPosition)
    {
        _storage = storage;
        _segments = segments;
        _writer = writer;
        _durable = durable;
        _segmentBytes = writer.SegmentBytes;
        SyncedPosition = new Sequence(syncedPosition);
    }

    public string RoleName => "journal-sync";

    /// <summary>How far the device holds everything, segments laid end to end.</summary>
    internal Sequence SyncedPosition { get; }

    public void OnStart()
    {
    }

    /// <exception cref="JournalException">The device failed, now or before: the process must stop.</exception>
    public int DoWork()
    {
        if (_failure is not null)
        {
            throw _failure;
        }

        // Sequence first, then position: the position then covers the sequence (JournalWriter stores them the other way round).
        var sequence = _writer.AppendedSequence.Value;
        var position = _writer.AppendedPosition.Value;
        var records = sequence - _durable.Value;
        Check.That(records >= 0);

        // Both: the previous cycle may have synced a record whose sequence was not stored yet.
        if (records == 0 && position == SyncedPosition.Value)
        {
            return SyncSafeCursor();
        }

        SyncThrough(position);
        SyncedPosition.SetValue(position);
        _durable.SetValue(sequence);
        _isCursorOld = true;
        _ = SyncSafeCursor();
        return (int)Math.Clamp(records, 1, int.MaxValue);
    }

    public void OnClose()
    {
        _safeCursor?.Dispose();
        _safeCursor = null;
    }

    private int SyncSafeCursor()
    {
        if (!_isCursorOld || ++_cycles < CyclesPerCursorSync)
        {
            return 0;
        }

        _cycles = 0;
        _safeCursor ??= _storage.Exists(SafeCursorFile.FileName)
            ? _storage.OpenFile(SafeCursorFile.FileName, writable: true)
            : null;
        if (_safeCursor is null)
        {
            return 0;
        }

        try
        {
            _safeCursor.SyncRange(0, SafeCursorFile.LengthBytes);
        }
        catch (StorageException refusal)
        {
            throw Fail(refusal, $"{SafeCursorFile.FileName} cannot be synced");
        }

        _isCursorOld = false;
        return 1;
    }

    private JournalException Fail(StorageException refusal, string what)
    {
        _failure = JournalFaults.From(
            new StorageException(StorageFault.SyncFailed, refusal.FileName, refusal.Message, refusal), what);
        return _failure;
    }

    private void SyncThrough(long position)
    {
        var from = SyncedPosition.Value;
        while (from < position)
        {
            var at = JournalPosition.FromLinear(from, _segmentBytes);
            var segmentEnd = (at.SegmentIndex + 1) * _segmentBytes;
            var to = Math.Min(position, segmentEnd);
            var segment = _segments.Find(at.SegmentIndex);
            Check.That(segment is not null);
            try
            {
                segment.File.SyncRange(at.OffsetBytes, to - from);
            }
            catch (StorageException refusal)
            {
                throw Fail(
                    refusal, $"journal segment {at.SegmentIndex:D10} cannot be synced (offset {at.OffsetBytes:N0})");
            }

            from = to;
        }
    }
}
