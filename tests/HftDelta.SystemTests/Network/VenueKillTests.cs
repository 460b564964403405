using System.Diagnostics;
using HftDelta.Client.Requests;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Randomness;
using HftDelta.SystemTests.Faults;
using HftDelta.SystemTests.Processes;
using HftDelta.Tests;

namespace HftDelta.SystemTests.Network;

/// <summary>
/// <c>kill -9</c> of a listening venue under load from real clients: they resume their sessions, every order that was
/// acknowledged is there, every call ended with an outcome that the journal agrees with, and so does the replica. Snapshots are
/// made while it runs, and it starts from them.
/// </summary>
[TestFixture]
[CancelAfter(2_400_000)]
internal sealed class VenueKillTests
{
    private const ulong Seed = 20_261_123;
    private const int DelayMillisMax = 300;

    /// <summary>Outcomes after each start before the next kill: the clients are back and under way.</summary>
    private const int AcknowledgedMin = 60;

    /// <summary>Kills with one snapshot made while the venue runs: starts then replay more or less behind it.</summary>
    private const int SnapshotEvery = 4;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Test]
    public void Sessions_acknowledged_orders_and_outcomes_survive_kills_of_the_venue()
    {
        var seed = LongSuite.Seed(Seed);
        var begun = Stopwatch.GetTimestamp();
        var random = new SplitMix64(seed);
        using var folder = new TemporaryFolder();
        var journal = folder.Of("journal");
        using var replica = VenueProcess.Start(
            "replica", "--journal", journal, "--out", folder.Of("commitments"), "--development-key", "--output", "json");
        var venue = StartVenue(journal, "127.0.0.1:0", out var endpoint);
        var startTime = Stopwatch.GetElapsedTime(begun);
        using var floor = new LoadFloor(endpoint, 16, 17);
        try
        {
            var kills = KillPhases.Volume(KillPhase.Serving);
            var starts = KillPhases.Volume(KillPhase.Start);
            for (var kill = 0; kill < kills; kill++)
            {
                WaitForLoad(venue, floor);
                TestContext.Progress.WriteLine($"kill {kill}: {floor.Acknowledged} outcomes");
                if (kill % SnapshotEvery == 0)
                {
                    var made = VenueProcess.Run(Deadline, "snapshot", "create", journal);
                    Assert.That(made.ExitCode, Is.Zero, made.Error);
                }

                venue.LetRun(TimeSpan.FromMilliseconds(random.Next() % DelayMillisMax));
                venue.Kill();
                venue.Dispose();
                KillPhases.Count(KillPhase.Serving);
                for (var due = starts * (kill + 1) / kills; KillPhases.DoneOf(KillPhase.Start) < due;)
                {
                    KillAtStart(journal, endpoint, startTime * ((random.Next() % 1_000) / 1_000.0));
                }

                var restarted = Stopwatch.GetTimestamp();
                venue = StartVenue(journal, endpoint, out _);
                startTime = Stopwatch.GetElapsedTime(restarted);
                Assert.That(
                    venue.Find("ready")!.Value.GetProperty("fromSnapshot").GetInt64(), Is.Positive, "it began with a snapshot");
            }

            WaitForLoad(venue, floor);
            floor.StopActing();
            venue.WaitUntil(() => floor.IsQuiet, Deadline, "an outcome for every call");
            floor.Finish();
            venue.Send(VenueProcess.SignalTerminate);
            var ended = venue.WaitForEnd(Deadline);
            Assert.That(ended.ExitCode, Is.Zero, ended.Error);
            var stopped = venue.Find("stopped")!.Value;
            Prove(floor, JournaledOrders.Of(journal), kills, stopped.GetProperty("stateHash").GetString());
            ProveReplica(replica, stopped);
            KillPhases.Say(seed, begun, KillPhase.Serving, KillPhase.Start);
        }
        finally
        {
            venue.Dispose();
        }
    }

    /// <summary>A start that does not get far: somewhere between its first instruction and its first client.</summary>
    private static void KillAtStart(string journal, string listen, TimeSpan after)
    {
        using var venue = VenueProcess.Start(
            "start", "--development", "--journal", journal, "--listen", listen, "--epoch-seconds", "0.5", "--output", "json");
        venue.LetRun(after);
        venue.Kill();
        KillPhases.Count(KillPhase.Start);
    }

    private static VenueProcess StartVenue(string journal, string listen, out string endpoint)
    {
        var venue = VenueProcess.Start(
            "start", "--development", "--journal", journal, "--listen", listen, "--epoch-seconds", "0.5", "--output", "json");
        endpoint = venue.WaitForEvent("ready", Deadline).GetProperty("endpoint").GetString()!;
        return venue;
    }

    private static void WaitForLoad(VenueProcess venue, LoadFloor floor)
    {
        var before = floor.Acknowledged;
        try
        {
            venue.WaitUntil(
                () =>
                {
                    floor.Prove();
                    return floor.Acknowledged >= before + AcknowledgedMin;
                },
                Deadline,
                "outcomes");
        }
        catch (AssertionException)
        {
            TestContext.Out.WriteLine(floor.Story);
            throw;
        }
    }

    private static void Prove(LoadFloor floor, JournaledOrders journaled, int kills, string? stateHash)
    {
        Assert.That(journaled.Result!.FirstDifference, Is.Null);
        Assert.That(journaled.Result.StateHash.ToString(), Is.EqualTo(stateHash));
        Assert.That(journaled.Repeated, Is.Zero, "a request was sequenced twice");
        foreach (var trader in floor.Traders)
        {
            Assert.That(trader.Surprises, Is.Zero, "outcomes that nobody waited for");
            Assert.That(trader.Handles, Has.Count.EqualTo(1), "the session is resumed and not opened anew");
            Assert.That(trader.Established, Is.GreaterThanOrEqualTo(kills));
            ProveOutcomes(trader, trader.Handles.Single(), journaled);
        }
    }

    private static void ProveOutcomes(LoadTrader trader, SessionHandle session, JournaledOrders journaled)
    {
        var told = new HashSet<OrderName>();
        foreach (var request in trader.Requests)
        {
            Assert.That(request.Outcome, Is.Not.Null, "a call without an end");
            var outcome = request.Outcome!.Value;
            Assert.That(outcome.Kind, Is.Not.EqualTo(OutcomeKind.Unknown));
            if (!request.IsNew)
            {
                continue;
            }

            var name = new OrderName(session, request.Order);
            switch (outcome.Kind)
            {
                case OutcomeKind.Accepted:
                    told.Add(name);
                    Assert.That(journaled.Accepted.TryGetValue(name, out var order), Is.True, "an acknowledged order is gone");
                    Assert.That(outcome.OrderId, Is.EqualTo(order));
                    break;
                case OutcomeKind.Rejected:
                    Assert.That(journaled.Rejected, Does.Contain(name));
                    break;
                default:
                    Assert.That(journaled.Accepted, Does.Not.ContainKey(name), "an order that was said not to be applied");
                    break;
            }
        }

        var made = journaled.Accepted.Keys.Where(name => name.Session == session);
        Assert.That(made, Is.EquivalentTo(told), "orders that live and whose client was not told so");
        Assert.That(told, Is.Not.Empty);
    }

    private static void ProveReplica(VenueProcess replica, System.Text.Json.JsonElement stopped)
    {
        replica.LetRun(TimeSpan.FromMilliseconds(1));
        replica.Send(VenueProcess.SignalTerminate);
        var ended = replica.WaitForEnd(Deadline);
        Assert.That(ended.ExitCode, Is.Zero, ended.Error);
        var followed = replica.Find("stopped")!.Value;
        Assert.That(
            followed.GetProperty("lastSequence").GetInt64(), Is.EqualTo(stopped.GetProperty("lastSequence").GetInt64()));
        Assert.That(followed.GetProperty("stateHash").GetString(), Is.EqualTo(stopped.GetProperty("stateHash").GetString()));
        Assert.That(
            followed.GetProperty("commitments").GetInt64(), Is.EqualTo(stopped.GetProperty("epoch").GetInt64()),
            "one commitment for each epoch");
    }
}
