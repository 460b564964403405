using HftDelta.Journal.Cursors;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Writing;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Storage;
using NUnit.Framework;

namespace HftDelta.Tests.Journal.Cursors;

[TestFixture]
[CancelAfter(20_000)]
public sealed class HashPointLogTests
{
    private const int SmallFileBytes = 64 + (EntryBytes * 4);
    private const int EntryBytes = 432;
    private static readonly Guid Id = Guid.NewGuid();

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(4)]
    [TestCase(5)]
    [TestCase(23)]
    public void Points_come_back_in_order_over_files_and_kills(int points)
    {
        var storage = new VirtualStorage();
        for (var point = 1; point <= points; point++)
        {
            HashPointLog.OpenOrCreate(storage, Id, SmallFileBytes).Append(Point(point));
            storage = storage.AfterKill();
        }

        Assert.That(HashPointLog.ReadAll(storage), Is.EqualTo(Enumerable.Range(1, points).Select(Point)));
        using var log = HashPointLog.OpenOrCreate(storage, Id, SmallFileBytes);
        Assert.That(log.LastSequence.Value, Is.EqualTo(points * 1_024));
    }

    [Test]
    public void A_torn_last_entry_is_left_out_and_overwritten()
    {
        for (var written = 0; written < EntryBytes; written++)
        {
            var storage = Written(3).AfterTear(HashPointLog.FileName, 64 + (2 * EntryBytes) + written);
            Assert.That(HashPointLog.ReadAll(storage), Is.EqualTo(new[] { Point(1), Point(2) }), $"{written} bytes");

            HashPointLog.OpenOrCreate(storage, Id, SmallFileBytes).Append(Point(3));
            Assert.That(HashPointLog.ReadAll(storage), Is.EqualTo(new[] { Point(1), Point(2), Point(3) }), $"{written} bytes");
        }
    }

    /// <summary>Nobody syncs them: of all that were written since the machine began, each sector is there or not.</summary>
    [Test]
    public void Whatever_a_power_cut_leaves_of_points_is_a_beginning_of_them_and_the_next_start_goes_on_behind_it()
    {
        var shortened = 0;
        for (var seed = 1UL; seed <= 60; seed++)
        {
            var storage = new VirtualStorage();
            var scribe = Scribe.Open(storage, DurabilityMode.Disk);
            scribe.AppendMany(12);
            scribe.Journal.Sync!.DoWork();
            SafeCursorFile.OpenOrCreate(storage, Scribe.Id).Dispose();
            using (var log = HashPointLog.OpenOrCreate(storage, Scribe.Id, SmallFileBytes))
            {
                for (var point = 1; point <= 10; point++)
                {
                    log.Append(Early(point));
                    if (point % 3 == 0)
                    {
                        storage.SyncDirectory();
                    }
                }
            }

            var cut = storage.AfterPowerCut(seed);
            var left = HashPointLog.ReadAll(cut);
            Assert.That(left, Is.EqualTo(Enumerable.Range(1, left.Count).Select(Early)), $"seed {seed}");
            shortened += left.Count < 10 ? 1 : 0;
            Scribe.Open(cut).Journal.Dispose();
            SafeCursorFile.OpenOrCreate(cut, Scribe.Id).Dispose();
            using (var log = HashPointLog.OpenOrCreate(cut, Scribe.Id, SmallFileBytes))
            {
                log.Append(Early(11));
                log.Append(Early(12));
            }

            Assert.That(HashPointLog.ReadAll(cut), Is.EqualTo(left.Append(Early(11)).Append(Early(12))), $"seed {seed}");
        }

        Assert.That(shortened, Is.GreaterThan(30));
    }

    /// <summary>After a restart of the machine damage cannot be told from a power cut: how much goes is said.</summary>
    [Test]
    public void Points_behind_a_damaged_one_are_counted_when_they_go_and_files_of_other_names_stay()
    {
        string[] copies = ["hash-points.dat.bak", "hash-points-0000000001.dat.bak", "hash-points-1.dat", "hash-points-x.dat"];
        var storage = new VirtualStorage();
        Scribe.Open(storage).AppendMany(12);
        SafeCursorFile.OpenOrCreate(storage, Scribe.Id).Dispose();
        using (var log = HashPointLog.OpenOrCreate(storage, Scribe.Id, SmallFileBytes))
        {
            for (var point = 1; point <= 10; point++)
            {
                log.Append(Early(point));
            }
        }

        foreach (var copy in copies)
        {
            storage.CreateFile(copy, SmallFileBytes).Dispose();
        }

        storage.FlipBit(HashPointLog.FileName, ((64 + (2 * EntryBytes)) * 8) + 100);
        storage = storage.AfterReboot();
        Assert.That(HashPointLog.ReadAll(storage), Is.EqualTo(new[] { Early(1), Early(2) }));
        Assert.That(HashPointLog.CountLeftOut(storage), Is.EqualTo(8), "of ten");

        using (var journal = Scribe.Open(storage).Journal)
        {
            Assert.That(journal.HashPointsDropped, Is.EqualTo(8));
        }

        Assert.That(storage.List().Where(name => name.StartsWith("hash-points", StringComparison.Ordinal)),
            Is.EquivalentTo(copies.Append(HashPointLog.FileName)));
        Assert.That(HashPointLog.CountLeftOut(storage), Is.Zero);
    }

    [Test]
    public void A_damaged_entry_with_others_behind_it_is_an_error()
    {
        for (var bit = 64L * 8; bit < (64 + (2 * EntryBytes)) * 8; bit += 37)
        {
            var storage = Written(3);
            storage.FlipBit(HashPointLog.FileName, bit);
            var error = Assert.Throws<JournalException>(() => HashPointLog.ReadAll(storage), $"bit {bit}");
            Assert.That(error.Fault, Is.EqualTo(JournalFault.HashPointsDamaged));
        }
    }

    [Test]
    public void A_damaged_last_entry_of_a_full_file_is_an_error_when_the_next_was_begun()
    {
        var storage = Written(5);
        storage.FlipBit(HashPointLog.FileName, ((64 + (3 * EntryBytes)) * 8) + 100);

        Assert.That(() => HashPointLog.ReadAll(storage), Throws.InstanceOf<JournalException>());
    }

    [Test]
    public void Points_only_go_forward_and_belong_to_one_journal()
    {
        var storage = Written(3);
        using var log = HashPointLog.OpenOrCreate(storage, Id, SmallFileBytes);

        Assert.That(() => log.Append(Point(3)), Throws.InstanceOf<InvariantBrokenException>());
        var foreign = Assert.Throws<JournalException>(() => HashPointLog.OpenOrCreate(storage, Guid.NewGuid()));
        Assert.That(foreign.Fault, Is.EqualTo(JournalFault.ForeignFile));
    }

    [Test]
    public void A_hash_is_written_in_64_digits() =>
        Assert.That(
            new HashWords(0xA, 0, ulong.MaxValue, 1).ToString(),
            Is.EqualTo("000000000000000a0000000000000000ffffffffffffffff0000000000000001"));

    private static VirtualStorage Written(int points)
    {
        var storage = new VirtualStorage();
        using var log = HashPointLog.OpenOrCreate(storage, Id, SmallFileBytes);
        for (var point = 1; point <= points; point++)
        {
            log.Append(Point(point));
        }

        return storage;
    }

    private static HashPoint Early(int number) => Point(number) with { Sequence = new CommandSequence(number) };

    private static HashPoint Point(int number)
    {
        var noise = new Noise((ulong)number);
        var components = default(HashComponents);
        foreach (ref var component in components)
        {
            component = Words(ref noise);
        }

        return new HashPoint(new CommandSequence(number * 1_024L), Words(ref noise), components);
    }

    private static HashWords Words(ref Noise noise) => new(noise.Next(), noise.Next(), noise.Next(), noise.Next());
}
