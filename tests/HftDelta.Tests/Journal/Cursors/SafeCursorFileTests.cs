using HftDelta.Journal.Cursors;
using HftDelta.Journal.Faults;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Storage;
using NUnit.Framework;

namespace HftDelta.Tests.Journal.Cursors;

[TestFixture]
[CancelAfter(20_000)]
public sealed class SafeCursorFileTests
{
    private static readonly Guid Id = Guid.NewGuid();

    [Test]
    public void The_last_value_survives_a_kill_and_goes_on()
    {
        var storage = new VirtualStorage();
        Assert.That(SafeCursorFile.Read(storage).State, Is.EqualTo(SafeCursorState.Absent));
        for (var life = 1L; life <= 6; life++)
        {
            var cursor = SafeCursorFile.OpenOrCreate(storage, Id);
            Assert.That(cursor.Value.Value, Is.EqualTo((life - 1) * 10));
            for (var step = 0; step < (int)life; step++)
            {
                cursor.Store(new CommandSequence((life * 10) - (int)life + step + 1));
            }

            storage = storage.AfterKill();
            var expected = new SafeCursorReading(SafeCursorState.Valid, new CommandSequence(life * 10), Id);
            Assert.That(SafeCursorFile.Read(storage), Is.EqualTo(expected));
        }
    }

    [Test]
    public void A_kill_between_two_stores_gives_the_value_before()
    {
        var storage = new VirtualStorage();
        var cursor = SafeCursorFile.OpenOrCreate(storage, Id);
        for (var sequence = 1L; sequence <= 4; sequence++)
        {
            var before = storage.Bytes(SafeCursorFile.FileName).ToArray();
            cursor.Store(new CommandSequence(sequence));
            var killed = storage.AfterKill();
            foreach (var copy in new[] { 64, 128 })
            {
                // The check word of the copy that was being written is the old one.
                before.AsSpan(copy + 8, 8).CopyTo(killed.Bytes(SafeCursorFile.FileName)[(copy + 8)..]);
            }

            Assert.That(SafeCursorFile.Read(killed).Sequence.Value, Is.EqualTo(sequence - 1));
        }
    }

    [Test]
    public void No_flipped_bit_gives_a_value_that_was_never_stored()
    {
        var storage = new VirtualStorage();
        var cursor = SafeCursorFile.OpenOrCreate(storage, Id);
        cursor.Store(new CommandSequence(1_000));
        cursor.Store(new CommandSequence(1_001));
        for (var bit = 0L; bit < 144 * 8; bit++)
        {
            storage.FlipBit(SafeCursorFile.FileName, bit);
            var reading = SafeCursorFile.Read(storage);
            storage.FlipBit(SafeCursorFile.FileName, bit);
            var isTrue = reading.State == SafeCursorState.Damaged || reading.Sequence.Value is 1_000 or 1_001;
            Assert.That(isTrue, Is.True, $"bit {bit}: {reading}");
        }
    }

    [Test]
    public void A_cursor_whose_making_is_under_way_is_none_and_one_that_was_interrupted_is_made_again()
    {
        var made = new VirtualStorage();
        SafeCursorFile.OpenOrCreate(made, Id).Dispose();
        var whole = made.Bytes(SafeCursorFile.FileName).ToArray();

        // The magic goes in last; of the rest any part may be there already.
        foreach (var lengthBytes in new[] { 8, 20, 28, 32, 70, 80, 140, whole.Length })
        {
            var storage = made.AfterKill();
            var image = storage.Bytes(SafeCursorFile.FileName);
            image.Clear();
            whole.AsSpan(8, lengthBytes - 8).CopyTo(image[8..]);
            Assert.That(SafeCursorFile.Read(storage).State, Is.EqualTo(SafeCursorState.Absent), $"{lengthBytes} bytes");

            using var again = SafeCursorFile.OpenOrCreate(storage, Id);
            again.Store(new CommandSequence(3));
            Assert.That(SafeCursorFile.Read(storage).Sequence.Value, Is.EqualTo(3));
        }
    }

    [Test]
    public void It_never_goes_back()
    {
        using var cursor = SafeCursorFile.OpenOrCreate(new VirtualStorage(), Id);
        cursor.Store(new CommandSequence(5));

        Assert.That(() => cursor.Store(new CommandSequence(4)), Throws.InstanceOf<InvariantBrokenException>());
        Assert.That(() => cursor.Store(new CommandSequence(5)), Throws.Nothing);
    }

    [Test]
    public void Damaged_or_foreign_it_is_not_opened()
    {
        var storage = new VirtualStorage();
        SafeCursorFile.OpenOrCreate(storage, Id).Dispose();

        var foreign = Assert.Throws<JournalException>(() => SafeCursorFile.OpenOrCreate(storage, Guid.NewGuid()));
        Assert.That(foreign.Fault, Is.EqualTo(JournalFault.ForeignFile));
        storage.Bytes(SafeCursorFile.FileName)[20] ^= 1;
        var damaged = Assert.Throws<JournalException>(() => SafeCursorFile.OpenOrCreate(storage, Id));
        Assert.That(damaged.Fault, Is.EqualTo(JournalFault.SafeCursorDamaged));
    }

    [Test]
    public void Storing_allocates_nothing()
    {
        using var cursor = SafeCursorFile.OpenOrCreate(new VirtualStorage(), Id);
        cursor.Store(new CommandSequence(1));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var sequence = 2; sequence < 1_000; sequence++)
        {
            cursor.Store(new CommandSequence(sequence));
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.That(allocated, Is.Zero);
    }
}
