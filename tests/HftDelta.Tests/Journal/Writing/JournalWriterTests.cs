using System.Buffers.Binary;
using System.Runtime.InteropServices;
using HftDelta.Journal.Segments;
using HftDelta.Primitives;
using HftDelta.Primitives.Records;
using HftDelta.Simulation.Storage;
using HftDelta.Tests.Primitives.Integrity;
using NUnit.Framework;

namespace HftDelta.Tests.Journal.Writing;

[TestFixture]
[CancelAfter(20_000)]
public sealed class JournalWriterTests
{
    private readonly byte[] _frame = new byte[RecordEnvelope.FrameLengthMaxBytes];
    private VirtualStorage _storage = null!;
    private Scribe _scribe = null!;

    [SetUp]
    public void Open()
    {
        _storage = new VirtualStorage();
        _scribe = Scribe.Open(_storage);
    }

    [TearDown]
    public void Close() => _scribe.Journal.Dispose();

    [Test]
    public void A_record_is_its_envelope_and_its_frame_and_zeros_to_a_word()
    {
        _scribe.AppendMany(1, frameLength: 13);

        var expected = Scribe.Make(1, 13, RecordChecksum.Genesis, _frame);
        var bytes = _storage.Bytes(SegmentLayout.NameOf(0))[4_096..];
        Assert.That(bytes[..32].SequenceEqual(MemoryMarshal.AsBytes([expected])), Is.True);
        Assert.That(bytes.Slice(32, 13).SequenceEqual(_frame.AsSpan(0, 13)), Is.True);
        Assert.That(bytes[45..].IndexOfAnyExcept((byte)0), Is.EqualTo(-1));
        Assert.That(_scribe.Journal.Writer.Position, Is.EqualTo(new JournalPosition(0, 4_096 + 48)));
        Assert.That(_scribe.Journal.Writer.AppendedSequence.Value, Is.EqualTo(1));
        Assert.That(_scribe.Journal.Writer.AppendedPosition.Value, Is.EqualTo(4_096 + 48));
    }

    [Test]
    public void A_sequence_gap_is_refused_and_changes_nothing()
    {
        _scribe.AppendMany(3);
        var before = _storage.Bytes(SegmentLayout.NameOf(0)).ToArray();
        foreach (var sequence in new long[] { 5, 3, 0, -1 })
        {
            var envelope = Scribe.Make(sequence, 20, _scribe.Journal.LastChecksum, _frame);
            Assert.That(
                () => _scribe.Journal.Writer.TryAppend(in envelope, _frame.AsSpan(0, 20)),
                Throws.InstanceOf<InvariantBrokenException>(),
                $"sequence {sequence} after 3");
        }

        Assert.That(_storage.Bytes(SegmentLayout.NameOf(0)).SequenceEqual(before), Is.True);
        Assert.That(_scribe.Journal.Writer.LastSequence.Value, Is.EqualTo(3));
    }

    [Test]
    public void A_record_that_does_not_link_to_the_one_before_is_refused()
    {
        _scribe.AppendMany(2);
        var envelope = Scribe.Make(3, 20, _scribe.Journal.LastChecksum ^ 1, _frame);

        Assert.That(
            () => _scribe.Journal.Writer.TryAppend(in envelope, _frame.AsSpan(0, 20)),
            Throws.InstanceOf<InvariantBrokenException>().With.Message.Contains("Checksum"));
    }

    [Test]
    public void Malformed_envelopes_are_refused()
    {
        _scribe.AppendMany(2);
        AssertRefused(20, (ref RecordEnvelope e) => e.Length = 19);
        AssertRefused(7, (ref RecordEnvelope _) => { });
        AssertRefused(20, (ref RecordEnvelope e) => e.TimeNanos = 1);
        AssertRefused(20, (ref RecordEnvelope e) => e.Reserved = 1);
        AssertRefused(20, (ref RecordEnvelope e) => e.Source = RecordSource.Padding);
        AssertRefused(20, (ref RecordEnvelope e) => e.Source = RecordSource.Report);
        Assert.That(_scribe.TryAppend(), Is.True, "the writer is as it was");
    }

    [Test]
    public void A_full_segment_waits_for_the_next_and_changes_nothing_meanwhile()
    {
        while (_scribe.TryAppend())
        {
        }

        var last = _scribe.Sequence;
        var before = _storage.Bytes(SegmentLayout.NameOf(0)).ToArray();
        Assert.That(_scribe.TryAppend(), Is.False);
        Assert.That(_storage.Bytes(SegmentLayout.NameOf(0)).SequenceEqual(before), Is.True);
        Assert.That(_scribe.Journal.Writer.LastSequence.Value, Is.EqualTo(last));

        _scribe.Settle();
        Assert.That(_scribe.TryAppend(), Is.True);
        Assert.That(_scribe.Journal.Writer.Position.SegmentIndex, Is.EqualTo(1));
        Scribe.AssertRecords(_storage, last + 1);
    }

