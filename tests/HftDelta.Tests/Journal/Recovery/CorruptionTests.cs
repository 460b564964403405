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
public sealed class CorruptionTests
{
    private static readonly string First = SegmentLayout.NameOf(0);
    private static readonly string Second = SegmentLayout.NameOf(1);

    [Test]
    public void Any_flipped_bit_of_a_journal_is_noticed_at_or_before_its_record()
    {
        var storage = Scribe.Written(345);
        var ends = RecordEnds(storage, 345);
        var usedBytes = ends[^1];
        Assert.That(usedBytes, Is.InRange(60_000, 80_000));

        // A stride that is prime to 8 visits every bit position of a byte, and every field sooner or later.
        for (var bit = 0L; bit < (usedBytes + 64) * 8; bit += 37)
        {
            AssertNoticed(storage, ends, bit);
        }
    }

    [Test]
    public void Every_flipped_bit_of_header_first_and_last_records_is_noticed()
    {
        var storage = Scribe.Written(20, frameLength: 29);
        var ends = RecordEnds(storage, 20);
        for (var bit = 0L; bit < 128 * 8; bit++)
        {
            AssertNoticed(storage, ends, bit);
        }

        foreach (var record in new[] { 0, 1, 17, 18, 19 })
        {
            for (var bit = (ends[record] - 64) * 8; bit < ends[record] * 8; bit++)
            {
                AssertNoticed(storage, ends, bit);
            }
        }
    }

    [Test]
    public void Damage_with_valid_records_behind_it_is_corruption_that_is_named()
    {
        var storage = Scribe.Written(1_000, frameLength: 96);
        storage.Bytes(First)[4_096 + (917 * 128) + 40] ^= 0x10;

        var report = JournalRecovery.Examine(storage);
        Assert.That(report.State, Is.EqualTo(JournalEndState.Corrupt));
        Assert.That(report.LastSequence.Value, Is.EqualTo(917));
        Assert.That(report.Error!.ExitCode, Is.EqualTo(12));
        Assert.That(
            report.Error.ToOperatorText(),
            Does.StartWith("error HD2204: journal segment 0000000000 record 918 fails its checksum (offset 121,472).")
                .And.Contain("valid records follow")
                .And.Contain("nothing was changed")
                .And.Contain("next: hftdelta"));
        Assert.That(() => Scribe.Open(storage), Throws.InstanceOf<JournalException>());
        Assert.That(() => JournalRecovery.Repair(storage, report), Throws.InstanceOf<JournalException>());
    }

    [TestCase(0, TestName = "Damage_to_the_sequence_of_the_record_before_the_last_is_corruption")]
    [TestCase(24, TestName = "Damage_to_the_length_of_the_record_before_the_last_is_corruption")]
    [TestCase(29, TestName = "Damage_to_the_checksum_of_the_record_before_the_last_is_corruption")]
    [TestCase(50, TestName = "Damage_to_the_frame_of_the_record_before_the_last_is_corruption")]
    public void One_valid_record_behind_is_proof_enough(int at)
    {
        var storage = Scribe.Written(10, frameLength: 96);
        storage.Bytes(First)[4_096 + (8 * 128) + at] ^= 0x01;

        Assert.That(JournalRecovery.Examine(storage).State, Is.EqualTo(JournalEndState.Corrupt));
    }

    [Test]
    public void A_hole_of_zeros_before_valid_records_is_corruption()
    {
        var storage = Scribe.Written(1_000, frameLength: 96);
        storage.Bytes(First).Slice(4_096 + (500 * 128), 512).Clear();

        var report = JournalRecovery.Examine(storage);
        Assert.That(report.State, Is.EqualTo(JournalEndState.Corrupt));
        Assert.That(report.Error!.Sequence.Value, Is.EqualTo(501));
        Assert.That(report.Error.Message, Does.Contain("is not there"));
    }

    [Test]
    public void A_record_that_was_left_out_is_noticed()
    {
        var storage = Scribe.Written(10, frameLength: 96);
        var bytes = storage.Bytes(First);
        bytes[(4_096 + (5 * 128))..(4_096 + (10 * 128))].CopyTo(bytes[(4_096 + (4 * 128))..]);

        Assert.That(JournalRecovery.Examine(storage).State, Is.EqualTo(JournalEndState.Corrupt));
    }

    [Test]
    public void Damage_to_the_last_record_of_a_closed_segment_is_corruption()
    {
        var storage = Scribe.Written(20_000, frameLength: 96);
        var end = JournalRecovery.Examine(storage).Segments[0];
        storage.Bytes(First)[(int)(4_096 + end.RecordBytes - 20)] ^= 2;

        var report = JournalRecovery.Examine(storage);
        Assert.That(report.Error!.Fault, Is.EqualTo(JournalFault.RecordDamaged));
        Assert.That(report.Error.Sequence, Is.EqualTo(end.LastSequence));
    }

    [Test]
    public void A_missing_segment_is_named()
    {
        var storage = Scribe.Written(20_000);
        storage.Delete(Second);

        AssertFault(storage, JournalFault.SegmentMissing, "segment 0000000001 is not there");
    }

    [Test]
    public void A_misnamed_segment_is_named()
    {
        var storage = Scribe.Written(20_000);
        storage.Rename(SegmentLayout.NameOf(2), "journal-2.seg");

        AssertFault(storage, JournalFault.SegmentMisnamed, "journal-2.seg");
    }

    [Test]
    public void Exchanged_segments_are_noticed()
    {
        var storage = Scribe.Written(20_000);
        storage.Rename(Second, "aside");
        storage.Rename(SegmentLayout.NameOf(2), Second);
        storage.Rename("aside", SegmentLayout.NameOf(2));

        AssertFault(storage, JournalFault.SegmentMisdirected, "holds segment 0000000002");
    }

