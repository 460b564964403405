using HftDelta.Journal.Archive;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Recovery;
using HftDelta.Journal.Reports;
using HftDelta.Journal.Snapshots;
using HftDelta.Node;
using HftDelta.Node.Cli;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Snapshots;
using HftDelta.Runtime.Storage;
using HftDelta.SystemTests.Processes;
using HftDelta.Tests.Node.Pipeline;
using HftDelta.Wire;
using Side = HftDelta.Wire.Side;

namespace HftDelta.SystemTests.Faults;

/// <summary>
/// A real file system of 64 MB that is full at every point of a venue's life. A write into a hole of it would kill the test's own
/// process, so that it runs to its end is a part of what it shows.
/// </summary>
[TestFixture]
[CancelAfter(120_000)]
internal sealed class SmallDiskTests
{
    private const int DiskMegabytes = 64;
    private const int OrdersMost = 60_000;

    private readonly List<string> _notices = [];

    [Test]
    public void A_process_that_finds_no_room_for_its_first_segment_says_so_and_leaves_nothing()
    {
        using var disk = new SmallDisk(DiskMegabytes);
        var journal = Path.Combine(disk.Root, "journal");
        disk.LeaveFree(800 << 10);
        var result = VenueProcess.Run(
            TimeSpan.FromSeconds(60), "demo", "--in-process", "--seconds", "1", "--journal", journal);
        Assert.That(result.ExitCode, Is.EqualTo((int)ExitCode.NoSpace), result.Error);
        Assert.That(result.Error, Does.Contain("HD2220").And.Contain("next:"));
        Assert.That(Directory.GetFiles(journal, "*.seg"), Is.Empty);
    }

    [Test]
    public void A_start_with_any_amount_of_room_begins_or_is_refused_and_continues_when_there_is_room()
    {
        using var disk = new SmallDisk(DiskMegabytes);
        var refused = 0;
        var begun = 0;
        const int stepBytes = 320 << 10;
        for (var free = 0L; free <= 12 << 20; free += stepBytes)
        {
            var journal = Path.Combine(disk.Root, $"journal-{free}");
            disk.LeaveFree(free);
            try
            {
                using var driver = VenueDriver.Trading(Options(), new FileStorage(journal));
                Trade(driver, 50);
                driver.Venue.Stop();
                begun++;
            }
            catch (Exception refusal) when (refusal is JournalException or StorageException or IOException)
            {
                Assert.That(NodeFailure.ExitCodeOf(refusal), Is.EqualTo(ExitCode.NoSpace), $"{free} bytes: {refusal}");
                refused++;
            }

            disk.Empty();
            Assert.That(JournalRecovery.Examine(new FileStorage(journal)).Error, Is.Null, $"{free} bytes");
            using (var again = VenueDriver.Trading(Options(), new FileStorage(journal)))
            {
                again.Venue.Stop();
            }

            Directory.Delete(journal, recursive: true);
        }

        Assert.That(refused, Is.GreaterThan(3));
        Assert.That(begun, Is.GreaterThan(3));
    }

    [Test]
    public void A_venue_that_fills_the_disk_serves_cancels_stands_still_and_goes_on_with_room()
    {
        using var disk = new SmallDisk(DiskMegabytes);
        var storage = new FileStorage(Path.Combine(disk.Root, "journal"));
        disk.LeaveFree(12 << 20);
        using var driver = VenueDriver.Trading(Options(), storage);
        driver.Order(VenueDriver.Maker, Side.Sell, 1_010, 5);
        driver.Idle();
        var resting = OrderAcceptedDecoder.Trusted(
            driver.Received(VenueDriver.Maker).Last(each => each.TemplateId == OrderAcceptedDecoder.TemplateId).Frame).OrderId;

        TradeUntil(driver, () => driver.Venue.Agents.Preparer.LastRefusal is not null);
        driver.Step(200);
        driver.Received(VenueDriver.Maker);
        driver.Order(VenueDriver.Maker, Side.Sell, 1_010, 5);
        driver.Cancel(VenueDriver.Maker, resting);
        driver.Idle();
        var answers = driver.Received(VenueDriver.Maker);
        var rejected = answers.Last(each => each.TemplateId == OrderRejectedDecoder.TemplateId);
        Assert.That(OrderRejectedDecoder.Trusted(rejected.Frame).Code, Is.EqualTo(RejectCode.JournalOutOfRoom));
        Assert.That(answers.Select(each => each.TemplateId), Does.Contain(OrderCanceledDecoder.TemplateId));

        TradeUntil(driver, () => _notices.Any(words => words.Contains("stands still", StringComparison.Ordinal)));
        disk.Empty();
        for (var round = 0; round < 20_000 && !_notices[^1].Contains("is over", StringComparison.Ordinal); round++)
        {
            driver.Venue.Step();
        }

        Assert.That(_notices[^1], Does.StartWith("HD2220 is over"));
        Trade(driver, 100);
        driver.Venue.Stop();
        var verified = JournalVerification.Of(storage);
        Assert.That(verified.EndState, Is.EqualTo(JournalEndState.Clean));
        Assert.That(verified.LastSequence, Is.EqualTo(driver.Venue.LastSequence));
    }

