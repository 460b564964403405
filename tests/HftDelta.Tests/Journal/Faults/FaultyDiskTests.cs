using HftDelta.Journal.Cursors;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Recovery;
using HftDelta.Journal.Writing;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Storage;
using NUnit.Framework;

namespace HftDelta.Tests.Journal.Faults;

/// <summary>
/// Journals on devices that lose and misdirect sectors, lie about syncs, fill up and rot, drawn from seeds. What is recovered is
/// always a true beginning of what was written; what was acknowledged is there, or its loss is told.
/// </summary>
[TestFixture]
[CancelAfter(600_000)]
public sealed class FaultyDiskTests
{
    private const ulong FirstSeed = 8_001;

    [Test]
    public void What_is_recovered_from_a_faulty_device_is_true_and_a_loss_is_told()
    {
        var seeds = LongSuite.Volume(150, 2_000);
        var first = LongSuite.Seed(FirstSeed);
        var told = 0;
        var kept = 0;
        for (var seed = first; seed < first + (ulong)seeds; seed++)
        {
            var run = new FaultyRun(seed);
            run.Write();
            var outcome = run.AssertTrue();
            told += outcome == JournalEndState.Corrupt ? 1 : 0;
            kept += outcome is JournalEndState.Clean or JournalEndState.TornTail ? 1 : 0;
        }

        Assert.That(told, Is.GreaterThan(seeds / 10), "the faults reach the journal");
        Assert.That(kept, Is.GreaterThan(seeds / 10), "and not always");
    }

    [Test]
    public void The_same_seed_makes_the_same_device()
    {
        var one = new FaultyRun(77);
        one.Write();
        var other = new FaultyRun(77);
        other.Write();
        var left = one.AfterCut();
        var right = other.AfterCut();
        Assert.That(left.List(), Is.EqualTo(right.List()));
        foreach (var name in left.List())
        {
            Assert.That(left.Bytes(name).SequenceEqual(right.Bytes(name)), Is.True, name);
        }
    }

    [Test]
    public void A_slow_device_delays_what_is_durable_and_nothing_else()
    {
        var elapsed = 0L;
        var storage = new VirtualStorage();
        var scribe = Scribe.Open(storage, DurabilityMode.Disk);
        storage.Faults.SyncNanosMax = 5_000_000_000;
        storage.Faults.OnSyncNanos = nanos => elapsed += nanos;
        scribe.AppendMany(100);
        Assert.That(elapsed, Is.Zero, "appending waits for no sync");
        Assert.That(scribe.Journal.Durable.Value, Is.Zero);
        scribe.Journal.Sync!.DoWork();
        Assert.That(elapsed, Is.InRange(1, 5_000_000_000));
        Assert.That(scribe.Journal.Durable.Value, Is.EqualTo(100), "one sync for all that gathered");
    }

    [Test]
    public void Every_allocation_that_finds_the_disk_full_is_an_error_and_no_damage()
    {
        const int records = 30_000;
        var all = AllocationsOf(records);
        Assert.That(all, Is.GreaterThan(5));
        for (var refused = 1; refused <= all; refused++)
        {
            var storage = new VirtualStorage();
            storage.Faults.FullAtAllocation = refused;
            Scribe? scribe = null;
            SafeCursorFile? safe = null;
            for (var attempt = 0; attempt < 2 && safe is null; attempt++)
            {
                try
                {
                    scribe?.Journal.Dispose();
                    scribe = Scribe.Open(storage, DurabilityMode.Disk);
                    safe = SafeCursorFile.OpenOrCreate(storage, Scribe.Id);
                }
                catch (JournalException refusal)
                {
                    Assert.That(refusal.Fault, Is.EqualTo(JournalFault.NoSpace), $"allocation {refused}");
                    Assert.That(refusal.ExitCode, Is.EqualTo(10));
                    Assert.That(refusal.Message, Does.Contain("next: free space"));
                    Assert.That(JournalRecovery.Examine(storage.AfterKill()).Error, Is.Null, $"allocation {refused}");
                }
            }

            // The preparer's own refusal passes by itself: the next attempt finds room.
            scribe!.AppendMany(records);
            scribe.Journal.Sync!.DoWork();
            safe!.Store(new CommandSequence(records));
            safe.Dispose();
            scribe.Journal.Dispose();
            Assert.That(storage.AllocationCount, Is.GreaterThan(all - 1), $"allocation {refused} was reached");
            Scribe.AssertRecords(storage.AfterPowerCutLosingAll(), records);
        }
    }

    private static int AllocationsOf(int records)
    {
        var storage = new VirtualStorage();
        using var journal = Scribe.Open(storage, DurabilityMode.Disk).Journal;
        SafeCursorFile.OpenOrCreate(storage, Scribe.Id).Dispose();
        new Scribe(journal).AppendMany(records);
        return storage.AllocationCount;
    }

    /// <summary>One journal on one drawn device.</summary>
    private sealed class FaultyRun(ulong seed)
    {
        private readonly VirtualStorage _storage = new();
        private bool _isHonest;
        private long _durable;
        private long _written;

        public void Write()
        {
            var noise = new Noise(seed);
            using var journal = Scribe.Open(_storage, DurabilityMode.Disk).Journal;
            using var safe = SafeCursorFile.OpenOrCreate(_storage, Scribe.Id);
            _storage.Faults.Draw(seed);
            _isHonest = _storage.Faults.IsHonest;
            var scribe = new Scribe(journal);
            for (var step = 0; step < 20; step++)
            {
                scribe.AppendMany(noise.Next(700));
                journal.Preparer.DoWork();
                if (noise.Next(3) > 0)
                {
                    journal.Sync!.DoWork();
                    _durable = journal.Durable.Value;
                    safe.Store(new CommandSequence(_durable));
                }
            }

            _written = scribe.Sequence;
        }

        /// <summary>The device after a power cut; the safe cursor is on another, honest one.</summary>
        public VirtualStorage AfterCut()
        {
            var cut = _storage.AfterPowerCut(seed);
            cut.CopyFrom(_storage, SafeCursorFile.FileName, SafeCursorFile.FileName);
            return cut;
        }

        public JournalEndState AssertTrue()
        {
            var cut = AfterCut();
            var report = JournalRecovery.Examine(cut);
            var last = report.LastSequence.Value;
            Assert.That(last, Is.LessThanOrEqualTo(_written), $"seed {seed}");
            if (last > 0)
            {
                Scribe.AssertRecords(cut, last);
            }

            if (report.State != JournalEndState.Corrupt)
            {
                Assert.That(last, Is.GreaterThanOrEqualTo(_durable), $"seed {seed}: a loss was not told");
                using var journal = Scribe.Open(cut).Journal;
                Assert.That(journal.NextSequence.Value, Is.EqualTo(last + 1), $"seed {seed}");
            }
            else
            {
                Assert.That(_isHonest, Is.False, $"seed {seed}: {report.Error!.Message}");
            }

            return report.State;
        }
    }
}
