using HftDelta.Node.Cli;
using HftDelta.Runtime.Storage;
using HftDelta.Tests.Node.Pipeline;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Cli;

/// <summary><c>hftdelta snapshot</c>, <c>recover</c>, and replays that begin with a snapshot.</summary>
[CancelAfter(60_000)]
internal sealed class SnapshotCommandTests
{
    private RecordedJournal _recorded = null!;
    private RecordedJournal _journal = null!;

    private string Snapshots => Path.Combine(_journal.Location, "snapshots");

    [OneTimeSetUp]
    public void Record() => _recorded = RecordedJournal.Make();

    [OneTimeTearDown]
    public void Delete() => _recorded.Dispose();

    [SetUp]
    public void Copy() => _journal = _recorded.Copy();

    [TearDown]
    public void DeleteCopy() => _journal.Dispose();

    [Test]
    public void A_snapshot_is_created_listed_inspected_verified_and_replayed_from()
    {
        var made = Run.Of("snapshot", "create", _journal.Location, "--to", "1000", "--output", "json");
        Assert.That(made.ExitCode, Is.EqualTo(ExitCode.Ok), made.Error);
        Assert.That(made.Json.GetProperty("sequence").GetInt64(), Is.EqualTo(1_000));
        var newest = Run.Of("snapshot", "create", _journal.Location);
        Assert.That(newest.ExitCode, Is.EqualTo(ExitCode.Ok), newest.Error);

        var list = Run.Of("snapshot", "list", _journal.Location, "--output", "json").Json.GetProperty("snapshots");
        Assert.That(
            list.EnumerateArray().Select(one => one.GetProperty("sequence").GetInt64()),
            Is.EqualTo(new[] { _journal.LastSequence.Value, 1_000 }));
        Assert.That(list[0].GetProperty("stateHash").GetString(), Is.EqualTo(_journal.StateHash));

        var inspected = Run.Of("snapshot", "inspect", _journal.Location, "--output", "json").Json;
        Assert.That(inspected.GetProperty("stateHash").GetString(), Is.EqualTo(_journal.StateHash));
        Assert.That(inspected.GetProperty("limits").GetProperty("orders").GetInt32(), Is.EqualTo(16_384));
        Assert.That(
            inspected.GetProperty("tables").EnumerateArray().Select(table => table.GetProperty("path").GetString()),
            Does.Contain(".state.Accounts.records.records"));

        var verified = Run.Of("snapshot", "verify", _journal.Location);
        Assert.That(verified.ExitCode, Is.EqualTo(ExitCode.Ok), verified.Error);
        Assert.That(verified.Lines, Has.Length.EqualTo(2));

        var replay = Run.Of("replay", _journal.Location, "--from-snapshot", "--output", "json");
        Assert.That(replay.ExitCode, Is.EqualTo(ExitCode.Ok), replay.Error);
        Assert.That(replay.Json.GetProperty("commands").GetInt64(), Is.Zero);
        Assert.That(replay.Json.GetProperty("stateHash").GetString(), Is.EqualTo(_journal.StateHash));
        var earlier = Run.Of("replay", _journal.Location, "--from-snapshot", "--to", "1200", "--output", "json").Json;
        Assert.That(earlier.GetProperty("fromSnapshot").GetInt64(), Is.EqualTo(1_000));
        Assert.That(earlier.GetProperty("commands").GetInt64(), Is.EqualTo(200));
        Assert.That(earlier.GetProperty("hashPointsCompared").GetInt32(), Is.EqualTo(1));
        var whole = Run.Of("replay", _journal.Location, "--to", "1200", "--output", "json").Json;
        Assert.That(
            earlier.GetProperty("stateHash").GetString(), Is.EqualTo(whole.GetProperty("stateHash").GetString()));
    }

    [Test]
    public void A_damaged_snapshot_is_named_by_every_verb_and_recovery_goes_on_without_it()
    {
        Run.Of("snapshot", "create", _journal.Location, "--to", "500");
        Run.Of("snapshot", "create", _journal.Location, "--to", "1000");
        var path = Path.Combine(Snapshots, "snapshot-00000000000000001000.hds");
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 4;
        File.WriteAllBytes(path, bytes);

        var verified = Run.Of("snapshot", "verify", _journal.Location);
        Assert.That(verified.ExitCode, Is.EqualTo(ExitCode.JournalCorrupt));
        Assert.That(verified.Error, Does.StartWith("error HD2230: ").And.Contain("next:"));
        Assert.That(verified.Lines[0], Does.Contain("NOT GOOD (HD2230)"));
        Assert.That(Run.Of("snapshot", "inspect", _journal.Location).ExitCode, Is.EqualTo(ExitCode.JournalCorrupt));

        var recovered = Run.Of("recover", _journal.Location, "--output", "json");
        Assert.That(recovered.ExitCode, Is.EqualTo(ExitCode.Ok), recovered.Error);
        Assert.That(recovered.Error, Does.StartWith("warning HD2230: "));
        Assert.That(recovered.Json.GetProperty("fromSnapshot").GetInt64(), Is.EqualTo(500));
        Assert.That(recovered.Json.GetProperty("stateHash").GetString(), Is.EqualTo(_journal.StateHash));
    }