    [Test]
    public void A_segment_of_another_journal_is_noticed()
    {
        var storage = Scribe.Written(8_000);
        var other = new VirtualStorage();
        var journal = AppendableJournal.Open(other, Scribe.Options() with { JournalId = Guid.NewGuid() });
        new Scribe(journal).AppendMany(8_000);
        storage.CopyFrom(other, Second, Second);

        AssertFault(storage, JournalFault.ForeignFile, "belongs to journal");
    }

    [Test]
    public void A_segment_of_another_history_is_noticed()
    {
        var storage = Scribe.Written(8_000);
        var other = Scribe.Written(20_000, frameLength: 60);
        storage.CopyFrom(other, Second, Second);

        AssertFault(storage, JournalFault.ChainBroken, "begins with record");
    }

    [Test]
    public void A_cut_segment_is_noticed()
    {
        var storage = Scribe.Written(8_000);
        storage.Resize(First, Scribe.SegmentBytes - 512);
        AssertFault(storage, JournalFault.SegmentLength, "it was cut");

        var doubled = Scribe.Written(8_000);
        doubled.Resize(First, Scribe.SegmentBytes * 2);
        AssertFault(doubled, JournalFault.SegmentLength, "its header says");
    }

    [Test]
    public void A_lost_header_in_front_of_records_is_corruption()
    {
        var storage = Scribe.Written(8_000);
        storage.Bytes(Second)[..4_096].Clear();

        AssertFault(storage, JournalFault.HeaderDamaged, "holds valid records");
    }

    [Test]
    public void A_newer_format_is_not_read()
    {
        var storage = Scribe.Written(10);
        var header = storage.Bytes(First);
        header[8] = 2;
        BitConverter.TryWriteBytes(
            header[124..], HftDelta.Primitives.Integrity.Crc32C.Compute(0, header[..124]));

        AssertFault(storage, JournalFault.FormatUnknown, "has format 2", exitCode: 13);
    }

    [Test]
    public void A_block_hash_that_its_bytes_do_not_have_is_found_by_verify()
    {
        var storage = new VirtualStorage();
        var scribe = Scribe.Open(storage);
        scribe.AppendMany(8_000);
        scribe.Settle();
        var seal = storage.Bytes(Second).Slice(2_048, 128);
        seal[40] ^= 1;
        BitConverter.TryWriteBytes(
            seal[124..], HftDelta.Primitives.Integrity.Crc32C.Compute(0, seal[..124]));

        Assert.That(JournalRecovery.Examine(storage).State, Is.EqualTo(JournalEndState.Clean), "start-up trusts the seal");
        var verification = JournalVerification.Of(storage);
        Assert.That(verification.EndState, Is.EqualTo(JournalEndState.Corrupt));
        Assert.That(verification.FirstError!.Fault, Is.EqualTo(JournalFault.BlockHashMismatch));
        Assert.That(verification.ExitCode, Is.EqualTo(12));
    }

    [Test]
    public void A_safe_cursor_of_another_journal_is_noticed()
    {
        var storage = Scribe.Written(10);
        SafeCursorFile.OpenOrCreate(storage, Guid.NewGuid()).Dispose();

        AssertFault(storage, JournalFault.ForeignFile, SafeCursorFile.FileName);
    }

    [Test]
    public void A_safe_cursor_without_its_journal_is_a_loss()
    {
        var storage = new VirtualStorage();
        using (var safe = SafeCursorFile.OpenOrCreate(storage, Scribe.Id))
        {
            safe.Store(new CommandSequence(7));
        }

        AssertFault(storage, JournalFault.AcknowledgedMissing, "acknowledged is through record 7");
    }

    private static void AssertFault(VirtualStorage storage, JournalFault fault, string words, int exitCode = 12)
    {
        var report = JournalRecovery.Examine(storage);
        Assert.That(report.State, Is.EqualTo(JournalEndState.Corrupt));
        Assert.That(report.Error!.Fault, Is.EqualTo(fault));
        Assert.That(report.Error.Message, Does.Contain(words).And.Contain("next:"));
        Assert.That(report.Error.ExitCode, Is.EqualTo(exitCode));
        Assert.That(() => Scribe.Open(storage), Throws.InstanceOf<JournalException>(), "nobody appends to it");
    }

    private static long[] RecordEnds(VirtualStorage storage, int records)
    {
        using var reader = new HftDelta.Journal.Reading.JournalReader(storage);
        var ends = new long[records];
        for (var record = 0; record < records; record++)
        {
            Assert.That(reader.TryRead(out _), Is.True);
            ends[record] = reader.Position.OffsetBytes;
        }

        return ends;
    }

    private static void AssertNoticed(VirtualStorage storage, long[] ends, long bit)
    {
        storage.FlipBit(First, bit);
        var report = JournalRecovery.Examine(storage);
        storage.FlipBit(First, bit);

        var place = bit / 8;
        var recordsBefore = place < 4_096 ? 0 : ends.Count(end => end <= place);
        if (report.State is JournalEndState.Clean or JournalEndState.Empty || report.LastSequence.Value > recordsBefore)
        {
            // A flip in the place of the seal is an unfinished seal: the records themselves are whole, and it is said.
            var isSeal = place is >= 2_048 and < 4_096 && report.State == JournalEndState.TornTail;
            Assert.That(isSeal, Is.True, $"bit {bit} of byte {place}: {report.State} through {report.LastSequence}");
        }
    }
}
