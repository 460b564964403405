using System.Security.Cryptography;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Reports;
using HftDelta.Journal.Segments;
using HftDelta.Journal.Writing;
using HftDelta.Simulation.Storage;
using NUnit.Framework;

namespace HftDelta.Tests.Journal.Writing;

[TestFixture]
[CancelAfter(20_000)]
public sealed class SegmentPreparerTests
{
    [Test]
    public void The_next_segment_is_made_when_half_of_the_current_is_full_and_not_before()
    {
        var storage = new VirtualStorage();
        using var journal = Scribe.Open(storage).Journal;
        var scribe = new Scribe(journal);
        while (journal.Writer.Position.OffsetBytes + 1_032 < Scribe.SegmentBytes / 2)
        {
            scribe.TryAppend(1_000);
        }

        Assert.That(journal.Preparer.DoWork(), Is.Zero);
        Assert.That(storage.Exists(SegmentLayout.NameOf(1)), Is.False);

        scribe.TryAppend(1_000);
        scribe.Settle();
        Assert.That(storage.Exists(SegmentLayout.NameOf(1)), Is.True);
        Assert.That(storage.LengthBytesOf(SegmentLayout.NameOf(1)), Is.EqualTo(Scribe.SegmentBytes));
        Assert.That(storage.Exists(SegmentLayout.NameOf(2)), Is.False, "one ahead, not two");
    }

    [Test]
    public void A_full_disk_is_said_and_tried_again_and_the_writer_goes_on_afterwards()
    {
        var storage = new VirtualStorage();
        using var journal = Scribe.Open(storage).Journal;
        var scribe = new Scribe(journal);
        storage.Faults.IsFull = true;
        while (scribe.TryAppend())
        {
            journal.Preparer.DoWork();
        }

        Assert.That(journal.Preparer.LastRefusal, Is.Not.Null);
        Assert.That(journal.Preparer.LastRefusal!.Fault, Is.EqualTo(JournalFault.NoSpace));
        Assert.That(journal.Preparer.LastRefusal.ExitCode, Is.EqualTo(10));
        Assert.That(journal.Preparer.LastRefusal.ToOperatorText(), Does.StartWith("error HD2220: ").And.Contain("by itself"));
        Assert.That(storage.AllocationCount, Is.LessThan(200), "a full disk is not hammered");
        var last = scribe.Sequence;

        storage.Faults.IsFull = false;
        scribe.AppendMany(100);
        Assert.That(journal.Preparer.LastRefusal, Is.Null);
        Scribe.AssertRecords(storage, last + 100);
    }

    [Test]
    public void A_full_disk_at_every_allocation_is_a_clear_error_or_a_wait()
    {
        for (var allocation = 1; allocation <= 9; allocation++)
        {
            var storage = new VirtualStorage();
            storage.Faults.FullAtAllocation = allocation;
            if (allocation == 1)
            {
                var refusal = Assert.Throws<JournalException>(() => Scribe.Open(storage));
                Assert.That(refusal.Fault, Is.EqualTo(JournalFault.NoSpace));
                Assert.That(refusal.Message, Does.Contain("start again").And.Not.Contain("by itself"), "nothing runs here");
                Assert.That(storage.List(), Is.Empty);
                continue;
            }

            using var journal = Scribe.Open(storage).Journal;
            var scribe = new Scribe(journal);
            var refusals = 0;
            while (journal.Writer.Position.SegmentIndex < 5)
            {
                if (!scribe.TryAppend(1_376))
                {
                    journal.Preparer.DoWork();
                }

                refusals += journal.Preparer.LastRefusal is null ? 0 : 1;
            }

            // Without its index a segment is read all the same; nothing waits for one.
            var isIndex = storage.RefusedName.EndsWith(".idx", StringComparison.Ordinal);
            Assert.That(refusals, isIndex ? Is.Zero : Is.Positive, $"allocation {allocation}");
            Scribe.AssertRecords(storage, scribe.Sequence, 1_376);
        }
    }

    [Test]
    public void Seals_hold_the_chain_of_the_blocks_before_them()
    {
        var storage = new VirtualStorage();
        using var journal = AppendableJournal.Open(storage, Scribe.Options() with { SegmentBytes = 2 << 20 });
        var scribe = new Scribe(journal);
        while (journal.Writer.Position.SegmentIndex < 3)
        {
            scribe.AppendMany(1);
        }

        scribe.Settle();

        var chain = new byte[32];
        var segments = JournalDescription.Of(storage).Segments;
        Assert.That(segments[0].PreviousBlockHash, Is.Empty);
        for (var index = 0; index < 3; index++)
        {
            var bytes = storage.Bytes(SegmentLayout.NameOf(index));
            chain = SHA256.HashData([.. chain, .. bytes[4_096..(1 << 20)]]);
            chain = SHA256.HashData([.. chain, .. bytes[(1 << 20)..]]);
            Assert.That(segments[index + 1].PreviousBlockHash, Is.EqualTo(Convert.ToHexStringLower(chain)), $"segment {index}");
        }

        Assert.That(JournalVerification.Of(storage).SealsVerified, Is.EqualTo(3));
    }

    [Test]
    public void Hashes_go_on_after_a_kill_as_if_nothing_had_happened()
    {
        var steady = new VirtualStorage();
        var scribe = Scribe.Open(steady);
        var killed = new VirtualStorage();
        var other = Scribe.Open(killed);
        for (var part = 0; part < 4; part++)
        {
            // The one that is killed never seals in time: its cold agent only runs when the writer waits.
            scribe.AppendMany(3_000);
            scribe.Settle();
            other.AppendMany(3_000);
            killed = killed.AfterKill();
            other = Scribe.Open(killed);
        }

        other.Settle();
        var expected = JournalDescription.Of(steady).Segments.Select(segment => segment.PreviousBlockHash).ToArray();
        var found = JournalDescription.Of(killed).Segments.Select(segment => segment.PreviousBlockHash).ToArray();
        Assert.That(expected.Length, Is.GreaterThan(2));
        Assert.That(expected[^1], Is.Not.Empty);
        Assert.That(found, Is.EqualTo(expected));
    }

    [Test]
    public void In_disk_mode_a_segment_stays_mapped_until_it_is_synced()
    {
        var storage = new VirtualStorage();
        using var journal = Scribe.Open(storage, DurabilityMode.Disk).Journal;
        var scribe = new Scribe(journal);
        while (journal.Writer.Position.SegmentIndex < 3)
        {
            scribe.AppendMany(1);
        }

        scribe.Settle();
        Assert.That(journal.Sync!.DoWork(), Is.EqualTo(scribe.Sequence), "three segments in one group");
        Assert.That(journal.Durable.Value, Is.EqualTo(scribe.Sequence));
        scribe.Settle();
        Assert.That(journal.Sync.DoWork(), Is.Zero);
    }
}
