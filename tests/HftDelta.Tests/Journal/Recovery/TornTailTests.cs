using HftDelta.Journal.Cursors;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Recovery;
using HftDelta.Journal.Reports;
using HftDelta.Journal.Segments;
using HftDelta.Journal.Writing;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Storage;
using NUnit.Framework;

namespace HftDelta.Tests.Journal.Recovery;

[TestFixture]
[CancelAfter(60_000)]
public sealed class TornTailTests
{
    private const int Records = 12;
    private const int FrameLength = 117;
    private const int RecordBytes = 152;
    private const int LastOffset = 4_096 + ((Records - 1) * RecordBytes);
    private static readonly string First = SegmentLayout.NameOf(0);

    [Test]
    public void A_crash_after_any_byte_of_the_last_record_loses_at_most_that_record()
    {
        var storage = Scribe.Written(Records, FrameLength);
        for (var written = 0; written < RecordBytes; written++)
        {
            AssertTorn(storage.AfterTear(First, LastOffset + written), $"{written} bytes written");
        }
    }

    [Test]
    public void A_crash_before_any_byte_of_the_last_record_when_its_end_came_first_loses_at_most_that_record()
    {
        var storage = Scribe.Written(Records, FrameLength);
        for (var missing = 1; missing <= RecordBytes; missing++)
        {
            var torn = storage.AfterKill();
            torn.Bytes(First).Slice(LastOffset, missing).Clear();
            AssertTorn(torn, $"first {missing} bytes missing");
        }
    }

    /// <summary>
    /// Behind the byte where the crash came: what was there, zeros, garbage, or what would have become of it but for that byte;
    /// so that with the sectors of <see cref="TornSectorTests"/> every place and every kind of rest is met.
    /// </summary>
    [Test]
    public void A_crash_after_any_byte_of_the_last_record_with_any_kind_of_rest_behind_it()
    {
        var storage = Scribe.Written(Records, FrameLength);
        var whole = storage.Bytes(First).Slice(LastOffset, RecordBytes).ToArray();
        var tried = 0;
        for (var written = 0; written < RecordBytes; written++)
        {
            for (var kind = 0; kind < 4; kind++, tried++)
            {
                var torn = storage.AfterTear(First, LastOffset + written);
                var rest = torn.Bytes(First).Slice(LastOffset + written, RecordBytes - written);
                switch (kind)
                {
                    case 0:
                        new Noise((ulong)written).Fill(rest);
                        break;
                    case 1:
                        rest.Fill(byte.MaxValue);
                        break;
                    case 2:
                        whole.AsSpan(written).CopyTo(rest);
                        rest[0] ^= 1;
                        break;
                    default:
                        break;
                }

                AssertTorn(torn, $"{written} bytes written, rest of kind {kind}");
            }
        }

        Assert.That(tried, Is.EqualTo(4 * RecordBytes));
    }

    [Test]
    public void Garbage_in_place_of_the_last_record_is_a_torn_tail()
    {
        var storage = Scribe.Written(Records, FrameLength);
        for (var seed = 0ul; seed < 200; seed++)
        {
            var torn = storage.AfterKill();
            var noise = new Noise(seed);
            noise.Fill(torn.Bytes(First).Slice(LastOffset, 1 + noise.Next(RecordBytes)));
            AssertTorn(torn, $"seed {seed}");
        }
    }

    [Test]
    public void The_same_tail_is_a_loss_when_the_record_was_acknowledged()
    {
        var storage = Scribe.Written(Records, FrameLength);
        using (var safe = SafeCursorFile.OpenOrCreate(storage, Scribe.Id))
        {
            safe.Store(new CommandSequence(Records));
        }

        Assert.That(JournalRecovery.Examine(storage).State, Is.EqualTo(JournalEndState.Clean));
        for (var written = 0; written < 32 + FrameLength; written++)
        {
            var report = JournalRecovery.Examine(storage.AfterTear(First, LastOffset + written));
            Assert.That(report.State, Is.EqualTo(JournalEndState.Corrupt), $"{written} bytes written");
            Assert.That(report.Error!.Fault, Is.EqualTo(JournalFault.AcknowledgedMissing));
            Assert.That(report.Error.Message, Does.Contain("acknowledged is through record 12"));
            Assert.That(report.LastSequence.Value, Is.EqualTo(Records - 1));
        }
    }

