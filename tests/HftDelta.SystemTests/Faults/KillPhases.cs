using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using HftDelta.Tests;

namespace HftDelta.SystemTests.Faults;

/// <summary>What a process is doing when it is killed.</summary>
internal enum KillPhase
{
    /// <summary>A venue trades with parts of its own process.</summary>
    Trading,

    /// <summary>A venue serves clients over the network.</summary>
    Serving,

    /// <summary>A venue starts: it repairs, loads a snapshot, replays, takes its sessions back.</summary>
    Start,

    /// <summary><c>recover</c>.</summary>
    Recovery,

    /// <summary><c>snapshot create</c>.</summary>
    Snapshot,

    /// <summary><c>journal archive</c>, which takes segments away behind it.</summary>
    Archive,

    /// <summary><c>journal restore</c>.</summary>
    Restore,

    /// <summary><c>journal quarantine</c>.</summary>
    Quarantine,

    /// <summary><c>journal truncate --to</c>.</summary>
    Truncate,

    /// <summary>A replica follows and signs.</summary>
    Replica,
}

/// <summary>
/// How often processes are killed in each phase, in one place: together 60 times and more in every run, and a thousand times in a
/// long one, of which <c>HFTDELTA_KILLS</c> asks for fewer. Any thread.
/// </summary>
internal static class KillPhases
{
    private const int LongKills = 1_000;

    /// <summary>In every run, and in a long one.</summary>
    public static readonly IReadOnlyDictionary<KillPhase, (int Ci, int Long)> Planned = new Dictionary<KillPhase, (int, int)>
    {
        [KillPhase.Trading] = (12, 150),
        [KillPhase.Serving] = (11, 170),
        [KillPhase.Start] = (6, 100),
        [KillPhase.Recovery] = (3, 60),
        [KillPhase.Snapshot] = (9, 180),
        [KillPhase.Archive] = (5, 75),
        [KillPhase.Restore] = (5, 75),
        [KillPhase.Quarantine] = (6, 70),
        [KillPhase.Truncate] = (4, 40),
        [KillPhase.Replica] = (6, 80),
    };

    private static readonly ConcurrentDictionary<KillPhase, int> Done = new();

    /// <summary>How many kills of these phases this run makes.</summary>
    public static int Volume(params KillPhase[] phases) =>
        phases.Sum(phase => LongSuite.IsAsked ? Part(Planned[phase].Long) : Planned[phase].Ci);

    public static void Count(KillPhase phase) => Done.AddOrUpdate(phase, 1, (_, count) => count + 1);

    public static int DoneOf(KillPhase phase) => Done.GetValueOrDefault(phase);

    /// <summary>Says how many there were, and how long they took with all that was proved behind them.</summary>
    public static void Say(ulong seed, long begun, params KillPhase[] phases)
    {
        var counts = phases.Select(phase => $"{phase} {DoneOf(phase)}");
        TestContext.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"kills: {string.Join(", ", counts)}; seed {seed}, {Stopwatch.GetElapsedTime(begun).TotalSeconds:N1} s"));
    }

    private static int Part(int kills)
    {
        var asked = Environment.GetEnvironmentVariable("HFTDELTA_KILLS");
        return string.IsNullOrEmpty(asked)
            ? kills
            : Math.Max(1, kills * int.Parse(asked, CultureInfo.InvariantCulture) / LongKills);
    }
}

/// <summary>The numbers of <see cref="KillPhases"/> are those that are promised.</summary>
[TestFixture]
[CancelAfter(20_000)]
internal sealed class KillPhasesTests
{
    [Test]
    public void Every_phase_has_its_kills_sixty_in_every_run_and_a_thousand_in_a_long_one()
    {
        Assert.That(KillPhases.Planned.Keys, Is.EquivalentTo(Enum.GetValues<KillPhase>()));
        Assert.That(KillPhases.Planned.Values, Has.All.Matches<(int Ci, int Long)>(kills => kills is { Ci: > 0, Long: >= 40 }));
        Assert.That(KillPhases.Planned.Values.Sum(kills => kills.Ci), Is.GreaterThanOrEqualTo(60));
        Assert.That(KillPhases.Planned.Values.Sum(kills => kills.Long), Is.GreaterThanOrEqualTo(1_000));
        foreach (var (phase, (ci, @long)) in KillPhases.Planned)
        {
            TestContext.Out.WriteLine($"{phase}: {ci}, in a long run {@long}");
        }
    }
}
