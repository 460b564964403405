using HftDelta.Journal.Reading;
using HftDelta.Journal.Segments;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Storage;
using NUnit.Framework;

namespace HftDelta.Tests.Journal.Reading;

/// <summary>Finding a place in a journal by sequence and by time, and what that costs.</summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class SeekTests
{
    private const int Records = 120_000;

    // Records of one index stride, and the halvings of segments and of the entries of one.
    private const int StrideRecordsMax = (SegmentIndex.StrideBytes / 40) + 1;
    private const int HalvingsMax = 12;

    private static readonly Lazy<VirtualStorage> Long = new(() => Write(Records));

    [Test]
    public void Any_sequence_is_found_with_few_looks()
    {
        var segments = Long.Value.List().Count(name => SegmentLayout.LooksLikeSegment(name));
        Assert.That(segments, Is.GreaterThan(20));
        var noise = new Noise(3);
        using var reader = new JournalReader(Long.Value);
        for (var probe = 0; probe < 2_000; probe++)
        {
            // The last segment is open and has no index yet.
            var wanted = 1 + noise.Next(Records - 7_000);
            var before = reader.Looks;
            Assert.That(reader.Seek(new CommandSequence(wanted)), Is.True);
            Assert.That(reader.Looks - before, Is.LessThan(HalvingsMax + StrideRecordsMax), $"record {wanted}");
            Assert.That(reader.TryRead(out var record), Is.True);
            Assert.That(record.Sequence.Value, Is.EqualTo(wanted));
        }
    }

    [Test]
    public void Headers_and_entries_that_are_read_grow_with_the_halvings_and_not_with_the_length()
    {
        var few = LooksOf(Write(12_000), 5_000);
        var many = LooksOf(Long.Value, 110_000);
        Assert.That(many, Is.LessThan(few + HalvingsMax + StrideRecordsMax));
        var mappings = Long.Value.MappingCount;
        LooksOf(Long.Value, 60_000);
        Assert.That(Long.Value.MappingCount - mappings, Is.LessThan(HalvingsMax), "files that were mapped");
    }

    [Test]
    public void Any_time_is_found_at_its_first_record()
    {
        using var reader = new JournalReader(Long.Value);
        var noise = new Noise(5);
        for (var probe = 0; probe < 2_000; probe++)
        {
            // Record n has time 1,000 + 10 n: on it, just before it, just after it.
            var wanted = 2 + noise.Next(Records - 7_000);
            var time = 1_000UL + (10 * (ulong)wanted) - (ulong)noise.Next(10);
            var before = reader.Looks;
            Assert.That(reader.Seek(new TimeNanos(time)), Is.True);
            Assert.That(reader.Looks - before, Is.LessThan(HalvingsMax + StrideRecordsMax), $"record {wanted}");
            Assert.That(reader.TryRead(out var record), Is.True);
            Assert.That(record.Sequence.Value, Is.EqualTo(wanted), $"time {time}");
        }

        Assert.That(reader.Seek(new TimeNanos(0)), Is.True);
        Assert.That(reader.LastSequence, Is.EqualTo(CommandSequence.None));
        Assert.That(reader.Seek(new TimeNanos(ulong.MaxValue)), Is.False);
        Assert.That(reader.LastSequence.Value, Is.EqualTo(Records));
    }

    [Test]
    public void The_first_record_of_each_segment_is_found_by_its_time()
    {
        using var reader = new JournalReader(Long.Value);
        var first = 0L;
        var segment = -1;
        var firsts = new List<long>();
        while (reader.TryRead(out var record))
        {
            first = reader.Position.SegmentIndex != segment ? record.Sequence.Value : first;
            if (reader.Position.SegmentIndex != segment)
            {
                firsts.Add(first);
                segment = reader.Position.SegmentIndex;
            }
        }

        Assert.That(firsts, Has.Count.GreaterThan(20));
        foreach (var sequence in firsts)
        {
            Assert.That(reader.Seek(new TimeNanos(1_000 + (10 * (ulong)sequence))), Is.True);
            Assert.That(reader.LastSequence.Value, Is.EqualTo(sequence - 1));
        }
    }

    [Test]
    public void A_missing_or_damaged_index_costs_time_and_nothing_else()
    {
        var noise = new Noise(11);
        for (var round = 0; round < 60; round++)
        {
            var storage = Write(12_000);
            var name = SegmentIndex.NameOf(0);
            switch (round % 3)
            {
                case 0:
                    storage.Delete(name);
                    break;
                case 1:
                    storage.FlipBit(name, noise.Next((int)storage.LengthBytesOf(name) * 8));
                    break;
                default:
                    storage.CopyFrom(Write(13_000, 60), name, name);
                    break;
            }

            using var reader = new JournalReader(storage);
            var wanted = 1 + noise.Next(5_000);
            Assert.That(reader.Seek(new CommandSequence(wanted)), Is.True);
            Assert.That(reader.TryRead(out var record), Is.True);
            Assert.That(record.Sequence.Value, Is.EqualTo(wanted), $"round {round}");
        }
    }

    [Test]
    public void A_segment_that_was_closed_by_a_killed_process_gets_its_index_at_the_next_opening()
    {
        var storage = Scribe.Written(12_000);
        for (var index = 0; index < 3; index++)
        {
            if (storage.Exists(SegmentIndex.NameOf(index)))
            {
                storage.Delete(SegmentIndex.NameOf(index));
            }
        }

        storage.Bytes(SegmentLayout.NameOf(1)).Slice(SegmentLayout.SealOffsetBytes, 128).Clear();
        Scribe.Open(storage).Journal.Dispose();
        Assert.That(storage.Exists(SegmentIndex.NameOf(0)), Is.True);
    }

    private static long LooksOf(VirtualStorage storage, long sequence)
    {
        using var reader = new JournalReader(storage);
        Assert.That(reader.Seek(new CommandSequence(sequence)), Is.True);
        return reader.Looks;
    }

    private static VirtualStorage Write(int records, int frameLength = 0)
    {
        var storage = new VirtualStorage();
        using var journal = Scribe.Open(storage).Journal;
        var scribe = new Scribe(journal);
        scribe.AppendMany(records, frameLength);
        scribe.Settle();
        return storage;
    }
}