    [Test]
    public void A_torn_tail_is_not_repaired_unless_asked()
    {
        var storage = Scribe.Written(Records, FrameLength).AfterTear(First, LastOffset + 40);
        SafeCursorFile.OpenOrCreate(storage, Scribe.Id).Dispose();
        var before = storage.Bytes(First).ToArray();

        var refusal = Assert.Throws<JournalException>(
            () => AppendableJournal.Open(storage, Scribe.Options() with { RepairTornTail = false }));
        Assert.That(refusal.Fault, Is.EqualTo(JournalFault.TornTail));
        Assert.That(refusal.Position, Is.EqualTo(new JournalPosition(0, LastOffset)));
        Assert.That(storage.Bytes(First).SequenceEqual(before), Is.True);
    }

    [Test]
    public void A_torn_tail_without_a_readable_safe_cursor_is_not_judged()
    {
        var storage = Scribe.Written(Records, FrameLength);
        SafeCursorFile.OpenOrCreate(storage, Scribe.Id).Dispose();
        storage.Bytes(SafeCursorFile.FileName).Slice(64, 80).Fill(0xEE);

        var clean = JournalRecovery.Examine(storage);
        Assert.That(clean.State, Is.EqualTo(JournalEndState.Clean), "what is here is whole");
        Assert.That(clean.Doubt!.Fault, Is.EqualTo(JournalFault.SafeCursorDamaged));
        var report = JournalRecovery.Examine(storage.AfterTear(First, LastOffset + 40));
        Assert.That(report.State, Is.EqualTo(JournalEndState.Corrupt));
        Assert.That(report.Error!.Fault, Is.EqualTo(JournalFault.SafeCursorDamaged));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void A_cut_tail_without_its_safe_cursor_is_no_torn_tail(bool isZeroed)
    {
        var storage = Scribe.Written(Records, FrameLength).AfterTear(First, LastOffset + 40);
        if (isZeroed)
        {
            SafeCursorFile.OpenOrCreate(storage, Scribe.Id).Dispose();
            storage.Bytes(SafeCursorFile.FileName).Clear();
        }

        var report = JournalRecovery.Examine(storage);
        Assert.That(report.State, Is.EqualTo(JournalEndState.Corrupt));
        Assert.That(report.Error!.Fault, Is.EqualTo(JournalFault.SafeCursorDamaged));
        Assert.That(report.Error.Message, Does.Contain("missing").And.Contain("through record 11").And.Contain("next:"));
        Assert.That(() => Scribe.Open(storage), Throws.InstanceOf<JournalException>(), "nothing is zeroed");
    }

    [TestCase(40)]
    [TestCase(0)]
    public void A_state_hash_behind_the_end_proves_a_loss_also_without_the_safe_cursor(int written)
    {
        var storage = Scribe.Written(Records, FrameLength);
        using (var log = HashPointLog.OpenOrCreate(storage, Scribe.Id))
        {
            log.Append(new HashPoint(new CommandSequence(Records), new HashWords(1, 2, 3, 4), default));
        }

        Assert.That(JournalRecovery.Examine(storage).State, Is.EqualTo(JournalEndState.Clean));
        var report = JournalRecovery.Examine(storage.AfterTear(First, LastOffset + written));
        Assert.That(report.Error!.Fault, Is.EqualTo(JournalFault.AcknowledgedMissing));
        Assert.That(report.Error.Message, Does.Contain("acknowledged is through record 12"));
    }

    [Test]
    public void A_whole_journal_without_its_safe_cursor_says_what_is_not_known()
    {
        var storage = Scribe.Written(Records, FrameLength);
        using (var log = HashPointLog.OpenOrCreate(storage, Scribe.Id))
        {
            log.Append(new HashPoint(new CommandSequence(7), new HashWords(1, 2, 3, 4), default));
        }

        var verification = JournalVerification.Of(storage);
        Assert.That(verification.EndState, Is.EqualTo(JournalEndState.Clean));
        Assert.That(verification.ExitCode, Is.EqualTo(12));
        Assert.That(verification.Doubt!.Message, Does.Contain("through record 12").And.Contain("through record 7"));
        SafeCursorFile.OpenOrCreate(storage, Scribe.Id).Dispose();
        Assert.That(JournalVerification.Of(storage).ExitCode, Is.Zero);
    }

    [Test]
    public void A_kill_at_any_step_of_a_roll_loses_nothing()
    {
        var storage = new VirtualStorage();
        SafeCursorFile.OpenOrCreate(storage, Scribe.Id).Dispose();
        var scribe = Scribe.Open(storage);
        while (scribe.TryAppend(FrameLength))
        {
        }

        var last = scribe.Sequence;
        var end = scribe.Journal.Writer.Position.OffsetBytes;
        scribe.Settle();
        scribe.AppendMany(1, FrameLength);
        var rolled = storage.AfterKill();
        var second = SegmentLayout.NameOf(1);

        // End marker partly or wholly written, header not begun; then the header, word by word, its first one last.
        for (var marker = 0; marker <= 32; marker += 8)
        {
            var killed = rolled.AfterKill();
            killed.Bytes(second).Clear();
            killed.Bytes(First).Slice((int)end, 32 - marker).Clear();
            AssertContinues(killed, last, $"{marker} bytes of the marker");
        }

        for (var header = 8; header <= 128; header += 8)
        {
            var killed = rolled.AfterKill();
            killed.Bytes(second)[4_096..].Clear();
            killed.Bytes(second)[header..4_096].Clear();
            killed.Bytes(second)[..8].Clear();
            AssertContinues(killed, last, $"{header} bytes of the header");
        }

        var begun = rolled.AfterTear(second, 4_096);
        Assert.That(JournalRecovery.Examine(begun).State, Is.EqualTo(JournalEndState.Clean));
        AssertContinues(begun, last, "header only");
        AssertContinues(rolled, last + 1, "first record of the new segment");
    }

    [Test]
    public void A_kill_while_a_seal_is_written_is_repaired_by_sealing_again()
    {
        var storage = new VirtualStorage();
        var scribe = Scribe.Open(storage);
        scribe.AppendMany(8_000);
        scribe.Settle();
        var whole = storage.Bytes(SegmentLayout.NameOf(1)).Slice(2_048, 128).ToArray();
        Assert.That(whole.AsSpan(0, 8).SequenceEqual("HDJSEAL1"u8), Is.True);

        var killed = storage.AfterKill();
        killed.Bytes(SegmentLayout.NameOf(1)).Slice(2_048, 8).Clear();
        Assert.That(JournalRecovery.Examine(killed).State, Is.EqualTo(JournalEndState.TornTail));
        using var journal = Scribe.Open(killed).Journal;
        Assert.That(killed.Bytes(SegmentLayout.NameOf(1)).Slice(2_048, 128).SequenceEqual(whole), Is.True);
    }

    private static void AssertTorn(VirtualStorage torn, string where)
    {
        using (var safe = SafeCursorFile.OpenOrCreate(torn, Scribe.Id))
        {
            safe.Store(new CommandSequence(Records - 1));
        }

        // The last bytes of the record are padding and zero either way: without them it is whole.
        var report = JournalRecovery.Examine(torn);
        if (report.LastSequence.Value == Records)
        {
            Assert.That(torn.Bytes(First).Slice(LastOffset, 32 + FrameLength).IndexOfAnyExcept((byte)0), Is.Not.Negative, where);
            Assert.That(report.State, Is.EqualTo(JournalEndState.Clean), where);
            return;
        }

        var remains = torn.Bytes(First)[LastOffset..].IndexOfAnyExcept((byte)0) >= 0;
        Assert.That(report.State, Is.EqualTo(remains ? JournalEndState.TornTail : JournalEndState.Clean), where);
        Assert.That(report.LastSequence.Value, Is.EqualTo(Records - 1), where);
        Assert.That(report.End, Is.EqualTo(new JournalPosition(0, LastOffset)), where);
        AssertContinues(torn, Records - 1, where);
    }

    private static void AssertContinues(VirtualStorage storage, long last, string where)
    {
        using var journal = Scribe.Open(storage).Journal;
        Assert.That(journal.NextSequence.Value, Is.EqualTo(last + 1), where);
        var scribe = new Scribe(journal);
        scribe.AppendMany(5, FrameLength);
        var report = JournalRecovery.Examine(storage);
        Assert.That(report.State, Is.EqualTo(JournalEndState.Clean), where);
        Assert.That(report.LastSequence.Value, Is.EqualTo(last + 5), where);
        Scribe.AssertRecords(storage, last + 5, FrameLength);
    }
}
