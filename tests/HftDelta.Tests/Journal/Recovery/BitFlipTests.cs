using System.Diagnostics;
using System.Globalization;
using HftDelta.Journal.Cursors;
using HftDelta.Journal.Recovery;
using HftDelta.Journal.Segments;
using HftDelta.Journal.Writing;
using HftDelta.Node.Cli;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Storage;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;

namespace HftDelta.Tests.Journal.Recovery;

/// <summary>
/// Every single bit of a journal that holds every kind of record. A record is proved by the walk of
/// <see cref="SegmentCursor"/>, which all readers share, and its proof needs nothing but the record before it: so each flip is
/// tried at its own record, and a part of them through the whole of recovery.
/// </summary>
[TestFixture]
[CancelAfter(180_000)]
public sealed unsafe class BitFlipTests
{
    private const int CiBytes = 64 << 10;
    private const int LongBytes = 1 << 20;
    private static readonly string First = SegmentLayout.NameOf(0);
    private static readonly string Second = SegmentLayout.NameOf(1);

    /// <summary>
    /// Exactly so many bytes: the segment's header through recovery, as is tried below, and each record of what follows.
    /// </summary>
    [Test]
    public void Every_flipped_bit_is_noticed_at_its_record()
    {
        var begun = Stopwatch.GetTimestamp();
        var bytes = LongSuite.Volume(CiBytes, LongBytes);
        var storage = OfEveryKind(bytes, out var records);
        Assert.That(records[^1].End, Is.GreaterThanOrEqualTo(bytes));
        using var file = storage.OpenFile(First, writable: true);
        var flips = 0L;
        var tried = 0;
        foreach (var record in records.TakeWhile(each => each.Start < bytes))
        {
            tried++;
            for (var bit = record.Start * 8; bit < Math.Min(record.End, bytes) * 8; bit++, flips++)
            {
                file.Pointer[bit / 8] ^= (byte)(1 << (int)(bit % 8));
                var outcome = ExamineAt(file, in record);
                file.Pointer[bit / 8] ^= (byte)(1 << (int)(bit % 8));
                if (outcome is ScanOutcome.Record or ScanOutcome.EndMarker)
                {
                    Assert.Fail($"bit {bit} in record {record.Sequence} passes");
                }
            }

            Assert.That(ExamineAt(file, in record), Is.EqualTo(ScanOutcome.Record));
        }

        Assert.That(flips, Is.EqualTo((bytes - SegmentLayout.HeaderBytes) * 8L));
        var templates = AssertEveryTemplate(file, records.Take(tried));
        TestContext.Out.WriteLine(
            $"{flips:N0} bits of {tried:N0} records of {templates} templates, in the first {bytes:N0} bytes of a journal, "
            + $"{Stopwatch.GetElapsedTime(begun).TotalSeconds:N1} s");
    }

    /// <summary>Every template that either schema has, whoever may say it, and every source that is journaled.</summary>
    private static int AssertEveryTemplate(HftDelta.Runtime.Storage.StorageFile file, IEnumerable<Written> records)
    {
        var (templates, sources) = (new HashSet<TemplateKey>(), new HashSet<RecordSource>());
        foreach (var record in records)
        {
            var envelope = *(RecordEnvelope*)(file.Pointer + record.Start);
            var frame = file.Span(record.Start + RecordEnvelope.LengthBytes, envelope.Length);
            sources.Add(envelope.Source);
            templates.Add(new TemplateKey(BitConverter.ToUInt16(frame[4..]), BitConverter.ToUInt16(frame[2..])));
        }

        Assert.That(templates, Is.EquivalentTo(Templates()));
        Assert.That(
            sources,
            Is.EquivalentTo(
                Enum.GetValues<RecordSource>().Where(each => each is > RecordSource.Padding and < RecordSource.Report)));
        return templates.Count;
    }

    [Test]
    public void Recovery_tells_every_flip_in_what_was_acknowledged_as_corruption()
    {
        var storage = OfEveryKind(CiBytes, out var records);
        using (var safe = SafeCursorFile.OpenOrCreate(storage, Scribe.Id))
        {
            safe.Store(new CommandSequence(records[^1].Sequence));
        }

        // Prime to 8: every bit of a byte and every field of a record sooner or later; all of them in a long run.
        var stride = LongSuite.IsAsked ? 1 : 29;
        Flip(storage, SegmentLayout.HeaderBytes * 8L, records[^1].End * 8, stride, (bit, report) =>
        {
            Assert.That(report.State, Is.EqualTo(JournalEndState.Corrupt), $"bit {bit}");
            var record = records.First(each => bit / 8 < each.End);
            Assert.That(report.LastSequence.Value, Is.LessThan(record.Sequence), $"bit {bit}");
        });
    }

