using HftDelta.Perf;
using HftDelta.Perf.Network;
using HftDelta.Perf.Soak;
using HftDelta.Primitives.Units;
using NUnit.Framework;

namespace HftDelta.Tests.Perf.Soak;

[CancelAfter(20_000)]
internal sealed class SoakChecksTests
{
    private const double Mebi = 1_048_576;
    private static readonly StateWords State = new(1_000, new string('a', 64), new string('b', 64));

    [Test]
    public void A_steady_rise_is_told_in_full_and_the_first_fifth_does_not_count()
    {
        var readings = Enumerable.Range(0, 100).Select(place => place < 20 ? 1e9 : place * Mebi).ToArray();
        var flatness = Flatness.Of(readings);
        Assert.That(flatness.RiseBytes, Is.EqualTo(79 * Mebi).Within(1));
        Assert.That(flatness.Holds, Is.False);
    }

    [Test]
    public void Peaks_do_not_tilt_what_is_flat()
    {
        var readings = Enumerable.Range(0, 100).Select(place => place % 10 == 9 ? 300 * Mebi : 100 * Mebi).ToArray();
        Assert.That(Flatness.Of(readings).RiseBytes, Is.EqualTo(0).Within(1));
    }

    [TestCase(7.9, true)]
    [TestCase(8.1, false)]
    [TestCase(-50.0, true)]
    public void A_rise_of_more_than_the_bound_fails(double riseMebi, bool holds)
    {
        var checks = new List<SuiteCheck>();
        var readings = Enumerable.Range(0, 50).Select(place => (100 + (riseMebi * place / 39)) * Mebi).ToArray();
        SoakChecks.AddMemory(checks, "memory", readings);
        Assert.That(checks.Single().Holds, Is.EqualTo(holds), checks.Single().Found);
    }

    [Test]
    public void Equal_states_and_a_replay_from_the_newest_snapshot_hold() =>
        Assert.That(Failed(State, State, from: 900), Is.Empty);

    [Test]
    public void Another_hash_of_the_replica_or_of_the_replay_or_an_older_snapshot_fails()
    {
        var other = new string('c', 64);
        Assert.That(Failed(State with { StateHash = other }, State, 900), Is.EqualTo(new[] { "state of the replica" }));
        Assert.That(Failed(State with { LastSequence = 999 }, State, 900), Is.EqualTo(new[] { "state of the replica" }));
        Assert.That(
            Failed(State, State with { HistoryHash = other }, 900),
            Is.EqualTo(new[] { "state of a replay from the newest snapshot" }));
        Assert.That(Failed(State, State, 800), Is.EqualTo(new[] { "snapshots of the replica" }));
    }

    [Test]
    public void A_request_without_answer_or_applied_twice_fails()
    {
        var good = new SoakRequests { Sent = 10, Answered = 10, Applied = 10, Unknown = 0, ReportsLost = 0 };
        Assert.That(Failed(good), Is.Zero);
        Assert.That(Failed(good with { Answered = 9 }), Is.EqualTo(1));
        Assert.That(Failed(good with { Applied = 11 }), Is.EqualTo(1));
        Assert.That(Failed(good with { Unknown = 1 }), Is.EqualTo(1));
        Assert.That(Failed(good with { ReportsLost = 1 }), Is.EqualTo(1));
    }

    [Test]
    public void Memory_is_read_in_the_kernels_words() =>
        Assert.That(ProcessMemory.Parse("5000 1200 300 20 0 900 0\n"u8), Is.EqualTo((1_200L, 300L)));

    private static string[] Failed(StateWords? replica, StateWords replayed, long from)
    {
        var checks = new List<SuiteCheck>();
        var end = new WireEnd(State, default, 10, replica);
        SoakChecks.AddStates(
            checks, end, new SoakReplay(replayed, from, 0, default), [new CommandSequence(900), new CommandSequence(800)]);
        return [.. checks.Where(check => !check.Holds).Select(check => check.Label)];
    }

    private static int Failed(SoakRequests requests)
    {
        var checks = new List<SuiteCheck>();
        SoakChecks.AddRequests(checks, requests);
        return checks.Count(check => !check.Holds);
    }
}
