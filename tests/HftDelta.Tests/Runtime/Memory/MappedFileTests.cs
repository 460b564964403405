using System.Diagnostics;
using System.Globalization;
using HftDelta.Primitives;
using HftDelta.Runtime.Memory;
using HftDelta.Runtime.Storage;
using NUnit.Framework;

namespace HftDelta.Tests.Runtime.Memory;

[TestFixture(MappingBackend.Automatic)]
[TestFixture(MappingBackend.Portable)]
[CancelAfter(20_000)]
public sealed unsafe class MappedFileTests(MappingBackend backend)
{
    private DirectoryInfo _directory = null!;

    [SetUp]
    public void MakeDirectory() => _directory = Directory.CreateTempSubdirectory("hftdelta-mapped-");

    [TearDown]
    public void DropDirectory() => _directory.Delete(recursive: true);

    [Test]
    public void A_new_file_is_zeros_and_what_is_written_stays()
    {
        using (var file = MappedFile.Create(PathOf("a"), 1 << 20, backend))
        {
            Assert.That(file.LengthBytes, Is.EqualTo(1 << 20));
            Assert.That(new Span<byte>(file.Pointer, 1 << 20).IndexOfAnyExcept((byte)0), Is.EqualTo(-1));
            file.Pointer[(1 << 20) - 1] = 0x5A;
            file.Sync((1 << 20) - 1, 1);
        }

        var bytes = File.ReadAllBytes(PathOf("a"));
        Assert.That(bytes, Has.Length.EqualTo(1 << 20));
        Assert.That(bytes[^1], Is.EqualTo(0x5A));
    }

    [Test]
    public void Two_mappings_of_a_file_see_the_same_bytes()
    {
        using var writer = MappedFile.Create(PathOf("a"), 8_192, backend);
        using var reader = MappedFile.Open(PathOf("a"), writable: false, backend);

        writer.Pointer[4_100] = 17;

        Assert.That(reader.Pointer[4_100], Is.EqualTo(17));
        Assert.That(reader.IsWritable, Is.False);
    }

    [Test]
    public void Every_block_of_a_new_file_is_reserved()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Ignore("blocks are counted by stat of Linux");
        }

        using var file = MappedFile.Create(PathOf("a"), 3 << 20, backend);
        using var stat = Process.Start(
            new ProcessStartInfo("stat", ["-c", "%b", PathOf("a")]) { RedirectStandardOutput = true })!;
        var blocks = long.Parse(stat.StandardOutput.ReadToEnd(), CultureInfo.InvariantCulture);
        stat.WaitForExit();

        Assert.That(blocks * 512, Is.GreaterThanOrEqualTo(3 << 20));
    }

    [Test]
    public void A_file_larger_than_the_disk_is_a_clear_error_and_leaves_nothing()
    {
        Assert.That(
            () => MappedFile.Create(PathOf("a"), 1L << 50, backend),
            Throws.InstanceOf<StorageException>().With.Message.Contains(PathOf("a")));
        Assert.That(File.Exists(PathOf("a")), Is.False);
    }

    [Test]
    public void A_file_that_exists_is_not_made_again()
    {
        File.WriteAllText(PathOf("a"), "kept");

        var refusal = Assert.Throws<StorageException>(() => MappedFile.Create(PathOf("a"), 4_096, backend));
        Assert.That(refusal.Fault, Is.EqualTo(StorageFault.AlreadyExists));
        Assert.That(File.ReadAllText(PathOf("a")), Is.EqualTo("kept"));
    }

    [Test]
    public void A_missing_and_an_empty_file_are_told_apart()
    {
        File.WriteAllBytes(PathOf("empty"), []);

        var missing = Assert.Throws<StorageException>(() => MappedFile.Open(PathOf("missing"), writable: false, backend));
        var empty = Assert.Throws<StorageException>(() => MappedFile.Open(PathOf("empty"), writable: false, backend));
        Assert.That(missing.Fault, Is.EqualTo(StorageFault.NotFound));
        Assert.That(empty.Fault, Is.EqualTo(StorageFault.Empty));
    }

    [Test]
    public void Populating_keeps_what_was_written()
    {
        using var file = MappedFile.Create(PathOf("a"), 64 << 10, backend);
        file.Pointer[5_000] = 9;

        _ = file.Populate(4_096, 60 << 10);

        Assert.That(file.Pointer[5_000], Is.EqualTo(9));
    }

    [Test]
    public void A_range_outside_the_file_is_a_broken_invariant()
    {
        using var file = MappedFile.Create(PathOf("a"), 8_192, backend);

        Assert.That(() => file.Sync(4_096, 4_097), Throws.InstanceOf<InvariantBrokenException>());
        Assert.That(() => file.Sync(-1, 1), Throws.InstanceOf<InvariantBrokenException>());
        Assert.That(() => file.Populate(8_192, 1), Throws.InstanceOf<InvariantBrokenException>());
    }

    private string PathOf(string name) => Path.Combine(_directory.FullName, name);
}
