using HftDelta.Simulation.Network;
using HftDelta.Simulation.Transport;
using NUnit.Framework;

namespace HftDelta.Tests.Simulation.Transport;

/// <summary>
/// What the simulator itself must be able to do: repeat itself, hold all that it promises, and make failures small.
/// </summary>
[CancelAfter(60_000)]
internal sealed class ScenarioTests
{
    [Test]
    public void A_seed_runs_the_same_way_each_time()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var one = ScenarioRun.Run(ScenarioDraw.Of(seed));
            var again = ScenarioRun.Run(ScenarioDraw.Of(seed));

            Assert.That(
                (again.Nanos, again.Turns, again.Messages, again.Network),
                Is.EqualTo((one.Nanos, one.Turns, one.Messages, one.Network)),
                $"seed {seed}");
        }
    }

    [Test]
    public void The_seeds_of_a_short_run_hold_everything_that_a_scenario_may_hold()
    {
        var scenarios = Enumerable.Range(1, 1_500).Select(seed => ScenarioDraw.Of((ulong)seed)).ToArray();
        var weather = scenarios.Select(scenario => scenario.Weather).ToArray();
        var publications = scenarios.SelectMany(scenario => scenario.Publications).ToArray();
        var faults = scenarios.SelectMany(scenario => scenario.Faults).ToArray();

        Assert.That(weather.Max(each => each.DropPerMille), Is.InRange(480, 500));
        Assert.That(weather.Max(each => each.DuplicatePerMille), Is.InRange(580, 600));
        Assert.That(weather.Max(each => each.CorruptPerMille), Is.GreaterThan(100));
        Assert.That(
            weather.Count(each => each.ReorderPerMille > 0 && each.ReorderDelayNanos == 200_000_000), Is.GreaterThan(100));
        Assert.That(publications.Select(plan => plan.Start).Distinct(), Is.EquivalentTo(Enum.GetValues<StreamStart>()));
        Assert.That(publications.Select(plan => plan.TermLengthBytes).Distinct().Count(), Is.GreaterThan(1));
        Assert.That(faults.Select(fault => fault.Kind).Distinct(), Is.EquivalentTo(Enum.GetValues<FaultKind>()));
        Assert.That(scenarios.Count(scenario => scenario.IsUnbroken), Is.InRange(500, 1_400));
        Assert.That(scenarios.Count(scenario => scenario.Publications.Length > 2), Is.GreaterThan(200), "several sessions");
    }

    [Test]
    public void A_failure_is_made_as_small_as_it_can_be()
    {
        // Fails while its second publication sends at least ten messages and one datagram in particular may be disturbed.
        static BrokenRuleException? FailureOf(TransportScenario scenario) =>
            scenario.Publications.Any(plan => plan.StreamId == 1002 && plan.MessageCount >= 10)
            && scenario.Weather.DropPerMille > 0
                ? new BrokenRuleException("made up")
                : null;

        var scenario = Enumerable.Range(1, 1_000).Select(seed => ScenarioDraw.Of((ulong)seed))
            .First(each => FailureOf(each) is not null && each.Faults.Length == 2 && each.Publications.Length > 2);
        var (smallest, failure) = ScenarioShrink.Shrink(scenario, 1_000, FailureOf);

        Assert.That(failure.Rule, Is.EqualTo("made up"));
        Assert.That(smallest.Faults, Is.Empty);
        Assert.That(smallest.Publications.Select(plan => (plan.StreamId, plan.MessageCount)), Is.EqualTo([(1002, 10)]));
        Assert.That(smallest.Subscriptions, Has.Length.EqualTo(1));
        Assert.That(smallest.Weather.DropPerMille, Is.EqualTo(1));
        Assert.That(smallest.Weather.DuplicatePerMille, Is.Zero);
        Assert.That(smallest.ToString(), Does.Contain("drop 1 ").And.Contain("StreamId = 1002"));
    }

    [Test]
    public void Without_disturbed_datagrams_bad_weather_does_nothing()
    {
        var scenario = Enumerable.Range(1, 1_000).Select(seed => ScenarioDraw.Of((ulong)seed))
            .First(each => each.Weather.DropPerMille > 100 && each.Weather.DuplicatePerMille > 100 && each.IsUnbroken);

        Assert.That(ScenarioRun.Run(scenario).Network, Has.Property(nameof(NetworkStatistics.Dropped)).GreaterThan(10));
        var calm = ScenarioRun.Run(scenario with { Faults = [], DisturbedOnly = [] }).Network;
        Assert.That((calm.Dropped, calm.Duplicated, calm.Corrupted, calm.HeldUp), Is.EqualTo((0, 0, 0, 0)));
    }
}
