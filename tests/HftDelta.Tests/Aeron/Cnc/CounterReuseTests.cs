using HftDelta.Aeron.Cnc;
using HftDelta.Aeron.Counters;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Cnc;

/// <summary>Counters come and go with streams; a tool must never take one for another.</summary>
[CancelAfter(20_000)]
internal sealed unsafe class CounterReuseTests
{
    [Test]
    public void A_freed_counter_is_unseen_and_used_again_a_second_later_at_the_earliest()
    {
        using var folder = new AeronFolder();
        using var directory = folder.Open();
        var first = directory.Counters.Allocate(Describe("first") with { Value = 17 });
        Assert.That(*first.Word, Is.EqualTo(17));

        directory.Counters.Free(first);
        var second = directory.Counters.Allocate(Describe("second"));
        folder.Clock.Advance(1_000 * AeronFolder.Millisecond);
        var third = directory.Counters.Allocate(Describe("third"));

        Assert.That(second.Id, Is.Not.EqualTo(first.Id), "too early");
        Assert.That(third.Id, Is.EqualTo(first.Id));
        Assert.That(*third.Word, Is.Zero, "it begins anew");
        Assert.That(Labels(folder, directory), Is.EqualTo(["third", "second"]));
    }

    [Test]
    public void When_all_are_in_use_a_stream_still_counts_and_the_operator_is_told()
    {
        using var folder = new AeronFolder();
        using var directory = folder.Open();
        CounterSlot slot;
        do
        {
            slot = directory.Counters.Allocate(Describe("one more"));
        }
        while (slot.Id != CounterSlot.NoId);

        *slot.Word = 5;
        directory.Counters.Free(slot);

        AeronFolderPublication.Publish(directory);
        using var reader = folder.Read();
        Assert.That(reader.ReadCounters(), Has.Count.EqualTo(512));
        Assert.That(reader.ReadErrors().Single().Words, Does.Contain("all 512 counters are in use"));
    }

    [Test]
    public void A_counter_outlives_its_directory()
    {
        using var folder = new AeronFolder();
        var slot = Allocate(folder);
        GC.Collect();
        GC.WaitForPendingFinalizers();

        var counter = slot.AsCounter("late");
        counter.Increment();

        Assert.That(counter.Value, Is.EqualTo(1));
    }

    private static CounterSlot Allocate(AeronFolder folder)
    {
        using var directory = folder.Open();
        return directory.Counters.Allocate(Describe("late"));
    }

    private static CounterDescription Describe(string label) => new(CounterType.PerImage, label, []);

    private static string[] Labels(AeronFolder folder, AeronDirectory directory)
    {
        AeronFolderPublication.Publish(directory);
        using var reader = folder.Read();
        return [.. reader.ReadCounters().Where(counter => counter.TypeId == 10).Select(counter => counter.Label)];
    }
}
