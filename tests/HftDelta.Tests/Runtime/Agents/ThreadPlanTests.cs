using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Threads;
using NUnit.Framework;

namespace HftDelta.Tests.Runtime.Agents;

[TestFixture]
[CancelAfter(20_000)]
public sealed class ThreadPlanTests
{
    private static readonly HostedAgent[] Pipeline =
    [
        new(new RecordingAgent("ingress"), AgentGroup.Edge),
        new(new RecordingAgent("journal"), AgentGroup.Core),
        new(new RecordingAgent("engine"), AgentGroup.Core),
        new(new RecordingAgent("egress"), AgentGroup.Edge),
        new(new RecordingAgent("heartbeat"), AgentGroup.Cold),
    ];

    [TestCase(ThreadingMode.Dedicated, "ingress | journal | engine | egress | heartbeat")]
    [TestCase(ThreadingMode.Shared, "journal+engine | ingress+egress+heartbeat")]
    [TestCase(ThreadingMode.Compact, "ingress+journal+engine+egress+heartbeat")]
    public void Every_mode_lays_out_every_agent_once_in_order(ThreadingMode mode, string expected)
    {
        var names = ThreadPlan.For(mode, Pipeline).Select(thread => thread.Combined().RoleName);

        Assert.That(string.Join(" | ", names), Is.EqualTo(expected));
    }

    [Test]
    public void Only_a_thread_of_nothing_but_cold_agents_is_cold()
    {
        Assert.Multiple(() =>
        {
            Assert.That(
                ThreadPlan.For(ThreadingMode.Dedicated, Pipeline).Select(thread => thread.IsHot),
                Is.EqualTo(new[] { true, true, true, true, false }));
            Assert.That(ThreadPlan.For(ThreadingMode.Shared, Pipeline).Select(thread => thread.IsHot), Is.All.True);
            Assert.That(ThreadPlan.For(ThreadingMode.Compact, Pipeline).Single().IsHot, Is.True);
        });
    }

    [Test]
    public void Shared_mode_makes_no_thread_for_an_empty_group()
    {
        Assert.That(ThreadPlan.For(ThreadingMode.Shared, Pipeline[1..3]), Has.Count.EqualTo(1));
    }

    [Test]
    public void Plan_without_agents_is_refused()
    {
        Assert.That(() => ThreadPlan.For(ThreadingMode.Compact, []), Throws.ArgumentException);
    }
}
