using HftDelta.Journal.Cursors;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Recovery;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Storage;
using NUnit.Framework;

namespace HftDelta.Tests.Journal.Recovery;

/// <summary>A journal is cut off behind a record, and whoever does it is killed, or finds the disk full.</summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class TruncationTests
{
    private const int Records = 9_000;

    [TestCase(8_990)]
    [TestCase(3_000)]
    [TestCase(100)]
    public void A_kill_at_every_sync_of_a_truncation_leaves_a_journal_that_is_whole_and_can_be_cut_again(int to)
    {
        var whole = Written();
        var syncs = Syncs(whole, to);
        Assert.That(syncs, Is.GreaterThan(3));
        for (var sync = 1; sync <= syncs; sync++)
        {
            var storage = whole.AfterKill();
            storage.Faults.FailAtSync = sync;
            Assert.That(() => Truncate(storage, to), Throws.InstanceOf<Exception>(), $"sync {sync}");
            foreach (var left in new[] { storage.AfterKill(), storage.AfterPowerCut((ulong)sync) })
            {
                AssertWhole(left, to, $"sync {sync}");
                Truncate(left, to);
                Assert.That(JournalRecovery.Examine(left).State, Is.EqualTo(JournalEndState.Clean), $"sync {sync}");
                Scribe.AssertRecords(left, to);
            }
        }
    }

    [Test]
    public void A_full_disk_at_every_allocation_of_a_truncation_loses_nothing_and_it_is_done_when_there_is_room()
    {
        const int to = 3_000;
        var whole = Written();
        var counted = whole.AfterKill();
        Truncate(counted, to);
        Assert.That(counted.AllocationCount, Is.GreaterThan(1));
        for (var refused = 1; refused <= counted.AllocationCount; refused++)
        {
            var storage = whole.AfterKill();
            storage.Faults.FullAtAllocation = refused;
            var refusal = Assert.Throws<JournalException>(() => Truncate(storage, to));
            Assert.That(refusal.Fault, Is.EqualTo(JournalFault.NoSpace), $"allocation {refused}");
            AssertWhole(storage, to, $"allocation {refused}");
            Truncate(storage, to);
            Scribe.AssertRecords(storage, to);
        }
    }

    /// <summary>All of it or a beginning of it, never less than what is to stay.</summary>
    private static void AssertWhole(VirtualStorage storage, int to, string where)
    {
        var report = JournalRecovery.Examine(storage);
        Assert.That(report.LastSequence.Value, Is.InRange(to, Records), where);
        Scribe.AssertRecords(storage, report.LastSequence.Value);
    }

    private static void Truncate(VirtualStorage storage, int to) =>
        JournalTruncation.Run(storage, new CommandSequence(to), acceptsLoss: true);

    private static int Syncs(VirtualStorage whole, int to)
    {
        var storage = whole.AfterKill();
        Truncate(storage, to);
        return storage.SyncCount;
    }

    private static VirtualStorage Written()
    {
        var storage = new VirtualStorage();
        var scribe = Scribe.Open(storage);
        scribe.AppendMany(Records);
        scribe.Settle();
        using (var safe = SafeCursorFile.OpenOrCreate(storage, Scribe.Id))
        {
            safe.Store(new CommandSequence(Records));
        }

        using (var log = HashPointLog.OpenOrCreate(storage, Scribe.Id, 4_096))
        {
            for (var sequence = 500; sequence <= Records; sequence += 500)
            {
                log.Append(new HashPoint(new CommandSequence(sequence), new HashWords(1, 2, 3, 4), default));
            }
        }

        scribe.Journal.Dispose();
        return storage.AfterKill();
    }
}