    [Test]
    public void Every_flipped_bit_of_a_header_and_of_what_it_leaves_free_is_corruption()
    {
        var storage = OfEveryKind(CiBytes, out var records);
        using (var safe = SafeCursorFile.OpenOrCreate(storage, Scribe.Id))
        {
            safe.Store(new CommandSequence(records[^1].Sequence));
        }

        Flip(storage, 0, SegmentLayout.SealOffsetBytes * 8L, 1, (bit, report) =>
            Assert.That(report.State, Is.EqualTo(JournalEndState.Corrupt), $"bit {bit}"));
    }

    [Test]
    public void Every_flipped_bit_of_an_end_marker_and_of_a_seal_is_noticed()
    {
        var storage = new VirtualStorage();
        var scribe = Scribe.Open(storage);
        scribe.AppendMany(6_000, 300);
        scribe.Settle();
        var marker = JournalRecovery.Examine(storage).Segments[0].RecordBytes + SegmentLayout.HeaderBytes;
        using (var safe = SafeCursorFile.OpenOrCreate(storage, Scribe.Id))
        {
            safe.Store(new CommandSequence(6_000));
        }

        Flip(storage, marker * 8, (marker + SegmentLayout.EndMarkerBytes) * 8, 1, (bit, report) =>
            Assert.That(report.State, Is.EqualTo(JournalEndState.Corrupt), $"bit {bit} of the end marker"));
        var seal = SegmentLayout.SealOffsetBytes * 8L;
        for (var bit = seal; bit < seal + (SegmentSeal.LengthBytes * 8); bit++)
        {
            storage.FlipBit(Second, bit);
            var report = JournalRecovery.Examine(storage);
            storage.FlipBit(Second, bit);
            Assert.That(report.State, Is.EqualTo(JournalEndState.Corrupt), $"bit {bit} of the seal");
        }
    }

    private static void Flip(VirtualStorage storage, long from, long to, int stride, Action<long, RecoveryReport> check)
    {
        for (var bit = from; bit < to; bit += stride)
        {
            storage.FlipBit(First, bit);
            var report = JournalRecovery.Examine(storage);
            storage.FlipBit(First, bit);
            check(bit, report);
        }

        Assert.That(JournalRecovery.Examine(storage).State, Is.EqualTo(JournalEndState.Clean));
    }

    private static ScanOutcome ExamineAt(HftDelta.Runtime.Storage.StorageFile file, in Written record)
    {
        // A walk that begins at this record: the segment is taken to begin where its header would end here.
        var shift = record.Start - SegmentLayout.HeaderBytes;
        var cursor = new SegmentCursor(file.Pointer + shift, file.LengthBytes - shift, record.Sequence, record.Seed);
        return cursor.Examine();
    }

    /// <summary>
    /// Records of every source that may be journaled and every template of both schemas, of lengths from the shortest to the
    /// longest.
    /// </summary>
    private static VirtualStorage OfEveryKind(long bytes, out List<Written> records)
    {
        var templates = Templates();
        Assert.That(templates, Has.Count.GreaterThan(60));
        var storage = new VirtualStorage();
        using var journal = AppendableJournal.Open(
            storage, Scribe.Options() with { SegmentBytes = 2 * SegmentLayout.SegmentBytesMin });
        var frame = new byte[RecordEnvelope.FrameLengthMaxBytes];
        records = [];
        var checksum = journal.LastChecksum;
        for (var sequence = 1L; records.Count < templates.Count || records[^1].End < bytes; sequence++)
        {
            var template = templates[(int)(sequence % templates.Count)];
            var length = sequence % 41 == 7 ? RecordEnvelope.FrameLengthMaxBytes : Scribe.LengthOf(sequence);
            var envelope = Scribe.Make(sequence, length, checksum, frame);
            BitConverter.TryWriteBytes(frame.AsSpan(2), (ushort)template.TemplateId);
            BitConverter.TryWriteBytes(frame.AsSpan(4), (ushort)template.SchemaId);
            envelope.Source = (RecordSource)(1 + (sequence % 5));
            envelope.Checksum = RecordChecksum.Compute(checksum, in envelope, frame.AsSpan(0, length));
            var start = journal.Writer.Position.OffsetBytes;
            Assert.That(journal.Writer.TryAppend(in envelope, frame.AsSpan(0, length)), Is.True);
            records.Add(new Written(sequence, start, journal.Writer.Position.OffsetBytes, checksum));
            checksum = envelope.Checksum;
        }

        return storage.AfterKill();
    }

    private static List<TemplateKey> Templates()
    {
        var found = new List<TemplateKey>();
        for (var id = 1; id < 2_000; id++)
        {
            foreach (var schema in new[] { HftDeltaSchema.Id, InternalSchema.Id })
            {
                var key = new TemplateKey(schema, id);
                if (TemplateNames.TryParse(id.ToString(CultureInfo.InvariantCulture), out var known) && known == key)
                {
                    found.Add(key);
                }
            }
        }

        return found;
    }

    private readonly record struct Written(long Sequence, long Start, long End, uint Seed);
}
