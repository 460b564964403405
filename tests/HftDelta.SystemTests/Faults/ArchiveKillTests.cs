using System.Diagnostics;
using System.Text.Json;
using HftDelta.Journal.Reports;
using HftDelta.Runtime.Storage;
using HftDelta.Simulation.Randomness;
using HftDelta.SystemTests.Processes;
using HftDelta.Tests;
using HftDelta.Tests.Node.Pipeline;

namespace HftDelta.SystemTests.Faults;

/// <summary>
/// <c>kill -9</c> of whoever archives a journal, takes its segments away or puts them back, at random moments: the journal is
/// whole after each, and the same command goes on.
/// </summary>
[TestFixture]
[CancelAfter(1_800_000)]
internal sealed class ArchiveKillTests
{
    private const ulong Seed = 20_261_124;
    private const int DelayMillisMax = 1_100;
    private const int Rounds = 9_000;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Test]
    public void A_kill_of_whoever_archives_or_restores_costs_nothing()
    {
        var seed = LongSuite.Seed(Seed);
        var begun = Stopwatch.GetTimestamp();
        var random = new SplitMix64(seed);
        using var folder = new TemporaryFolder();
        var journal = folder.Of("journal");
        var archive = folder.Of("archive");
        var (last, hash) = VenueDriver.TradeInto(new FileStorage(journal), Rounds);
        Json("snapshot", "create", journal);
        string[] remove = ["journal", "archive", journal, "--to", archive, "--remove-before", $"{last}", "--keep", "0"];
        string[] restore = ["journal", "restore", archive, journal];
        var kills = KillPhases.Volume(KillPhase.Archive, KillPhase.Restore);
        var shortened = 0;
        for (var kill = 0; kill < kills; kill++)
        {
            var context = $"kill {kill}";
            var verb = kill % 2 == 0 || !File.Exists(Path.Combine(archive, "archive.jsonl")) ? remove : restore;
            using (var process = VenueProcess.Start(verb))
            {
                process.LetRunOrEnd(TimeSpan.FromMilliseconds(random.Next() % DelayMillisMax));
                process.Kill();
            }

            KillPhases.Count(verb == remove ? KillPhase.Archive : KillPhase.Restore);

            var found = JournalVerification.Of(new FileStorage(journal));
            Assert.That(found.FirstError, Is.Null, $"{context}: {found.FirstError?.Message}");
            Assert.That(found.LastSequence.Value, Is.EqualTo(last), context);
            shortened += File.Exists(Path.Combine(journal, "journal-0000000000.seg")) ? 0 : 1;
            if (kill % 4 == 3)
            {
                // What was cut short is gone on with, to either end.
                Json(kill % 8 == 3 ? restore : remove);
                Assert.That(Json("recover", journal).GetProperty("stateHash").GetString(), Is.EqualTo(hash), context);
            }
        }

        Json(remove);
        Json("journal", "verify", archive);
        Assert.That(File.Exists(Path.Combine(journal, "journal-0000000000.seg")), Is.False);
        Json(restore);
        Assert.That(Directory.GetFiles(archive, "*.tmp"), Is.Empty.Or.Length.EqualTo(1));
        var replayed = Json("replay", journal);
        Assert.That(replayed.GetProperty("stateHash").GetString(), Is.EqualTo(hash));
        Assert.That(replayed.GetProperty("commands").GetInt64(), Is.EqualTo(last));
        TestContext.Out.WriteLine($"{kills} kills, after {shortened} of them the journal began later");
        KillPhases.Say(seed, begun, KillPhase.Archive, KillPhase.Restore);
    }

    private static JsonElement Json(params string[] arguments)
    {
        var result = VenueProcess.Run(Deadline, [.. arguments, "--output", "json"]);
        Assert.That(result.ExitCode, Is.Zero, $"{string.Join(' ', arguments)}: {result.Output}{result.Error}");
        return JsonDocument.Parse(result.Output).RootElement;
    }
}
