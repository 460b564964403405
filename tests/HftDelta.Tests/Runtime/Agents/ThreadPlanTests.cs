using HftDelta.Node;
using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Threads;
using NUnit.Framework;

namespace HftDelta.Tests.Runtime.Agents;

[TestFixture]
[CancelAfter(20_000)]
public sealed class ThreadPlanTests
{
    private static readonly AgentPlace[] Pipeline =
    [
        new("receiver", AgentGroup.Edge),
        new("ingress", AgentGroup.Edge),
        new("journal", AgentGroup.Core),
        new("engine", AgentGroup.Core),
        new("egress", AgentGroup.Edge),
        new("sender", AgentGroup.Edge),
        new("conductor", AgentGroup.Edge),
        new("risk", AgentGroup.Cold),
        new("preparer", AgentGroup.Cold),
    ];

    private static readonly ThreadWishes Automatic = new() { Mode = ThreadingMode.Auto, Idle = IdleKind.Auto };

    [TestCase(
        ThreadingMode.Dedicated, "receiver | ingress | journal | engine | egress | sender | conductor | risk | preparer")]
    [TestCase(ThreadingMode.Shared, "receiver+ingress+egress+sender+conductor+risk+preparer | journal+engine")]
    [TestCase(ThreadingMode.Compact, "receiver+ingress+journal+engine+egress+sender+conductor+risk+preparer")]
    public void Every_mode_lays_out_every_agent_once_in_order(ThreadingMode mode, string expected)
    {
        var plan = ThreadPlan.Make(new ThreadWishes { Mode = mode }, Pipeline, Cores(2));

        Assert.That(Names(plan), Is.EqualTo(expected));
    }

    [TestCase(1, "receiver+ingress+journal+engine+egress+sender+conductor+risk+preparer any backoff")]
    [TestCase(2, "receiver+ingress+journal+engine+egress+sender+conductor any backoff | risk+preparer any backoff")]
    [TestCase(
        3, "receiver+ingress+egress+sender+conductor any backoff | journal+engine any backoff | risk+preparer any backoff")]
    [TestCase(
        4,
        "receiver+ingress 1 yield | journal+engine 2 yield | egress+sender+conductor 3 yield | risk 0 backoff "
        + "| preparer 0 backoff")]
    [TestCase(
        8,
        "receiver 2 spin | ingress 3 spin | journal 4 spin | engine 5 spin | egress 6 spin | sender+conductor 7 spin "
        + "| risk 0, 1 backoff | preparer 0, 1 backoff")]
    [TestCase(
        16,
        "receiver 9 spin | ingress 10 spin | journal 11 spin | engine 12 spin | egress 13 spin | sender 14 spin "
        + "| conductor 15 spin | risk 0, 1, 2, 3, 4, 5, 6, 7, 8 backoff | preparer 0, 1, 2, 3, 4, 5, 6, 7, 8 backoff")]
    public void The_automatic_mode_follows_the_number_of_cores(int cores, string expected)
    {
        var plan = ThreadPlan.Make(Automatic, Pipeline, Cores(cores));

        Assert.That(
            string.Join(" | ", plan.Threads.Select(thread => $"{thread.Name} {thread.CoreText} {thread.Idle.ToText()}")),
            Is.EqualTo(expected));
    }

    [Test]
    public void No_number_of_cores_loses_an_agent_or_gives_one_core_to_two_threads()
    {
        for (var cores = 1; cores <= 40; cores++)
        {
            for (var first = 0; first < Pipeline.Length; first++)
            {
                var agents = Pipeline[first..];
                var plan = ThreadPlan.Make(Automatic, agents, Cores(cores));
                var pinned = plan.Threads.Select(thread => thread.Core).Where(core => core != AgentRunner.Unpinned).ToArray();
                Assert.Multiple(() =>
                {
                    Assert.That(
                        plan.Threads.SelectMany(thread => thread.Places), Is.EquivalentTo(Enumerable.Range(0, agents.Length)));
                    Assert.That(pinned, Is.Unique);
                    Assert.That(pinned, Has.Length.LessThan(Math.Max(cores, 2)), "one core is left to the system");
                });
            }
        }
    }

