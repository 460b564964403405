using Disruptor;
using NUnit.Framework;

namespace HftDelta.Tests.Disruptor.Threads;

/// <summary>Several producers on one ring: each sequence once, each producer's events in its order, every byte whole.</summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class ManyToOneTests
{
    private const int Producers = 3;
    private const int PerProducer = 60_000;

    [TestCase(1, false)]
    [TestCase(4, false)]
    [TestCase(1, true)]
    [TestCase(4, true)]
    public void Events_of_all_producers_arrive_once_and_in_their_order(int batch, bool tries, CancellationToken token)
    {
        var ring = new ValueRingBuffer<Tagged>(new MultiProducerSequencer(64));
        var poller = ring.NewPoller();
        ring.AddGatingSequences(poller.Sequence);
        var threads = new Thread[Producers];
        for (var i = 0; i < Producers; i++)
        {
            var producer = i;
            threads[i] = Background.Start(() => Produce(ring, producer, batch, tries));
        }

        var verifier = new Verifier();
        while (verifier.Count < Producers * PerProducer && verifier.Broken is null && !token.IsCancellationRequested)
        {
            if (poller.Poll(verifier.OnEvent) != EventPoller.PollState.Processing)
            {
                Thread.Yield();
            }
        }

        // A broken run still has to let the producers end.
        ring.RemoveGatingSequence(poller.Sequence);
        Background.End(threads);

        Assert.That(verifier.Broken, Is.Null);
        Assert.That(verifier.Count, Is.EqualTo(Producers * PerProducer));
        Assert.That(ring.Cursor, Is.EqualTo((Producers * PerProducer) - 1), "no sequence was skipped or handed out twice");
    }

    [Test]
    public void Claims_of_all_producers_are_disjoint()
    {
        const int size = 32_768;
        var sequencer = new MultiProducerSequencer(size);
        sequencer.AddGatingSequences(new Sequence());
        var owners = new int[size];
        var threads = new Thread[Producers];
        for (var i = 0; i < Producers; i++)
        {
            threads[i] = Background.Start(() =>
            {
                while (sequencer.TryNext(2, out var highest))
                {
                    Interlocked.Increment(ref owners[highest]);
                    Interlocked.Increment(ref owners[highest - 1]);
                    sequencer.Publish(highest - 1, highest);
                }
            });
        }

        Background.End(threads);

        Assert.That(owners, Is.All.EqualTo(1));
        Assert.That(sequencer.GetHighestPublishedSequence(0, sequencer.Cursor), Is.EqualTo(size - 1));
    }

    private static void Produce(ValueRingBuffer<Tagged> ring, int producer, int batch, bool tries)
    {
        for (var written = 0; written < PerProducer; written += batch)
        {
            long highest;
            if (tries)
            {
                while (!ring.TryNext(batch, out highest))
                {
                    Thread.Yield();
                }
            }
            else
            {
                highest = ring.Next(batch);
            }

            for (var i = 0; i < batch; i++)
            {
                ring[highest - batch + 1 + i] = Tagged.Of(producer, written + i);
            }

            ring.Publish(highest - batch + 1, highest);
        }
    }

    private struct Tagged
    {
        public long Producer;
        public long Number;
        public long Checksum;

        public static Tagged Of(long producer, long number) =>
            new() { Producer = producer, Number = number, Checksum = (producer * 1_000_003) ^ (number * 31) };
    }

    private sealed class Verifier
    {
        private readonly long[] _next = new long[Producers];

        public long Count { get; private set; }

        public string? Broken { get; private set; }

        public bool OnEvent(ref Tagged data, long sequence, bool endOfBatch)
        {
            if (sequence != Count)
            {
                Broken = $"sequence {sequence} instead of {Count}";
            }
            else if (data.Producer is < 0 or >= Producers || data.Checksum != Tagged.Of(data.Producer, data.Number).Checksum)
            {
                Broken = $"torn event at {sequence}";
            }
            else if (data.Number != _next[data.Producer])
            {
                Broken = $"producer {data.Producer}: {data.Number} instead of {_next[data.Producer]}";
            }
            else
            {
                _next[data.Producer]++;
                Count++;
            }

            return Broken is null;
        }
    }
}