    [Test]
    public void Recovery_cuts_a_torn_tail_off_and_says_so()
    {
        var segment = Path.Combine(_journal.Location, "journal-0000000000.hdj");
        segment = File.Exists(segment) ? segment : Directory.EnumerateFiles(_journal.Location, "*0000000000*").First(IsSegment);
        Tear(segment);

        var would = Run.Of("recover", _journal.Location, "--check", "--detailed-exit-code", "--output", "json");
        Assert.That(would.ExitCode, Is.EqualTo(ExitCode.TornTailRepaired), would.Error);
        Assert.That(would.Json.GetProperty("isTornTailCut").GetBoolean(), Is.False);
        var cut = Run.Of("recover", _journal.Location, "--output", "json");
        Assert.That(cut.ExitCode, Is.EqualTo(ExitCode.Ok), cut.Error);
        Assert.That(cut.Json.GetProperty("endState").GetString(), Is.EqualTo("tornTail"));
        Assert.That(cut.Json.GetProperty("tornBytes").GetInt64(), Is.Positive);
        Assert.That(cut.Json.GetProperty("isTornTailCut").GetBoolean());
        Assert.That(cut.Json.GetProperty("stateHash").GetString(), Is.EqualTo(_journal.StateHash));
        var again = Run.Of("recover", _journal.Location, "--detailed-exit-code");
        Assert.That(again.ExitCode, Is.EqualTo(ExitCode.Ok), again.Error);
        Assert.That(again.Output, Does.Contain("clean").And.Contain(_journal.StateHash));
    }

    [Test]
    public void Recovery_names_the_damaged_record_and_changes_nothing()
    {
        var segment = Directory.EnumerateFiles(_journal.Location, "*0000000000*").First(IsSegment);
        var bytes = File.ReadAllBytes(segment);
        bytes[8_192 + 2_000] ^= 1;
        File.WriteAllBytes(segment, bytes);
        var run = Run.Of("recover", _journal.Location);
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.JournalCorrupt));
        Assert.That(run.Error, Does.Match("error HD22\\d\\d: .*record").And.Contain("next:"));
        Assert.That(File.ReadAllBytes(segment), Is.EqualTo(bytes));
    }

    [Test]
    public void A_command_that_breaks_the_engine_is_named_by_every_verb_and_can_be_taken_out()
    {
        var poison = _journal.LastSequence.Value + 1;
        VenueDriver.AppendRequest(new FileStorage(_journal.Location), request: 1);
        foreach (var verb in new[] { "recover", "replay" })
        {
            var stopped = Run.Of(verb, _journal.Location);
            Assert.That(stopped.ExitCode, Is.EqualTo(ExitCode.CommandBroken), stopped.Error);
            Assert.That(
                stopped.Error,
                Does.StartWith($"error HD2309: the engine stopped at command {poison} (template ")
                    .And.Contain($"journal quarantine DIR {poison}"));
        }

        var before = Run.Of("replay", _journal.Location, "--to", $"{poison - 1}", "--output", "json");
        Assert.That(before.Json.GetProperty("stateHash").GetString(), Is.EqualTo(_journal.StateHash));

        var acknowledged = Run.Of("journal", "quarantine", _journal.Location, "5");
        Assert.That(acknowledged.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(acknowledged.Error, Does.StartWith("error HD2310: the engine applies command 5"));
        Assert.That(Run.Of("journal", "quarantine", _journal.Location, $"{poison + 1}").ExitCode, Is.EqualTo(ExitCode.Usage));

        var done = Run.Of("journal", "quarantine", _journal.Location, $"{poison}", "--output", "json");
        Assert.That(done.ExitCode, Is.EqualTo(ExitCode.Ok), done.Error);
        Assert.That(done.Json.GetProperty("sequence").GetInt64(), Is.EqualTo(poison));
        Assert.That(File.Exists(Path.Combine(_journal.Location, done.Json.GetProperty("keptIn").GetString()!)));
        var after = Run.Of("recover", _journal.Location, "--output", "json");
        Assert.That(after.ExitCode, Is.EqualTo(ExitCode.Ok), after.Error);
        Assert.That(after.Json.GetProperty("lastSequence").GetInt64(), Is.EqualTo(poison));
        Assert.That(after.Json.GetProperty("stateHash").GetString(), Is.Not.EqualTo(_journal.StateHash), "it is in the state");
        Assert.That(Run.Of("journal", "verify", _journal.Location).ExitCode, Is.EqualTo(ExitCode.Ok));
    }

    [Test]
    public void A_snapshot_that_is_not_there_and_one_of_a_command_that_is_not_are_refused()
    {
        Directory.CreateDirectory(Snapshots);
        Assert.That(Run.Of("snapshot", "inspect", _journal.Location, "--sequence", "7").ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(Run.Of("snapshot", "verify", _journal.Location, "--sequence", "7").ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(Run.Of("snapshot", "create", _journal.Location, "--to", "999999999").ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(Run.Of("snapshot", "list", _journal.Location).Output, Does.Contain("no snapshots"));
    }

    private static bool IsSegment(string path) =>
        !Path.GetFileName(path).StartsWith("hash-points", StringComparison.Ordinal);

    // The first bytes of a record that a killed process began, behind the last whole one.
    private static void Tear(string segment)
    {
        var bytes = File.ReadAllBytes(segment);
        var end = Array.FindLastIndex(bytes, one => one != 0);
        var place = (end + 8) & ~7;
        bytes.AsSpan(place, 40).Fill(0x5A);
        File.WriteAllBytes(segment, bytes);
    }
}
