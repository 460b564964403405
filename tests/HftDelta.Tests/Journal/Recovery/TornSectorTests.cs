using HftDelta.Journal.Cursors;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Recovery;
using HftDelta.Journal.Segments;
using HftDelta.Journal.Writing;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Storage;
using NUnit.Framework;

namespace HftDelta.Tests.Journal.Recovery;

/// <summary>
/// A power cut while the last eight sectors of a journal are written: each of them is what it was, what it became, zeros or
/// garbage, in all 65,536 combinations. What must be found is said without the journal's help, by comparing bytes.
/// </summary>
[TestFixture]
[CancelAfter(120_000)]
public sealed class TornSectorTests
{
    private const int SectorBytes = 512;
    private const int Sectors = 8;
    private const int Kinds = 4;
    private static readonly string First = SegmentLayout.NameOf(0);

    // Frames of 8 bytes: a dozen records a sector; of 117: records across the edges; of 1,376: a record over three sectors.
    // Of 0: of many lengths.
    [TestCase(8)]
    [TestCase(117)]
    [TestCase(1_376)]
    [TestCase(0)]
    public void Every_pattern_of_the_last_eight_sectors_is_told_rightly(int frameLength)
    {
        var cut = new CutJournal(frameLength);
        var torn = 0;
        var lost = 0;
        var tried = 0;
        Parallel.For(
            0,
            Environment.ProcessorCount,
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            worker =>
            {
                var mine = cut.Copy();
                for (var pattern = worker; pattern < 1 << (2 * Sectors); pattern += Environment.ProcessorCount)
                {
                    var state = mine.AssertRecovers(pattern);
                    Interlocked.Increment(ref tried);
                    Interlocked.Add(ref torn, state == JournalEndState.TornTail ? 1 : 0);
                    Interlocked.Add(ref lost, state == JournalEndState.Corrupt ? 1 : 0);
                }
            });

        Assert.That(tried, Is.EqualTo(65_536), "four kinds of each of eight sectors");
        TestContext.Out.WriteLine($"{tried:N0} patterns of 4^{Sectors}");

        // All kinds of outcomes were met, so the enumeration is not of one case.
        Assert.That(torn, Is.GreaterThan(10_000));
        Assert.That(lost, Is.EqualTo(cut.FirstSectorHoldsSafeRecords ? 32_768 : 0), "zeros or garbage over what was safe");
    }

    [Test]
    public void A_journal_goes_on_after_the_cut()
    {
        var cut = new CutJournal(117);
        for (var pattern = 1; pattern < 1 << (2 * Sectors); pattern += 997)
        {
            cut.AssertContinues(pattern);
        }
    }

    [Test]
    public void Without_a_restart_of_the_machine_a_gap_before_whole_records_is_damage()
    {
        var cut = new CutJournal(117);
        cut.Apply(pattern: 0b01_01_01_01_01_10_01_01);
        Assert.That(JournalRecovery.Examine(cut.Storage).Torn!.HasRecordsBehind, Is.True);

        using (SafeCursorFile.OpenOrCreate(cut.Storage, Scribe.Id))
        {
            // Opening it for writing names the present run of the system.
        }

        var report = JournalRecovery.Examine(cut.Storage);
        Assert.That(report.Error!.Fault, Is.EqualTo(JournalFault.RecordDamaged));
        Assert.That(report.Error.Message, Does.Contain("valid records follow"));
    }

    [Test]
    public void Segments_behind_a_gap_that_nobody_was_told_of_are_dropped()
    {
        var storage = new VirtualStorage();
        SafeCursorFile.OpenOrCreate(storage, Scribe.Id).Dispose();
        var scribe = Scribe.Open(storage);
        scribe.AppendMany(20_000);
        var cut = storage.AfterReboot();
        var first = JournalRecovery.Examine(cut).Segments[0];
        cut.Bytes(First).Slice((int)first.RecordBytes - 8_000, 512).Clear();
        var whole = LastWholeBefore(first.RecordBytes - 8_000);

        var report = JournalRecovery.Examine(cut);
        Assert.That(report.State, Is.EqualTo(JournalEndState.TornTail));
        Assert.That(report.Torn!.HasRecordsBehind, Is.True);
        Assert.That(report.LastSequence.Value, Is.EqualTo(whole));
        using var journal = Scribe.Open(cut).Journal;
        Assert.That(journal.CutOff, Is.EqualTo(report.Torn), "and it is said");
        Assert.That(journal.NextSequence.Value, Is.EqualTo(whole + 1));
        Assert.That(cut.Exists(SegmentLayout.NameOf(1)), Is.False);
        Scribe.AssertRecords(cut, whole);
    }

    [Test]
    public void A_lost_header_of_a_segment_that_nobody_was_told_of_ends_the_journal_before_it()
    {
        var storage = new VirtualStorage();
        SafeCursorFile.OpenOrCreate(storage, Scribe.Id).Dispose();
        Scribe.Open(storage).AppendMany(20_000);
        var cut = storage.AfterReboot();
        var last = JournalRecovery.Examine(cut).Segments[0].LastSequence;
        cut.Bytes(SegmentLayout.NameOf(1))[..4_096].Clear();

        var report = JournalRecovery.Examine(cut);
        Assert.That(report.State, Is.EqualTo(JournalEndState.TornTail));
        Assert.That(report.LastSequence, Is.EqualTo(last));
        using var journal = Scribe.Open(cut).Journal;
        Assert.That(journal.NextSequence, Is.EqualTo(new CommandSequence(last.Value + 1)));
        Scribe.AssertRecords(cut, last.Value);
    }

    private static long LastWholeBefore(long offset)
    {
        var end = (long)SegmentLayout.HeaderBytes;
        for (var sequence = 1L; ; sequence++)
        {
            end += SegmentLayout.RecordBytes(Scribe.LengthOf(sequence));
            if (end > offset)
            {
                return sequence - 1;
            }
        }
    }

