using System.Runtime.CompilerServices;
using Disruptor;
using Disruptor.Dsl;
using NUnit.Framework;

namespace HftDelta.Tests.Disruptor.Promises;

/// <summary>
/// What our rings promise beyond the library whose names they bear. Nothing in the venue relies on it: a build with the
/// package leaves these out and all else passes.
/// </summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class OwnPromisesTests
{
    [Test]
    public void Claims_never_show_what_is_not_published()
    {
        var sequencer = new SingleProducerSequencer(4);
        var consumer = new Sequence();
        sequencer.AddGatingSequences(consumer);
        sequencer.Next(4);

        // The slow path of a full ring looks at the consumers; it must leave the cursor alone.
        Assert.That(sequencer.TryNext(out _), Is.False);
        Assert.That(sequencer.HasAvailableCapacity(1), Is.False);
        Assert.That(sequencer.Cursor, Is.EqualTo(-1));
        sequencer.Publish(1);
        Assert.That(sequencer.Cursor, Is.EqualTo(1));
    }

    [Test]
    public void Without_consumers_the_ring_holds_no_more_unpublished_slots_than_it_has()
    {
        var sequencer = new SingleProducerSequencer(4);
        sequencer.Next(4);
        Assert.That(sequencer.TryNext(out _), Is.False);
        sequencer.Publish(3);
        Assert.That(sequencer.TryNext(4, out var highest), Is.True);
        Assert.That(highest, Is.EqualTo(7));
    }

    [Test]
    public void Consumer_added_between_claim_and_publish_gates_from_there()
    {
        var sequencer = new SingleProducerSequencer(4);
        sequencer.Publish(sequencer.Next(4));
        sequencer.Next(2);
        Assert.That(sequencer.HasAvailableCapacity(2), Is.True);
        Assert.That(sequencer.HasAvailableCapacity(3), Is.False, "measured from what is published, not from what is claimed");
        var consumer = new Sequence();
        sequencer.AddGatingSequences(consumer);
        Assert.That(consumer.Value, Is.EqualTo(3));
        sequencer.Publish(sequencer.Next(2));
        Assert.That(sequencer.TryNext(out _), Is.False, "sequences 4 to 7 are unread");
    }

    [Test]
    public void Later_changes_of_the_given_array_do_not_matter()
    {
        Sequence[] dependencies = [new(3)];
        var group = new DependentSequenceGroup(new Sequence(12), dependencies);
        dependencies[0] = new Sequence(99);
        Assert.That(group.Value, Is.EqualTo(3));
    }

    [Test]
    public void Slots_smaller_than_the_event_are_refused()
    {
        Assert.That(
            () => new UnmanagedRingBuffer<decimal>(1, 15, new SingleProducerSequencer(8)),
            Throws.InstanceOf<ArgumentOutOfRangeException>());
        using var memory = UnmanagedRingBufferMemory.Allocate(8, 8);
        Assert.That(
            () => new UnmanagedRingBuffer<decimal>(memory, ProducerType.Single, new BusySpinWaitStrategy()),
            Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Null_pointer_is_refused() =>
        Assert.That(
            () => new UnmanagedRingBuffer<long>(0, 8, new SingleProducerSequencer(8)),
            Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void Ring_keeps_its_memory_alive()
    {
        var (ring, memory) = RingOverForgottenMemory();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.That(memory.IsAlive, Is.True);
        GC.KeepAlive(ring);
    }

    [Test]
    public void Copy_of_slots_of_another_size_is_refused()
    {
        using var memory = UnmanagedRingBufferMemory.Allocate(32, sizeof(decimal));
        Assert.That(memory.ToArray<decimal>, Throws.Nothing);
        Assert.That(memory.ToArray<long>, Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (UnmanagedRingBuffer<long> Ring, WeakReference Memory) RingOverForgottenMemory()
    {
        var memory = UnmanagedRingBufferMemory.Allocate(8, sizeof(long));
        var ring = new UnmanagedRingBuffer<long>(memory, ProducerType.Single, new BusySpinWaitStrategy());
        return (ring, new WeakReference(memory));
    }
}