    [Test]
    public void One_more_core_never_means_fewer_hot_threads()
    {
        AgentPlace[] many = [.. Enumerable.Range(0, 40).Select(place => new AgentPlace($"edge-{place}", AgentGroup.Edge))];

        var counts = Enumerable.Range(1, 40)
            .Select(cores => ThreadPlan.Make(Automatic, many, Cores(cores)).Threads.Count(thread => thread.IsHot)).ToArray();

        Assert.That(counts, Is.Ordered.Ascending);
        Assert.That(counts[14..18], Is.EqualTo(new[] { 13, 13, 13, 14 }));
    }

    /// <summary>The table of docs/configuration.md, over the agents that a venue runs.</summary>
    [TestCase(8, false, "aeron-sender+aeron-conductor")]
    [TestCase(8, true, "egress+aeron-sender+aeron-conductor")]
    [TestCase(9, false, "")]
    [TestCase(9, true, "aeron-sender+aeron-conductor")]
    [TestCase(10, false, "")]
    [TestCase(10, true, "")]
    [TestCase(15, true, "")]
    [TestCase(16, true, "")]
    public void From_eight_cores_on_those_share_a_thread_that_the_documentation_names(int cores, bool hasSync, string sharing)
    {
        var places = VenueAgents.PlacesOf(hasNetwork: true, hasSync, riskWorkers: 1, hasVerifier: true, hasHeartbeat: true);

        var plan = ThreadPlan.Make(Automatic, places, Cores(cores));

        var shared = plan.Threads.Where(thread => thread.Places.Count > 1).Select(thread => thread.Name);
        Assert.That(string.Join(" | ", shared), Is.EqualTo(sharing));
        Assert.That(plan.Threads.Where(thread => thread.IsHot).Select(thread => thread.Idle), Is.All.EqualTo(IdleKind.Spin));
        Assert.That(
            plan.Threads.Where(thread => thread.IsHot).Select(thread => thread.Core), Is.All.Not.EqualTo(AgentRunner.Unpinned));
    }

    [Test]
    public void Siblings_of_one_physical_core_do_not_get_two_hot_threads()
    {
        // Eight logical cores, four physical: 0 and 4 are one, 1 and 5, and so on.
        var topology = CoreTopology.Of(
            (CoreFacts[])[.. Enumerable.Range(0, 8).Select(core => new CoreFacts(core, core % 4, 0))]);

        var plan = ThreadPlan.Make(Automatic, Pipeline, topology);

        Assert.That(
            plan.Threads.Where(thread => thread.IsHot).Select(thread => thread.Core), Is.EqualTo(new[] { 1, 2, 3 }));
        Assert.That(plan.Threads[^1].HouseCores, Is.EqualTo(new[] { 0, 4 }), "away from the siblings of hot threads too");
    }

    [Test]
    public void The_core_that_takes_the_interrupts_is_left_to_the_system()
    {
        var topology = CoreTopology.Of((CoreFacts[])[new(0, 0, 5), new(1, 1, 0), new(2, 2, 9_000), new(3, 3, 0)]);

        var plan = ThreadPlan.Make(Automatic, Pipeline, topology);

        Assert.That(plan.Threads.Where(thread => thread.IsHot).Select(thread => thread.Core), Is.EqualTo(new[] { 0, 1, 3 }));
    }

    [Test]
    public void A_quota_counts_as_fewer_cores_and_pins_nothing()
    {
        var topology = CoreTopology.Of(
            (CoreFacts[])[.. Enumerable.Range(0, 16).Select(core => new CoreFacts(core, core, 0))], runnable: 2);

        var plan = ThreadPlan.Make(Automatic, Pipeline, topology);

        Assert.That(plan.Threads, Has.Count.EqualTo(2));
        Assert.That(plan.Threads.Select(thread => thread.CoreText), Is.All.EqualTo("any"));
        Assert.That(plan.Threads.Select(thread => thread.Idle), Is.All.EqualTo(IdleKind.Backoff));
    }

