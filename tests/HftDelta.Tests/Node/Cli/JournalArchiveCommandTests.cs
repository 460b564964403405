using HftDelta.Journal.Cursors;
using HftDelta.Journal.Segments;
using HftDelta.Node.Cli;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Storage;
using HftDelta.Tests.Journal;
using HftDelta.Tests.Node.Pipeline;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Cli;

/// <summary><c>hftdelta journal archive, restore, truncate, tail</c> on real files.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[CancelAfter(60_000)]
internal sealed class JournalArchiveCommandTests : IDisposable
{
    private const int Records = 20_000;

    private readonly string _root = Directory.CreateTempSubdirectory("hftdelta-archive-cli-").FullName;

    private string Journal => Path.Combine(_root, "journal");

    private string Archive => Path.Combine(_root, "archive");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Test]
    public void Archive_verify_remove_and_restore_go_round()
    {
        var live = VenueDriver.TradeInto(new FileStorage(Journal), 9_000);
        var archived = Run.Of("journal", "archive", Journal, "--to", Archive, "--output", "json");
        Assert.That(archived.ExitCode, Is.EqualTo(ExitCode.Ok), archived.Error);
        var segments = archived.Json.GetProperty("segments").GetInt32();
        Assert.That(segments, Is.GreaterThan(1));
        var verified = Run.Of("journal", "verify", Archive, "--output", "json");
        Assert.That(verified.ExitCode, Is.EqualTo(ExitCode.Ok), verified.Error);
        Assert.That(verified.Json.GetProperty("segments").GetInt32(), Is.EqualTo(segments));

        string[] remove = ["journal", "archive", Journal, "--to", Archive, "--remove-before", $"{live.Last}", "--keep", "0"];
        var refused = Run.Of(remove);
        Assert.That(refused.ExitCode, Is.EqualTo(ExitCode.Usage), "it could not start any more");
        Assert.That(refused.Error, Does.Contain("no good snapshot").And.Contain("hftdelta snapshot create"));
        Assert.That(Run.Of("snapshot", "create", Journal).ExitCode, Is.EqualTo(ExitCode.Ok));
        var removed = Run.Of([.. remove, "--output", "json"]);
        Assert.That(removed.ExitCode, Is.EqualTo(ExitCode.Ok), removed.Error);
        Assert.That(removed.Json.GetProperty("removed").GetInt32(), Is.EqualTo(segments));
        Assert.That(File.Exists(Path.Combine(Journal, SegmentLayout.NameOf(0))), Is.False);

        Assert.That(Run.Of("journal", "verify", Journal).ExitCode, Is.EqualTo(ExitCode.Ok));
        var first = Run.Of("journal", "describe", Journal, "--output", "json").Json.GetProperty("firstSequence").GetInt64();
        Assert.That(first, Is.GreaterThan(1));
        Assert.That(Run.Of("journal", "dump", Journal, "--limit", "1").Output, Does.StartWith($"{first} "));
        foreach (var early in new[] { Run.Of("journal", "dump", Journal, "--from", "1"), Run.Of("replay", Journal) })
        {
            Assert.That(early.ExitCode, Is.EqualTo(ExitCode.Usage));
            Assert.That(early.Error, Does.StartWith("error HD2226").And.Contain("journal restore"));
        }

        var recovered = Run.Of("recover", Journal, "--output", "json");
        Assert.That(recovered.Json.GetProperty("stateHash").GetString(), Is.EqualTo(live.Hash), recovered.Error);
        var restored = Run.Of("journal", "restore", Archive, Journal, "--output", "json");
        Assert.That(restored.Json.GetProperty("segments").GetInt32(), Is.EqualTo(segments), restored.Error);
        var replayed = Run.Of("replay", Journal, "--output", "json");
        Assert.That(replayed.Json.GetProperty("stateHash").GetString(), Is.EqualTo(live.Hash), replayed.Error);
        Assert.That(replayed.Json.GetProperty("commands").GetInt64(), Is.EqualTo(live.Last));
    }

    [Test]
    public void A_venue_whose_first_segments_were_taken_away_starts_from_its_snapshot_and_goes_on()
    {
        var live = VenueDriver.TradeInto(new FileStorage(Journal), 9_000);
        Run.Of("snapshot", "create", Journal);
        var run = Run.Of("journal", "archive", Journal, "--to", Archive, "--remove-before", $"{live.Last}", "--keep", "0");
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Ok), run.Error);
        var options = VenueDriver.SmallOptions() with
        {
            Snapshots = new FileStorage(Path.Combine(Journal, "snapshots")),
            OnNotice = _ => { },
        };
        using (var again = new VenueDriver(options, new FileStorage(Journal)))
        {
            Assert.That(again.Venue.Recovered.LastSequence.Value, Is.EqualTo(live.Last));
            Assert.That(again.Venue.Processor.StateHash().ToString(), Is.EqualTo(live.Hash));
            again.Venue.StartByHand();
            again.Venue.Settle();
            again.Venue.Stop();
        }

        Assert.That(Run.Of("journal", "verify", Journal).ExitCode, Is.EqualTo(ExitCode.Ok));
    }

    [Test]
    public void A_running_venue_is_archived_and_nothing_is_taken_away_from_it()
    {
        WriteRecords();
        using var writer = new FileStorage(Journal).LockExclusive("journal.lock");
        Assert.That(Run.Of("journal", "archive", Journal, "--to", Archive).ExitCode, Is.EqualTo(ExitCode.Ok));
        var refused = Run.Of("journal", "archive", Journal, "--to", Archive, "--remove-before", "10000");
        Assert.That(refused.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(refused.Error, Does.StartWith("error HD2222"));
        Assert.That(File.Exists(Path.Combine(Journal, SegmentLayout.NameOf(0))), Is.True);
    }

    [Test]
    public void A_damaged_archive_ends_with_the_code_of_damage()
    {
        WriteRecords();
        Run.Of("journal", "archive", Journal, "--to", Archive);
        File.Delete(Path.Combine(Archive, "journal-0000000001.seg.gz"));
        var run = Run.Of("journal", "verify", Archive);
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.JournalCorrupt));
        Assert.That(run.Error, Does.StartWith("error HD2225").And.Contain("next:"));
    }

    [Test]
    public void Truncate_refuses_to_lose_what_was_acknowledged_and_does_it_when_that_is_accepted()
    {
        using var recorded = RecordedJournal.Make();
        var last = recorded.LastSequence.Value;
        var refused = Run.Of("journal", "truncate", recorded.Location, "--to", $"{last - 100}");
        Assert.That(refused.ExitCode, Is.EqualTo(ExitCode.JournalCorrupt));
        Assert.That(refused.Error, Does.StartWith("error HD2209").And.Contain("--accept-loss"));

        var cut = Run.Of("journal", "truncate", recorded.Location, "--to", $"{last - 100}", "--accept-loss", "--output", "json");
        Assert.That(cut.ExitCode, Is.EqualTo(ExitCode.Ok), cut.Error);
        Assert.That(cut.Json.GetProperty("recordsCut").GetInt64(), Is.EqualTo(100));
        var storage = new FileStorage(recorded.Location);
        Assert.That(SafeCursorFile.Read(storage).Sequence.Value, Is.EqualTo(last - 100));
        Assert.That(HashPointLog.ReadAll(storage).Select(point => point.Sequence.Value), Is.All.LessThanOrEqualTo(last - 100));
        Assert.That(HashPointLog.ReadAll(storage), Is.Not.Empty);
        using var again = new VenueDriver(storage: storage);
        Assert.That(again.Venue.Recovered.LastSequence.Value, Is.EqualTo(last - 100), "it starts from there");
    }

    [Test]
    public void Truncate_to_an_earlier_segment_drops_the_later_ones_and_the_index()
    {
        WriteRecords();
        var before = Run.Of("journal", "describe", Journal, "--output", "json").Json.GetProperty("segments");
        var middle = before[1].GetProperty("lastSequence").GetInt64() - 5;
        Assert.That(File.Exists(Path.Combine(Journal, "journal-0000000001.idx")), Is.True);
        var run = Run.Of("journal", "truncate", Journal, "--to", $"{middle}", "--accept-loss");
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Ok), run.Error);
        Assert.That(
            Directory.GetFiles(Journal, "journal-*.*").Select(Path.GetFileName).Order(),
            Is.EqualTo(["journal-0000000000.idx", "journal-0000000000.seg", "journal-0000000001.seg"]));
        Scribe.AssertRecords(new FileStorage(Journal), middle);
        using var journal = Scribe.Open(new FileStorage(Journal)).Journal;
        var scribe = new Scribe(journal);
        scribe.AppendMany(8_000);
        scribe.Settle();
        Scribe.AssertRecords(new FileStorage(Journal), middle + 8_000);
    }

    [Test]
    public void Truncate_without_a_place_cuts_off_a_torn_tail_only()
    {
        WriteRecords();
        Assert.That(
            Run.Of("journal", "truncate", Journal, "--output", "json").Json.GetProperty("tornBytes").GetInt64(), Is.Zero);
        var end = Run.Of("journal", "describe", Journal, "--output", "json").Json.GetProperty("segments");
        var last = end[end.GetArrayLength() - 1];
        var path = Path.Combine(Journal, last.GetProperty("file").GetString()!);
        using (var file = File.OpenWrite(path))
        {
            file.Position = 4_096 + last.GetProperty("recordBytes").GetInt64();
            file.Write("remains"u8);
        }

        Assert.That(Run.Of("journal", "verify", Journal).Error, Does.Contain("torn tail"));
        var run = Run.Of("journal", "truncate", Journal, "--output", "json");
        Assert.That(run.Json.GetProperty("tornBytes").GetInt64(), Is.EqualTo(7));
        Assert.That(Run.Of("journal", "verify", Journal).Error, Is.Empty);
    }

    [TestCase("0")]
    [TestCase("999999")]
    public void Truncate_to_a_record_that_is_not_there_is_refused(string to)
    {
        WriteRecords();
        var run = Run.Of("journal", "truncate", Journal, "--to", to);
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(run.Error, Does.Contain("next:"));
    }

    [Test]
    public void Tail_writes_the_last_records()
    {
        using var recorded = RecordedJournal.Make();
        var last = recorded.LastSequence.Value;
        var run = Run.Of("journal", "tail", recorded.Location, "-n", "3");
        Assert.That(run.Lines.Select(line => line.Split(' ')[0]), Is.EqualTo([$"{last - 2}", $"{last - 1}", $"{last}"]));
        Assert.That(Run.Of("journal", "tail", recorded.Location, "-n", "100000").Lines, Has.Length.EqualTo(last));
        var json = Run.Of("journal", "tail", recorded.Location, "--output", "json");
        Assert.That(json.Lines, Has.Length.EqualTo(10).And.All.StartWith("{"));
    }

    private void WriteRecords()
    {
        var storage = new FileStorage(Journal);
        using var journal = Scribe.Open(storage).Journal;
        var scribe = new Scribe(journal);
        scribe.AppendMany(Records);
        scribe.Settle();
        using var safe = SafeCursorFile.OpenOrCreate(storage, Scribe.Id);
        safe.Store(new CommandSequence(Records));
    }
}
