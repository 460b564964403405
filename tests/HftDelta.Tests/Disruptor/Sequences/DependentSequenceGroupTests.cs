using Disruptor;
using NUnit.Framework;

namespace HftDelta.Tests.Disruptor.Sequences;

[TestFixture]
[CancelAfter(20_000)]
public sealed class DependentSequenceGroupTests
{
    [Test]
    public void Without_dependencies_the_cursor_is_the_only_one()
    {
        var cursor = new Sequence(12);
        var group = new DependentSequenceGroup(cursor);
        Assert.That(group.DependsOnCursor, Is.True);
        Assert.That(group.DependentSequenceCount, Is.EqualTo(1));
        Assert.That(group.Value, Is.EqualTo(12));
    }

    [Test]
    public void The_slowest_dependency_counts()
    {
        var first = new Sequence(9);
        var second = new Sequence(7);
        var group = new DependentSequenceGroup(new Sequence(12), first, second);
        Assert.That(group.DependsOnCursor, Is.False);
        Assert.That(group.CursorValue, Is.EqualTo(12));
        Assert.That(group.Value, Is.EqualTo(7));
        second.SetValue(11);
        Assert.That(group.Value, Is.EqualTo(9));
    }
}
