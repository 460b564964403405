using Disruptor;
using Disruptor.Dsl;
using HftDelta.Runtime.Rings;
using NUnit.Framework;

namespace HftDelta.Tests.Disruptor.Threads;

/// <summary>Claim, publish and poll make no garbage once warm.</summary>
[TestFixture(ProducerType.Single)]
[TestFixture(ProducerType.Multi)]
[CancelAfter(20_000)]
public sealed class AllocationTests(ProducerType producerType)
{
    [Test]
    public void Native_ring_with_the_direct_poller_allocates_nothing()
    {
        var sequencer = SequencerFactory.Create(producerType, 64);
        using var memory = UnmanagedRingBufferMemory.Allocate(64, sizeof(long));
        var ring = new UnmanagedRingBuffer<long>(memory.PointerToFirstEvent, memory.EventSize, sequencer);
        var poller = RingPoller.Create(ring, sequencer);
        ring.AddGatingSequences(poller.Sequence);
        var handler = new Summer();
        Assert.That(AllocatedBytes(() => RoundOf(ring, poller, ref handler)), Is.Zero);
        Assert.That(handler.Sum, Is.GreaterThan(0));
    }

    [Test]
    public void Managed_ring_with_the_packages_poller_allocates_nothing()
    {
        var ring = new ValueRingBuffer<long>(SequencerFactory.Create(producerType, 64));
        var poller = ring.NewPoller();
        ring.AddGatingSequences(poller.Sequence);
        var sum = 0L;
        EventPoller.ValueHandler<long> handler = (ref long value, long _, bool _) =>
        {
            sum += value;
            return true;
        };
        Assert.That(AllocatedBytes(() => RoundOf(ring, poller, handler)), Is.Zero);
        Assert.That(sum, Is.GreaterThan(0));
    }

    [Test]
    public void Publish_scopes_allocate_nothing()
    {
        var ring = new ValueRingBuffer<long>(SequencerFactory.Create(producerType, 64));
        Assert.That(
            AllocatedBytes(() =>
            {
                using (var one = ring.PublishEvent())
                {
                    one.Event() = 1;
                }

                using var several = ring.PublishEvents(5);
                several.Event(4) = 2;
            }),
            Is.Zero);
    }

    private static void RoundOf<THandler>(
        UnmanagedRingBuffer<long> ring, RingPoller<long, UnmanagedSlots<long>> poller, ref THandler handler)
        where THandler : struct, IRingEventHandler<long>
    {
        for (var i = 0; i < 20 && ring.TryNext(out var sequence); i++)
        {
            ring[sequence] = sequence;
            ring.Publish(sequence);
        }

        if (ring.HasAvailableCapacity(3))
        {
            ring.Publish(ring.Cursor + 1, ring.Next(3));
        }

        poller.Poll(ref handler);
        poller.Poll(ref handler);
    }

    private static void RoundOf(
        ValueRingBuffer<long> ring, ValueEventPoller<long> poller, EventPoller.ValueHandler<long> handler)
    {
        for (var i = 0; i < 20 && ring.TryNext(out var sequence); i++)
        {
            ring[sequence] = sequence;
            ring.Publish(sequence);
        }

        poller.Poll(handler);
        poller.Poll(handler);
    }

    private static long AllocatedBytes(Action round)
    {
        for (var i = 0; i < 100; i++)
        {
            round();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            round();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private struct Summer : IRingEventHandler<long>
    {
        public long Sum { get; private set; }

        public bool OnEvent(ref long data, long sequence, bool endOfBatch)
        {
            Sum += data;
            return true;
        }
    }
}