    [Test]
    public void Agents_given_one_core_share_a_thread_on_it_and_the_rest_is_planned_around_them()
    {
        var wishes = Automatic with
        {
            Agents = new Dictionary<string, AgentWish>
            {
                ["engine"] = new(3, IdleKind.Spin),
                ["journal"] = new(3, null),
                ["risk"] = new(null, IdleKind.Yield),
                ["not-running"] = new(1, null),
            },
        };

        var plan = ThreadPlan.Make(wishes, Pipeline, Cores(4));

        Assert.That(plan.Faults, Is.Empty);
        Assert.That(
            plan.Threads.Select(thread => $"{thread.Name} {thread.CoreText} {thread.Idle.ToText()}"),
            Is.EqualTo(new[]
            {
                "receiver+ingress 0, 1, 2 backoff",
                "journal+engine 3 spin",
                "egress+sender+conductor 0, 1, 2 backoff",
                "risk+preparer 0, 1, 2 yield",
            }));
    }

    [TestCase(ThreadingMode.Dedicated)]
    [TestCase(ThreadingMode.Auto)]
    public void Where_every_core_is_given_away_a_hot_agent_that_is_left_is_not_pinned(ThreadingMode mode)
    {
        var wishes = new ThreadWishes
        {
            Mode = mode,
            Idle = IdleKind.Auto,
            Agents = Pipeline[..6].Select((agent, place) => (agent.Name, Core: place / 3))
                .ToDictionary(given => given.Name, given => new AgentWish(given.Core, null)),
        };

        var plan = ThreadPlan.Make(wishes, Pipeline, Cores(2));

        var left = plan.Threads.Single(thread => thread.Places.Contains(6));
        Assert.That(plan.Faults, Is.Empty);
        Assert.That(left.CoreText, Is.EqualTo("any"));
        Assert.That(left.Idle, Is.EqualTo(IdleKind.Backoff));
        Assert.That(
            plan.Messages,
            mode == ThreadingMode.Dedicated
                ? Has.One.EqualTo("threads are not pinned: 1 threads want a core each and 0 may be used") : Is.Not.Empty);
    }

    [Test]
    public void Every_wish_that_cannot_be_is_told()
    {
        var wishes = Automatic with
        {
            Agents = new Dictionary<string, AgentWish>
            {
                ["engine"] = new(1, IdleKind.Spin),
                ["journal"] = new(1, IdleKind.Yield),
                ["egress"] = new(9, null),
            },
        };

        var plan = ThreadPlan.Make(wishes, Pipeline, Cores(2));

        Assert.That(plan.Faults, Is.EqualTo(new[]
        {
            "egress: core 9 is not there: cores 0, 1 may be used",
            "journal: wait yield and engine: wait spin: they share a thread",
        }));
    }

    [Test]
    public void Only_a_thread_of_nothing_but_cold_agents_is_cold()
    {
        Assert.Multiple(() =>
        {
            Assert.That(
                Of(ThreadingMode.Dedicated).Select(thread => thread.IsHot),
                Is.EqualTo(new[] { true, true, true, true, true, true, true, false, false }));
            Assert.That(Of(ThreadingMode.Shared).Select(thread => thread.IsHot), Is.All.True);
            Assert.That(Of(ThreadingMode.Compact).Single().IsHot, Is.True);
        });
    }

    [Test]
    public void Shared_mode_makes_no_thread_for_an_empty_group()
    {
        var plan = ThreadPlan.Make(new ThreadWishes { Mode = ThreadingMode.Shared }, Pipeline[2..4], Cores(2));

        Assert.That(plan.Threads, Has.Count.EqualTo(1));
    }

    [Test]
    public void Plan_without_agents_is_refused()
    {
        Assert.That(() => ThreadPlan.Make(Automatic, [], Cores(2)), Throws.ArgumentException);
    }

    private static IReadOnlyList<PlannedThread> Of(ThreadingMode mode) =>
        ThreadPlan.Make(new ThreadWishes { Mode = mode }, Pipeline, Cores(2)).Threads;

    private static string Names(ThreadPlan plan) => string.Join(" | ", plan.Threads.Select(thread => thread.Name));

    private static CoreTopology Cores(int count) => CoreTopology.Of((int[])[.. Enumerable.Range(0, count)]);
}
