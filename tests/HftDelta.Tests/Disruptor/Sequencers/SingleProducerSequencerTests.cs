using Disruptor;
using Disruptor.Dsl;
using NUnit.Framework;

namespace HftDelta.Tests.Disruptor.Sequencers;

[TestFixture]
[CancelAfter(20_000)]
public sealed class SingleProducerSequencerTests
{
    [Test]
    public void Capacity_that_was_found_stays_until_the_producer_claims()
    {
        var sequencer = new SingleProducerSequencer(8);
        var consumer = new Sequence();
        sequencer.AddGatingSequences(consumer);
        sequencer.Publish(sequencer.Next(6));
        consumer.SetValue(2);
        Assert.That(sequencer.HasAvailableCapacity(5), Is.True);
        Assert.That(sequencer.HasAvailableCapacity(6), Is.False);
        consumer.SetValue(4);
        var late = new Sequence();
        sequencer.AddGatingSequences(late);
        Assert.That(sequencer.TryNext(5, out var highest), Is.True);
        Assert.That(highest, Is.EqualTo(10));
    }

    [Test]
    public void Blocking_strategy_is_signalled_once_for_each_publish()
    {
        var strategy = new CountingStrategy();
        var sequencer = new SingleProducerSequencer(8, strategy);
        sequencer.Publish(sequencer.Next());
        sequencer.Publish(1, sequencer.Next(3));
        Assert.That(strategy.Signals, Is.EqualTo(2));
    }

    [Test]
    public void Blocking_strategy_is_signalled_with_several_producers_too()
    {
        var strategy = new CountingStrategy();
        var sequencer = new MultiProducerSequencer(8, strategy);
        sequencer.Publish(sequencer.Next());
        sequencer.Publish(1, sequencer.Next(3));
        Assert.That(strategy.Signals, Is.EqualTo(2));
    }

    [TestCase(ProducerType.Single)]
    [TestCase(ProducerType.Multi)]
    public void Blocking_strategy_is_signalled_once_for_each_publish_through_a_ring(ProducerType producers)
    {
        var strategy = new CountingStrategy();
        using var memory = UnmanagedRingBufferMemory.Allocate(8, sizeof(long));
        var ring = new UnmanagedRingBuffer<long>(memory, producers, strategy);
        ring.Publish(ring.Next());
        ring.Publish(1, ring.Next(3));
        Assert.That(strategy.Signals, Is.EqualTo(2));
        Assert.That(ring.Cursor, Is.EqualTo(3));
    }

    private sealed class CountingStrategy : IWaitStrategy
    {
        public int Signals { get; private set; }

        public bool IsBlockingStrategy => true;

        public ISequenceWaiter NewSequenceWaiter(SequenceWaiterOwner owner, DependentSequenceGroup dependentSequences) =>
            new BusySpinWaitStrategy().NewSequenceWaiter(owner, dependentSequences);

        public void SignalAllWhenBlocking() => Signals++;
    }
}
