using HftDelta.Gateway;
using HftDelta.Gateway.Rings;
using HftDelta.Primitives.Integrity;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Randomness;
using NUnit.Framework;

namespace HftDelta.Tests.Gateway;

/// <summary>The one who numbers: sequence, time and checksum of every record.</summary>
[CancelAfter(20_000)]
internal sealed class RecordPublisherTests
{
    private static readonly PublisherStart Begin = new(CommandSequence.None, default, RecordChecksum.Genesis, 1);

    [Test]
    public void Sequences_have_no_gaps_and_time_never_goes_back()
    {
        var ring = RecordRings.Make(64);
        var reader = new RecordRingReader(ring);
        var publisher = new RecordPublisher(ring, Begin);
        foreach (var now in (ulong[])[100, 90, 90, 120, 0])
        {
            Publish(publisher, now, 96);
        }

        var seen = Read(reader);
        Assert.That(seen.Select(one => one.Envelope.Sequence), Is.EqualTo([1L, 2L, 3L, 4L, 5L]));
        Assert.That(seen.Select(one => one.Envelope.TimeNanos), Is.EqualTo([100UL, 100UL, 100UL, 120UL, 120UL]));
        Assert.That(seen.Select(one => one.Envelope.Term), Is.All.EqualTo(1));
    }

    [Test]
    public void Checksums_are_one_plain_checksum_over_all_heads_and_frames()
    {
        var random = new SeededRandom(7);
        var ring = RecordRings.Make(32);
        var reader = new RecordRingReader(ring);
        var publisher = new RecordPublisher(ring, Begin);
        var bytes = new List<byte>();
        for (var step = 0; step < 2_000; step++)
        {
            Publish(publisher, (ulong)step, random.NextInRange(8, RecordEnvelope.FrameLengthMaxBytes));
            foreach (var (envelope, frame) in Read(reader))
            {
                bytes.AddRange(BitConverter.GetBytes(envelope.Sequence));
                bytes.AddRange(BitConverter.GetBytes(envelope.TimeNanos));
                bytes.AddRange(BitConverter.GetBytes(envelope.Term));
                bytes.AddRange(BitConverter.GetBytes(envelope.SessionHandle));
                bytes.AddRange(BitConverter.GetBytes(envelope.Length));
                bytes.AddRange([(byte)envelope.Source, 0]);
                bytes.AddRange(frame);
            }
        }

        Assert.That(publisher.LastSequence.Value, Is.EqualTo(2_000));
        Assert.That(
            publisher.LastChecksum,
            Is.EqualTo(Crc32C.Compute(0, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes))));
    }

    [Test]
    public void It_goes_on_where_a_journal_ended()
    {
        var ring = RecordRings.Make(64);
        var reader = new RecordRingReader(ring);
        var publisher = new RecordPublisher(
            ring, new PublisherStart(new CommandSequence(41), new TimeNanos(500), 0xABCD, 3));
        Publish(publisher, 400, 16);

        var (envelope, frame) = Read(reader).Single();
        Assert.That(envelope.Sequence, Is.EqualTo(42));
        Assert.That(envelope.TimeNanos, Is.EqualTo(500));
        Assert.That(envelope.Term, Is.EqualTo(3));
        Assert.That(envelope.Checksum, Is.EqualTo(RecordChecksum.Compute(0xABCD, in envelope, frame)));
    }

    [Test]
    public void A_full_ring_uses_no_sequence()
    {
        var ring = RecordRings.Make(32);
        var reader = new RecordRingReader(ring);
        var publisher = new RecordPublisher(ring, Begin);
        while (TryPublish(publisher, 1, 96))
        {
        }

        var last = publisher.LastSequence.Value;
        Assert.That(last, Is.EqualTo(32));
        Assert.That(Read(reader), Has.Count.EqualTo(32));
        Publish(publisher, 2, 96);
        Assert.That(Read(reader).Single().Envelope.Sequence, Is.EqualTo(33));
    }

    [Test]
    public void A_record_of_many_slots_is_contiguous_before_the_ring_wraps()
    {
        var ring = RecordRings.Make(32);
        var reader = new RecordRingReader(ring);
        var publisher = new RecordPublisher(ring, Begin);
        for (var index = 0; index < 25; index++)
        {
            Publish(publisher, 1, 96);
        }

        Read(reader);
        Publish(publisher, 1, RecordEnvelope.FrameLengthMaxBytes);

        // 25 slots are used, 11 do not fit into the 7 that are left: one padding record fills them.
        Assert.That(ring.Cursor, Is.EqualTo(32 + RecordSlots.PerRecordMax - 1));
        Assert.That(ring[25].Envelope.Source, Is.EqualTo(RecordSource.Padding));
        Assert.That(Read(reader).Single().Frame, Has.Length.EqualTo(RecordEnvelope.FrameLengthMaxBytes));
    }

    private static bool TryPublish(RecordPublisher publisher, ulong now, int lengthBytes)
    {
        var frame = new byte[lengthBytes];
        Array.Fill(frame, (byte)lengthBytes);
        return publisher.TryPublish(RecordSource.Client, new SessionHandle(3), new TimeNanos(now), frame);
    }

    private static void Publish(RecordPublisher publisher, ulong now, int lengthBytes) =>
        Assert.That(TryPublish(publisher, now, lengthBytes), Is.True);

    private static List<(RecordEnvelope Envelope, byte[] Frame)> Read(RecordRingReader reader)
    {
        var records = new List<(RecordEnvelope, byte[])>();
        while (reader.TryPeek(out var record))
        {
            records.Add((record.Envelope, record.Frame.ToArray()));
            reader.Advance();
        }

        reader.Release();
        return records;
    }
}
