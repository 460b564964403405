using System.Diagnostics;
using System.Text.Json;
using HftDelta.Simulation.Randomness;
using HftDelta.SystemTests.Faults;
using HftDelta.SystemTests.Processes;
using HftDelta.Tests;

namespace HftDelta.SystemTests.Network;

/// <summary><c>kill -9</c> of a replica while its venue goes on: it resumes, and no epoch is ever signed twice.</summary>
[TestFixture]
[CancelAfter(1_200_000)]
internal sealed class ReplicaKillTests
{
    private const ulong Seed = 20_261_124;
    private const int DelayMillisMax = 250;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Test]
    public void A_replica_that_is_killed_goes_on_and_signs_no_epoch_twice()
    {
        var seed = LongSuite.Seed(Seed);
        var begun = Stopwatch.GetTimestamp();
        var random = new SplitMix64(seed);
        using var folder = new TemporaryFolder();
        using var venue = VenueProcess.Start(
            "start", "--development", "--journal", folder.Of("journal"), "--listen", "127.0.0.1:0", "--epoch-seconds", "0.05",
            "--output", "json");
        var endpoint = venue.WaitForEvent("ready", Deadline).GetProperty("endpoint").GetString()!;
        using var floor = new LoadFloor(endpoint, 16);
        var told = new List<JsonElement>();
        var kills = KillPhases.Volume(KillPhase.Replica);
        for (var kill = 0; kill < kills; kill++)
        {
            using var replica = StartReplica(folder);
            replica.WaitUntil(() => replica.FindAll("commitment").Any(IsNew), Deadline, "a commitment");
            replica.LetRun(TimeSpan.FromMilliseconds(random.Next() % DelayMillisMax));
            replica.Kill();
            KillPhases.Count(KillPhase.Replica);
            told.AddRange(replica.FindAll("commitment"));
        }

        floor.Finish();
        venue.Send(VenueProcess.SignalTerminate);
        Assert.That(venue.WaitForEnd(Deadline).ExitCode, Is.Zero, venue.Error);
        var stopped = venue.Find("stopped")!.Value;
        using var last = StartReplica(folder);
        last.WaitForEvent("ready", Deadline);
        last.Send(VenueProcess.SignalTerminate);
        var ended = last.WaitForEnd(Deadline);
        Assert.That(ended.ExitCode, Is.Zero, ended.Error);
        told.AddRange(last.FindAll("commitment"));
        var followed = last.Find("stopped")!.Value;
        Assert.That(followed.GetProperty("stateHash").GetString(), Is.EqualTo(stopped.GetProperty("stateHash").GetString()));
        Prove(told, stopped.GetProperty("epoch").GetInt64());
        KillPhases.Say(seed, begun, KillPhase.Replica);
    }

    private static void Prove(List<JsonElement> told, long epochs)
    {
        var byEpoch = told.GroupBy(found => found.GetProperty("commitment").GetProperty("epoch").GetInt64()).ToList();
        Assert.That(
            byEpoch.Select(group => group.Key),
            Is.EquivalentTo(Enumerable.Range(1, (int)epochs).Select(epoch => (long)epoch)));
        foreach (var group in byEpoch)
        {
            // What is signed and stored when the kill comes is told by the next one, as signed before.
            Assert.That(group.Count(IsNew), Is.LessThanOrEqualTo(1), $"epoch {group.Key} was signed again");
            Assert.That(group.Select(SignatureOf).Distinct().Count(), Is.EqualTo(1), $"epoch {group.Key} has two signatures");
            Assert.That(group.Select(DigestOf).Distinct().Count(), Is.EqualTo(1), $"epoch {group.Key} has two contents");
        }
    }

    private static VenueProcess StartReplica(TemporaryFolder folder) => VenueProcess.Start(
        "replica", "--journal", folder.Of("journal"), "--out", folder.Of("commitments"), "--development-key", "--output", "json");

    private static bool IsNew(JsonElement found) => found.GetProperty("isNew").GetBoolean();

    private static string? SignatureOf(JsonElement found) => found.GetProperty("commitment").GetProperty("signature").GetString();

    private static string? DigestOf(JsonElement found) => found.GetProperty("commitment").GetProperty("digest").GetString();
}