    [Test]
    public void A_segment_ends_with_a_marker_and_the_next_header_continues_it()
    {
        while (_scribe.TryAppend(1_000))
        {
        }

        var last = _scribe.Sequence;
        var end = (int)_scribe.Journal.Writer.Position.OffsetBytes;
        var checksum = _scribe.Journal.LastChecksum;
        _scribe.Settle();
        _scribe.AppendMany(1);

        var marker = _storage.Bytes(SegmentLayout.NameOf(0)).Slice(end, 32);
        Assert.That(BinaryPrimitives.ReadInt64LittleEndian(marker), Is.EqualTo(last + 1));
        Assert.That(marker.Slice(24, 4).IndexOfAnyExcept((byte)0), Is.EqualTo(-1), "no length, source padding");
        Assert.That(
            BinaryPrimitives.ReadUInt32LittleEndian(marker[28..]), Is.EqualTo(Crc32CTests.Bitwise(checksum, marker[..28])));
        var header = _storage.Bytes(SegmentLayout.NameOf(1));
        Assert.That(BinaryPrimitives.ReadInt64LittleEndian(header[32..]), Is.EqualTo(1), "segment index");
        Assert.That(BinaryPrimitives.ReadInt64LittleEndian(header[48..]), Is.EqualTo(last + 1), "first sequence");
        Assert.That(BinaryPrimitives.ReadUInt32LittleEndian(header[68..]), Is.EqualTo(checksum), "seed");
    }

    [Test]
    public void No_record_crosses_a_segment_whatever_the_lengths()
    {
        for (var seed = 0ul; seed < 8; seed++)
        {
            var storage = new VirtualStorage();
            using var journal = Scribe.Open(storage).Journal;
            var scribe = new Scribe(journal);
            var noise = new Noise(seed);
            var records = 0;
            while (journal.Writer.Position.SegmentIndex < 2)
            {
                var length = noise.Next(4) == 0 ? RecordEnvelope.FrameLengthMaxBytes : 8 + noise.Next(1_368);
                scribe.AppendMany(1, length);
                records++;
                Assert.That(
                    journal.Writer.Position.OffsetBytes, Is.LessThanOrEqualTo(Scribe.SegmentBytes - 32), $"seed {seed}");
            }

            Assert.That(Scribe.Examine(storage).RecordsVerified, Is.EqualTo(records), $"seed {seed}");
        }
    }

    [Test]
    public void A_segment_is_filled_to_the_last_byte_that_the_marker_leaves()
    {
        // 40-byte records fill 1 MiB - 4,096 - 32 to within 40 bytes; the last one then has exactly what is left.
        const long room = Scribe.SegmentBytes - 4_096 - 32;
        const int small = 40;
        _scribe.AppendMany((int)((room / small) - 2), frameLength: 8);
        var left = (int)(Scribe.SegmentBytes - 32 - _scribe.Journal.Writer.Position.OffsetBytes);
        _scribe.AppendMany(1, frameLength: left - 32);

        Assert.That(_scribe.Journal.Writer.Position, Is.EqualTo(new JournalPosition(0, Scribe.SegmentBytes - 32)));
        _scribe.AppendMany(1);
        Assert.That(_scribe.Journal.Writer.Position.SegmentIndex, Is.EqualTo(1));
        Assert.That(Scribe.Examine(_storage).LastSequence.Value, Is.EqualTo(_scribe.Sequence));
    }

    [Test]
    public void Appending_allocates_nothing()
    {
        var envelopes = new RecordEnvelope[2_000];
        var checksum = _scribe.Journal.LastChecksum;
        for (var at = 0; at < envelopes.Length; at++)
        {
            envelopes[at] = Scribe.Make(at + 1, 96, checksum, _frame);
            checksum = envelopes[at].Checksum;
        }

        var frames = new byte[envelopes.Length][];
        for (var at = 0; at < frames.Length; at++)
        {
            frames[at] = new byte[96];
            new Noise((ulong)(at + 1)).Fill(frames[at]);
        }

        var writer = _scribe.Journal.Writer;
        Assert.That(writer.TryAppend(in envelopes[0], frames[0]), Is.True);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var appended = true;
        for (var at = 1; at < envelopes.Length; at++)
        {
            appended &= writer.TryAppend(in envelopes[at], frames[at]);
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.That(appended, Is.True);
        Assert.That(allocated, Is.Zero);
    }

    private delegate void Change(ref RecordEnvelope envelope);

    private void AssertRefused(int frameLength, Change change) =>
        Assert.That(() => AppendChanged(frameLength, change), Throws.InstanceOf<InvariantBrokenException>());

    private void AppendChanged(int frameLength, Change change)
    {
        var sequence = _scribe.Sequence + 1;
        var envelope = Scribe.Make(sequence, frameLength, _scribe.Journal.LastChecksum, _frame);
        change(ref envelope);
        var length = Math.Min(frameLength, (int)envelope.Length);
        envelope.Checksum = RecordChecksum.Compute(_scribe.Journal.LastChecksum, in envelope, _frame.AsSpan(0, length));
        _scribe.Journal.Writer.TryAppend(in envelope, _frame.AsSpan(0, frameLength));
    }
}