    [Test]
    public void Archives_restores_and_snapshots_with_any_amount_of_room_are_made_or_refused_and_made_when_there_is_room()
    {
        using var disk = new SmallDisk(DiskMegabytes);
        using var folder = new TemporaryFolder();
        var journal = new FileStorage(folder.Of("journal"));
        var (last, _) = VenueDriver.TradeInto(journal, 9_000);
        var archive = Path.Combine(disk.Root, "archive");
        var whole = folder.Of("archive");
        var archived = JournalArchive.Add(journal, whole).Count;
        Assert.That(archived, Is.GreaterThan(1));

        Fill(disk, "archive", stepBytes: 24 << 10, mostBytes: 480 << 10, () => JournalArchive.Add(journal, archive), () =>
        {
            Assert.That(JournalArchive.Verify(archive).Segments, Has.Count.EqualTo(archived));
            Directory.Delete(archive, recursive: true);
        });

        var restored = Path.Combine(disk.Root, "restored");
        Fill(disk, "restore", 256 << 10, 4 << 20, () => JournalArchive.Restore(whole, new FileStorage(restored)), () =>
        {
            Assert.That(JournalRecovery.Examine(new FileStorage(restored)).Segments, Has.Count.EqualTo(archived));
            Directory.Delete(restored, recursive: true);
        });

        var snapshots = Path.Combine(disk.Root, "snapshots");
        Fill(
            disk, "snapshot", 64 << 10, 1 << 20,
            () => SnapshotMaker.Make(journal, new FileStorage(snapshots), new CommandSequence(last), 3, Assert.Fail),
            () =>
            {
                Assert.That(Directory.GetFiles(snapshots, "*.new"), Is.Empty);
                Assert.That(SnapshotNames.List(new FileStorage(snapshots)), Is.EqualTo(new[] { new CommandSequence(last) }));
                SnapshotLoader.Prove(new FileStorage(snapshots), SnapshotNames.Of(new CommandSequence(last)));
                Directory.Delete(snapshots, recursive: true);
            });
    }

    /// <summary>Tries it with every amount of room, then with all of it; what is there then is proved and taken away.</summary>
    private static void Fill(SmallDisk disk, string what, long stepBytes, long mostBytes, Action make, Action prove)
    {
        var (refused, made) = (0, 0);
        for (var free = 0L; free <= mostBytes; free += stepBytes)
        {
            disk.LeaveFree(free);
            try
            {
                make();
                made++;
            }
            catch (Exception refusal) when (refusal is JournalException or StorageException or IOException)
            {
                Assert.That(NodeFailure.ExitCodeOf(refusal), Is.EqualTo(ExitCode.NoSpace), $"{what}, {free} bytes: {refusal}");
                refused++;
                disk.Empty();
                make();
            }

            disk.Empty();
            prove();
        }

        TestContext.Out.WriteLine($"{what}: {refused} times refused, {made} times made");
        Assert.That(refused, Is.GreaterThan(2), what);
        Assert.That(made, Is.Positive, what);
    }

    private VenueOptions Options() => VenueDriver.SmallOptions() with
    {
        OnNotice = _notices.Add,
        JournalStallMax = TimeSpan.FromMinutes(5),
    };

    private static void Trade(VenueDriver driver, int orders)
    {
        for (var order = 0; order < orders; order++)
        {
            driver.Order(VenueDriver.Maker, Side.Sell, 1_001, 5);
            driver.Order(VenueDriver.Taker, Side.Buy, 1_001, 5);
            driver.Step(2);
            driver.Received(VenueDriver.Maker);
            driver.Received(VenueDriver.Taker);
        }
    }

    private static void TradeUntil(VenueDriver driver, Func<bool> isReached)
    {
        for (var order = 0; order < OrdersMost && !isReached(); order++)
        {
            Trade(driver, 1);
        }

        Assert.That(isReached(), Is.True);
    }
}
