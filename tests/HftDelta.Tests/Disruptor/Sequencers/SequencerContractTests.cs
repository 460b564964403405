using Disruptor;
using Disruptor.Dsl;
using HftDelta.Tests.Disruptor.Threads;
using NUnit.Framework;

namespace HftDelta.Tests.Disruptor.Sequencers;

/// <summary>What holds for every sequencer when one thread at a time claims and publishes in order.</summary>
[TestFixture(ProducerType.Single)]
[TestFixture(ProducerType.Multi)]
[CancelAfter(20_000)]
public sealed class SequencerContractTests(ProducerType producerType)
{
    private ISequencer _sequencer = null!;
    private Sequence _consumer = null!;

    [SetUp]
    public void MakeAGatedSequencerOfFour()
    {
        _sequencer = SequencerFactory.Create(producerType, 4);
        _consumer = new Sequence();
        _sequencer.AddGatingSequences(_consumer);
    }

    [Test]
    public void Claims_follow_each_other_from_zero()
    {
        Assert.That(_sequencer.Next(), Is.Zero);
        Assert.That(_sequencer.Next(), Is.EqualTo(1));
        Assert.That(_sequencer.TryNext(out var third), Is.True);
        Assert.That(third, Is.EqualTo(2));
    }

    [Test]
    public void Claim_of_several_returns_the_highest()
    {
        Assert.That(_sequencer.Next(3), Is.EqualTo(2));
        Assert.That(_sequencer.TryNext(1, out var highest), Is.True);
        Assert.That(highest, Is.EqualTo(3));
    }

    [Test]
    public void Full_ring_refuses_and_claims_nothing()
    {
        PublishNext(4);
        Assert.That(_sequencer.TryNext(out _), Is.False);
        Assert.That(_sequencer.TryNext(2, out _), Is.False);
        Assert.That(_sequencer.HasAvailableCapacity(1), Is.False);
        _consumer.SetValue(0);
        Assert.That(_sequencer.TryNext(out var sequence), Is.True);
        Assert.That(sequence, Is.EqualTo(4));
        Assert.That(_sequencer.TryNext(out _), Is.False);
    }

    [Test]
    public void Batch_that_fits_only_in_part_is_refused_whole()
    {
        PublishNext(3);
        Assert.That(_sequencer.TryNext(2, out _), Is.False);
        Assert.That(_sequencer.TryNext(1, out var sequence), Is.True);
        Assert.That(sequence, Is.EqualTo(3));
    }

    [Test]
    public void The_slowest_consumer_gates()
    {
        var slow = new Sequence();
        _sequencer.AddGatingSequences(slow);
        PublishNext(4);
        _consumer.SetValue(3);
        Assert.That(_sequencer.HasAvailableCapacity(1), Is.False);
        slow.SetValue(1);
        Assert.That(_sequencer.HasAvailableCapacity(2), Is.True);
        Assert.That(_sequencer.HasAvailableCapacity(3), Is.False);
        Assert.That(_sequencer.GetMinimumSequence(), Is.EqualTo(1));
    }

    [Test]
    public void Removed_consumer_no_longer_gates()
    {
        PublishNext(4);
        Assert.That(_sequencer.RemoveGatingSequence(new Sequence()), Is.False);
        Assert.That(_sequencer.TryNext(out _), Is.False);
        Assert.That(_sequencer.RemoveGatingSequence(_consumer), Is.True);
        Assert.That(_sequencer.TryNext(out _), Is.True);
        Assert.That(_sequencer.RemoveGatingSequence(_consumer), Is.False);
    }

    [Test]
    public void Added_consumer_starts_at_the_cursor()
    {
        PublishNext(2);
        var late = new Sequence(-1);
        _sequencer.AddGatingSequences(late);
        Assert.That(late.Value, Is.EqualTo(1));
    }

    [Test]
    public void Remaining_capacity_counts_what_is_claimed()
    {
        Assert.That(_sequencer.GetRemainingCapacity(), Is.EqualTo(4));
        _sequencer.Next();
        Assert.That(_sequencer.GetRemainingCapacity(), Is.EqualTo(3));
        PublishNext(2);
        Assert.That(_sequencer.GetRemainingCapacity(), Is.EqualTo(1));
        _consumer.SetValue(1);
        Assert.That(_sequencer.GetRemainingCapacity(), Is.EqualTo(3));
    }

    [Test]
    public void Available_is_what_is_published_and_within_one_round()
    {
        Assert.That(_sequencer.IsAvailable(0), Is.False);
        PublishNext(4);
        Assert.That(_sequencer.IsAvailable(0), Is.True);
        Assert.That(_sequencer.IsAvailable(3), Is.True);
        Assert.That(_sequencer.IsAvailable(4), Is.False);
        _consumer.SetValue(3);
        PublishNext(1);
        Assert.That(_sequencer.IsAvailable(4), Is.True);
        Assert.That(_sequencer.IsAvailable(0), Is.False);
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(int.MinValue)]
    [TestCase(5)]
    public void Number_of_slots_outside_the_ring_is_refused(int n)
    {
        Assert.That(() => _sequencer.Next(n), Throws.ArgumentException);
        Assert.That(() => _sequencer.TryNext(n, out _), Throws.ArgumentException);
    }

