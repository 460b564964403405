using HftDelta.Runtime.Storage;
using HftDelta.Simulation.Storage;
using NUnit.Framework;

namespace HftDelta.Tests.Simulation.Storage;

[TestFixture]
[CancelAfter(20_000)]
public sealed class VirtualStorageTests
{
    [Test]
    public void A_kill_keeps_what_was_written_and_a_power_cut_only_what_was_synced()
    {
        var storage = new VirtualStorage();
        using var file = storage.CreateFile("a", 4_096);
        storage.SyncDirectory();
        file.Span(0, 1).Fill(1);
        file.SyncRange(0, 1);
        file.Span(1_024, 1).Fill(2);

        Assert.That(storage.AfterKill().Bytes("a")[1_024], Is.EqualTo(2));
        Assert.That(storage.AfterPowerCutLosingAll().Bytes("a")[0], Is.EqualTo(1));
        Assert.That(storage.AfterPowerCutLosingAll().Bytes("a")[1_024], Is.EqualTo(0));
    }

    [Test]
    public void A_power_cut_keeps_or_loses_each_unsynced_sector_by_itself()
    {
        var storage = new VirtualStorage();
        using var file = storage.CreateFile("a", 64 * 512);
        storage.SyncDirectory();
        file.Span(0, 64 * 512).Fill(1);

        var kept = 0;
        var after = storage.AfterPowerCut(seed: 5).Bytes("a");
        for (var sector = 0; sector < 64; sector++)
        {
            var bytes = after.Slice(sector * 512, 512);
            Assert.That(bytes.IndexOfAnyExcept(bytes[0]), Is.EqualTo(-1), "a sector is never torn inside");
            kept += bytes[0];
        }

        Assert.That(kept, Is.InRange(10, 54));
    }

    [Test]
    public void A_name_that_was_never_synced_is_gone_after_a_power_cut()
    {
        var storage = new VirtualStorage();
        using var file = storage.CreateFile("a", 512);
        file.SyncRange(0, 512);

        Assert.That(storage.AfterPowerCut(1).Exists("a"), Is.False);
        Assert.That(storage.AfterKill().Exists("a"), Is.True);
    }

    [Test]
    public void Faults_come_when_they_were_asked_for()
    {
        var storage = new VirtualStorage();
        storage.Faults.FullAtAllocation = 2;
        storage.Faults.FailAtSync = 1;
        using var file = storage.CreateFile("a", 512);

        Assert.That(Assert.Throws<StorageException>(() => storage.CreateFile("b", 512)).Fault, Is.EqualTo(StorageFault.NoSpace));
        Assert.That(storage.Exists("b"), Is.False);
        Assert.That(Assert.Throws<StorageException>(() => file.SyncRange(0, 1)).Fault, Is.EqualTo(StorageFault.SyncFailed));
        Assert.That(() => file.SyncRange(0, 1), Throws.Nothing);
    }
}
