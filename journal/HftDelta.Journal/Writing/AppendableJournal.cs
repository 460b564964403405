using Disruptor;
using HftDelta.Journal.Cursors;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Recovery;
using HftDelta.Journal.Segments;
using HftDelta.Primitives;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Storage;
using HftDelta.Runtime.Time;

namespace HftDelta.Journal.Writing;

/// <summary>
/// A journal opened for appending, with the agents that belong to it. Whoever wires the venue opens it, hands the agents to
/// threads, and disposes it when they have all stopped. Opening examines the whole journal and continues the chain where
/// recovery says it ends.
/// </summary>
public sealed unsafe class AppendableJournal : IDisposable
{
    /// <summary>The file that whoever writes holds exclusively.</summary>
    public const string LockName = "journal.lock";

    private readonly IDisposable _lock;
    private readonly SegmentTable _segments;
    private readonly BlockHashChain _hashes;
    private readonly JournalOptions _options;

    private AppendableJournal(
        IDisposable exclusive, MappedStorage storage, JournalOptions options, RecoveryReport report, TornTail? cutOff)
    {
        CutOff = cutOff;
        _lock = exclusive;
        _options = options;
        Recovered = report;
        _segments = new SegmentTable();
        var start = Start(report);
        _hashes = new BlockHashChain(start.SegmentBytes);
        try
        {
            OpenSegments(storage, report, in start);
            Writer = new JournalWriter(_segments, options, in start);
            CatchUpHashes(storage, start.End.SegmentIndex);
            CloseWhenReplayDiffers(storage, report, in start);
            Durable = new Sequence(start.LastSequence);
            Sync = MakeSyncAgent(storage, report, in start);
            Preparer = new SegmentPreparer(storage, _segments, Writer, _hashes, Sync?.SyncedPosition);
        }
        catch
        {
            _segments.DisposeAll();
            _hashes.Dispose();
            throw;
        }
    }

    /// <summary>
    /// What was found at opening, after a repair if there was one; its state is empty for a journal that is new.
    /// </summary>
    public RecoveryReport Recovered { get; }

    /// <summary>The torn tail that was zeroed at opening; null when there was none.</summary>
    public TornTail? CutOff { get; }

    /// <summary>Recorded state hashes that were taken away at opening, behind one that was missing after a power cut.</summary>
    public int HashPointsDropped { get; private init; }

    /// <summary>For the journal agent; tests and tools may append themselves instead.</summary>
    public JournalWriter Writer { get; }

    /// <summary>The cold agent that must run beside the writer.</summary>
    public SegmentPreparer Preparer { get; }

    /// <summary>The agent that must run in disk mode; null in process mode.</summary>
    public SyncAgent? Sync { get; }

    /// <summary>Last command sequence that is durable as the mode says. Written by the journal agent or the sync agent.</summary>
    public Sequence Durable { get; }

    public Guid JournalId => Writer.JournalId;

    /// <summary>The sequence that the next record must have.</summary>
    public CommandSequence NextSequence => new(Writer.LastSequence.Value + 1);

    /// <summary>What the sequencer seeds the next record's checksum with.</summary>
    public uint LastChecksum => Writer.LastChecksum;

    /// <summary>Opens or makes the journal of a directory.</summary>
    /// <exception cref="JournalException">Corrupt, torn and not to be repaired, of another name, locked, or no space.</exception>
    public static AppendableJournal Open(MappedStorage storage, JournalOptions options)
    {
        ArgumentNullException.ThrowIfNull(storage);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        IDisposable exclusive;
        try
        {
            exclusive = storage.LockExclusive(LockName);
        }
        catch (StorageException refusal)
        {
            throw JournalFaults.From(refusal, $"the journal in {storage.Location} cannot be opened for appending");
        }

        try
        {
            var report = Recover(storage, options, out var cutOff);
            JournalRecovery.DropUnbegun(storage, report);
            var pointsDropped = HashPointLog.DropTorn(storage);
            return new AppendableJournal(exclusive, storage, options, report, cutOff) { HashPointsDropped = pointsDropped };
        }
        catch (StorageException refusal)
        {
            exclusive.Dispose();
            throw JournalFaults.From(refusal, $"the journal in {storage.Location} cannot be opened for appending");
        }
        catch
        {
            exclusive.Dispose();
            throw;
        }
    }

    /// <summary>Makes the consumer of the inbound ring; at most one.</summary>
    /// <param name="ring">The inbound ring.</param>
    /// <param name="stages">Where sampled records are stamped; null: nowhere.</param>
    public JournalAgent MakeAgent(UnmanagedRingBuffer<RecordSlot> ring, StageStamps? stages = null)
    {
        ArgumentNullException.ThrowIfNull(ring);
        return new JournalAgent(ring, Writer, _options.Durability == DurabilityMode.Process ? Durable : null, stages);
    }

    public void Dispose()
    {
        Preparer.OnClose();
        Sync?.OnClose();
        _segments.DisposeAll();
        _hashes.Dispose();
        _lock.Dispose();
    }

    private static RecoveryReport Recover(MappedStorage storage, JournalOptions options, out TornTail? cutOff)
    {
        cutOff = null;
        var report = JournalRecovery.Examine(storage);
        if (report.Error is not null)
        {
            throw report.Error;
        }

        if (report.Segments.Count > 0 && options.JournalId != Guid.Empty && options.JournalId != report.JournalId)
        {
            throw new JournalException(
                JournalFault.ForeignFile,
                $"{storage.Location} holds journal {report.JournalId}, not {options.JournalId}; nothing was changed.\n"
                + "  next: name the directory that belongs to this venue.");
        }

        if (report.State != JournalEndState.TornTail)
        {
            return report;
        }

        cutOff = report.Torn;
        return options.RepairTornTail ? JournalRecovery.Repair(storage, report) : throw Torn(report);
    }

