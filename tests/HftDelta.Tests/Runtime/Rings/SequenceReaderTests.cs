using Disruptor;
using HftDelta.Runtime.Rings;
using NUnit.Framework;

namespace HftDelta.Tests.Runtime.Rings;

[TestFixture]
[CancelAfter(20_000)]
public sealed class SequenceReaderTests
{
    private SingleProducerSequencer _sequencer = null!;
    private SequenceReader _reader = null!;

    [SetUp]
    public void MakeAReaderBehindARingOfEight()
    {
        _sequencer = new SingleProducerSequencer(8);
        _reader = new SequenceReader(_sequencer);
        _sequencer.AddGatingSequences(_reader.Sequence);
    }

    [Test]
    public void Run_of_slots_is_read_and_released_as_one()
    {
        _sequencer.Publish(_sequencer.Next(5));
        Assert.That((_reader.NextSequence, _reader.GetAvailableSequence()), Is.EqualTo((0L, 4L)));
        _reader.Release(4);
        Assert.That((_reader.NextSequence, _reader.GetAvailableSequence()), Is.EqualTo((5L, 4L)));
        Assert.That(_sequencer.HasAvailableCapacity(8), Is.True);
    }

    [Test]
    public void What_is_not_released_is_offered_again_and_gates()
    {
        _sequencer.Publish(_sequencer.Next(8));
        _reader.Release(2);
        Assert.That((_reader.NextSequence, _reader.GetAvailableSequence()), Is.EqualTo((3L, 7L)));
        Assert.That(_sequencer.HasAvailableCapacity(3), Is.True);
        Assert.That(_sequencer.HasAvailableCapacity(4), Is.False);
    }

    [Test]
    public void Released_slots_cannot_be_taken_back()
    {
        _sequencer.Publish(_sequencer.Next(5));
        _reader.Release(3);
        Assert.That(() => _reader.Release(2), Throws.InvalidOperationException);
        Assert.That(() => _reader.Release(3), Throws.Nothing);
        Assert.That(_reader.Sequence.Value, Is.EqualTo(3));
    }

    [Test]
    public void Reader_behind_two_others_follows_the_slower()
    {
        var journal = new Sequence();
        var engine = new Sequence();
        var reader = new SequenceReader(_sequencer, journal, engine);
        _sequencer.Publish(_sequencer.Next(5));
        journal.SetValue(3);
        Assert.That(reader.GetAvailableSequence(), Is.EqualTo(-1));
        Assert.That(reader.StateWhenNothingIsAvailable(), Is.EqualTo(EventPoller.PollState.Gating));
        engine.SetValue(1);
        Assert.That(reader.GetAvailableSequence(), Is.EqualTo(1));
    }

    [Test]
    public void Slots_proven_free_may_be_filled_before_they_are_claimed()
    {
        using var memory = UnmanagedRingBufferMemory.Allocate(8, sizeof(long));
        var ring = new UnmanagedRingBuffer<long>(memory.PointerToFirstEvent, memory.EventSize, _sequencer);
        var written = 0L;
        for (var round = 0; round < 100; round++)
        {
            var used = 1 + (round % 3);
            Assert.That(ring.HasAvailableCapacity(4), Is.True);
            for (var i = 0; i < used; i++)
            {
                ring[ring.Cursor + 1 + i] = written++;
            }

            Assert.That(_reader.GetAvailableSequence(), Is.LessThan(_reader.NextSequence), "not visible before the publish");
            Assert.That(ring.TryNext(used, out var highest), Is.True);
            ring.Publish(highest);
            for (var next = _reader.NextSequence; next <= _reader.GetAvailableSequence(); next++)
            {
                Assert.That(ring[next], Is.EqualTo(next));
            }

            _reader.Release(highest);
        }
    }
}
