using System.Text.RegularExpressions;
using HftDelta.Journal.Cursors;
using HftDelta.Node.Cli;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Storage;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Cli;

/// <summary><c>hftdelta replay</c> reaches what the live venue said of itself, or says where it does not.</summary>
[CancelAfter(60_000)]
internal sealed class ReplayCommandTests
{
    private RecordedJournal _journal = null!;

    [OneTimeSetUp]
    public void Record() => _journal = RecordedJournal.Make();

    [OneTimeTearDown]
    public void Delete() => _journal.Dispose();

    [Test]
    public void A_replay_reaches_the_state_of_the_live_venue()
    {
        var run = Run.Of("replay", _journal.Location, "--compare", "--output", "json");

        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Ok), run.Error);
        Assert.That(run.Json.GetProperty("schema").GetString(), Is.EqualTo("hftdelta.replay/1"));
        Assert.That(run.Json.GetProperty("stateHash").GetString(), Is.EqualTo(_journal.StateHash));
        Assert.That(run.Json.GetProperty("lastSequence").GetInt64(), Is.EqualTo(_journal.LastSequence.Value));
        Assert.That(run.Json.GetProperty("commands").GetInt64(), Is.EqualTo(_journal.LastSequence.Value));
        Assert.That(run.Json.GetProperty("hashPointsCompared").GetInt32(), Is.EqualTo(_journal.LastSequence.Value / 1_024));
        Assert.That(run.Json.GetProperty("hashPointsEqual").GetInt32(), Is.EqualTo(_journal.LastSequence.Value / 1_024));
    }

    [Test]
    public void A_replay_for_people_says_the_same()
    {
        var run = Run.Of("replay", _journal.Location);
        Assert.That(run.Output, Does.Contain(_journal.StateHash).And.Contain("hash points equal"));
    }

    [Test]
    public void A_replay_stops_where_it_is_told_to()
    {
        var run = Run.Of("replay", _journal.Location, "--to", "100", "--output", "json");

        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Ok));
        Assert.That(run.Json.GetProperty("lastSequence").GetInt64(), Is.EqualTo(100));
        Assert.That(run.Json.GetProperty("stateHash").GetString(), Is.Not.EqualTo(_journal.StateHash));
        Assert.That(run.Json.GetProperty("hashPointsCompared").GetInt32(), Is.Zero);
    }

    [Test]
    public void A_comparison_that_was_asked_for_and_could_not_be_made_is_a_failure()
    {
        var run = Run.Of("replay", _journal.Location, "--to", "100", "--compare");
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(run.Error, Does.StartWith("error HD2302: nothing to compare"));
    }

    [Test]
    public void A_recorded_hash_that_is_not_reached_ends_with_its_own_code()
    {
        using var other = _journal.Copy();
        foreach (var file in Directory.EnumerateFiles(other.Location, "hash-points*"))
        {
            File.Delete(file);
        }

        using (var log = HashPointLog.OpenOrCreate(new FileStorage(other.Location), other.JournalId))
        {
            log.Append(new HashPoint(new CommandSequence(512), new HashWords(1, 2, 3, 4), default));
        }

        var run = Run.Of("replay", other.Location, "--output", "json");
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.StateDivergence));
        Assert.That(run.Error, Does.StartWith("error HD2301: after command 512 ").And.Contain("next:"));
        Assert.That(run.Json.GetProperty("firstDifferenceSequence").GetInt64(), Is.EqualTo(512));
        Assert.That(run.Json.GetProperty("firstDifferenceComponent").GetString(), Is.EqualTo("Underlying"));
        Assert.That(run.Json.GetProperty("hashPointsEqual").GetInt32(), Is.Zero);
    }

    [TestCase("0")]
    [TestCase("999999999")]
    public void A_target_that_the_journal_does_not_hold_is_refused(string to)
    {
        var run = Run.Of("replay", _journal.Location, "--to", to);
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(run.Error, Does.StartWith("error HD1004: ").And.Contain($"1 to {_journal.LastSequence}"));
    }

    [TestCase("{ nonsense")]
    [TestCase("null")]
    [TestCase("{}")]
    [TestCase("\"orders\": -5")]
    [TestCase("\"orders\": 0")]
    [TestCase("\"orders\": 2000000000")]
    [TestCase("\"orders\": 99999999999")]
    [TestCase("\"orders\": \"many\"")]
    [TestCase("\"orders\": 16385")]
    [TestCase("\"sessions\": 65536")]
    [TestCase("\"outcomesPerSession\": 1000")]
    [TestCase("\"borders\": 16384")]
    public void Limits_that_are_not_what_was_written_stop_the_replay(string damage)
    {
        using var other = _journal.Copy();
        var path = Path.Combine(other.Location, "engine-limits.json");
        var name = damage.Split(':')[0];
        var text = damage[0] == '"'
            ? Regex.Replace(File.ReadAllText(path), name == "\"borders\"" ? "\"orders\": \\d+" : $"{name}: \\d+", damage)
            : damage;
        Assert.That(text, Is.Not.EqualTo(File.ReadAllText(path)));
        File.WriteAllText(path, text);

        var run = Run.Of("replay", other.Location);
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.JournalCorrupt));
        Assert.That(run.Error, Does.StartWith("error HD2102: ").And.Not.Contain("System.").And.Not.Contain(".."));
    }

    [Test]
    public void Limits_that_are_missing_are_told()
    {
        using var other = _journal.Copy();
        File.Delete(Path.Combine(other.Location, "engine-limits.json"));

        var run = Run.Of("replay", other.Location);
        Assert.That(run.Error, Does.StartWith("warning HD2102: ").And.Contain("next:"));
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Ok), "the recorded hashes are equal");
    }

    [Test]
    public void A_replay_changes_no_file()
    {
        var before = Directory.EnumerateFiles(_journal.Location).ToDictionary(file => file, File.GetLastWriteTimeUtc);
        Run.Of("replay", _journal.Location);
        var after = Directory.EnumerateFiles(_journal.Location).ToDictionary(file => file, File.GetLastWriteTimeUtc);
        Assert.That(after, Is.EqualTo(before));
    }
}
