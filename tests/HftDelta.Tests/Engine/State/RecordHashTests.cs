using HftDelta.Engine.State;
using HftDelta.Primitives;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.State;

[TestFixture]
[CancelAfter(20_000)]
public sealed class RecordHashTests
{
    private const ulong Seed = 20_261_122;

    [Test]
    public void Hardware_and_portable_agree_at_every_length()
    {
        Assume.That(RecordHash.IsHardware, "this processor has no AES instructions");
        var words = new SeededWords(Seed);
        for (var length = 0; length <= IStateRecords.RecordLengthMaxBytes; length++)
        {
            var record = words.Bytes(length);
            var id = words.Next();
            var type = (StateRecordType)(1 + words.Below(11));
            Assert.That(
                RecordHash.Compute(type, id, record),
                Is.EqualTo(RecordHash.ComputePortable(type, id, record)),
                $"seed {Seed}, length {length}");
        }
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(15)]
    [TestCase(16)]
    [TestCase(17)]
    [TestCase(96)]
    [TestCase(511)]
    public void Hash_is_what_its_description_says(int lengthBytes)
    {
        var record = new SeededWords(Seed + (ulong)lengthBytes).Bytes(lengthBytes);
        var expected = PlainAes.RecordHash((byte)StateRecordType.Order, 0xFEDCBA9876543210, record, AesRoundTests.Keys);

        var hash = RecordHash.Compute(StateRecordType.Order, 0xFEDCBA9876543210, record);

        Assert.That(hash.ToString(), Is.EqualTo(Convert.ToHexStringLower(expected)));
    }

    [Test]
    public void Every_single_bit_of_the_record_changes_all_four_words()
    {
        var record = new SeededWords(Seed).Bytes(96);
        var original = RecordHash.Compute(StateRecordType.Order, 7, record);
        var seen = new HashSet<Hash256> { original };
        for (var bit = 0; bit < record.Length * 8; bit++)
        {
            record[bit / 8] ^= (byte)(1 << (bit % 8));
            var changed = RecordHash.Compute(StateRecordType.Order, 7, record);
            record[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.That(seen.Add(changed), $"bit {bit} gives a hash that was there before");
            Assert.That(changed.Word0 != original.Word0 && changed.Word1 != original.Word1, $"bit {bit}");
            Assert.That(changed.Word2 != original.Word2 && changed.Word3 != original.Word3, $"bit {bit}");
        }
    }

    [Test]
    public void Every_bit_of_id_type_and_length_changes_the_hash()
    {
        var record = new byte[512];
        var seen = new HashSet<Hash256>();
        for (var bit = 0; bit < 64; bit++)
        {
            Assert.That(seen.Add(RecordHash.Compute(StateRecordType.Order, 1UL << bit, record.AsSpan(0, 96))), $"id bit {bit}");
        }

        foreach (var type in Enum.GetValues<StateRecordType>())
        {
            Assert.That(seen.Add(RecordHash.Compute(type, 0, record.AsSpan(0, 96))), $"type {type}");
        }

        // Zeros all the way: only the length tells them apart.
        for (var length = 0; length <= record.Length; length++)
        {
            if (length != 96)
            {
                Assert.That(seen.Add(RecordHash.Compute(StateRecordType.Order, 0, record.AsSpan(0, length))), $"length {length}");
            }
        }
    }

    [Test]
    public void Change_of_the_id_is_not_undone_by_the_same_change_of_the_first_block()
    {
        var record = new byte[32];
        var original = RecordHash.Compute(StateRecordType.Order, 5, record);
        BitConverter.TryWriteBytes(record, 5UL ^ 9UL);

        Assert.That(RecordHash.Compute(StateRecordType.Order, 9, record), Is.Not.EqualTo(original));
    }

    [Test]
    public void Sum_does_not_depend_on_the_order_and_counts_twice_what_is_there_twice()
    {
        var words = new SeededWords(Seed);
        var contributions = Enumerable.Range(0, 100)
            .Select(id => RecordHash.Compute(StateRecordType.Account, (ulong)id, words.Bytes(40)))
            .ToArray();
        var forwards = contributions.Aggregate(Hash256.Zero, Hash256.Add);
        var backwards = contributions.Reverse().Aggregate(Hash256.Zero, Hash256.Add);

        Assert.That(forwards, Is.EqualTo(backwards));
        Assert.That(contributions.Aggregate(forwards, Hash256.Subtract), Is.EqualTo(Hash256.Zero));
        Assert.That(forwards + contributions[0] + contributions[0], Is.Not.EqualTo(forwards));
    }

    [Test]
    public void Swapping_the_ids_of_two_records_changes_the_sum()
    {
        var words = new SeededWords(Seed);
        var (first, second) = (words.Bytes(96), words.Bytes(96));

        var straight = RecordHash.Compute(StateRecordType.Order, 1, first) + RecordHash.Compute(StateRecordType.Order, 2, second);
        var swapped = RecordHash.Compute(StateRecordType.Order, 2, first) + RecordHash.Compute(StateRecordType.Order, 1, second);

        Assert.That(swapped, Is.Not.EqualTo(straight));
    }

    [Test]
    public void Record_longer_than_the_limit_is_a_broken_invariant()
    {
        var record = new byte[IStateRecords.RecordLengthMaxBytes + 1];

        Assert.That(() => RecordHash.Compute(StateRecordType.Venue, 0, record), Throws.TypeOf<InvariantBrokenException>());
    }

    [Test]
    public void Hash_reads_back_from_its_bytes_and_prints_them_in_order()
    {
        var bytes = Enumerable.Range(0, 32).Select(index => (byte)index).ToArray();

        var hash = Hash256.ReadFrom(bytes);
        var written = new byte[Hash256.LengthBytes];
        hash.WriteTo(written);

        Assert.That(written, Is.EqualTo(bytes));
        Assert.That(hash.Word1, Is.EqualTo(0x0F0E0D0C0B0A0908));
        Assert.That(hash.ToString(), Is.EqualTo("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"));
    }
}
