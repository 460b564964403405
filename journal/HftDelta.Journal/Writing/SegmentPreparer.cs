using Disruptor;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Segments;
using HftDelta.Primitives;
using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Storage;

namespace HftDelta.Journal.Writing;

/// <summary>
/// The cold agent behind the writer. Each duty cycle does a bounded piece of: making the next segment once the current one is
/// half full (reserve, then populate 256 KiB per cycle, then hand over), hashing one closed block, sealing and indexing,
/// unmapping what is finished. It makes system calls, so it belongs on a thread of its own where there is one. A full disk is
/// no failure here: it is counted, said, and tried again; the writer stalls only when the current segment is used up.
/// </summary>
public sealed unsafe class SegmentPreparer : IAgent
{
    private const long PopulateStepBytes = 256L << 10;
    private const int RetryPauseCycles = 1_000;

    private readonly MappedStorage _storage;
    private readonly SegmentTable _segments;
    private readonly JournalWriter _writer;
    private readonly BlockHashChain _hashes;
    private readonly Sequence? _syncedPosition;
    private readonly SegmentIndexBuilder _index;
    private readonly long _segmentBytes;
    private int _oldestIndex;
    private StorageFile? _preparing;
    private long _populatedBytes;
    private int _pauseCycles;
    private long _allocatedBytes;
    private bool _isAllocating;

    internal SegmentPreparer(
        MappedStorage storage, SegmentTable segments, JournalWriter writer, BlockHashChain hashes, Sequence? syncedPosition)
    {
        _storage = storage;
        _segments = segments;
        _writer = writer;
        _hashes = hashes;
        _syncedPosition = syncedPosition;
        _segmentBytes = writer.SegmentBytes;
        _index = new SegmentIndexBuilder(_segmentBytes);
        _oldestIndex = hashes.SegmentIndex;
    }

    public string RoleName => "journal-preparer";

    /// <summary>Why the last attempt to make a segment failed; null when the last one succeeded. Any thread.</summary>
    public JournalException? LastRefusal => Volatile.Read(ref _lastRefusal);

    /// <summary>
    /// What the system refused while populating, which costs speed and not safety; null when nothing. Any thread.
    /// </summary>
    public string? LastPopulateRefusal => Volatile.Read(ref _lastPopulateRefusal);

    /// <summary>Bytes that can be appended without another segment; the next one counts once it is ready. Any thread.</summary>
    public long RoomBytes
    {
        get
        {
            var at = JournalPosition.FromLinear(_writer.AppendedPosition.Value, _segmentBytes);
            var here = _segmentBytes - SegmentLayout.EndMarkerBytes - at.OffsetBytes;
            return _segments.Find(at.SegmentIndex + 1) is null ? here : here + _segmentBytes - SegmentLayout.HeaderBytes;
        }
    }

    private JournalException? _lastRefusal;
    private string? _lastPopulateRefusal;

    /// <summary>
    /// Managed memory that files took so far, some objects and names for each segment: what else a venue allocates while it runs
    /// is told apart from it. Waits while a file is being made. Any thread, between two duty cycles also the agent's.
    /// </summary>
    public long ReadAllocatedBytes()
    {
        var wait = default(SpinWait);
        while (Volatile.Read(ref _isAllocating))
        {
            wait.SpinOnce();
        }

        return Volatile.Read(ref _allocatedBytes);
    }

    public void OnStart()
    {
    }

    public int DoWork()
    {
        var appended = JournalPosition.FromLinear(_writer.AppendedPosition.Value, _segmentBytes);
        return Prepare(appended) + HashOneBlock(appended) + Retire(appended);
    }

    /// <summary>Drops a segment that is only half prepared; its file is deleted at the next opening.</summary>
    public void OnClose()
    {
        _preparing?.Dispose();
        _preparing = null;
    }

    /// <summary>Makes one segment at once: the first of a journal, or the one after a closed end.</summary>
    internal static OpenSegment CreateNow(MappedStorage storage, int index, long segmentBytes, bool syncs)
    {
        var file = Reserve(storage, index, segmentBytes, syncs, JournalFaults.From);
        file.Populate(0, segmentBytes);
        return new OpenSegment(index, file);
    }

