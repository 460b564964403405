using Disruptor;
using NUnit.Framework;

namespace HftDelta.Tests.Disruptor.Sequencers;

[TestFixture]
[CancelAfter(20_000)]
public sealed class SingleProducerSequencerTests
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

    private sealed class CountingStrategy : IWaitStrategy
    {
        public int Signals { get; private set; }

        public bool IsBlockingStrategy => true;

        public ISequenceWaiter NewSequenceWaiter(SequenceWaiterOwner owner, DependentSequenceGroup dependentSequences) =>
            new BusySpinWaitStrategy().NewSequenceWaiter(owner, dependentSequences);

        public void SignalAllWhenBlocking() => Signals++;
    }
}
