using Disruptor;
using HftDelta.Tests.Disruptor.Threads;
using NUnit.Framework;

namespace HftDelta.Tests.Disruptor.Sequences;

[TestFixture]
[CancelAfter(20_000)]
public sealed class SequenceTests
{
    [Test]
    public void New_sequence_stands_before_the_first_event()
    {
        Assert.That(new Sequence().Value, Is.EqualTo(-1));
        Assert.That(Sequence.InitialCursorValue, Is.EqualTo(-1));
        Assert.That(new Sequence(41).Value, Is.EqualTo(41));
    }

    [Test]
    public void Both_kinds_of_write_are_read_back()
    {
        var sequence = new Sequence();
        sequence.SetValue(7);
        Assert.That(sequence.Value, Is.EqualTo(7));
        sequence.SetValueVolatile(long.MaxValue);
        Assert.That(sequence.Value, Is.EqualTo(long.MaxValue));
    }

    [Test]
    public void Compare_and_set_changes_only_the_expected_value()
    {
        var sequence = new Sequence(5);
        Assert.That(sequence.CompareAndSet(4, 9), Is.False);
        Assert.That(sequence.Value, Is.EqualTo(5));
        Assert.That(sequence.CompareAndSet(5, 9), Is.True);
        Assert.That(sequence.Value, Is.EqualTo(9));
    }

    [Test]
    public void Additions_return_the_value_after_them()
    {
        var sequence = new Sequence();
        Assert.That(sequence.IncrementAndGet(), Is.Zero);
        Assert.That(sequence.AddAndGet(10), Is.EqualTo(10));
        Assert.That(sequence.ToString(), Is.EqualTo("10"));
    }

    [Test]
    public void Increments_of_two_threads_are_all_counted()
    {
        const int each = 50_000;
        var sequence = new Sequence(0);
        var other = Background.Start(() => Increment(sequence, each));
        Increment(sequence, each);
        Background.End(other);
        Assert.That(sequence.Value, Is.EqualTo(2 * each));
    }

    private static void Increment(Sequence sequence, int times)
    {
        for (var i = 0; i < times; i++)
        {
            sequence.IncrementAndGet();
        }
    }
}
