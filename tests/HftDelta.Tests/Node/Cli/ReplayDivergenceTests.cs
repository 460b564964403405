using HftDelta.Engine.State;
using HftDelta.Journal.Cursors;
using HftDelta.Journal.Recovery;
using HftDelta.Node.Cli;
using HftDelta.Node.Pipeline;
using HftDelta.Node.Replay;
using HftDelta.Primitives.Integrity;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Engines;
using HftDelta.Runtime.Storage;
using HftDelta.Tests.Node.Pipeline;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Node.Cli;

/// <summary><c>hftdelta replay</c> names the first record and the first state in which two nodes differ.</summary>
[CancelAfter(60_000)]
internal sealed class ReplayDivergenceTests
{
    private const int Rounds = 700;
    private const int OddRound = 600;

    private string _root = null!;
    private string _journal = null!;
    private string _odd = null!;
    private long _last;
    private long _parted;

    [OneTimeSetUp]
    public void Record()
    {
        _root = Directory.CreateTempSubdirectory("hftdelta-parted-").FullName;
        _journal = Path.Combine(_root, "journal");
        _odd = Path.Combine(_root, "odd");
        _last = Live(_journal, oddRound: -1);
        Live(_odd, OddRound);
    }

    [OneTimeTearDown]
    public void Delete() => Directory.Delete(_root, recursive: true);

