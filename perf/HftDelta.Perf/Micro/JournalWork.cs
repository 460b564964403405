using HftDelta.Journal.Writing;
using HftDelta.Primitives;
using HftDelta.Primitives.Records;
using HftDelta.Runtime.Storage;

namespace HftDelta.Perf.Micro;

/// <summary>
/// A record numbered, summed and appended to a journal of mapped memory; floor: its bytes copied. A new journal is begun before
/// the disk would mind.
/// </summary>
internal sealed class JournalWork : MicroWork
{
    private const int FrameBytes = 96;
    private const int RunsPerJournal = 8_192;
    private const long SegmentBytes = 1L << 22;
    private const int FloorRecords = 8_192;

    private readonly byte[] _frame = new byte[FrameBytes];
    private readonly byte[] _slots = new byte[FloorRecords * (FrameBytes + RecordEnvelope.LengthBytes)];
    private readonly string _parent = Directory.CreateTempSubdirectory("hftdelta-bench-").FullName;
    private AppendableJournal _journal;
    private uint _checksum;
    private int _runs;
    private int _floorRecord;

    public JournalWork() => _journal = Open();

    public override void Run()
    {
        if (++_runs % RunsPerJournal == 0)
        {
            Close();
            _journal = Open();
        }

        for (var operation = 0; operation < Operations; operation++)
        {
            var sequence = _journal.Writer.LastSequence.Value + 1;
            var envelope = new RecordEnvelope
            {
                Sequence = sequence,
                TimeNanos = (ulong)sequence,
                Term = 1,
                SessionHandle = 1,
                Length = FrameBytes,
                Source = RecordSource.Client,
            };
            envelope.Checksum = _checksum = RecordChecksum.Compute(_checksum, in envelope, _frame);
            while (!_journal.Writer.TryAppend(in envelope, _frame))
            {
                Check.That(_journal.Preparer.DoWork() > 0);
            }
        }
    }

    public override void RunFloor()
    {
        for (var operation = 0; operation < Operations; operation++)
        {
            _floorRecord = (_floorRecord + 1) % FloorRecords;
            _frame.CopyTo(_slots.AsSpan(_floorRecord * (FrameBytes + RecordEnvelope.LengthBytes)));
        }
    }

    public override void Dispose()
    {
        Close();
        Directory.Delete(_parent, recursive: true);
        base.Dispose();
    }

    private AppendableJournal Open()
    {
        _checksum = RecordChecksum.Genesis;
        var storage = new FileStorage(Path.Combine(_parent, "journal"));
        return AppendableJournal.Open(storage, new JournalOptions { SegmentBytes = SegmentBytes });
    }

    private void Close()
    {
        _journal.Dispose();
        Directory.Delete(Path.Combine(_parent, "journal"), recursive: true);
    }
}
