using System.Diagnostics;
using HftDelta.Runtime.Threads;

namespace HftDelta.Runtime.Agents;

/// <summary>
/// Runs a list of agents on as many threads as the mode says. Owner: one thread that wires, starts and stops. The host
/// tells the failure callback once, whatever else fails afterwards; <see cref="Failures"/> lists all.
/// </summary>
public sealed class AgentHost
{
    private readonly AgentHostOptions _options;
    private readonly AgentRunner[] _runners;
    private readonly List<string> _messages = [];
    private int _failureTold;

    /// <exception cref="ArgumentException">What was wished for agents cannot be; the message says all of it.</exception>
    public AgentHost(IReadOnlyList<HostedAgent> agents, AgentHostOptions options)
    {
        ArgumentNullException.ThrowIfNull(agents);
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        var plan = ThreadPlan.Make(
            options.Wishes,
            [.. agents.Select(hosted => new AgentPlace(hosted.Agent.RoleName, hosted.Group))],
            options.Cores is { } cores ? CoreTopology.Of(cores) : CoreTopology.Read());
        if (plan.Faults.Count > 0)
        {
            throw new ArgumentException(string.Join("; ", plan.Faults), nameof(options));
        }

        Plan = plan;
        _messages.AddRange(plan.Messages);
        _runners = [.. plan.Threads.Select(thread => RunnerOf(thread, agents))];
    }

    /// <summary>What runs where.</summary>
    public ThreadPlan Plan { get; }

    /// <summary>One for each thread, in the order of the plan.</summary>
    public IReadOnlyList<AgentRunner> Runners => _runners;

    /// <summary>What the operator should know about threads and cores, such as why nothing was pinned.</summary>
    public IReadOnlyList<string> Messages => _messages;

    /// <summary>Every failure so far, in the order of the threads.</summary>
    public IReadOnlyList<AgentFailure> Failures =>
        [.. _runners.Select(runner => runner.Failure).OfType<AgentFailure>()];

    /// <summary>
    /// Starts the threads one after the other: the agents of a thread have started before the next thread begins.
    /// </summary>
    /// <exception cref="AgentHostException">An agent threw or took too long; those that run were asked to stop.</exception>
    public void Start()
    {
        foreach (var runner in _runners)
        {
            runner.Start();
            if (!runner.WaitUntilStarted(_options.StartDeadline))
            {
                RequestStop();
                throw new AgentHostException(
                    $"agent {runner.Name} did not start within {_options.StartDeadline.TotalSeconds:0.###} s", [runner.Name]);
            }

            if (runner.Core != AgentRunner.Unpinned || runner.HouseCores.Count > 0)
            {
                _messages.Add($"{runner.Name}: {runner.AffinityMessage}");
            }

            if (runner.Failure is { Phase: AgentPhase.Start } failure)
            {
                RequestStop();
                throw new AgentHostException(
                    ProcessFailure.Describe(failure), [failure.AgentName], failure.Exception);
            }
        }
    }

    /// <summary>Asks every thread to close its agents after the duty cycle that it is in.</summary>
    public void RequestStop()
    {
        foreach (var runner in _runners)
        {
            runner.RequestStop();
        }
    }

    /// <summary>Waits until every thread has ended.</summary>
    /// <returns>The names of those that still run at the deadline; empty when all ended.</returns>
    public IReadOnlyList<string> Join(TimeSpan deadline)
    {
        var begun = Stopwatch.GetTimestamp();
        List<string> late = [];
        foreach (var runner in _runners)
        {
            var left = deadline - Stopwatch.GetElapsedTime(begun);
            if (!runner.Join(left > TimeSpan.Zero ? left : TimeSpan.Zero))
            {
                late.Add(CompositeAgent.NameOf(runner.Agent));
            }
        }

        return late;
    }

    /// <summary>Asks every thread to stop and waits for all within one deadline.</summary>
    /// <exception cref="AgentHostException">Some did not stop; the message names the agents that they were in.</exception>
    public void Stop(TimeSpan deadline)
    {
        RequestStop();
        var late = Join(deadline);
        if (late.Count > 0)
        {
            throw new AgentHostException(
                $"did not stop within {deadline.TotalSeconds:0.###} s: {string.Join(", ", late)}", late);
        }
    }

    private AgentRunner RunnerOf(PlannedThread thread, IReadOnlyList<HostedAgent> agents)
    {
        IAgent[] own = [.. thread.Places.Select(place => agents[place].Agent)];
        var agent = own.Length == 1 ? own[0] : new CompositeAgent(own);
        return thread.Idle switch
        {
            IdleKind.Spin => new AgentRunner<BusySpinIdleStrategy>(
                agent, default, TellOnce, thread.Core, thread.HouseCores),
            IdleKind.Yield => new AgentRunner<YieldingIdleStrategy>(
                agent, default, TellOnce, thread.Core, thread.HouseCores),
            IdleKind.Backoff => new AgentRunner<BackoffIdleStrategy>(
                agent, new BackoffIdleStrategy(_options.Backoff), TellOnce, thread.Core, thread.HouseCores),
            _ => throw new InvalidOperationException($"no such idle kind: {thread.Idle}"),
        };
    }

    private void TellOnce(AgentFailure failure)
    {
        if (Interlocked.Exchange(ref _failureTold, 1) == 0)
        {
            _options.OnFailure(failure);
        }
    }
}