    [TestCase(0)]
    [TestCase(-8)]
    [TestCase(3)]
    [TestCase(1 << 30 | 1)]
    public void Size_must_be_a_power_of_two(int size) =>
        Assert.That(() => SequencerFactory.Create(producerType, size), Throws.ArgumentException);

    [Test]
    public void Ring_of_one_slot_alternates()
    {
        var sequencer = SequencerFactory.Create(producerType, 1);
        sequencer.AddGatingSequences(_consumer);
        for (var round = 0L; round < 10; round++)
        {
            Assert.That(sequencer.TryNext(out var sequence), Is.True);
            Assert.That(sequence, Is.EqualTo(round));
            Assert.That(sequencer.TryNext(out _), Is.False);
            sequencer.Publish(sequence);
            _consumer.SetValue(sequence);
        }
    }

    [TestCase(int.MaxValue - 5L)]
    [TestCase(uint.MaxValue - 5L)]
    [TestCase(1L << 40)]
    public void Sequences_beyond_the_range_of_int_wrap_as_small_ones_do(long start)
    {
        _sequencer.Claim(start);
        _sequencer.Publish(start);
        _consumer.SetValue(start);
        for (var next = start + 1; next < start + 20; next++)
        {
            Assert.That(_sequencer.TryNext(out var sequence), Is.True);
            Assert.That(sequence, Is.EqualTo(next));
            Assert.That(_sequencer.IsAvailable(sequence), Is.False);
            _sequencer.Publish(sequence);
            Assert.That(_sequencer.IsAvailable(sequence), Is.True);
            Assert.That(_sequencer.GetHighestPublishedSequence(sequence, sequence), Is.EqualTo(sequence));
            _consumer.SetValue(sequence);
        }
    }

    [Test]
    public void Claim_on_a_full_ring_waits_for_the_consumer()
    {
        PublishNext(4);
        var claimed = new Sequence();
        var producer = Background.Start(() => claimed.SetValue(_sequencer.Next(2)));
        for (var i = 0; i < 100; i++)
        {
            Thread.Yield();
        }

        Assert.That(claimed.Value, Is.EqualTo(-1), "one slot short");
        _consumer.SetValue(0);
        Thread.Yield();
        Assert.That(claimed.Value, Is.EqualTo(-1), "still one slot short");
        _consumer.SetValue(1);
        Background.End(producer);
        Assert.That(claimed.Value, Is.EqualTo(5));
    }

    [Test]
    public void Random_histories_agree_with_a_plain_model()
    {
        for (var seed = 1; seed <= 300; seed++)
        {
            RunAgainstModel(seed);
        }
    }

    private void RunAgainstModel(int seed)
    {
        var random = new SplitMix64((ulong)seed);
        var size = 1 << random.Next(0, 5);
        var sequencer = SequencerFactory.Create(producerType, size);
        var consumers = new List<Sequence> { new(), new() };
        sequencer.AddGatingSequences([.. consumers]);
        var claimed = -1L;
        for (var step = 0; step < 200; step++)
        {
            // The model: the free slots are the size less what the slowest consumer has not read.
            var free = size - (claimed - consumers.Min(consumer => consumer.Value));
            var wanted = random.Next(1, size + 1);

            // Asked only now and then: each answer refreshes the cached minimum, which is to grow stale as well.
            if (random.Next(8) == 0)
            {
                Assert.That(sequencer.GetRemainingCapacity(), Is.EqualTo(free), $"seed {seed}, step {step}");
            }
            else if (random.Next(8) == 0)
            {
                Assert.That(sequencer.HasAvailableCapacity(wanted), Is.EqualTo(wanted <= free), $"seed {seed}, step {step}");
            }

            if (random.Next(2) == 0)
            {
                var succeeded = sequencer.TryNext(wanted, out var highest);
                Assert.That(succeeded, Is.EqualTo(wanted <= free), $"seed {seed}, step {step}");
                if (succeeded)
                {
                    Assert.That(highest, Is.EqualTo(claimed + wanted), $"seed {seed}, step {step}");
                    sequencer.Publish(claimed + 1, highest);
                    claimed = highest;
                }
            }
            else
            {
                var consumer = consumers[random.Next(consumers.Count)];
                var published = sequencer.GetHighestPublishedSequence(consumer.Value + 1, sequencer.Cursor);
                Assert.That(published, Is.EqualTo(claimed), $"seed {seed}, step {step}");
                consumer.SetValue(consumer.Value + random.Next((int)(published - consumer.Value) + 1));
            }
        }
    }

    private void PublishNext(int n)
    {
        var highest = _sequencer.Next(n);
        _sequencer.Publish(highest - n + 1, highest);
    }
}
