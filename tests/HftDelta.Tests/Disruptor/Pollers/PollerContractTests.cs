using Disruptor;
using Disruptor.Dsl;
using NUnit.Framework;

namespace HftDelta.Tests.Disruptor.Pollers;

[TestFixture("package, managed", ProducerType.Single)]
[TestFixture("package, managed", ProducerType.Multi)]
[TestFixture("package, native", ProducerType.Single)]
[TestFixture("package, native", ProducerType.Multi)]
[TestFixture("direct, managed", ProducerType.Single)]
[TestFixture("direct, managed", ProducerType.Multi)]
[TestFixture("direct, native", ProducerType.Single)]
[TestFixture("direct, native", ProducerType.Multi)]
[CancelAfter(20_000)]
public sealed class PollerContractTests(string poller, ProducerType producerType)
{
    private readonly List<(long Value, long Sequence, bool EndOfBatch)> _seen = [];
    private IPolledRing _ring = null!;

    [SetUp]
    public void MakeAGatedRingOfEight()
    {
        _seen.Clear();
        _ring = PolledRing.Create(poller, producerType);
        _ring.Sequencer.AddGatingSequences(_ring.PollerSequence);
    }

    [Test]
    public void Nothing_published_is_idle()
    {
        Assert.That(_ring.Poll(Record), Is.EqualTo(EventPoller.PollState.Idle));
        Publish(2);
        _ring.Poll(Record);
        Assert.That(_ring.Poll(Record), Is.EqualTo(EventPoller.PollState.Idle));
        Assert.That(_ring.PollerSequence.Value, Is.EqualTo(1));
    }

    [Test]
    public void Events_come_in_order_and_the_last_of_a_poll_says_so()
    {
        Publish(3);
        Assert.That(_ring.Poll(Record), Is.EqualTo(EventPoller.PollState.Processing));
        Assert.That(_seen, Is.EqualTo(new[] { (0L, 0L, false), (100L, 1L, false), (200L, 2L, true) }));
        Assert.That(_ring.PollerSequence.Value, Is.EqualTo(2));
    }

    [Test]
    public void Handler_that_returns_false_ends_the_poll_behind_its_event()
    {
        Publish(3);
        var state = _ring.Poll((ref long value, long sequence, bool endOfBatch) =>
        {
            Record(ref value, sequence, endOfBatch);
            return sequence != 1;
        });
        Assert.That(state, Is.EqualTo(EventPoller.PollState.Processing));
        Assert.That(_ring.PollerSequence.Value, Is.EqualTo(1));
        _ring.Poll(Record);
        Assert.That(_seen.Select(seen => seen.Sequence), Is.EqualTo(new[] { 0L, 1L, 2L }));
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    public void Event_whose_handler_threw_is_not_passed(int failing)
    {
        Publish(3);
        for (var attempt = 0; attempt < 2; attempt++)
        {
            Assert.That(
                () => _ring.Poll((ref long value, long sequence, bool endOfBatch) =>
                    sequence == failing ? throw new InvalidOperationException("cannot apply") : true),
                Throws.InvalidOperationException);
            Assert.That(_ring.PollerSequence.Value, Is.EqualTo(failing - 1));
        }

        _ring.Poll(Record);
        Assert.That(_seen[0].Sequence, Is.EqualTo(failing));
        Assert.That(_seen[0].Value, Is.EqualTo(failing * 100));
    }

    [Test]
    public void Producer_waits_for_an_event_whose_handler_threw()
    {
        Publish(8);
        Assert.That(() => _ring.Poll((ref long _, long _, bool _) => throw new FormatException()), Throws.Exception);
        Assert.That(_ring.Sequencer.HasAvailableCapacity(1), Is.False);
    }

    [Test]
    public void Poller_behind_another_consumer_is_gated_by_it()
    {
        var first = new Sequence();
        var ring = PolledRing.Create(poller, producerType, first);
        Publish(ring, 3);
        Assert.That(ring.Poll(Record), Is.EqualTo(EventPoller.PollState.Gating));
        first.SetValue(1);
        Assert.That(ring.Poll(Record), Is.EqualTo(EventPoller.PollState.Processing));
        Assert.That(_seen.Select(seen => seen.Sequence), Is.EqualTo(new[] { 0L, 1L }));
        Assert.That(_seen[1].EndOfBatch, Is.True);
        Assert.That(ring.Poll(Record), Is.EqualTo(EventPoller.PollState.Gating));
    }

    [Test]
    public void Poller_follows_the_ring_round_and_round()
    {
        for (var round = 0; round < 50; round++)
        {
            Publish(1 + (round % 8));
            _ring.Poll(Record);
        }

        Assert.That(_seen.Select(seen => seen.Sequence), Is.EqualTo(Enumerable.Range(0, _seen.Count)));
        Assert.That(_seen.All(seen => seen.Value == seen.Sequence * 100), Is.True);
    }

    [Test]
    public void Sequence_set_by_the_ring_after_the_poller_was_made_counts()
    {
        var ring = PolledRing.Create(poller, producerType);
        Publish(ring, 3);
        ring.Sequencer.AddGatingSequences(ring.PollerSequence);
        Assert.That(ring.Poll(Record), Is.EqualTo(EventPoller.PollState.Idle), "what came before is not for this consumer");
        Publish(ring, 1);
        ring.Poll(Record);
        Assert.That(_seen.Select(seen => seen.Sequence), Is.EqualTo(new[] { 3L }));
    }

    [Test]
    public void Claimed_slots_are_handed_over_only_behind_no_gap()
    {
        // With one producer a later publish covers what lies before it, and there is no gap.
        _ring.Sequencer.Next(2);
        if (producerType == ProducerType.Multi)
        {
            _ring.Sequencer.Publish(1);
            Assert.That(_ring.Poll(Record), Is.EqualTo(EventPoller.PollState.Gating));
        }

        Assert.That(_seen, Is.Empty);
        _ring.Sequencer.Publish(0, 1);
        Assert.That(_ring.Poll(Record), Is.EqualTo(EventPoller.PollState.Processing));
        Assert.That(_seen, Has.Count.EqualTo(2));
    }

    private static void Publish(IPolledRing ring, int count)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.That(ring.Sequencer.TryNext(out var sequence), Is.True);
            ring.Write(sequence, sequence * 100);
            ring.Sequencer.Publish(sequence);
        }
    }

    private void Publish(int count) => Publish(_ring, count);

    private bool Record(ref long value, long sequence, bool endOfBatch)
    {
        _seen.Add((value, sequence, endOfBatch));
        return true;
    }
}