    [Test]
    public void The_first_record_that_differs_is_named_with_both_messages()
    {
        var run = Run.Of("replay", _journal, "--compare", _odd, "--output", "json");

        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.StateDivergence), run.Error);
        Assert.That(run.Error, Does.StartWith($"error HD2320: record {_parted} differs from that of {_odd} in its message: "));
        Assert.That(run.Json.GetProperty("firstRecordDifferenceSequence").GetInt64(), Is.EqualTo(_parted));
        Assert.That(run.Json.GetProperty("firstRecordDifference").GetString(), Is.EqualTo("message"));
        Assert.That(run.Json.GetProperty("message").GetString(), Is.EqualTo("NewOrderSingle"));
        Assert.That(run.Json.GetProperty("recordsEqual").GetInt64(), Is.EqualTo(_parted - 1));
        Assert.That(run.Json.GetProperty("lastSequence").GetInt64(), Is.EqualTo(_parted - 1), "what both have");
        Assert.That(run.Json.GetProperty("hashPointsEqual").GetInt32(), Is.EqualTo(2), "own and the other's, of 1,024");
    }

    [Test]
    public void Two_journals_are_equal_as_far_as_both_go()
    {
        using var copy = new CopiedFolder(_journal);
        Assert.That(
            Run.Of("journal", "truncate", copy.Path, "--to", "1300", "--accept-loss").ExitCode, Is.EqualTo(ExitCode.Ok));

        var run = Run.Of("replay", _journal, "--compare", copy.Path, "--output", "json");

        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Ok), run.Error);
        Assert.That(run.Json.GetProperty("recordsEqual").GetInt64(), Is.EqualTo(1_300));
        Assert.That(run.Json.GetProperty("otherLastSequence").GetInt64(), Is.EqualTo(1_300));
        Assert.That(run.Json.GetProperty("lastSequence").GetInt64(), Is.EqualTo(_last));
    }

    [Test]
    public void Snapshots_of_another_node_are_compared_too()
    {
        var snapshots = Path.Combine(_root, "snapshots-of-odd");
        var made = Run.Of("snapshot", "create", _odd, "--snapshots", snapshots);
        Assert.That(made.ExitCode, Is.EqualTo(ExitCode.Ok), made.Error);
        var ofOwn = Path.Combine(_root, "snapshots-of-own");
        Assert.That(Run.Of("snapshot", "create", _journal, "--snapshots", ofOwn).ExitCode, Is.EqualTo(ExitCode.Ok));

        var equal = Run.Of("replay", _journal, "--compare", ofOwn, "--output", "json");
        var parted = Run.Of("replay", _journal, "--compare", snapshots, "--output", "json");

        Assert.That(equal.ExitCode, Is.EqualTo(ExitCode.Ok), equal.Error);
        Assert.That(parted.ExitCode, Is.EqualTo(ExitCode.StateDivergence), parted.Error);
        Assert.That(parted.Error, Does.StartWith("error HD2301: ").And.Contain($"recorded in {snapshots} was"));
        Assert.That(parted.Json.GetProperty("firstDifferenceSource").GetString(), Is.EqualTo(snapshots));
        Assert.That(parted.Json.GetProperty("firstDifferenceSequence").GetInt64(), Is.EqualTo(_last));
    }

    [Test]
    public void A_directory_with_nothing_to_compare_is_refused()
    {
        var empty = Directory.CreateDirectory(Path.Combine(_root, "empty")).FullName;
        var run = Run.Of("replay", _journal, "--compare", empty);
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(run.Error, Does.StartWith("error HD2322: ").And.Contain("next:"));
    }

    [Test]
    public void A_planted_wrong_state_is_found_at_its_record_with_those_that_may_have_made_it()
    {
        using var copy = new CopiedFolder(_journal);
        PlantPoints(copy.Path, equal: _parted - 8, wrong: _parted, StateRecordType.Account);

        var run = Run.Of("replay", copy.Path, "--until-divergence", "--output", "json");

        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.StateDivergence), run.Error);
        Assert.That(run.Error, Does.StartWith($"error HD2301: after command {_parted} (NewOrderSingle) the state hashes to "));
        Assert.That(run.Error, Does.Contain($"equal was the state after command {_parted - 8}; since then "));
        Assert.That(run.Json.GetProperty("firstDifferenceSequence").GetInt64(), Is.EqualTo(_parted));
        Assert.That(run.Json.GetProperty("firstDifferenceMessage").GetString(), Is.EqualTo("NewOrderSingle"));
        Assert.That(run.Json.GetProperty("firstDifferenceComponent").GetString(), Is.EqualTo("Account"));
        Assert.That(run.Json.GetProperty("lastEqualSequence").GetInt64(), Is.EqualTo(_parted - 8));
        var changed = run.Json.GetProperty("changedSinceEqual").EnumerateArray()
            .Select(change => change.GetProperty("sequence").GetInt64()).ToList();
        Assert.That(changed, Does.Contain(_parted).And.All.GreaterThan(_parted - 8).And.All.LessThanOrEqualTo(_parted));
    }

    [Test]
    public void Of_commands_since_the_last_equal_state_the_newest_are_kept_and_the_others_counted()
    {
        var storage = new FileStorage(_journal);
        using var host = new EngineHost(EngineLimitsFile.Read(storage)!);
        var watch = new ComponentWatch(host.Processor, keptMax: 10);

        JournalReplay.Run(storage, host, new CommandSequence(500), null, watch);

        var kept = watch.ChangesOf("none of them").Select(change => change.Sequence.Value);
        Assert.That(kept, Is.EqualTo(Enumerable.Range(491, 10)));
        Assert.That(watch.ForgottenCount, Is.EqualTo(490));
    }

    [Test]
    public void Points_left_out_after_a_restart_of_the_machine_are_told()
    {
        using var copy = new CopiedFolder(_journal);
        PlantPoints(copy.Path, equal: 100, wrong: 200, null);
        var points = Path.Combine(copy.Path, HashPointLog.FileName);
        var bytes = File.ReadAllBytes(points);
        bytes[64 + 100] ^= 1;
        File.WriteAllBytes(points, bytes);
        Assert.That(Run.Of("replay", copy.Path).Error, Does.StartWith("error HD2223: "), "the machine that wrote it");

        // As on another machine: of the run's id another one with its checksum.
        var cursor = Path.Combine(copy.Path, SafeCursorFile.FileName);
        var image = File.ReadAllBytes(cursor);
        image[192] ^= 1;
        BitConverter.TryWriteBytes(image.AsSpan(208), Crc32C.Compute(0, image.AsSpan(192, 16)));
        File.WriteAllBytes(cursor, image);
        var run = Run.Of("replay", copy.Path, "--output", "json");

        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Ok), run.Error);
        Assert.That(run.Error, Does.Contain("warning HD2223: 2 recorded state hashes "));
        Assert.That(run.Json.GetProperty("hashPointsLeftOut").GetInt32(), Is.EqualTo(2));
    }

    [Test]
    public void A_journal_without_recorded_hashes_diverges_nowhere_that_anybody_knows()
    {
        using var copy = new CopiedFolder(_journal);
        File.Delete(Path.Combine(copy.Path, HashPointLog.FileName));
        var run = Run.Of("replay", copy.Path, "--until-divergence");
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(run.Error, Does.StartWith("error HD2302: "));
        Assert.That(Run.Of("replay", _journal, "--until-divergence").ExitCode, Is.EqualTo(ExitCode.Ok));
    }

    [Test]
    public void Dumps_of_equal_states_are_equal_whichever_way_they_were_reached()
    {
        using var copy = new CopiedFolder(_journal);
        Assert.That(Run.Of("snapshot", "create", copy.Path, "--to", "1200").ExitCode, Is.EqualTo(ExitCode.Ok));

        var whole = DumpOf(copy.Path, "--to", "1300");
        var loaded = DumpOf(copy.Path, "--to", "1300", "--from-snapshot");
        var watched = DumpOf(copy.Path, "--to", "1300", "--until-divergence");

        Assert.That(whole, Is.EqualTo(loaded));
        Assert.That(whole, Is.EqualTo(watched));
        Assert.That(whole[0], Does.Contain("\"sequence\":1300"));
    }

    [Test]
    public void Dumps_of_two_nodes_are_equal_before_they_part_and_show_the_order_behind()
    {
        var (before, odd) = (DumpOf(_journal, "--to", $"{_parted - 1}"), DumpOf(_odd, "--to", $"{_parted - 1}"));
        Assert.That(before, Is.EqualTo(odd));

        var (ours, theirs) = (DumpOf(_journal, "--to", $"{_parted}"), DumpOf(_odd, "--to", $"{_parted}"));
        Assert.That(ours.Except(theirs).Where(line => line.Contains("state.Accounts", StringComparison.Ordinal)), Is.Not.Empty);
    }

    [Test]
    public void A_dump_that_cannot_be_written_leaves_nothing_behind()
    {
        var run = Run.Of("replay", _journal, "--to", "10", "--dump-state", Path.Combine(_root, "no", "such", "folder"));
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(run.Error, Does.StartWith("error HD1008: "));
        Assert.That(Directory.EnumerateFiles(_root, "*.new"), Is.Empty);
    }

    [Test]
    public void A_moment_names_the_last_record_that_is_not_later()
    {
        var dump = Run.Of("journal", "dump", _journal, "--output", "json").Json.GetProperty("records").EnumerateArray()
            .Select(record => (
                Sequence: record.GetProperty("sequence").GetInt64(), Time: record.GetProperty("timeNanos").GetUInt64()))
            .ToList();
        var time = dump[dump.Count / 2].Time;
        var expected = dump.Last(record => record.Time <= time).Sequence;
        var iso = Run.Of("journal", "dump", _journal, "--from", $"{expected}", "--to", $"{expected}").Output.Split(' ')[1];

        Assert.That(LastOf($"{time}"), Is.EqualTo(expected));
        Assert.That(LastOf(iso), Is.EqualTo(expected));
        Assert.That(LastOf($"{dump[^1].Time}"), Is.EqualTo(_last));
        var next = dump.First(record => record.Time > time);
        Assert.That(LastOf($"{next.Time - 1}"), Is.EqualTo(expected));

        long LastOf(string at)
        {
            var run = Run.Of("replay", _journal, "--at-time", at, "--output", "json");
            Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Ok), run.Error);
            return run.Json.GetProperty("lastSequence").GetInt64();
        }
    }

    [TestCase("1", "the journal begins with record 1 at ")]
    [TestCase("2100-01-01T00:00:00Z", "the journal ends with record ")]
    [TestCase("18446744073709551615", "the journal ends with record ")]
    public void A_moment_that_the_journal_does_not_hold_is_refused(string time, string words)
    {
        var run = Run.Of("replay", _journal, "--at-time", time);
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(run.Error, Does.StartWith("error HD2321: ").And.Contain(words).And.Contain("next:"));
    }

    [TestCase("yesterday")]
    [TestCase("2026-03-26")]
    [TestCase("2026-03-26T08:00:00.1234567890Z")]
    [TestCase("2026-03-26T08:00:00.Z")]
    [TestCase("1969-12-31T23:59:59Z")]
    [TestCase("2554-07-21T23:34:33.709551616Z")]
    [TestCase("2600-01-01T00:00:00Z")]
    [TestCase("9999-12-31T23:59:59Z")]
    public void A_moment_that_is_none_is_refused(string time)
    {
        var run = Run.Of("replay", _journal, "--at-time", time);
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(run.Error, Does.StartWith($"error HD1001: --at-time {time}: must be a time such as "));
    }

    [TestCase("2026-03-26T08:00:00.123456789Z", 1_774_512_000_123_456_789UL)]
    [TestCase("2026-03-26T08:00:00.5", 1_774_512_000_500_000_000UL)]
    [TestCase("2026-03-26T09:00:00+01:00", 1_774_512_000_000_000_000UL)]
    [TestCase("2554-07-21T23:34:33.709551615Z", ulong.MaxValue)]
    [TestCase("42", 42UL)]
    public void Moments_are_read_to_the_nanosecond(string text, ulong nanos)
    {
        Assert.That(VenueTimeOption.TryParse(text, out var time), Is.True);
        Assert.That(time.Value, Is.EqualTo(nanos));
    }

    [Test]
    public void Two_targets_are_one_too_many()
    {
        var run = Run.Of("replay", _journal, "--to", "5", "--at-time", "5");
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(run.Error, Does.StartWith("error HD2321: "));
    }

    private string[] DumpOf(string journal, params string[] options)
    {
        var path = Path.Combine(_root, $"state-{Guid.NewGuid():N}.jsonl");
        var run = Run.Of(["replay", journal, "--dump-state", path, .. options]);
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Ok).Or.EqualTo(ExitCode.Usage), run.Error);
        return File.ReadAllLines(path);
    }

    private static void PlantPoints(string journal, long equal, long wrong, StateRecordType? component)
    {
        var storage = new FileStorage(journal);
        var journalId = JournalRecovery.Examine(storage).JournalId;
        File.Delete(Path.Combine(journal, HashPointLog.FileName));
        using var log = HashPointLog.OpenOrCreate(storage, journalId);
        log.Append(PointAt(storage, equal, null));
        log.Append(PointAt(storage, wrong, component));
    }

    private static HashPoint PointAt(FileStorage storage, long sequence, StateRecordType? wrong)
    {
        using var host = new EngineHost(EngineLimitsFile.Read(storage)!);
        JournalReplay.Run(storage, host, new CommandSequence(sequence));
        var components = host.Processor.StateComponents();
        if (wrong is { } component)
        {
            components.Set(component, components.Of(component) + components.Of(StateRecordType.Venue));
        }

        return StateComparison.PointOf(new CommandSequence(sequence), in components, host.Processor.HistoryHashAtPoint);
    }

    /// <summary>A venue's life; in one round, when it is asked for, the taker buys one lot less.</summary>
    private long Live(string directory, int oddRound)
    {
        using var driver = VenueDriver.Trading(storage: new FileStorage(directory));
        for (var round = 0; round < Rounds; round++)
        {
            if (round == OddRound)
            {
                driver.Idle();
                driver.Order(VenueDriver.Maker, Side.Sell, 1_001, 5);
                driver.Idle();
                _parted = driver.Venue.LastSequence.Value + 1;
            }
            else
            {
                driver.Order(VenueDriver.Maker, Side.Sell, 1_001, 5);
            }

            driver.Order(VenueDriver.Taker, Side.Buy, 1_001, round == oddRound ? 4 : 5);
            driver.Idle();
            driver.Clock.Advance(1_000);
            driver.Received(VenueDriver.Maker);
            driver.Received(VenueDriver.Taker);
        }

        driver.Venue.Stop();
        return driver.Venue.LastSequence.Value;
    }

    private sealed class CopiedFolder : IDisposable
    {
        public CopiedFolder(string from)
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
