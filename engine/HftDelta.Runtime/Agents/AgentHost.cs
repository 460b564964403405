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

    public AgentHost(IReadOnlyList<HostedAgent> agents, AgentHostOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        var plan = ThreadPlan.For(options.Mode, agents);
        var cores = CoresFor(plan);
        _runners = new AgentRunner[plan.Count];
        for (var index = 0; index < plan.Count; index++)
        {
            _runners[index] = RunnerOf(plan[index], cores[index]);
        }
    }

    public ThreadingMode Mode => _options.Mode;

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

            if (runner.Core != AgentRunner.Unpinned)
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

    private int[] CoresFor(IReadOnlyList<PlannedThread> plan)
    {
        var cores = new int[plan.Count];
        Array.Fill(cores, AgentRunner.Unpinned);
        var hotThreads = plan.Count(thread => thread.IsHot);
        if (_options.Mode != ThreadingMode.Dedicated || !_options.PinThreads || hotThreads == 0)
        {
            return cores;
        }

        var map = _options.Cores is { } chosen ? CoreMap.Assign(hotThreads, chosen) : CoreMap.Assign(hotThreads);
        _messages.Add(map.Message);
        if (map.IsPinned)
        {
            var next = 0;
            for (var index = 0; index < plan.Count; index++)
            {
                cores[index] = plan[index].IsHot ? map.CoreOf(next++) : AgentRunner.Unpinned;
            }
        }
        else if (_options.Idle == IdleKind.Spin)
        {
            _messages.Add("threads spin without a core each: they will wait for each other; use backoff here");
        }

        return cores;
    }

    private AgentRunner RunnerOf(PlannedThread thread, int core)
    {
        var agent = thread.Combined();
        return (thread.IsHot ? _options.Idle : IdleKind.Backoff) switch
        {
            IdleKind.Spin => new AgentRunner<BusySpinIdleStrategy>(agent, default, TellOnce, core),
            IdleKind.Yield => new AgentRunner<YieldingIdleStrategy>(agent, default, TellOnce, core),
            IdleKind.Backoff =>
                new AgentRunner<BackoffIdleStrategy>(agent, new BackoffIdleStrategy(_options.Backoff), TellOnce, core),
            _ => throw new InvalidOperationException($"no such idle kind: {_options.Idle}"),
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
