using HftDelta.Primitives;
using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Threads;
using NUnit.Framework;

namespace HftDelta.Tests.Runtime.Agents;

[TestFixture]
[CancelAfter(20_000)]
public sealed class AgentRunnerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    [Test]
    public void Agent_starts_works_and_closes_on_one_thread_of_its_name()
    {
        var agent = new RecordingAgent("journal") { LogsCycles = false };
        var runner = new AgentRunner<YieldingIdleStrategy>(agent, default);

        runner.Start();
        Assert.That(agent.Ran.Wait(Patience), Is.True);
        runner.RequestStop();

        Assert.That(runner.Join(Patience), Is.True);
        Assert.Multiple(() =>
        {
            Assert.That(agent.Log, Is.EqualTo(new[] { "journal start", "journal close" }));
            Assert.That(agent.StartThread, Is.EqualTo("journal"));
            Assert.That(agent.CloseThreadId, Is.EqualTo(agent.StartThreadId));
            Assert.That(agent.StartThreadId, Is.Not.EqualTo(Environment.CurrentManagedThreadId));
            Assert.That(runner.State, Is.EqualTo(RunnerState.Stopped));
            Assert.That(runner.Failure, Is.Null);
        });
    }

    [Test]
    public void Exception_is_recorded_stops_the_thread_and_is_told_once()
    {
        List<AgentFailure> told = [];
        var exception = new InvalidOperationException("broken");
        var cycles = 0;
        var agent = new RecordingAgent("engine") { Work = () => ++cycles < 3 ? 1 : throw exception };
        var runner = new AgentRunner<NoOpIdleStrategy>(agent, default, told.Add);

        runner.Start();

        Assert.That(runner.Join(Patience), Is.True);
        Assert.Multiple(() =>
        {
            Assert.That(told, Is.EqualTo(new[] { new AgentFailure("engine", AgentPhase.DutyCycle, exception) }));
            Assert.That(runner.Failure, Is.SameAs(told[0]));
            Assert.That(runner.State, Is.EqualTo(RunnerState.Failed));
            Assert.That(cycles, Is.EqualTo(3));
        });
    }

    [Test]
    public void Agent_whose_duty_cycle_threw_is_not_closed()
    {
        var agent = new RecordingAgent("engine") { Work = () => throw new InvariantBrokenException("x > 0", "Book.cs", 7) };
        var runner = new AgentRunner<NoOpIdleStrategy>(agent, default);

        runner.Start();

        Assert.That(runner.Join(Patience), Is.True);
        Assert.That(agent.Log, Is.EqualTo(new[] { "engine start", "engine work" }));
    }

    [Test]
    public void Failure_within_a_composite_names_the_agent_and_not_the_group()
    {
        var failing = new RecordingAgent("engine") { Work = () => throw new InvalidOperationException() };
        var runner = new AgentRunner<NoOpIdleStrategy>(new CompositeAgent(new RecordingAgent("journal"), failing), default);

        runner.Start();

        Assert.That(runner.Join(Patience), Is.True);
        Assert.That(runner.Failure?.AgentName, Is.EqualTo("engine"));
    }

    [Test]
    public void Failed_start_is_told_and_no_duty_cycle_follows()
    {
        AgentFailure? told = null;
        var agent = new RecordingAgent("ingress") { ThrowOnStart = new IOException("port taken") };
        var runner = new AgentRunner<NoOpIdleStrategy>(agent, default, failure => told = failure);

        runner.Start();

        Assert.That(runner.WaitUntilStarted(Patience), Is.True);
        Assert.That(runner.Join(Patience), Is.True);
        Assert.Multiple(() =>
        {
            Assert.That(told?.Phase, Is.EqualTo(AgentPhase.Start));
            Assert.That(agent.Log, Is.EqualTo(new[] { "ingress start" }));
        });
    }

    [Test]
    public void Exception_while_closing_is_a_failure_too()
    {
        AgentFailure? told = null;
        var agent = new RecordingAgent("journal") { LogsCycles = false, ThrowOnClose = new IOException("disk gone") };
        var runner = new AgentRunner<YieldingIdleStrategy>(agent, default, failure => told = failure);

        runner.Start();
        runner.RequestStop();

        Assert.That(runner.Join(Patience), Is.True);
        Assert.Multiple(() =>
        {
            Assert.That(told?.Phase, Is.EqualTo(AgentPhase.Close));
            Assert.That(runner.State, Is.EqualTo(RunnerState.Failed));
        });
    }

    [Test]
    public void Idle_strategy_hears_the_work_of_every_duty_cycle()
    {
        var heard = new List<int>();
        var next = 0;
        AgentRunner<ListeningIdle>? runner = null;
        var agent = new RecordingAgent("a")
        {
            Work = () =>
            {
                if (next == 3)
                {
                    runner!.RequestStop();
                }

                return next++;
            },
        };
        runner = new AgentRunner<ListeningIdle>(agent, new ListeningIdle(heard));

        runner.Start();

        Assert.That(runner.Join(Patience), Is.True);
        Assert.That(heard, Is.EqualTo(new[] { -1, 0, 1, 2, 3 }));
    }

    [Test]
    public void Second_start_is_refused()
    {
        var runner = new AgentRunner<YieldingIdleStrategy>(new RecordingAgent("a") { LogsCycles = false }, default);
        runner.Start();

        Assert.That(runner.Start, Throws.InvalidOperationException.With.Message.EqualTo("agent a was started before"));
        runner.RequestStop();
        Assert.That(runner.Join(Patience), Is.True);
    }

    [Test]
    public void Runner_that_was_never_started_has_nothing_to_wait_for()
    {
        var runner = new AgentRunner<YieldingIdleStrategy>(new RecordingAgent("a"), default);

        runner.RequestStop();

        Assert.That(runner.Join(TimeSpan.Zero), Is.True);
    }

    [Test]
    public void Refused_core_is_reported_and_the_agent_runs_all_the_same()
    {
        var agent = new RecordingAgent("a") { LogsCycles = false };
        var runner = new AgentRunner<YieldingIdleStrategy>(agent, default, onFailure: null, core: CpuAffinity.CoresMax - 1);

        runner.Start();
        Assert.That(agent.Ran.Wait(Patience), Is.True);
        runner.RequestStop();

        Assert.That(runner.Join(Patience), Is.True);
        Assert.That(runner.AffinityMessage, Does.StartWith($"not pinned to core {CpuAffinity.CoresMax - 1}: "));
    }

    /// <summary>Writes down what it is told; -1 for a reset.</summary>
    private readonly struct ListeningIdle(List<int> heard) : IIdleStrategy
    {
        public void Idle(int workCount) => heard.Add(workCount);

        public void Reset() => heard.Add(-1);
    }
}
