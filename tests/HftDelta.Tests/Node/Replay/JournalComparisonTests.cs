using HftDelta.Journal.Reading;
using HftDelta.Journal.Segments;
using HftDelta.Node.Replay;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Storage;
using HftDelta.Tests.Journal;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Replay;

/// <summary>Two journals of which one does not go back to the beginning.</summary>
[CancelAfter(20_000)]
internal sealed class JournalComparisonTests
{
    private const int Records = 15_000;

    [Test]
    public void Histories_that_parted_before_all_that_both_hold_are_told_at_the_first_record_that_both_hold()
    {
        var whole = Written(firstLength: 24);
        var other = Written(firstLength: 32);
        JournalBase.Of(other, 1)!.Write(other);
        other.Delete(SegmentLayout.NameOf(0));
        using var reader = new JournalReader(other, new CommandSequence(Records));
        var first = reader.FirstSequence;
        Assert.That(first.Value, Is.InRange(2, Records));

        foreach (var (one, two) in new[] { (whole, other), (other, whole) })
        {
            var found = JournalComparison.Run(
                one, new CommandSequence(Records), two, new CommandSequence(Records), CancellationToken.None);

            Assert.That(found.First!.What, Is.EqualTo("history"));
            Assert.That(found.First.Sequence, Is.EqualTo(first));
            Assert.That(found.Records, Is.Zero);
        }
    }

    private static VirtualStorage Written(int firstLength)
    {
        var storage = new VirtualStorage();
        using var journal = Scribe.Open(storage).Journal;
        var scribe = new Scribe(journal);
        Assert.That(scribe.TryAppend(firstLength), Is.True);
        scribe.AppendMany(Records - 1);
        scribe.Settle();
        return storage;
    }
}
