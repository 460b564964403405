using Disruptor;
using NUnit.Framework;

namespace HftDelta.Tests.Disruptor.Sequencers;

[TestFixture]
[CancelAfter(20_000)]
public sealed class MultiProducerSequencerTests
{
    [Test]
    public void Gap_hides_what_is_published_behind_it()
    {
        var sequencer = new MultiProducerSequencer(8);
        sequencer.Next(3);
        sequencer.Publish(2);
        sequencer.Publish(1);
        Assert.That(sequencer.IsAvailable(1), Is.True);
        Assert.That(sequencer.GetHighestPublishedSequence(0, sequencer.Cursor), Is.EqualTo(-1));
        sequencer.Publish(0);
        Assert.That(sequencer.GetHighestPublishedSequence(0, sequencer.Cursor), Is.EqualTo(2));
    }

    [Test]
    public void Search_stops_where_it_is_told()
    {
        var sequencer = new MultiProducerSequencer(8);
        sequencer.Publish(0, sequencer.Next(5));
        Assert.That(sequencer.GetHighestPublishedSequence(0, 2), Is.EqualTo(2));
    }

    [Test]
    public void Flags_of_the_round_before_do_not_count()
    {
        var sequencer = new MultiProducerSequencer(4);
        var consumer = new Sequence();
        sequencer.AddGatingSequences(consumer);
        sequencer.Publish(0, sequencer.Next(4));
        consumer.SetValue(3);
        sequencer.Next(3);
        sequencer.Publish(5);
        Assert.That(sequencer.GetHighestPublishedSequence(4, sequencer.Cursor), Is.EqualTo(3));
        sequencer.Publish(4);
        Assert.That(sequencer.GetHighestPublishedSequence(4, sequencer.Cursor), Is.EqualTo(5));
    }

    [Test]
    public void Cursor_is_the_last_claim_and_not_the_last_publish()
    {
        var sequencer = new MultiProducerSequencer(8);
        sequencer.Next(3);
        Assert.That(sequencer.Cursor, Is.EqualTo(2));
    }
}
