using HftDelta.Aeron;
using HftDelta.Aeron.Cnc;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Cnc;

/// <summary>Who may take a folder as its Aeron directory, and what becomes of what is in it.</summary>
[CancelAfter(20_000)]
internal sealed class DirectoryClaimTests
{
    [Test]
    public void A_living_driver_of_ours_keeps_another_out()
    {
        using var folder = new AeronFolder();
        using var first = new AeronDriver(folder.Options);

        // However old its heartbeat is: the process is there.
        folder.Clock.Advance(60_000 * AeronFolder.Millisecond);

        Assert.That(
            () => new AeronDriver(folder.Options),
            Throws.TypeOf<AeronException>().With.Message.Contains("a driver is alive in it"));
    }

    [Test]
    public void What_a_driver_that_ended_left_is_wiped()
    {
        using var folder = new AeronFolder();
        new AeronDriver(folder.Options).Dispose();
        LeaveLog(folder);

        using var second = new AeronDriver(folder.Options);

        Assert.That(Directory.GetFiles(folder.Root, "*.logbuffer", SearchOption.AllDirectories), Is.Empty);
        using var reader = folder.Read();
        Assert.That(reader.StateAt(folder.Clock.Now), Is.EqualTo(CncState.Alive));
    }

    [Test]
    public void The_restart_after_a_kill_need_not_wait_for_the_heartbeat_to_grow_old()
    {
        using var folder = new AeronFolder();
        Kill(folder, leavesLock: true);

        Assert.That(() => new AeronDriver(folder.Options).Dispose(), Throws.Nothing);
    }

    [Test]
    public void An_official_driver_with_a_fresh_heartbeat_keeps_us_out_and_nothing_is_touched()
    {
        using var folder = new AeronFolder();
        Kill(folder, leavesLock: false);
        LeaveLog(folder);
        var before = Contents(folder);

        folder.Clock.Advance(9_999 * AeronFolder.Millisecond);
        Assert.That(
            () => new AeronDriver(folder.Options),
            Throws.TypeOf<AeronException>().With.Message.Contains("a driver is alive in it"));
        Assert.That(Contents(folder), Is.EqualTo(before));

        folder.Clock.Advance(2 * AeronFolder.Millisecond);
        Assert.That(() => new AeronDriver(folder.Options).Dispose(), Throws.Nothing);
    }

    [TestCase("notes.txt", "dear diary")]
    [TestCase("cnc.dat", "")]
    [TestCase("cnc.dat", "no driver wrote this, and it is longer than the hundred and twenty-eight bytes which a driver would "
        + "have written at the very least before anything else")]
    public void A_folder_that_is_something_else_is_refused_and_not_touched(string name, string text)
    {
        using var folder = new AeronFolder();
        Directory.CreateDirectory(folder.Root);
        File.WriteAllText(folder.Of(name), text);

        Assert.That(() => new AeronDriver(folder.Options), Throws.TypeOf<AeronException>().With.Message.Contains("is none"));
        Assert.That(Contents(folder), Is.EqualTo([$"{name} {text.Length}"]));
    }

    [Test]
    public void Files_of_others_in_a_stale_directory_stay()
    {
        using var folder = new AeronFolder();
        new AeronDriver(folder.Options).Dispose();
        File.WriteAllText(folder.Of("archive-mark.dat"), "theirs");

        new AeronDriver(folder.Options).Dispose();

        Assert.That(File.ReadAllText(folder.Of("archive-mark.dat")), Is.EqualTo("theirs"));
    }

    [Test]
    public void The_heartbeat_follows_the_clock_and_says_when_the_driver_ended()
    {
        using var folder = new AeronFolder();
        var driver = new AeronDriver(folder.Options);
        using var reader = folder.Read();
        folder.Clock.Advance(1_000 * AeronFolder.Millisecond);
        driver.Conductor.DoWork();
        Assert.That(reader.HeartbeatTime, Is.EqualTo(folder.Clock.Now));

        folder.Clock.Advance(10_001 * AeronFolder.Millisecond);
        Assert.That(reader.StateAt(folder.Clock.Now), Is.EqualTo(CncState.Silent));

        driver.Dispose();
        Assert.That(reader.StateAt(folder.Clock.Now), Is.EqualTo(CncState.Ended));
    }

    // What is left when the process is gone in the middle: the file as it was while the driver lived.
    private static void Kill(AeronFolder folder, bool leavesLock)
    {
        byte[] living;
        using (new AeronDriver(folder.Options))
        {
            living = File.ReadAllBytes(folder.Of("cnc.dat"));
        }

        File.WriteAllBytes(folder.Of("cnc.dat"), living);
        if (!leavesLock)
        {
            File.Delete(folder.Of("hftdelta.lock"));
        }
    }

    private static void LeaveLog(AeronFolder folder)
    {
        Directory.CreateDirectory(folder.Of("images"));
        File.WriteAllText(folder.Of("images/4.logbuffer"), "left");
    }

    private static string[] Contents(AeronFolder folder) =>
    [
        .. Directory.GetFiles(folder.Root, "*", SearchOption.AllDirectories)
            .Select(path => $"{Path.GetRelativePath(folder.Root, path)} {new FileInfo(path).Length}")
            .Order(StringComparer.Ordinal),
    ];
}
