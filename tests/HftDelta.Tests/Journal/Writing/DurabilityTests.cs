using HftDelta.Journal.Faults;
using HftDelta.Journal.Recovery;
using HftDelta.Journal.Writing;
using HftDelta.Simulation.Storage;
using NUnit.Framework;

namespace HftDelta.Tests.Journal.Writing;

[TestFixture]
[CancelAfter(20_000)]
public sealed class DurabilityTests
{
    [Test]
    public void Disk_mode_is_durable_only_after_a_sync_and_one_sync_takes_all_that_gathered()
    {
        var storage = new VirtualStorage();
        using var journal = Scribe.Open(storage, DurabilityMode.Disk).Journal;
        var scribe = new Scribe(journal);
        scribe.AppendMany(50);
        Assert.That(journal.Durable.Value, Is.Zero);

        var before = storage.SyncCount;
        Assert.That(journal.Sync!.DoWork(), Is.EqualTo(50));
        Assert.That(storage.SyncCount - before, Is.EqualTo(1));
        Assert.That(journal.Durable.Value, Is.EqualTo(50));
        Assert.That(journal.Sync.DoWork(), Is.Zero, "nothing gathered");
        Assert.That(storage.SyncCount - before, Is.EqualTo(1));
    }

    [Test]
    public void A_record_that_was_synced_before_its_sequence_was_stored_becomes_durable()
    {
        using var journal = Scribe.Open(new VirtualStorage(), DurabilityMode.Disk).Journal;
        new Scribe(journal).AppendMany(5);

        // The moment in which the writer has stored the position of record 5 and not yet its sequence.
        journal.Writer.AppendedSequence.SetValue(4);
        journal.Sync!.DoWork();
        Assert.That(journal.Durable.Value, Is.EqualTo(4));

        journal.Writer.AppendedSequence.SetValue(5);
        journal.Sync.DoWork();
        Assert.That(journal.Durable.Value, Is.EqualTo(5), "nothing was appended since, and nothing may ever be");
    }

    [Test]
    public void What_is_durable_survives_every_power_cut()
    {
        for (var seed = 1ul; seed <= 60; seed++)
        {
            var noise = new Noise(seed);
            var storage = new VirtualStorage();
            using var journal = Scribe.Open(storage, DurabilityMode.Disk).Journal;
            var scribe = new Scribe(journal);
            for (var step = 0; step < 30; step++)
            {
                scribe.AppendMany(noise.Next(300));
                journal.Preparer.DoWork();
                if (noise.Next(3) == 0)
                {
                    journal.Sync!.DoWork();
                }
            }

            var report = JournalRecovery.Examine(storage.AfterPowerCut(seed));
            Assert.That(report.LastSequence.Value, Is.GreaterThanOrEqualTo(journal.Durable.Value), $"seed {seed}");
            var worst = JournalRecovery.Examine(storage.AfterPowerCutLosingAll());
            Assert.That(worst.LastSequence.Value, Is.GreaterThanOrEqualTo(journal.Durable.Value), $"seed {seed}, all lost");
            Assert.That(worst.State, Is.EqualTo(worst.Segments.Count == 0 ? JournalEndState.Empty : JournalEndState.Clean));
        }
    }

    [Test]
    public void After_a_failed_sync_nothing_is_synced_or_durable_any_more()
    {
        var storage = new VirtualStorage();
        using var journal = Scribe.Open(storage, DurabilityMode.Disk).Journal;
        var scribe = new Scribe(journal);
        scribe.AppendMany(10);
        journal.Sync!.DoWork();
        scribe.AppendMany(10);
        storage.Faults.FailAtSync = storage.SyncCount + 1;

        var first = Assert.Throws<JournalException>(() => journal.Sync.DoWork());
        Assert.That(first.Fault, Is.EqualTo(JournalFault.SyncFailed));
        Assert.That(first.ExitCode, Is.EqualTo(14));
        Assert.That(first.ToOperatorText(), Does.StartWith("error HD2221: journal segment 0000000000"));
        var syncs = storage.SyncCount;
        Assert.That(() => journal.Sync.DoWork(), Throws.InstanceOf<JournalException>(), "the device would say yes now");
        Assert.That(storage.SyncCount, Is.EqualTo(syncs), "never tried again");
        Assert.That(journal.Durable.Value, Is.EqualTo(10));
    }

    [Test]
    public void A_failed_sync_of_a_new_segment_stops_too()
    {
        var storage = new VirtualStorage();
        using var journal = Scribe.Open(storage, DurabilityMode.Disk).Journal;
        var scribe = new Scribe(journal);
        while (scribe.TryAppend())
        {
        }

        storage.Faults.FailAtSync = storage.SyncCount + 1;
        var failure = Assert.Throws<JournalException>(scribe.Settle);
        Assert.That(failure.Fault, Is.EqualTo(JournalFault.SyncFailed));
    }

    [Test]
    public void What_a_killed_process_left_is_synced_before_it_counts_as_durable()
    {
        var storage = new VirtualStorage();
        Scribe.Open(storage, DurabilityMode.Process).AppendMany(9_000);
        storage = storage.AfterKill();
        var before = storage.SyncCount;

        using var journal = Scribe.Open(storage, DurabilityMode.Disk).Journal;
        Assert.That(journal.Durable.Value, Is.EqualTo(9_000));
        Assert.That(storage.SyncCount, Is.GreaterThan(before));
        Assert.That(journal.Sync!.DoWork(), Is.Zero);
    }

    [Test]
    public void Process_mode_has_no_sync_agent()
    {
        using var journal = Scribe.Open(new VirtualStorage()).Journal;
        Assert.That(journal.Sync, Is.Null);
    }
}
