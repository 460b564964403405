using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Threads;
using NUnit.Framework;

namespace HftDelta.Tests.Runtime.Agents;

[TestFixture]
[CancelAfter(60_000)]
public sealed class AgentHostTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Test]
    public void Every_agent_runs_and_closes_in_every_mode_with_every_idle_strategy(
        [Values] ThreadingMode mode, [Values] IdleKind idle)
    {
        var agents = Names("ingress", "journal", "engine", "egress", "heartbeat");
        AgentGroup[] groups = [AgentGroup.Edge, AgentGroup.Core, AgentGroup.Core, AgentGroup.Edge, AgentGroup.Cold];
        List<AgentFailure> told = [];
        var host = new AgentHost(
            [.. agents.Zip(groups, (agent, group) => new HostedAgent(agent, group))],
            new AgentHostOptions { Wishes = new() { Mode = mode, Idle = idle }, OnFailure = told.Add });

        host.Start();
        foreach (var agent in agents)
        {
            Assert.That(agent.Ran.Wait(Patience), Is.True, agent.RoleName);
        }

        host.Stop(Patience);
        var threads = agents.Select(agent => agent.StartThreadId).Distinct().Count();
        Assert.Multiple(() =>
        {
            Assert.That(agents.Select(agent => agent.Log[^1]), Is.EqualTo(agents.Select(agent => $"{agent.RoleName} close")));
            Assert.That(threads, Is.EqualTo(mode switch
            {
                ThreadingMode.Dedicated => 5,
                ThreadingMode.Shared => 2,
                ThreadingMode.Compact => 1,
                _ => host.Runners.Count,
            }));
            Assert.That(host.Runners.Select(runner => runner.State), Is.All.EqualTo(RunnerState.Stopped));
            Assert.That(told, Is.Empty);
        });
    }

    [Test]
    public void Agents_of_a_thread_have_started_before_the_next_thread_begins()
    {
        List<string> log = [];
        var agents = Enumerable.Range(0, 8)
            .Select(index => new RecordingAgent($"a{index}", log) { LogsCycles = false }).ToArray();
        var host = HostOf(ThreadingMode.Dedicated, agents);

        host.Start();
        var started = log.ToArray();
        host.Stop(Patience);

        Assert.That(started, Is.EqualTo(Enumerable.Range(0, 8).Select(index => $"a{index} start")));
    }

    [Test]
    public void Agent_that_does_not_stop_is_named_and_the_others_are_closed()
    {
        using var release = new ManualResetEventSlim();
        var stuck = new RecordingAgent("stuck")
        {
            LogsCycles = false,
            Work = () =>
            {
                release.Wait();
                return 0;
            },
        };
        var well = new RecordingAgent("well") { LogsCycles = false };
        var host = HostOf(ThreadingMode.Dedicated, stuck, well);
        host.Start();
        Assert.That(well.Ran.Wait(Patience), Is.True);

        host.RequestStop();
        Assert.That(host.Runners[1].Join(Patience), Is.True);
        var thrown = Assert.Throws<AgentHostException>(() => host.Stop(TimeSpan.FromMilliseconds(20)));
        release.Set();

        Assert.Multiple(() =>
        {
            Assert.That(thrown.Message, Is.EqualTo("did not stop within 0.02 s: stuck"));
            Assert.That(thrown.AgentNames, Is.EqualTo(new[] { "stuck" }));
            Assert.That(well.Log[^1], Is.EqualTo("well close"));
            Assert.That(host.Join(Patience), Is.Empty);
        });
    }

    [Test]
    public void Agent_that_holds_up_a_shared_thread_is_named_itself()
    {
        using var entered = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var stuck = new RecordingAgent("stuck")
        {
            LogsCycles = false,
            Work = () =>
            {
                entered.Set();
                release.Wait();
                return 0;
            },
        };
        var host = HostOf(ThreadingMode.Compact, new RecordingAgent("well") { LogsCycles = false }, stuck);
        host.Start();
        Assert.That(entered.Wait(Patience), Is.True);

        var thrown = Assert.Throws<AgentHostException>(() => host.Stop(TimeSpan.FromMilliseconds(20)));
        release.Set();

        Assert.That(thrown.AgentNames, Is.EqualTo(new[] { "stuck" }));
        Assert.That(host.Join(Patience), Is.Empty);
    }

    [Test]
    public void Failure_is_told_once_though_several_agents_fail_and_all_are_listed()
    {
        using var bothRun = new Barrier(2);
        var told = 0;
        RecordingAgent Failing(string name) => new(name)
        {
            Work = () =>
            {
                bothRun.SignalAndWait();
                throw new InvalidOperationException(name);
            },
        };
        var host = new AgentHost(
            [new(Failing("a"), AgentGroup.Core), new(Failing("b"), AgentGroup.Edge)],
            new AgentHostOptions
            {
                Wishes = new() { Mode = ThreadingMode.Shared },
                OnFailure = _ => Interlocked.Increment(ref told),
            });

        host.Start();

        Assert.That(host.Join(Patience), Is.Empty);
        Assert.Multiple(() =>
        {
            Assert.That(told, Is.EqualTo(1));
            Assert.That(host.Failures.Select(failure => failure.AgentName), Is.EqualTo(new[] { "a", "b" }));
        });
    }

    [Test]
    public void Agent_that_cannot_start_is_named_and_those_behind_it_never_start()
    {
        var first = new RecordingAgent("first") { LogsCycles = false };
        var failing = new RecordingAgent("failing") { ThrowOnStart = new IOException("port taken") };
        var last = new RecordingAgent("last");
        List<AgentFailure> told = [];
        var host = new AgentHost(
            [new(first, AgentGroup.Core), new(failing, AgentGroup.Core), new(last, AgentGroup.Core)],
            new AgentHostOptions
            {
                Wishes = new() { Mode = ThreadingMode.Dedicated, PinThreads = false },
                OnFailure = told.Add,
            });

        var thrown = Assert.Throws<AgentHostException>(host.Start);

        Assert.That(host.Join(Patience), Is.Empty);
        Assert.Multiple(() =>
        {
            Assert.That(thrown.Message, Is.EqualTo("agent failing failed while starting: IOException: port taken"));
            Assert.That(told, Has.Count.EqualTo(1));
            Assert.That(first.Log, Is.EqualTo(new[] { "first start", "first close" }));
            Assert.That(last.Log, Is.Empty);
        });
    }

    [Test]
    public void Agent_that_takes_too_long_to_start_is_named()
    {
        using var release = new ManualResetEventSlim();
        var host = new AgentHost(
            [new(new SlowStarter(release), AgentGroup.Core)],
            new AgentHostOptions { StartDeadline = TimeSpan.FromMilliseconds(20) });

        var thrown = Assert.Throws<AgentHostException>(host.Start);
        release.Set();

        Assert.That(thrown.Message, Is.EqualTo("agent slow did not start within 0.02 s"));
        Assert.That(host.Join(Patience), Is.Empty);
    }

    [Test]
    public void Too_few_cores_are_said_and_nothing_is_pinned()
    {
        var host = new AgentHost(
            [.. Names("a", "b", "c").Select(agent => new HostedAgent(agent, AgentGroup.Core))],
            OnCores(0, 1));

        Assert.Multiple(() =>
        {
            Assert.That(host.Runners.Select(runner => runner.Core), Is.All.EqualTo(AgentRunner.Unpinned));
            Assert.That(host.Messages[0], Is.EqualTo("threads are not pinned: 3 threads want a core each and 2 may be used"));
            Assert.That(host.Messages[1], Does.Contain("use backoff"));
        });
    }

    [Test]
    public void Hot_threads_get_cores_in_order_and_cold_ones_none()
    {
        var agents = Names("a", "cold", "b");
        var host = new AgentHost(
            [new(agents[0], AgentGroup.Core), new(agents[1], AgentGroup.Cold), new(agents[2], AgentGroup.Edge)],
            OnCores(4, 5));

        Assert.Multiple(() =>
        {
            Assert.That(host.Runners.Select(runner => runner.Core), Is.EqualTo(new[] { 4, AgentRunner.Unpinned, 5 }));
            Assert.That(host.Runners[0], Is.InstanceOf<AgentRunner<BusySpinIdleStrategy>>());
            Assert.That(host.Runners[1], Is.InstanceOf<AgentRunner<BackoffIdleStrategy>>());
        });
    }

    private static AgentHost HostOf(ThreadingMode mode, params RecordingAgent[] agents) =>
        new(
            [.. agents.Select(agent => new HostedAgent(agent, AgentGroup.Core))],
            new AgentHostOptions { Wishes = new() { Mode = mode, PinThreads = false }, OnFailure = _ => { } });

    private static AgentHostOptions OnCores(params int[] cores) =>
        new() { Wishes = new() { Mode = ThreadingMode.Dedicated, Idle = IdleKind.Spin }, Cores = cores };

    private static RecordingAgent[] Names(params string[] names) =>
        [.. names.Select(name => new RecordingAgent(name) { LogsCycles = false })];

    private sealed class SlowStarter(ManualResetEventSlim release) : IAgent
    {
        public string RoleName => "slow";

        public void OnStart() => release.Wait();

        public int DoWork() => 0;

        public void OnClose()
        {
        }
    }
}