    private int Prepare(JournalPosition appended)
    {
        if (_preparing is not null)
        {
            return PopulateStep(appended.SegmentIndex + 1);
        }

        var next = appended.SegmentIndex + 1;
        if (appended.OffsetBytes < _segmentBytes / 2 || !_segments.HasRoomFor(next))
        {
            return 0;
        }

        if (_pauseCycles > 0)
        {
            _pauseCycles--;
            return 0;
        }

        var before = BeginFile();
        try
        {
            _preparing = Reserve(_storage, next, _segmentBytes, syncs: _syncedPosition is not null, JournalFaults.Passing);
            _populatedBytes = 0;
            Volatile.Write(ref _lastRefusal, null);
            return 1;
        }
        catch (JournalException refusal) when (refusal.Fault == JournalFault.NoSpace)
        {
            Volatile.Write(ref _lastRefusal, refusal);
            _pauseCycles = RetryPauseCycles;
            return 0;
        }
        finally
        {
            EndFile(before);
        }
    }

    private long BeginFile()
    {
        // Seen before anything that is allocated behind it.
        Interlocked.Exchange(ref _isAllocating, true);
        return GC.GetAllocatedBytesForCurrentThread();
    }

    private void EndFile(long before)
    {
        Volatile.Write(ref _allocatedBytes, _allocatedBytes + GC.GetAllocatedBytesForCurrentThread() - before);
        Volatile.Write(ref _isAllocating, false);
    }

    private int PopulateStep(int index)
    {
        var step = Math.Min(PopulateStepBytes, _segmentBytes - _populatedBytes);
        if (_preparing!.Populate(_populatedBytes, step) is { } refusal)
        {
            Volatile.Write(ref _lastPopulateRefusal, refusal);
        }

        _populatedBytes += step;
        if (_populatedBytes == _segmentBytes)
        {
            AddPrepared(index);
        }

        return 1;
    }

    private static StorageFile Reserve(
        MappedStorage storage,
        int index,
        long segmentBytes,
        bool syncs,
        Func<StorageException, string, JournalException> wordsOf)
    {
        StorageFile? file = null;
        try
        {
            file = storage.CreateFile(SegmentLayout.NameOf(index), segmentBytes);
            if (syncs)
            {
                // Blocks and name are on the device before the first acknowledgement can depend on them.
                file.SyncRange(0, SegmentLayout.HeaderBytes);
                storage.SyncDirectory();
            }

            return file;
        }
        catch (StorageException refusal)
        {
            file?.Dispose();
            throw wordsOf(refusal, $"segment {SegmentLayout.NameOf(index)} cannot be made");
        }
    }

    private int HashOneBlock(JournalPosition appended)
    {
        var index = _hashes.SegmentIndex;
        var isComplete = appended.SegmentIndex > index
            || (appended.SegmentIndex == index && appended.OffsetBytes >= _hashes.NextBlockEndBytes);
        if (!isComplete)
        {
            return 0;
        }

        var segment = _segments.Find(index);
        Check.That(segment is not null);
        _index.WalkTo(segment.Pointer, _hashes.NextBlockEndBytes);
        if (_hashes.AddBlock(segment.Pointer))
        {
            SealInto(index + 1);
            WriteIndex(index);
            _index.Reset();
        }

        return 1;
    }

    private void AddPrepared(int index)
    {
        var before = BeginFile();
        try
        {
            _segments.Add(new OpenSegment(index, _preparing!));
            _preparing = null;
        }
        finally
        {
            EndFile(before);
        }
    }

    private void WriteIndex(int index)
    {
        var before = BeginFile();
        try
        {
            SegmentIndex.Write(_storage, _writer.JournalId, index, _index.Entries);
        }
        finally
        {
            EndFile(before);
        }
    }

    private void SealInto(int nextIndex)
    {
        // The appended position is past the segment, so the next one has its header, which names the sequence after the last.
        var next = _segments.Find(nextIndex);
        Check.That(next is not null);
        Check.That(SegmentHeader.Read(next.Pointer, out var header) == PageState.Valid);
        SegmentSeal.Publish(next.Pointer, nextIndex - 1, header.FirstSequence - 1, _hashes.BlockCount, _hashes.Hash);
    }

    private int Retire(JournalPosition appended)
    {
        var index = _oldestIndex;
        if (index >= appended.SegmentIndex || index >= _hashes.SegmentIndex)
        {
            return 0;
        }

        if (_syncedPosition is not null && _syncedPosition.Value < (index + 1L) * _segmentBytes)
        {
            return 0;
        }

        _segments.Remove(index);
        _oldestIndex++;
        return 1;
    }
}
