using System.Diagnostics;
using HftDelta.Engine;
using HftDelta.Journal.Cursors;
using HftDelta.Journal.Recovery;
using HftDelta.Node;
using HftDelta.Node.Demo;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Engines;
using HftDelta.Runtime.Counters;
using HftDelta.Runtime.Storage;
using HftDelta.Simulation.Randomness;
using HftDelta.SystemTests.Processes;
using HftDelta.Tests;

namespace HftDelta.SystemTests.Faults;

/// <summary>
/// <c>kill -9</c> of a venue at random moments: what was safe is there, the state at each recorded hash point is the one that
/// was live, no money is lost, and the venue goes on from there.
/// </summary>
[TestFixture]
[CancelAfter(1_800_000)]
internal sealed class KillTests
{
    private const int OperatorEvery = 7;
    private const ulong Seed = 20_260_207;

    /// <summary>Twice the distance of two hash points: one was passed, however slow the machine is.</summary>
    private const long RecordsMin = 2L * EngineLimits.HashPointInterval;
    private const int DelayMillisMax = 1_500;
    private const string SafeCounter = "hftdelta_egress_safe_sequence";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static readonly string[][] Modes =
    [
        ["--threading", "compact"],
        ["--threading", "shared"],
        ["--threading", "dedicated"],
        ["--threading", "compact", "--durability", "disk"],
    ];

    [Test]
    public void What_was_safe_survives_kills_at_random_moments()
    {
        var seed = LongSuite.Seed(Seed);
        var begun = Stopwatch.GetTimestamp();
        var random = new SplitMix64(seed);
        var points = 0;
        var kills = KillPhases.Volume(KillPhase.Trading);
        for (var kill = 0; kill < kills; kill++)
        {
            var delay = (int)(random.Next() % DelayMillisMax);
            using var folder = new TemporaryFolder();
            var journal = folder.Of("journal");
            var released = RunAndKill(journal, kill, RecordsMin, venue => venue.LetRun(TimeSpan.FromMilliseconds(delay)));
            KillPhases.Count(KillPhase.Trading);
            var context = $"kill {kill} after {delay} ms, seed {seed}";
            if (kill % OperatorEvery == 0)
            {
                Operate(journal, context);
            }

            points += Recover(journal, released, context);
        }

        Assert.That(points, Is.GreaterThan(kills), "hash points that were recorded live and compared");
        KillPhases.Say(seed, begun, KillPhase.Trading);
    }

    [Test]
    public void The_counters_of_a_venue_that_was_killed_at_once_are_still_read()
    {
        using var folder = new TemporaryFolder();
        var journal = folder.Of("journal");
        var released = RunAndKill(journal, kill: 0, recordsMin: 1, _ => { });
        var stat = VenueProcess.Run(Deadline, "stat", Path.Combine(journal, DemoRun.CounterFileName));
        Assert.That(stat.ExitCode, Is.Zero, stat.Error);
        Assert.That(stat.Output, Does.Contain(SafeCounter).And.Contain("dead"));
        Recover(journal, released, "killed at its first record");
    }

    /// <summary>What an operator does first, as processes.</summary>
    private static void Operate(string journal, string context)
    {
        var verified = VenueProcess.Run(Deadline, "journal", "verify", journal);
        Assert.That(verified.ExitCode, Is.Zero, $"{context}: {verified.Output}{verified.Error}");
        var points = HashPointLog.ReadAll(new FileStorage(journal)).Count;
        string[] compare = points > 0 ? ["--compare"] : [];
        var replayed = VenueProcess.Run(Deadline, ["replay", journal, .. compare]);
        Assert.That(replayed.ExitCode, Is.Zero, $"{context}: {replayed.Output}{replayed.Error}");
    }

    /// <returns>The last command whose events the venue had released, by its own counter.</returns>
    private static long RunAndKill(string journal, int kill, long recordsMin, Action<VenueProcess> letRun)
    {
        var counters = Path.Combine(journal, DemoRun.CounterFileName);
        string[] run =
        [
            "demo", "--in-process", "--seconds", "30", "--seed", $"{kill + 1}", "--journal", journal,
            .. Modes[kill % Modes.Length],
        ];
        using var venue = VenueProcess.Start(run);
        venue.WaitUntil(() => SafeSequenceIn(counters) >= recordsMin, Deadline, "first records");
        letRun(venue);
        venue.Kill();
        return SafeSequenceIn(counters);
    }

    /// <returns>How many hash points were compared.</returns>
    private static int Recover(string journal, long released, string context)
    {
        var storage = new FileStorage(journal);
        var report = JournalRecovery.Examine(storage);
        Assert.That(report.State, Is.EqualTo(JournalEndState.Clean).Or.EqualTo(JournalEndState.TornTail), context);
        Assert.That(report.SafeCursor.State, Is.EqualTo(SafeCursorState.Valid), context);
        var safe = report.SafeCursor.Sequence;
        Assert.That(safe.Value, Is.Positive, context);
        Assert.That(safe.Value, Is.GreaterThanOrEqualTo(released), $"{context}: told before it was stored");
        Assert.That(report.LastSequence.Value, Is.GreaterThanOrEqualTo(safe.Value), $"{context}: a safe record is gone");
        var points = HashPointLog.ReadAll(storage);

        // The production way: repair, replay, and an exception where a hash point differs.
        using var venue = Venue.Open(new VenueOptions
        {
            JournalDirectory = journal,
            SegmentBytes = report.SegmentBytes,
            Limits = EngineLimitsFile.Read(storage) ?? EngineLimits.Default,
            OnFailure = _ => { },
        });
        var recovered = venue.Recovered;
        Assert.That(recovered.FirstDifference, Is.Null, context);
        Assert.That(recovered.LastSequence, Is.EqualTo(report.LastSequence), context);
        Assert.That(recovered.Commands, Is.EqualTo(report.LastSequence.Value), $"{context}: every record from the first");
        Assert.That(recovered.HashPointsEqual, Is.EqualTo(points.Count), $"{context}: every recorded point was reached");
        Assert.That(
            points.Select(point => point.Sequence.Value), Is.All.LessThanOrEqualTo(safe.Value),
            $"{context}: a point is safe first");
        Assert.That(venue.Processor.View.ConservationError, Is.EqualTo(default(SubAtoms)), context);
        Assert.That(venue.Processor.RecomputeStateHash(), Is.EqualTo(recovered.StateHash), context);

        venue.StartByHand();
        venue.Settle(Deadline);
        Assert.That(venue.LastSequence.Value, Is.GreaterThan(report.LastSequence.Value), $"{context}: it goes on");
        venue.Stop(Deadline);
        return points.Count;
    }

    private static long SafeSequenceIn(string counters)
    {
        if (!File.Exists(counters))
        {
            return 0;
        }

        using var reader = CounterReader.Open(counters);
        return reader.ReadAll().FirstOrDefault(reading => reading.Name == SafeCounter).Value;
    }
}
