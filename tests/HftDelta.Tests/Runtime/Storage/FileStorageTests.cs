using HftDelta.Runtime.Storage;
using NUnit.Framework;

namespace HftDelta.Tests.Runtime.Storage;

[TestFixture]
[CancelAfter(20_000)]
public sealed class FileStorageTests
{
    private DirectoryInfo _directory = null!;
    private FileStorage _storage = null!;

    [SetUp]
    public void MakeDirectory()
    {
        _directory = Directory.CreateTempSubdirectory("hftdelta-storage-");
        _storage = new FileStorage(Path.Combine(_directory.FullName, "deep", "journal"));
    }

    [TearDown]
    public void DropDirectory() => _directory.Delete(recursive: true);

    [Test]
    public void On_Linux_the_run_of_the_system_has_a_name_that_stays()
    {
        if (OperatingSystem.IsLinux())
        {
            var one = new FileStorage(Path.GetTempPath()).SystemRunId;
            Assert.That(one, Is.Not.EqualTo(Guid.Empty));
            Assert.That(new FileStorage(Path.GetTempPath()).SystemRunId, Is.EqualTo(one));
        }
    }

    [Test]
    public void Files_are_listed_in_order_of_their_names()
    {
        _storage.CreateFile("b", 4_096).Dispose();
        _storage.CreateFile("a", 8_192).Dispose();
        _storage.SyncDirectory();

        Assert.That(_storage.List(), Is.EqualTo(new[] { "a", "b" }));
        Assert.That(_storage.LengthBytesOf("a"), Is.EqualTo(8_192));
        _storage.Delete("a");
        Assert.That(_storage.Exists("a"), Is.False);
        Assert.That(_storage.List(), Is.EqualTo(new[] { "b" }));
    }

    [TestCase("../escape")]
    [TestCase("a/b")]
    [TestCase("")]
    public void A_name_cannot_leave_the_directory(string name) =>
        Assert.That(() => _storage.CreateFile(name, 4_096), Throws.ArgumentException);

    [Test]
    public void A_lock_is_held_by_one_and_free_again_when_it_lets_go()
    {
        var held = _storage.LockExclusive("lock");

        var refusal = Assert.Throws<StorageException>(() => new FileStorage(_storage.Location).LockExclusive("lock"));
        Assert.That(refusal.Fault, Is.EqualTo(StorageFault.Locked));

        held.Dispose();
        Assert.That(() => _storage.LockExclusive("lock").Dispose(), Throws.Nothing);
    }

    [Test]
    public void What_is_written_through_a_file_is_there_when_it_is_opened_again()
    {
        using (var file = _storage.CreateFile("a", 4_096))
        {
            file.Span(100, 3).Fill(7);
            file.SyncRange(0, 4_096);
        }

        using var again = _storage.OpenFile("a", writable: false);
        Assert.That(again.Span(99, 5).ToArray(), Is.EqualTo(new byte[] { 0, 7, 7, 7, 0 }));
        Assert.That(() => again.Span(4_095, 2).Length, Throws.InstanceOf<ArgumentOutOfRangeException>());
    }
}