    private static JournalException Torn(RecoveryReport report) =>
        new(
            JournalFault.TornTail,
            $"journal segment {report.Torn!.Position.SegmentIndex:D10} ends in a torn append "
            + $"(offset {report.Torn.Position.OffsetBytes}, {report.Torn.LengthBytes} bytes"
            + (report.Torn.HasRecordsBehind ? ", whole records of a power cut behind it).\n" : ").\n")
            + $"  nothing that was acknowledged is in it: the journal is whole through record {report.LastSequence}; "
            + "nothing was changed.\n"
            + "  next: start with repair of torn tails allowed; it zeroes these bytes and says so.")
        {
            Position = report.Torn.Position,
            Sequence = report.Torn.NextSequence,
        };

    private WriterStart Start(RecoveryReport report)
    {
        if (report.Segments.Count > 0)
        {
            return new WriterStart(
                report.JournalId,
                report.SegmentBytes,
                report.End,
                report.IsSegmentClosed,
                report.LastSequence.Value,
                report.LastTime.Value,
                report.LastTerm,
                report.LastChecksum);
        }

        var journalId = _options.JournalId == Guid.Empty ? Guid.NewGuid() : _options.JournalId;
        var begin = new JournalPosition(0, SegmentLayout.HeaderBytes);
        return new WriterStart(
            journalId,
            _options.SegmentBytes,
            begin,
            false,
            0,
            _options.CreatedAt.Value,
            _options.LeaderTerm,
            RecordChecksum.Genesis);
    }

    private void OpenSegments(MappedStorage storage, RecoveryReport report, in WriterStart start)
    {
        var index = start.End.SegmentIndex;
        if (report.Segments.Count > 0)
        {
            var file = storage.OpenFile(SegmentLayout.NameOf(index), writable: true);
            _segments.Add(new OpenSegment(index, file));
            if (start.IsSegmentClosed)
            {
                _segments.Add(CreateSegment(storage, index + 1, start.SegmentBytes));
            }

            return;
        }

        var first = CreateSegment(storage, 0, start.SegmentBytes);
        _segments.Add(first);
        var header = JournalWriter.HeaderFor(_options, start.JournalId, 0, start.SegmentBytes);
        header.FirstSequence = 1;
        header.BeginTimeNanos = _options.CreatedAt.Value;
        header.LeaderTerm = _options.LeaderTerm;
        header.ChecksumSeed = RecordChecksum.Genesis;
        header.PublishTo(first.Pointer);
    }

    private OpenSegment CreateSegment(MappedStorage storage, int index, long segmentBytes) =>
        SegmentPreparer.CreateNow(storage, index, segmentBytes, syncs: _options.Durability == DurabilityMode.Disk);

    /// <summary>A segment names one engine version and one set of schemas; other ones begin the next.</summary>
    private void CloseWhenReplayDiffers(MappedStorage storage, RecoveryReport report, in WriterStart start)
    {
        if (report.Segments.Count == 0 || start.IsSegmentClosed)
        {
            return;
        }

        var last = report.Segments[^1];
        if (last.EngineVersion == _options.EngineVersion && last.Schemas == _options.Schemas)
        {
            return;
        }

        _segments.Add(CreateSegment(storage, start.End.SegmentIndex + 1, start.SegmentBytes));
        Writer.CloseSegment();
    }

    /// <summary>
    /// Hashes the segments before the current one that were not sealed when the last writer ended, and seals them.
    /// </summary>
    private void CatchUpHashes(MappedStorage storage, int currentIndex)
    {
        var from = currentIndex;
        for (; from > 0; from--)
        {
            using var sealedFile = storage.OpenFile(SegmentLayout.NameOf(from), writable: false);
            if (SegmentSeal.Read(sealedFile.Pointer, out var seal) == PageState.Valid)
            {
                _hashes.StartAt(from, seal.BlockCount, seal.CopyHash());
                break;
            }
        }

        for (var index = from; index < currentIndex; index++)
        {
            using var closed = storage.OpenFile(SegmentLayout.NameOf(index), writable: false);
            var walk = new SegmentIndexBuilder(closed.LengthBytes);
            walk.WalkTo(closed.Pointer, closed.LengthBytes);
            SegmentIndex.Write(storage, Writer.JournalId, index, walk.Entries);
            while (!_hashes.AddBlock(closed.Pointer))
            {
            }

            using var next = storage.OpenFile(SegmentLayout.NameOf(index + 1), writable: true);
            Check.That(SegmentHeader.Read(next.Pointer, out var header) == PageState.Valid);
            SegmentSeal.Publish(next.Pointer, index, header.FirstSequence - 1, _hashes.BlockCount, _hashes.Hash);
        }
    }

    private SyncAgent? MakeSyncAgent(MappedStorage storage, RecoveryReport report, in WriterStart start)
    {
        if (_options.Durability != DurabilityMode.Disk)
        {
            return null;
        }

        if (report.Segments.Count == 0)
        {
            return new SyncAgent(storage, _segments, Writer, Durable, syncedPosition: 0);
        }

        // What a killed process left in mapped memory is not on the device yet, and all of it counts as durable from now on.
        for (var index = report.Segments[0].Index; index <= start.End.SegmentIndex; index++)
        {
            using var file = storage.OpenFile(SegmentLayout.NameOf(index), writable: true);
            file.SyncRange(0, file.LengthBytes);
        }

        return new SyncAgent(storage, _segments, Writer, Durable, start.End.ToLinear(start.SegmentBytes));
    }
}
