using Disruptor;
using HftDelta.Tests.Disruptor.Threads;
using NUnit.Framework;

namespace HftDelta.Tests.Disruptor.Sequencers;

[TestFixture]
[CancelAfter(20_000)]
public sealed class SequenceBarrierTests
{
    private static readonly IWaitStrategy[] Strategies =
    [
        new BusySpinWaitStrategy(), new YieldingWaitStrategy(), new YieldingWaitStrategy(0),
        new SleepingWaitStrategy(), new SleepingWaitStrategy(0, 0),
    ];

    [TestCaseSource(nameof(Strategies))]
    public void Wait_ends_when_another_thread_publishes(IWaitStrategy strategy, CancellationToken token)
    {
        var sequencer = new SingleProducerSequencer(8, strategy);
        using var barrier = sequencer.NewBarrier(SequenceWaiterOwner.Unknown);
        var producer = Background.Start(() =>
        {
            sequencer.Publish(sequencer.Next());
            Thread.Yield();
            sequencer.Publish(sequencer.Next());
        });
        var result = barrier.WaitFor(1, token);
        Background.End(producer);
        Assert.That(result.AvailableSequence, Is.EqualTo(1));
    }

    [TestCaseSource(nameof(Strategies))]
    public void Cancelled_wait_throws(IWaitStrategy strategy)
    {
        var sequencer = new SingleProducerSequencer(8, strategy);
        using var barrier = sequencer.NewBarrier(SequenceWaiterOwner.Unknown);
        using var source = new CancellationTokenSource();
        var canceller = Background.Start(source.Cancel);
        Assert.That(() => barrier.WaitFor(0, source.Token), Throws.InstanceOf<OperationCanceledException>());
        Background.End(canceller);
    }

    [Test]
    public void Wait_returns_all_that_is_there()
    {
        var sequencer = new SingleProducerSequencer(8);
        sequencer.Publish(sequencer.Next(5));
        using var barrier = sequencer.NewBarrier(SequenceWaiterOwner.Unknown);
        Assert.That(barrier.WaitFor(2).UnsafeAvailableSequence, Is.EqualTo(4));
    }

    [Test]
    public void Barrier_behind_consumers_follows_the_slowest()
    {
        var sequencer = new SingleProducerSequencer(8);
        sequencer.Publish(sequencer.Next(5));
        var fast = new Sequence(3);
        var slow = new Sequence(1);
        using var barrier = sequencer.NewBarrier(SequenceWaiterOwner.Unknown, fast, slow);
        Assert.That(barrier.WaitFor(0).AvailableSequence, Is.EqualTo(1));
        Assert.That(barrier.DependentSequences.DependsOnCursor, Is.False);
    }

    [Test]
    public void Published_sequence_may_lie_before_the_one_waited_for()
    {
        var sequencer = new MultiProducerSequencer(8);
        sequencer.Next(3);
        sequencer.Publish(0);
        sequencer.Publish(2);
        using var barrier = sequencer.NewBarrier(SequenceWaiterOwner.Unknown);
        Assert.That(barrier.WaitForPublishedSequence(0).AvailableSequence, Is.Zero);
        Assert.That(barrier.WaitForPublishedSequence(1).AvailableSequence, Is.Zero);
        Assert.That(barrier.WaitFor(1).AvailableSequence, Is.EqualTo(2));
    }

    [Test]
    public void Timeout_has_no_sequence()
    {
        var timeout = SequenceWaitResult.Timeout;
        Assert.That(timeout.IsTimeout, Is.True);
        Assert.That(timeout.AvailableSequence, Is.Null);
        Assert.That(timeout == new SequenceWaitResult(-1), Is.False);
        Assert.That(new SequenceWaitResult(-1).AvailableSequence, Is.EqualTo(-1));
    }
}
