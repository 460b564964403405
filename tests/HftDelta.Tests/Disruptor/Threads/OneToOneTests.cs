using Disruptor;
using HftDelta.Runtime.Rings;
using NUnit.Framework;

namespace HftDelta.Tests.Disruptor.Threads;

/// <summary>Rings between real threads. A torn, lost, doubled or overwritten event breaks the order or the checksum.</summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class OneToOneTests
{
    private const int EventCount = 200_000;

    [TestCase(1, 8)]
    [TestCase(1, 1_024)]
    [TestCase(3, 8)]
    [TestCase(8, 8)]
    public void Everything_arrives_once_in_order_and_whole(int batch, int size, CancellationToken token)
    {
        var sequencer = new SingleProducerSequencer(size);
        using var memory = UnmanagedRingBufferMemory.Allocate(size, 32);
        var ring = new UnmanagedRingBuffer<FourWords>(memory.PointerToFirstEvent, memory.EventSize, sequencer);
        var poller = RingPoller.Create(ring, sequencer);
        ring.AddGatingSequences(poller.Sequence);
        var producer = Background.Start(() => Produce(ring, batch));
        var handler = new Verifier();
        while (handler.Count < EventCount && !handler.IsBroken && !token.IsCancellationRequested)
        {
            if (poller.Poll(ref handler) != EventPoller.PollState.Processing)
            {
                Thread.Yield();
            }
        }

        // A broken run still has to let the producer end.
        ring.RemoveGatingSequence(poller.Sequence);
        Background.End(producer);
        Assert.That(handler.IsBroken, Is.False, $"event {handler.Count}");
        Assert.That(handler.Count, Is.EqualTo(EventCount));
    }

    [Test]
    public void Second_stage_sees_what_the_first_wrote_into_the_slot(CancellationToken token)
    {
        const int size = 16;
        var sequencer = new SingleProducerSequencer(size);
        using var memory = UnmanagedRingBufferMemory.Allocate(size, 32);
        var ring = new UnmanagedRingBuffer<FourWords>(memory.PointerToFirstEvent, memory.EventSize, sequencer);
        var first = new SequenceReader(sequencer);
        var second = RingPoller.Create(ring, sequencer, first.Sequence);
        ring.AddGatingSequences(first.Sequence, second.Sequence);
        var producer = Background.Start(() => Produce(ring, 1));
        var stage = Background.Start(() => Negate(ring, first));
        var handler = new Verifier { Sign = -1 };
        while (handler.Count < EventCount && !handler.IsBroken && !token.IsCancellationRequested)
        {
            if (second.Poll(ref handler) != EventPoller.PollState.Processing)
            {
                Thread.Yield();
            }
        }

        ring.RemoveGatingSequence(second.Sequence);
        Background.End(producer, stage);
        Assert.That(handler.IsBroken, Is.False, $"event {handler.Count}");
        Assert.That(handler.Count, Is.EqualTo(EventCount));
    }

    private static void Produce(UnmanagedRingBuffer<FourWords> ring, int batch)
    {
        for (var written = 0; written < EventCount;)
        {
            var n = Math.Min(batch, EventCount - written);
            var highest = ring.Next(n);
            for (var sequence = highest - n + 1; sequence <= highest; sequence++)
            {
                ring[sequence] = FourWords.Of(sequence);
            }

            ring.Publish(highest - n + 1, highest);
            written += n;
        }
    }

    private static void Negate(UnmanagedRingBuffer<FourWords> ring, SequenceReader reader)
    {
        while (reader.NextSequence < EventCount)
        {
            var available = reader.GetAvailableSequence();
            for (var sequence = reader.NextSequence; sequence <= available; sequence++)
            {
                ref var slot = ref ring[sequence];
                slot = new FourWords { First = -slot.First, Second = -slot.Second, Third = -slot.Third, Fourth = -slot.Fourth };
            }

            reader.Release(Math.Max(available, reader.Sequence.Value));
            Thread.Yield();
        }
    }

    private struct FourWords
    {
        public long First;
        public long Second;
        public long Third;
        public long Fourth;

        public static FourWords Of(long sequence) => new()
        {
            First = sequence + 1,
            Second = sequence * 31,
            Third = sequence ^ 0x5555_5555,
            Fourth = sequence + 1 + (sequence * 31) + (sequence ^ 0x5555_5555),
        };
    }

    private struct Verifier : IRingEventHandler<FourWords>
    {
        public Verifier()
        {
        }

        public long Sign { get; init; } = 1;

        public long Count { get; private set; }

        public bool IsBroken { get; private set; }

        public bool OnEvent(ref FourWords data, long sequence, bool endOfBatch)
        {
            var expected = FourWords.Of(sequence);
            IsBroken = sequence != Count
                || data.First != Sign * expected.First
                || data.Second != Sign * expected.Second
                || data.Third != Sign * expected.Third
                || data.Fourth != Sign * expected.Fourth;
            Count += IsBroken ? 0 : 1;
            return !IsBroken;
        }
    }
}
