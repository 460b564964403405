using HftDelta.Runtime.Agents;
using NUnit.Framework;

namespace HftDelta.Tests.Runtime.Agents;

[TestFixture]
[CancelAfter(20_000)]
public sealed class AgentInvokerTests
{
    [Test]
    public void Agent_is_stepped_one_duty_cycle_at_a_time()
    {
        var agent = new RecordingAgent("a") { Work = () => 5 };
        var invoker = new AgentInvoker(agent);

        invoker.Start();
        var first = invoker.Invoke();
        invoker.Invoke();
        invoker.Close();

        Assert.Multiple(() =>
        {
            Assert.That(first, Is.EqualTo(5));
            Assert.That(agent.Log, Is.EqualTo(new[] { "a start", "a work", "a work", "a close" }));
            Assert.That(invoker.State, Is.EqualTo(RunnerState.Stopped));
        });
    }

    [Test]
    public void Several_agents_are_stepped_as_one_in_order()
    {
        List<string> log = [];
        var invoker = new AgentInvoker(new RecordingAgent("a", log), new RecordingAgent("b", log));

        invoker.Start();
        invoker.Invoke();

        Assert.That(log, Is.EqualTo(new[] { "a start", "b start", "a work", "b work" }));
    }

    [Test]
    public void Exception_reaches_the_caller_and_is_kept_with_its_agent_and_phase()
    {
        var exception = new InvalidOperationException("broken");
        var invoker = new AgentInvoker(new RecordingAgent("a"), new RecordingAgent("b") { Work = () => throw exception });
        invoker.Start();

        Assert.That(invoker.Invoke, Throws.Exception.SameAs(exception));
        Assert.That(invoker.Failure, Is.EqualTo(new AgentFailure("b", AgentPhase.DutyCycle, exception)));
    }

    [Test]
    public void Failed_agent_is_neither_stepped_nor_closed_again()
    {
        var agent = new RecordingAgent("a") { Work = () => throw new InvalidOperationException("broken") };
        var invoker = new AgentInvoker(agent);
        invoker.Start();
        Assert.That(invoker.Invoke, Throws.InvalidOperationException.With.Message.EqualTo("broken"));

        Assert.Multiple(() =>
        {
            Assert.That(invoker.Invoke, Throws.InvalidOperationException.With.Message.Contains("Failed"));
            Assert.That(invoker.Close, Throws.InvalidOperationException.With.Message.Contains("Failed"));
            Assert.That(agent.Log, Is.EqualTo(new[] { "a start", "a work" }));
        });
    }

    [Test]
    public void Step_before_start_and_second_start_are_refused()
    {
        var invoker = new AgentInvoker(new RecordingAgent("a"));

        Assert.That(invoker.Invoke, Throws.InvalidOperationException.With.Message.Contains("step agent a"));
        invoker.Start();
        Assert.That(invoker.Start, Throws.InvalidOperationException.With.Message.Contains("start agent a"));
    }

    [Test]
    public void Stepping_until_idle_ends_with_the_first_empty_cycle()
    {
        var left = 3;
        var agent = new RecordingAgent("a") { Work = () => left > 0 ? left-- : 0 };
        var invoker = new AgentInvoker(agent);
        invoker.Start();

        var total = invoker.InvokeUntilIdle();

        Assert.Multiple(() =>
        {
            Assert.That(total, Is.EqualTo(3 + 2 + 1));
            Assert.That(agent.Cycles, Is.EqualTo(4));
        });
    }

    [Test]
    public void Agent_that_never_idles_is_an_error()
    {
        var agent = new RecordingAgent("restless") { Work = () => 1 };
        var invoker = new AgentInvoker(agent);
        invoker.Start();

        Assert.That(
            () => invoker.InvokeUntilIdle(10),
            Throws.InvalidOperationException.With.Message.EqualTo("agent restless still had work after 10 duty cycles"));
        Assert.That(agent.Cycles, Is.EqualTo(10));
    }
}
