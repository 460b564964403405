using HftDelta.Journal.Writing;
using HftDelta.Node.Cli;
using HftDelta.Runtime.Storage;
using HftDelta.Wire;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Cli;

/// <summary><c>hftdelta journal</c> on a journal that a venue wrote.</summary>
[CancelAfter(60_000)]
internal sealed class JournalCommandTests
{
    private RecordedJournal _journal = null!;

    [OneTimeSetUp]
    public void Record() => _journal = RecordedJournal.Make();

    [OneTimeTearDown]
    public void Delete() => _journal.Dispose();

    [Test]
    public void Describe_tells_what_the_journal_holds()
    {
        var run = Run.Of("journal", "describe", _journal.Location, "--output", "json");

        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Ok));
        Assert.That(run.Json.GetProperty("schema").GetString(), Is.EqualTo("hftdelta.journal-describe/1"));
        Assert.That(run.Json.GetProperty("journalId").GetGuid(), Is.EqualTo(_journal.JournalId));
        Assert.That(run.Json.GetProperty("lastSequence").GetInt64(), Is.EqualTo(_journal.LastSequence.Value));
        Assert.That(run.Json.GetProperty("safeSequence").GetInt64(), Is.EqualTo(_journal.LastSequence.Value));
        Assert.That(run.Json.GetProperty("endState").GetString(), Is.EqualTo("clean"));
        Assert.That(run.Json.GetProperty("segments").GetArrayLength(), Is.EqualTo(1));
        Assert.That(run.Error, Is.Empty);
    }

    [Test]
    public void Describe_for_people_names_the_segment_files() =>
        Assert.That(
            Run.Of("journal", "describe", _journal.Location).Output,
            Does.Contain("journal-0000000000.seg").And.Contain(_journal.JournalId.ToString()));

    [Test]
    public void Verify_proves_every_record()
    {
        var run = Run.Of("--output", "json", "journal", "verify", _journal.Location);

        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Ok));
        Assert.That(run.Json.GetProperty("recordsVerified").GetInt64(), Is.EqualTo(_journal.LastSequence.Value));
        Assert.That(run.Json.GetProperty("error").ValueKind, Is.EqualTo(System.Text.Json.JsonValueKind.Null));
    }

    [TestCase("journal", "verify")]
    [TestCase("journal", "describe")]
    [TestCase("replay")]
    public void A_journal_that_is_being_written_is_not_judged(params string[] verb)
    {
        using var live = _journal.Copy();
        using var writer = new FileStorage(live.Location).LockExclusive(AppendableJournal.LockName);

        var run = Run.Of([.. verb, live.Location]);

        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(run.Error, Does.StartWith("error HD2222").And.Contain("next:"));
    }

    [TestCase("describe")]
    [TestCase("verify")]
    public void A_journal_without_its_safe_cursor_is_said_to_be_uncertain(string verb)
    {
        using var doubtful = _journal.Copy();
        File.Delete(Path.Combine(doubtful.Location, "safe-cursor.dat"));

        var run = Run.Of("journal", verb, doubtful.Location, "--output", "json");

        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.JournalCorrupt));
        Assert.That(run.Error, Does.StartWith("error HD2210: safe-cursor.dat").And.Contain("not known"));
        Assert.That(run.Json.GetProperty("endState").GetString(), Is.EqualTo("clean"));
        Assert.That(run.Json.GetProperty("error").GetString(), Is.EqualTo("HD2210"));
    }

    [TestCase("describe")]
    [TestCase("verify")]
    public void A_damaged_journal_ends_with_its_own_code_and_is_not_changed(string verb)
    {
        using var damaged = _journal.Copy();
        var segment = Path.Combine(damaged.Location, "journal-0000000000.seg");
        var bytes = File.ReadAllBytes(segment);
        bytes[4_096 + 3_000] ^= 1;
        File.WriteAllBytes(segment, bytes);

        var run = Run.Of("journal", verb, damaged.Location);

        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.JournalCorrupt));
        Assert.That(run.Error, Does.StartWith("error HD22").And.Contain("next:"));
        Assert.That(run.Output, Does.Contain("corrupt"));
        Assert.That(File.ReadAllBytes(segment), Is.EqualTo(bytes));
    }

    [Test]
    public void Dump_writes_one_record_a_line()
    {
        var run = Run.Of("journal", "dump", _journal.Location);

        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Ok));
        Assert.That(run.Lines, Has.Length.EqualTo(_journal.LastSequence.Value));
        Assert.That(run.Lines[0], Does.StartWith("1 2023-11-14T22:13:20.000000000Z term=1 sequencer").And.Contain("LeaderTerm"));
    }

    [Test]
    public void Dump_takes_a_range_a_message_and_a_limit()
    {
        Assert.That(
            Run.Of("journal", "dump", _journal.Location, "--from", "5", "--to", "7").Lines.Select(line => line.Split(' ')[0]),
            Is.EqualTo(["5", "6", "7"]));
        var orders = Run.Of("journal", "dump", _journal.Location, "--template", "newordersingle", "--limit", "3");
        Assert.That(orders.Lines, Has.Length.EqualTo(3).And.All.Contain("\"message\":\"NewOrderSingle\""));
        var number = $"{NewOrderSingleDecoder.TemplateId}";
        var byNumber = Run.Of("journal", "dump", _journal.Location, "--template", number, "--limit", "3");
        Assert.That(byNumber.Output, Is.EqualTo(orders.Output));
        Assert.That(Run.Of("journal", "dump", _journal.Location, "--from", "999999").Lines, Is.Empty);
    }

    [Test]
    public void Dump_as_json_is_one_object()
    {
        var run = Run.Of("journal", "dump", _journal.Location, "--limit", "4", "--output", "json");

        var records = run.Json.GetProperty("records");
        Assert.That(run.Json.GetProperty("count").GetInt64(), Is.EqualTo(4));
        Assert.That(records.GetArrayLength(), Is.EqualTo(4));
        Assert.That(records[0].GetProperty("frame").GetProperty("firstSequence").GetInt64(), Is.EqualTo(1));
        Assert.That(records[3].GetProperty("sequence").GetInt64(), Is.EqualTo(4));
    }

    [Test]
    public void Dump_of_nothing_is_still_one_object() =>
        Assert.That(
            Run.Of("journal", "dump", _journal.Location, "--from", "999999", "--output", "json")
                .Json.GetProperty("records").GetArrayLength(),
            Is.Zero);

    [Test]
    public void Dump_of_a_damaged_journal_writes_what_is_whole_and_then_fails()
    {
        using var damaged = _journal.Copy();
        var segment = Path.Combine(damaged.Location, "journal-0000000000.seg");
        var bytes = File.ReadAllBytes(segment);
        bytes[4_096 + 3_000] ^= 1;
        File.WriteAllBytes(segment, bytes);

        var run = Run.Of("journal", "dump", damaged.Location);

        Assert.That(run.Lines, Has.Length.InRange(5, 40));
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.JournalCorrupt));
    }

    [TestCase("describe")]
    [TestCase("verify")]
    [TestCase("dump")]
    public void A_directory_that_is_not_there_is_not_made(string verb)
    {
        var missing = Path.Combine(_journal.Location, "missing");
        var run = Run.Of("journal", verb, missing);

        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(run.Error, Does.StartWith("error HD2201: ").And.Contain(missing).And.Contain("next:"));
        Assert.That(run.Output, Is.Empty);
        Assert.That(Directory.Exists(missing), Is.False);
    }

    [TestCase("describe")]
    [TestCase("verify")]
    [TestCase("dump")]
    public void A_directory_without_a_journal_is_said_to_be_one(string verb)
    {
        var empty = Directory.CreateTempSubdirectory("hftdelta-empty").FullName;
        try
        {
            var run = Run.Of("journal", verb, empty);
            Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Usage));
            Assert.That(run.Error, Does.StartWith("error HD2201: "));
            Assert.That(Directory.EnumerateFileSystemEntries(empty), Is.Empty);
        }
        finally
        {
            Directory.Delete(empty, recursive: true);
        }
    }

    [Test]
    public void An_unknown_message_is_refused() =>
        Assert.That(
            Run.Of("journal", "dump", _journal.Location, "--template", "Nonsense"),
            Has.Property(nameof(Run.ExitCode)).EqualTo(ExitCode.Usage)
                .And.Property(nameof(Run.Error)).StartsWith("error HD1003: --template Nonsense"));

    [TestCase("--from", "0")]
    [TestCase("--limit", "0")]
    [TestCase("--to", "-3")]
    public void A_range_that_is_none_is_refused(string option, string value) =>
        Assert.That(Run.Of("journal", "dump", _journal.Location, option, value).ExitCode, Is.EqualTo(ExitCode.Usage));
}
