using HftDelta.Gateway.Rings;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Randomness;
using NUnit.Framework;

namespace HftDelta.Tests.Gateway.Rings;

/// <summary>Frames through a ring: whole, in order, never more than fit.</summary>
[CancelAfter(20_000)]
internal sealed class FrameRingTests
{
    private static readonly SessionHandle Session = new(7);

    [Test]
    public void A_frame_comes_out_as_it_went_in()
    {
        using var ring = new FrameRing(32);
        var frame = Frame(1, 200);

        Assert.That(ring.TryWrite(RecordSource.Oracle, Session, frame), Is.True);

        Assert.That(ring.Reader.TryPeek(out var record), Is.True);
        Assert.That(record.Frame.ToArray(), Is.EqualTo(frame));
        Assert.That(record.Envelope.Source, Is.EqualTo(RecordSource.Oracle));
        Assert.That(record.Envelope.SessionHandle, Is.EqualTo(7));
        Assert.That(record.IsBarrier, Is.False);
    }

    [Test]
    public void A_full_ring_refuses_and_takes_again_after_a_release()
    {
        using var ring = new FrameRing(32);
        var frame = Frame(1, 96);
        var written = 0;
        while (ring.TryWrite(RecordSource.Client, Session, frame))
        {
            written++;
        }

        Assert.That(written, Is.EqualTo(32));
        Assert.That(ring.Reader.TryPeek(out _), Is.True);
        ring.Reader.Advance();
        Assert.That(ring.TryWrite(RecordSource.Client, Session, frame), Is.False, "nothing was given back yet");
        ring.Reader.Release();
        Assert.That(ring.TryWrite(RecordSource.Client, Session, frame), Is.True);
        Assert.That(ring.UsedSlots, Is.EqualTo(32));
    }

    [Test]
    public void Staged_frames_are_seen_when_they_are_flushed_and_not_before()
    {
        using var ring = new FrameRing(32);
        ring.TryStage(RecordSource.Client, Session, Frame(1, 8));
        ring.TryStage(RecordSource.Client, Session, Frame(2, 8));

        Assert.That(ring.Reader.TryPeek(out _), Is.False);
        ring.Flush();
        Assert.That(ReadAll(ring), Has.Count.EqualTo(2));
    }

    [Test]
    public void A_record_that_was_not_moved_past_is_seen_again()
    {
        using var ring = new FrameRing(32);
        ring.TryWrite(RecordSource.Client, Session, Frame(1, 8));
        ring.TryWrite(RecordSource.Client, Session, Frame(2, 8));

        Assert.That(ring.Reader.TryPeek(out var first), Is.True);
        ring.Reader.Release();
        Assert.That(ring.Reader.TryPeek(out var again), Is.True);
        Assert.That(again.Frame.ToArray(), Is.EqualTo(first.Frame.ToArray()));
    }

    [Test]
    public void Frames_of_any_length_stay_whole_across_many_wraps()
    {
        var random = new SeededRandom(41);
        using var ring = new FrameRing(32);
        var expected = new Queue<byte[]>();
        for (var step = 0; step < 20_000; step++)
        {
            var frame = Frame(step, random.NextInRange(1, RecordEnvelope.FrameLengthMaxBytes));
            if (ring.TryStage(RecordSource.Client, Session, frame))
            {
                expected.Enqueue(frame);
            }
            else
            {
                ring.Flush();
                Drain(ring, expected, random.NextInRange(1, 5));
            }
        }

        ring.Flush();
        Drain(ring, expected, int.MaxValue);
        Assert.That(expected, Is.Empty);
        Assert.That(ring.IsEmpty, Is.True);
    }

    [Test]
    public void A_barrier_carries_its_number_and_no_frame()
    {
        using var ring = new FrameRing(32);
        ring.TryWrite(RecordSource.Client, Session, Frame(1, 8));
        Assert.That(ring.TryWriteBarrier(new BarrierNumber(9)), Is.True);

        ring.Reader.TryPeek(out _);
        ring.Reader.Advance();
        Assert.That(ring.Reader.TryPeek(out var barrier), Is.True);
        Assert.That(barrier.IsBarrier, Is.True);
        Assert.That(barrier.Envelope.Sequence, Is.EqualTo(9));
        Assert.That(barrier.Frame.IsEmpty, Is.True);
    }

    [TestCase(0)]
    [TestCase(RecordEnvelope.FrameLengthMaxBytes + 1)]
    public void A_frame_without_bytes_or_with_too_many_is_refused(int lengthBytes)
    {
        using var ring = new FrameRing(32);
        Assert.That(
            () => ring.TryWrite(RecordSource.Client, Session, new byte[lengthBytes]),
            Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void A_ring_that_cannot_hold_padding_and_a_record_is_refused() =>
        Assert.That(() => new FrameRing(16), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void One_thread_writes_while_another_reads()
    {
        const int frames = 20_000;
        using var ring = new FrameRing(64);
        var writer = new Thread(() =>
        {
            for (var index = 0; index < frames; index++)
            {
                var frame = Frame(index, 8 + (index % 300));
                while (!ring.TryWrite(RecordSource.Client, Session, frame))
                {
                    Thread.Yield();
                }
            }
        });
        writer.Start();
        var wrong = 0;
        for (var index = 0; index < frames;)
        {
            if (!ring.Reader.TryPeek(out var record))
            {
                ring.Reader.Release();
                Thread.Yield();
                continue;
            }

            wrong += record.Frame.SequenceEqual(Frame(index, 8 + (index % 300))) ? 0 : 1;
            ring.Reader.Advance();
            index++;
        }

        writer.Join();
        Assert.That(wrong, Is.Zero);
    }

    private static byte[] Frame(int number, int lengthBytes)
    {
        var frame = new byte[lengthBytes];
        for (var index = 0; index < lengthBytes; index++)
        {
            frame[index] = (byte)(number + (index * 31));
        }

        return frame;
    }

    private static List<byte[]> ReadAll(FrameRing ring)
    {
        var all = new List<byte[]>();
        while (ring.Reader.TryPeek(out var record))
        {
            all.Add(record.Frame.ToArray());
            ring.Reader.Advance();
        }

        ring.Reader.Release();
        return all;
    }

    private static void Drain(FrameRing ring, Queue<byte[]> expected, int countMax)
    {
        for (var count = 0; count < countMax && ring.Reader.TryPeek(out var record); count++)
        {
            Assert.That(record.Frame.SequenceEqual(expected.Dequeue()), Is.True);
            ring.Reader.Advance();
        }

        ring.Reader.Release();
    }
}
