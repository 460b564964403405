using System.Diagnostics;
using System.Text.Json;
using HftDelta.Journal.Snapshots;
using HftDelta.Node.Demo;
using HftDelta.Runtime.Counters;
using HftDelta.Simulation.Randomness;
using HftDelta.SystemTests.Processes;
using HftDelta.Tests;

namespace HftDelta.SystemTests.Faults;

/// <summary>
/// <c>kill -9</c> of whoever writes a snapshot, of a recovery and of a quarantine, at random moments and in the middle of the
/// file: every snapshot that has its name is good, and the state that is recovered is always the same.
/// </summary>
[TestFixture]
[CancelAfter(1_800_000)]
internal sealed class SnapshotKillTests
{
    private const ulong Seed = 20_261_123;
    private const int DelayMillisMax = 900;
    private const long RecordsMin = 6_000;
    private const string SafeCounter = "hftdelta_egress_safe_sequence";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Test]
    public void A_kill_of_whoever_writes_a_snapshot_or_recovers_costs_nothing()
    {
        var seed = LongSuite.Seed(Seed);
        var begun = Stopwatch.GetTimestamp();
        var random = new SplitMix64(seed);
        using var folder = new TemporaryFolder();
        var journal = folder.Of("journal");
        Record(journal);
        var whole = Json("recover", journal, "--whole-journal");
        var last = whole.GetProperty("lastSequence").GetInt64();
        var snapshots = Path.Combine(journal, SnapshotNames.DirectoryName);
        var inTheFile = 0;
        var kills = KillPhases.Volume(KillPhase.Snapshot, KillPhase.Recovery);
        for (var kill = 0; kill < kills; kill++)
        {
            var context = $"kill {kill}";
            var to = 1 + (long)(random.Next() % (ulong)last);
            var isRecovery = kill % 4 == 3;
            using (var writer = isRecovery
                ? VenueProcess.Start("recover", journal)
                : VenueProcess.Start("snapshot", "create", journal, "--to", $"{to}", "--keep", "3"))
            {
                if (kill % 2 == 0)
                {
                    var finished = Path.Combine(snapshots, Named(to));
                    writer.WaitUntilOrEnd(
                        () => IsWriting(snapshots) || isRecovery || File.Exists(finished), Deadline, "the file");
                    inTheFile += IsWriting(snapshots) ? 1 : 0;
                }
                else
                {
                    writer.LetRunOrEnd(TimeSpan.FromMilliseconds(random.Next() % DelayMillisMax));
                }

                writer.Kill();
            }

            KillPhases.Count(isRecovery ? KillPhase.Recovery : KillPhase.Snapshot);

            if (Directory.Exists(snapshots) && kill % 3 == 0)
            {
                var verified = VenueProcess.Run(Deadline, "snapshot", "verify", journal);
                Assert.That(verified.ExitCode, Is.Zero, $"{context}: {verified.Output}{verified.Error}");
            }
        }

        Assert.That(Json("snapshot", "create", journal).GetProperty("sequence").GetInt64(), Is.EqualTo(last));
        Assert.That(
            Directory.EnumerateFiles(snapshots, "*.new"), Is.Empty, "what was begun and not finished is gone");
        var recovered = Json("recover", journal);
        Assert.That(recovered.GetProperty("fromSnapshot").GetInt64(), Is.EqualTo(last));
        foreach (var hash in new[] { "stateHash", "historyHash" })
        {
            Assert.That(recovered.GetProperty(hash).GetString(), Is.EqualTo(whole.GetProperty(hash).GetString()), hash);
        }

        TestContext.Out.WriteLine($"{kills} kills, {inTheFile} of them while the file was written");
        KillPhases.Say(seed, begun, KillPhase.Snapshot, KillPhase.Recovery);
    }

    private static bool IsWriting(string snapshots) =>
        Directory.Exists(snapshots) && Directory.EnumerateFiles(snapshots, "*.new").Any();

    private static string Named(long to) => SnapshotNames.Of(new HftDelta.Primitives.Units.CommandSequence(to));

    private static JsonElement Json(params string[] arguments)
    {
        var run = VenueProcess.Run(Deadline, [.. arguments, "--output", "json"]);
        Assert.That(run.ExitCode, Is.Zero, $"{string.Join(' ', arguments)}: {run.Output}{run.Error}");
        return JsonDocument.Parse(run.Output).RootElement;
    }

    private static void Record(string journal)
    {
        var counters = Path.Combine(journal, DemoRun.CounterFileName);
        using var venue = VenueProcess.Start("demo", "--in-process", "--seconds", "30", "--seed", "5", "--journal", journal);
        venue.WaitUntil(() => SafeSequenceIn(counters) >= RecordsMin, Deadline, "records");
        venue.Kill();
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
