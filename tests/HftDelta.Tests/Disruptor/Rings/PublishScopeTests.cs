using Disruptor;
using NUnit.Framework;

namespace HftDelta.Tests.Disruptor.Rings;

[TestFixture]
[CancelAfter(20_000)]
public sealed class PublishScopeTests
{
    [Test]
    public void Scope_publishes_its_slot_when_it_ends()
    {
        var ring = new ValueRingBuffer<long>(new SingleProducerSequencer(4));
        using (var scope = ring.PublishEvent())
        {
            scope.Event() = 5;
            Assert.That(scope.Sequence, Is.Zero);
            Assert.That(ring.Cursor, Is.EqualTo(-1));
        }

        Assert.That(ring.Cursor, Is.Zero);
        Assert.That(ring[0], Is.EqualTo(5));
    }

    [Test]
    public void Batch_scope_of_a_managed_ring_crosses_the_wrap()
    {
        var ring = new ValueRingBuffer<long>(new SingleProducerSequencer(4));
        ring.Publish(ring.Next(3));
        using (var scope = ring.PublishEvents(3))
        {
            scope.Event(0) = 30;
            scope.Event(2) = 50;
            Assert.That((scope.StartSequence, scope.EndSequence), Is.EqualTo((3L, 5L)));
        }

        Assert.That(ring.Cursor, Is.EqualTo(5));
        Assert.That((ring[3], ring[1]), Is.EqualTo((30L, 50L)));
    }

    [Test]
    public void Batch_scope_of_a_native_ring_publishes_every_slot()
    {
        using var memory = UnmanagedRingBufferMemory.Allocate(4, sizeof(long));
        var sequencer = new MultiProducerSequencer(4);
        var ring = new UnmanagedRingBuffer<long>(memory.PointerToFirstEvent, memory.EventSize, sequencer);
        using (var scope = ring.PublishEvents(3))
        {
            scope.Event(1) = 8;
        }

        using (var scope = ring.PublishEvent())
        {
            scope.Event() = 9;
        }

        var published = Enumerable.Range(0, 5).Select(i => sequencer.IsAvailable(i));
        Assert.That(published, Is.EqualTo(new[] { true, true, true, true, false }));
        Assert.That(memory.ToArray<long>(), Is.EqualTo(new long[] { 0, 8, 0, 9 }));
    }
}