    /// <summary>A journal after a power cut, whose last eight sectors can be chosen.</summary>
    private sealed class CutJournal
    {
        private const int Records = 600;

        private readonly int _frameLength;
        private readonly byte[][] _old = new byte[Sectors][];
        private readonly byte[][] _new = new byte[Sectors][];
        private readonly byte[][] _garbage = new byte[Sectors][];
        private readonly List<(long Offset, int Length)> _records = [];
        private readonly byte[] _whole;
        private readonly long _regionOffset;
        private readonly long _safe;

        public CutJournal(int frameLength)
        {
            _frameLength = frameLength;
            var storage = new VirtualStorage();
            using var safe = SafeCursorFile.OpenOrCreate(storage, Scribe.Id);
            var scribe = Scribe.Open(storage, DurabilityMode.Disk);
            scribe.AppendMany(Records, frameLength);
            scribe.Journal.Sync!.DoWork();
            safe.Store(new CommandSequence(Records));
            _safe = Records;
            _regionOffset = scribe.Journal.Writer.Position.OffsetBytes / SectorBytes * SectorBytes;
            var synced = storage.Bytes(First).Slice((int)_regionOffset, Sectors * SectorBytes).ToArray();
            while (EndAfterNext(scribe) <= _regionOffset + (Sectors * SectorBytes))
            {
                scribe.AppendMany(1, frameLength);
            }

            Storage = storage.AfterReboot();
            _whole = Storage.Bytes(First).ToArray();
            for (var sector = 0; sector < Sectors; sector++)
            {
                _old[sector] = synced.AsSpan(sector * SectorBytes, SectorBytes).ToArray();
                _new[sector] = _whole.AsSpan((int)_regionOffset + (sector * SectorBytes), SectorBytes).ToArray();
                _garbage[sector] = new byte[SectorBytes];
                new Noise(77 + (ulong)sector).Fill(_garbage[sector]);
            }

            var offset = (long)SegmentLayout.HeaderBytes;
            for (var sequence = 1L; sequence <= scribe.Sequence; sequence++)
            {
                var length = frameLength == 0 ? Scribe.LengthOf(sequence) : frameLength;
                _records.Add((offset, SegmentLayout.RecordBytes(length)));
                offset += SegmentLayout.RecordBytes(length);
            }
        }

        private CutJournal(CutJournal other)
        {
            _frameLength = other._frameLength;
            _old = other._old;
            _new = other._new;
            _garbage = other._garbage;
            _records = other._records;
            _whole = other._whole;
            _regionOffset = other._regionOffset;
            _safe = other._safe;
            Storage = other.Storage.AfterKill();
        }

        public VirtualStorage Storage { get; private set; }

        public bool FirstSectorHoldsSafeRecords => LastBeforeRegion() < _safe;

        public CutJournal Copy() => new(this);

        public void Apply(int pattern)
        {
            for (var sector = 0; sector < Sectors; sector++)
            {
                var target = Storage.Bytes(First).Slice((int)_regionOffset + (sector * SectorBytes), SectorBytes);
                switch ((pattern >> (2 * sector)) % Kinds)
                {
                    case 0:
                        _old[sector].CopyTo(target);
                        break;
                    case 1:
                        _new[sector].CopyTo(target);
                        break;
                    case 2:
                        target.Clear();
                        break;
                    default:
                        _garbage[sector].CopyTo(target);
                        break;
                }
            }
        }

        public JournalEndState AssertRecovers(int pattern)
        {
            Apply(pattern);
            var report = JournalRecovery.Examine(Storage);
            var last = LastWhole();
            var expected = last < _safe ? JournalEndState.Corrupt
                : HasRemains(last) ? JournalEndState.TornTail
                : JournalEndState.Clean;
            if (report.State != expected || report.LastSequence.Value != last)
            {
                Assert.Fail($"pattern {pattern:x4}: {report.State} through {report.LastSequence}, is {expected} through {last}");
            }

            return expected;
        }

        public void AssertContinues(int pattern)
        {
            Apply(pattern);
            var last = LastWhole();
            if (last < _safe)
            {
                return;
            }

            var opened = Storage.AfterKill();
            using var journal = Scribe.Open(opened).Journal;
            Assert.That(journal.NextSequence.Value, Is.EqualTo(last + 1), $"pattern {pattern:x4}");
            new Scribe(journal).AppendMany(40, _frameLength);
            Scribe.AssertRecords(opened, last + 40, _frameLength);
        }

        private long EndAfterNext(Scribe scribe)
        {
            var length = _frameLength == 0 ? Scribe.LengthOf(scribe.Sequence + 1) : _frameLength;
            return scribe.Journal.Writer.Position.OffsetBytes + SegmentLayout.RecordBytes(length);
        }

        private long LastWhole()
        {
            var bytes = Storage.Bytes(First);
            for (var sequence = LastBeforeRegion() + 1; sequence <= _records.Count; sequence++)
            {
                var (offset, length) = _records[sequence - 1];
                if (!bytes.Slice((int)offset, length).SequenceEqual(_whole.AsSpan((int)offset, length)))
                {
                    return sequence - 1;
                }
            }

            return _records.Count;
        }

        private int LastBeforeRegion()
        {
            var sequence = (int)_safe;
            while (_records[sequence - 1].Offset + _records[sequence - 1].Length > _regionOffset)
            {
                sequence--;
            }

            return sequence;
        }

        private bool HasRemains(long last)
        {
            var (offset, length) = _records[(int)last - 1];
            return Storage.Bytes(First)[((int)offset + length)..].IndexOfAnyExcept((byte)0) >= 0;
        }
    }
}
