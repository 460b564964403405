using HftDelta.Journal.Cursors;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Reading;
using HftDelta.Journal.Segments;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Storage;
using NUnit.Framework;

namespace HftDelta.Tests.Journal.Reading;

[TestFixture]
[CancelAfter(20_000)]
public sealed class JournalReaderTests
{
    [Test]
    public void Every_record_comes_back_across_segments()
    {
        var storage = Scribe.Written(15_000);

        Assert.That(storage.Exists(SegmentLayout.NameOf(2)), Is.True);
        Scribe.AssertRecords(storage, 15_000);
    }

    [Test]
    public void A_reader_of_a_live_journal_finds_each_record_once_as_it_comes()
    {
        var storage = new VirtualStorage();
        using var journal = Scribe.Open(storage).Journal;
        var scribe = new Scribe(journal);
        using var reader = new JournalReader(storage);
        for (var sequence = 1L; sequence <= 9_000; sequence++)
        {
            Assert.That(reader.TryRead(out _), Is.False);
            scribe.AppendMany(1);
            Assert.That(reader.TryRead(out var record), Is.True);
            Assert.That(record.Sequence.Value, Is.EqualTo(sequence));
        }

        Assert.That(reader.Position.SegmentIndex, Is.Positive);
    }

    [Test]
    public void A_record_is_not_seen_before_its_last_store()
    {
        var storage = Scribe.Written(10);
        using var whole = new JournalReader(storage, new CommandSequence(9));
        while (whole.TryRead(out _))
        {
        }

        var offset = (int)whole.Position.OffsetBytes;
        var bytes = storage.Bytes(SegmentLayout.NameOf(0));
        var sequence = bytes.Slice(offset, 8).ToArray();
        bytes.Slice(offset, 8).Clear();
        using var reader = new JournalReader(storage);
        while (reader.TryRead(out _))
        {
        }

        Assert.That(reader.LastSequence.Value, Is.EqualTo(9));
        sequence.CopyTo(storage.Bytes(SegmentLayout.NameOf(0))[offset..]);
        Assert.That(reader.TryRead(out var record), Is.True);
        Assert.That(record.Sequence.Value, Is.EqualTo(10));
    }

    [Test]
    public void Seeking_finds_every_record_in_any_order()
    {
        var storage = Scribe.Written(12_000, frameLength: 200);
        using var reader = new JournalReader(storage);
        var noise = new Noise(5);
        foreach (var wanted in Enumerable.Range(0, 300).Select(_ => 1L + noise.Next(12_000)).Append(1).Append(12_000))
        {
            Assert.That(reader.Seek(new CommandSequence(wanted)), Is.True);
            Assert.That(reader.TryRead(out var record), Is.True, $"record {wanted}");
            Assert.That(record.Sequence.Value, Is.EqualTo(wanted));
        }

        Assert.That(reader.Seek(new CommandSequence(12_001)), Is.True, "the next to come");
        Assert.That(reader.TryRead(out _), Is.False);
        Assert.That(reader.Seek(new CommandSequence(12_002)), Is.False);
    }

    [Test]
    public void A_damaged_record_is_an_error_that_names_it()
    {
        var storage = Scribe.Written(100, frameLength: 96);
        storage.Bytes(SegmentLayout.NameOf(0))[4_096 + (41 * 128) + 70] ^= 1;
        using var reader = new JournalReader(storage);
        for (var record = 0; record < 41; record++)
        {
            Assert.That(reader.TryRead(out _), Is.True);
        }

        var error = Assert.Throws<JournalException>(() => reader.TryRead(out _));
        Assert.That(error.Fault, Is.EqualTo(JournalFault.RecordDamaged));
        Assert.That(error.Sequence.Value, Is.EqualTo(42));
        Assert.That(error.Position, Is.EqualTo(new JournalPosition(0, 4_096 + (41 * 128))));
        Assert.That(() => reader.TryRead(out _), Throws.InstanceOf<JournalException>(), "it never steps over");
    }

    [Test]
    public void Reading_through_a_record_ends_there()
    {
        var storage = Scribe.Written(100);
        using var reader = new JournalReader(storage, new CommandSequence(60));
        while (reader.TryRead(out _))
        {
        }

        Assert.That(reader.LastSequence.Value, Is.EqualTo(60));
    }

    [Test]
    public void A_torn_journal_is_read_to_the_end_that_recovery_proved()
    {
        var storage = Scribe.Written(100, frameLength: 96);
        var torn = storage.AfterTear(SegmentLayout.NameOf(0), 4_096 + (99 * 128) + 50);
        SafeCursorFile.OpenOrCreate(torn, Scribe.Id).Dispose();
        using var reader = JournalReader.OpenRecovered(torn, out var report);
        while (reader.TryRead(out _))
        {
        }

        Assert.That(report.Torn, Is.Not.Null);
        Assert.That(reader.LastSequence.Value, Is.EqualTo(99));
    }

    [Test]
    public void A_lost_segment_is_an_error_and_not_an_end()
    {
        var storage = Scribe.Written(18_000);
        storage.Delete(SegmentLayout.NameOf(1));
        using var reader = new JournalReader(storage);

        var error = Assert.Throws<JournalException>(() =>
        {
            while (reader.TryRead(out _))
            {
            }
        });
        Assert.That(error.Fault, Is.EqualTo(JournalFault.SegmentMissing));
    }

    [Test]
    public void An_empty_directory_is_no_journal()
    {
        var error = Assert.Throws<JournalException>(() => new JournalReader(new VirtualStorage()).Dispose());
        Assert.That(error.Fault, Is.EqualTo(JournalFault.NoJournal));
        Assert.That(error.ExitCode, Is.EqualTo(2));
    }
}
