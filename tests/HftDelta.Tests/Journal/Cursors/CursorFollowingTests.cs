using HftDelta.Journal.Cursors;
using HftDelta.Journal.Faults;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Storage;
using NUnit.Framework;

namespace HftDelta.Tests.Journal.Cursors;

/// <summary>What another process sees of a venue's cursors while the venue writes them.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class CursorFollowingTests
{
    private const int EntryBytes = 432;
    private const int SmallFileBytes = 64 + (EntryBytes * 3);
    private static readonly Guid Id = new("5f4d6a0e-9b1e-4f57-8f0e-63b7a4c1e002");

    [Test]
    public void Points_are_handed_out_once_and_in_order_as_they_come()
    {
        var storage = new VirtualStorage();
        using var follower = new HashPointFollower(storage, Id);
        Assert.That(follower.TryRead(out _), Is.False, "there is no log yet");
        using var log = HashPointLog.OpenOrCreate(storage, Id, SmallFileBytes);
        var seen = new List<HashPoint>();
        for (var number = 1; number <= 11; number++)
        {
            log.Append(Point(number));
            if (number % 4 == 0)
            {
                ReadAll(follower, seen);
                Assert.That(seen, Has.Count.EqualTo(number), "files in between are no end");
            }
        }

        ReadAll(follower, seen);
        Assert.That(seen, Is.EqualTo(Enumerable.Range(1, 11).Select(Point)));
    }

    [Test]
    public void A_torn_point_is_waited_for_until_the_venue_has_written_it_again()
    {
        var storage = new VirtualStorage();
        using (var log = HashPointLog.OpenOrCreate(storage, Id, SmallFileBytes))
        {
            log.Append(Point(1));
            log.Append(Point(2));
        }

        storage.Bytes(HashPointLog.FileName).Slice(64 + EntryBytes + 100, 50).Clear();
        using var follower = new HashPointFollower(storage, Id);
        Assert.That(follower.TryRead(out var first), Is.True);
        Assert.That(follower.TryRead(out _), Is.False);
        using (var again = HashPointLog.OpenOrCreate(storage, Id, SmallFileBytes))
        {
            again.Append(Point(2));
        }

        Assert.That(follower.TryRead(out var second), Is.True);
        Assert.That(new[] { first, second }, Is.EqualTo(new[] { Point(1), Point(2) }));
    }

    [Test]
    public void Damage_and_the_log_of_another_journal_are_errors()
    {
        var storage = new VirtualStorage();
        using (var log = HashPointLog.OpenOrCreate(storage, Id, SmallFileBytes))
        {
            log.Append(Point(1));
            log.Append(Point(2));
        }

        using var foreign = new HashPointFollower(storage, Guid.NewGuid());
        Assert.That(Fault(foreign), Is.EqualTo(JournalFault.ForeignFile));
        storage.FlipBit(HashPointLog.FileName, (64 + 30) * 8);
        using var follower = new HashPointFollower(storage, Id);
        Assert.That(Fault(follower), Is.EqualTo(JournalFault.HashPointsDamaged));
    }

    [Test]
    public void A_safe_cursor_is_seen_to_move_and_an_exchanged_one_after_a_new_look_at_its_name()
    {
        var storage = new VirtualStorage();
        using var reader = new SafeCursorReader(storage);
        Assert.That(reader.Read().State, Is.EqualTo(SafeCursorState.Absent));
        using var cursor = SafeCursorFile.OpenOrCreate(storage, Id);
        for (var sequence = 1L; sequence <= 5; sequence++)
        {
            cursor.Store(new CommandSequence(sequence));
            var expected = new SafeCursorReading(SafeCursorState.Valid, new CommandSequence(sequence), Id);
            Assert.That(reader.Read(), Is.EqualTo(expected));
        }

        var other = new VirtualStorage();
        var otherId = Guid.NewGuid();
        SafeCursorFile.OpenOrCreate(other, otherId).Dispose();
        storage.CopyFrom(other, SafeCursorFile.FileName, SafeCursorFile.FileName);
        Assert.That(reader.Read().JournalId, Is.EqualTo(Id), "a mapping outlives its name");
        reader.Reopen();
        Assert.That(reader.Read().JournalId, Is.EqualTo(otherId));
    }

    [Test]
    public void A_damaged_safe_cursor_is_an_error_for_the_one_who_follows_it()
    {
        var storage = new VirtualStorage();
        SafeCursorFile.OpenOrCreate(storage, Id).Dispose();
        storage.FlipBit(SafeCursorFile.FileName, 10 * 8);
        using var reader = new SafeCursorReader(storage);
        var error = Assert.Throws<JournalException>(() => reader.Read());
        Assert.That(error.Fault, Is.EqualTo(JournalFault.SafeCursorDamaged));
    }

    private static JournalFault Fault(HashPointFollower follower) =>
        Assert.Throws<JournalException>(() => follower.TryRead(out _))!.Fault;

    private static void ReadAll(HashPointFollower follower, List<HashPoint> seen)
    {
        while (follower.TryRead(out var point))
        {
            seen.Add(point);
        }
    }

    private static HashPoint Point(int number)
    {
        var components = default(HashComponents);
        components[number % HashComponents.Count] = new HashWords((ulong)number, 2, 3, 4);
        return new HashPoint(new CommandSequence(number * 10L), new HashWords(5, 6, 7, (ulong)number), components);
    }
}
