using HftDelta.Journal.Faults;
using HftDelta.Journal.Reading;
using HftDelta.Journal.Segments;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using NUnit.Framework;

namespace HftDelta.Tests.Journal.Reading;

/// <summary>Records that are shown ahead come in their turn, each once and with its bytes, also where a segment ends.</summary>
[TestFixture]
[CancelAfter(20_000)]
internal sealed class RecordWindowTests
{
    [Test]
    public void What_was_shown_is_handed_out_in_order_across_segments()
    {
        const int last = 15_000;
        var storage = Scribe.Written(last);
        Assert.That(storage.Exists(SegmentLayout.NameOf(2)), Is.True);
        using var reader = new JournalReader(storage, new CommandSequence(last));
        var window = new RecordWindow(reader);
        var frame = new byte[RecordEnvelope.FrameLengthMaxBytes];
        var (shown, taken, most, checksum) = (0L, 0L, 0L, 0u);
        while (true)
        {
            while (window.TryShowNext(out var ahead))
            {
                Assert.That(ahead.Sequence.Value, Is.EqualTo(++shown));
            }

            most = Math.Max(most, shown - taken);
            if (!window.TryTake(out var record))
            {
                break;
            }

            var expected = Scribe.Make(++taken, Scribe.LengthOf(taken), checksum, frame);
            checksum = expected.Checksum;
            Assert.That(record.Envelope, Is.EqualTo(expected));
            Assert.That(record.Frame.SequenceEqual(frame.AsSpan(0, expected.Length)), Is.True, $"frame of record {taken}");
        }

        Assert.That(taken, Is.EqualTo(last));
        Assert.That(shown, Is.EqualTo(last));
        Assert.That(most, Is.EqualTo(RecordWindow.CountMax));
    }

    [Test]
    public void A_damaged_record_is_told_after_those_before_it_were_handed_out()
    {
        var storage = Scribe.Written(10);
        using (var found = new JournalReader(storage))
        {
            found.Seek(new CommandSequence(6));
            storage.Bytes(SegmentLayout.NameOf(0))[(int)found.Position.OffsetBytes + RecordEnvelope.LengthBytes] ^= 1;
        }

        using var reader = new JournalReader(storage);
        var window = new RecordWindow(reader);
        for (var sequence = 1; sequence <= 5; sequence++)
        {
            while (window.TryShowNext(out _))
            {
            }

            Assert.That(window.TryTake(out var record), Is.True);
            Assert.That(record.Sequence.Value, Is.EqualTo(sequence));
        }

        Assert.That(() => window.TryShowNext(out _), Throws.InstanceOf<JournalException>());
        Assert.That(window.TryTake(out _), Is.False);
    }
}
