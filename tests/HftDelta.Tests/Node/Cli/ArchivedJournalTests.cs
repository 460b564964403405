using HftDelta.Journal.Archive;
using HftDelta.Node.Cli;
using HftDelta.Runtime.Storage;
using HftDelta.Tests.Node.Pipeline;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Cli;

/// <summary>An archive is described, dumped and replayed from where it lies.</summary>
[CancelAfter(60_000)]
internal sealed class ArchivedJournalTests
{
    private string _root = null!;
    private string _journal = null!;
    private string _archive = null!;
    private long _last;

    [OneTimeSetUp]
    public void Record()
    {
        _root = Directory.CreateTempSubdirectory("hftdelta-archived-").FullName;
        _journal = Path.Combine(_root, "journal");
        _archive = Path.Combine(_root, "archive");
        VenueDriver.TradeInto(new FileStorage(_journal), 9_000);
        Assert.That(Run.Of("journal", "archive", _journal, "--to", _archive).ExitCode, Is.EqualTo(ExitCode.Ok));
        _last = ArchiveList.Read(_archive).Segments[^1].LastSequence.Value;
    }

    [OneTimeTearDown]
    public void Delete() => Directory.Delete(_root, recursive: true);

    [Test]
    public void Describe_tells_of_an_archive_what_it_tells_of_its_segments_in_the_journal()
    {
        var run = Run.Of("journal", "describe", _archive, "--output", "json");
        var whole = Run.Of("journal", "describe", _journal, "--output", "json").Json;

        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Ok), run.Error);
        Assert.That(run.Error, Is.Empty);
        Assert.That(run.Json.GetProperty("endState").GetString(), Is.EqualTo("clean"));
        Assert.That(run.Json.GetProperty("lastSequence").GetInt64(), Is.EqualTo(_last));
        var (archived, kept) = (run.Json.GetProperty("segments"), whole.GetProperty("segments"));
        Assert.That(archived.GetArrayLength(), Is.EqualTo(kept.GetArrayLength() - 1).And.GreaterThan(1));
        for (var place = 0; place < archived.GetArrayLength(); place++)
        {
            Assert.That(archived[place].GetRawText(), Is.EqualTo(kept[place].GetRawText()));
        }
    }

    [Test]
    public void Dump_writes_the_same_records_across_segments()
    {
        var second = ArchiveList.Read(_archive).Segments[1].FirstSequence.Value;
        string[] range = ["--from", $"{second - 3}", "--to", $"{second + 3}"];
        var run = Run.Of(["journal", "dump", _archive, .. range]);
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Ok), run.Error);
        Assert.That(run.Lines, Has.Length.EqualTo(7));
        Assert.That(run.Output, Is.EqualTo(Run.Of(["journal", "dump", _journal, .. range]).Output));
    }

    [Test]
    public void Replay_reaches_the_state_that_the_journal_reaches_there_and_leaves_nothing_behind()
    {
        var before = Directory.EnumerateFiles(_archive).Order().ToList();
        var run = Run.Of("replay", _archive, "--compare", _journal, "--output", "json");
        var own = Run.Of("replay", _journal, "--to", $"{_last}", "--output", "json").Json;

        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Ok), run.Error);
        Assert.That(run.Error, Is.Empty, "limits are in the archive, and nothing is in doubt");
        Assert.That(run.Json.GetProperty("lastSequence").GetInt64(), Is.EqualTo(_last));
        Assert.That(run.Json.GetProperty("recordsEqual").GetInt64(), Is.EqualTo(_last));
        Assert.That(run.Json.GetProperty("hashPointsEqual").GetInt64(), Is.EqualTo(_last / 1_024));
        Assert.That(run.Json.GetProperty("stateHash").GetString(), Is.EqualTo(own.GetProperty("stateHash").GetString()));
        Assert.That(Directory.EnumerateFiles(_archive).Order(), Is.EqualTo(before));
    }

    [Test]
    public void An_archive_that_begins_later_is_replayed_from_a_snapshot_of_before()
    {
        using var late = new FolderCopy(_archive);
        var list = Path.Combine(late.Path, ArchiveList.FileName);
        File.WriteAllLines(list, File.ReadAllLines(list).Skip(1));
        var first = ArchiveList.Read(late.Path).Segments[0].FirstSequence.Value;
        var snapshots = Path.Combine(_root, "snapshots");
        Assert.That(
            Run.Of("snapshot", "create", _journal, "--to", $"{first + 5}", "--snapshots", snapshots).ExitCode,
            Is.EqualTo(ExitCode.Ok));

        var described = Run.Of("journal", "describe", late.Path, "--output", "json");
        var whole = Run.Of("replay", late.Path);
        var run = Run.Of("replay", late.Path, "--snapshots", snapshots, "--output", "json");

        Assert.That(described.ExitCode, Is.EqualTo(ExitCode.Ok), described.Error);
        Assert.That(described.Json.GetProperty("firstSequence").GetInt64(), Is.EqualTo(first));
        Assert.That(whole.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(whole.Error, Does.StartWith("error HD2226"));
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Ok), run.Error);
        Assert.That(run.Json.GetProperty("fromSnapshot").GetInt64(), Is.EqualTo(first + 5));
        Assert.That(run.Json.GetProperty("lastSequence").GetInt64(), Is.EqualTo(_last));
    }

    [TestCase("journal", "describe")]
    [TestCase("journal", "dump")]
    [TestCase("replay")]
    public void A_damaged_file_of_an_archive_is_named(params string[] verb)
    {
        using var damaged = new FolderCopy(_archive);
        var path = Path.Combine(damaged.Path, ArchiveList.FileNameOf(1));
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 0x10;
        File.WriteAllBytes(path, bytes);

        var run = Run.Of([.. verb, damaged.Path]);

        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.JournalCorrupt), run.Error);
        Assert.That(run.Error, Does.Contain(path).And.Contain("is not segment 0000000001 as it was archived"));
    }

    [Test]
    public void An_archive_is_never_written()
    {
        using var storage = new ArchiveStorage(_archive, []);
        Assert.That(() => storage.CreateFile("journal-0000000099.seg", 4_096), Throws.TypeOf<StorageException>());
        Assert.That(() => storage.OpenFile("journal-0000000000.seg", writable: true), Throws.TypeOf<StorageException>());
        Assert.That(() => storage.Delete("journal-0000000000.seg"), Throws.TypeOf<StorageException>());
        Assert.That(() => storage.OpenFile(ArchiveList.FileName, writable: false), Throws.TypeOf<StorageException>());
    }

    private sealed class FolderCopy : IDisposable
    {
        public FolderCopy(string from)
        {
            foreach (var file in Directory.EnumerateFiles(from))
            {
                File.Copy(file, System.IO.Path.Combine(Path, System.IO.Path.GetFileName(file)));
            }
        }

        public string Path { get; } = Directory.CreateTempSubdirectory("hftdelta-copy-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
