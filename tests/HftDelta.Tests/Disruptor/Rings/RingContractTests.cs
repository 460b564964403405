using Disruptor;
using Disruptor.Dsl;
using NUnit.Framework;

namespace HftDelta.Tests.Disruptor.Rings;

/// <summary>What holds for every ring, managed or native, with one producer or several.</summary>
[TestFixture("managed", ProducerType.Single)]
[TestFixture("managed", ProducerType.Multi)]
[TestFixture("native", ProducerType.Single)]
[TestFixture("native", ProducerType.Multi)]
[CancelAfter(20_000)]
public sealed class RingContractTests(string memory, ProducerType producerType)
{
    private UnmanagedRingBufferMemory _native = null!;
    private IValueRingBuffer<long> _ring = null!;
    private Sequence _consumer = null!;

    [SetUp]
    public void MakeAGatedRingOfEight()
    {
        _native = UnmanagedRingBufferMemory.Allocate<long>(8, static () => -7);
        _ring = memory == "managed"
            ? ValueRingBuffer<long>.Create(producerType, static () => -7, 8, new BusySpinWaitStrategy())
            : new UnmanagedRingBuffer<long>(_native, producerType, new BusySpinWaitStrategy());
        _consumer = new Sequence();
        _ring.AddGatingSequences(_consumer);
    }

    [TearDown]
    public void FreeTheMemory() => _native.Dispose();

    [Test]
    public void Factory_fills_every_slot()
    {
        for (var sequence = 0; sequence < 8; sequence++)
        {
            Assert.That(_ring[sequence], Is.EqualTo(-7));
        }
    }

    [Test]
    public void Each_sequence_of_a_round_has_its_own_slot_and_the_next_round_the_same_ones()
    {
        for (var sequence = 0; sequence < 8; sequence++)
        {
            _ring[sequence] = sequence * 11;
        }

        for (var sequence = 0; sequence < 8; sequence++)
        {
            Assert.That(_ring[sequence], Is.EqualTo(sequence * 11));
            Assert.That(_ring[sequence + 8], Is.EqualTo(sequence * 11));
            Assert.That(_ring[sequence + (1L << 40)], Is.EqualTo(sequence * 11));
        }
    }

    [Test]
    public void Batch_runs_on_across_the_wrap()
    {
        _ring.Publish(0, _ring.Next(6));
        _consumer.SetValue(5);
        Assert.That(_ring.TryNext(5, out var highest), Is.True);
        for (var sequence = highest - 4; sequence <= highest; sequence++)
        {
            _ring[sequence] = sequence;
        }

        _ring.Publish(highest - 4, highest);
        Assert.That(highest, Is.EqualTo(10));
        Assert.That(_ring[6], Is.EqualTo(6), "before the wrap");
        Assert.That(_ring[0], Is.EqualTo(8), "behind the wrap");
        Assert.That(_ring[2], Is.EqualTo(10));
        Assert.That(_ring[3], Is.EqualTo(-7), "not claimed");
    }

    [Test]
    public void Producer_never_gets_an_unread_slot()
    {
        var random = new SplitMix64(20);
        var written = -1L;
        for (var step = 0; step < 5_000; step++)
        {
            if (random.Next(2) == 0 && _ring.TryNext(random.Next(1, 9), out var highest))
            {
                for (var sequence = written + 1; sequence <= highest; sequence++)
                {
                    _ring[sequence] = sequence;
                }

                _ring.Publish(written + 1, highest);
                written = highest;
            }
            else if (_consumer.Value < written)
            {
                // Whatever the producer wrote meanwhile, the oldest unread slot still holds what belongs there.
                var next = _consumer.Value + 1;
                Assert.That(_ring[next], Is.EqualTo(next), $"step {step}");
                _consumer.SetValue(next);
            }
        }

        Assert.That(written, Is.GreaterThan(1_000), "the ring went round often");
    }

    [Test]
    public void Ring_answers_as_its_sequencer_does()
    {
        Assert.That(_ring.BufferSize, Is.EqualTo(8));
        Assert.That(_ring.Cursor, Is.EqualTo(-1));
        _ring.Publish(_ring.Next());
        Assert.That(_ring.TryNext(out var second), Is.True);
        _ring.Publish(second);
        Assert.That(_ring.Cursor, Is.EqualTo(1));
        Assert.That(_ring.GetRemainingCapacity(), Is.EqualTo(6));
        Assert.That(_ring.HasAvailableCapacity(6), Is.True);
        Assert.That(_ring.HasAvailableCapacity(7), Is.False);
        Assert.That(_ring.GetMinimumGatingSequence(), Is.EqualTo(-1));
        Assert.That(_ring.RemoveGatingSequence(_consumer), Is.True);
        Assert.That(_ring.HasAvailableCapacity(8), Is.True);
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(int.MinValue)]
    [TestCase(9)]
    public void Number_of_slots_outside_the_ring_is_refused(int n)
    {
        Assert.That(() => _ring.Next(n), Throws.ArgumentException);
        Assert.That(() => _ring.TryNext(n, out _), Throws.ArgumentException);
        Assert.That(_ring.GetRemainingCapacity(), Is.EqualTo(8));
    }
}
