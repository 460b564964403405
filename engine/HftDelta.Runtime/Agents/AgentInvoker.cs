namespace HftDelta.Runtime.Agents;

/// <summary>
/// Steps an agent by hand on the thread of the caller: for tests, the simulator and tools. The same life as in a runner
/// (start once, duty cycles, close once, never a cycle after one that threw), but exceptions reach the caller.
/// </summary>
public sealed class AgentInvoker
{
    private RunnerState _state = RunnerState.New;

    public AgentInvoker(IAgent agent)
    {
        ArgumentNullException.ThrowIfNull(agent);
        Agent = agent;
    }

    /// <summary>Steps several agents as one, in this order.</summary>
    public AgentInvoker(params ReadOnlySpan<IAgent> agents)
        : this(new CompositeAgent(agents))
    {
    }

    public IAgent Agent { get; }

    public RunnerState State => _state;

    /// <summary>What the agent threw; null while it did not.</summary>
    public AgentFailure? Failure { get; private set; }

    public void Start()
    {
        Expect(RunnerState.New, "start");
        _state = RunnerState.Starting;
        try
        {
            Agent.OnStart();
            _state = RunnerState.Running;
        }
        catch (Exception exception)
        {
            Fail(AgentPhase.Start, exception);
            throw;
        }
    }

    /// <summary>One duty cycle.</summary>
    public int Invoke()
    {
        Expect(RunnerState.Running, "step");
        try
        {
            return Agent.DoWork();
        }
        catch (Exception exception)
        {
            Fail(AgentPhase.DutyCycle, exception);
            throw;
        }
    }

    /// <summary>Duty cycles until one does nothing.</summary>
    /// <returns>The work done in all.</returns>
    /// <exception cref="InvalidOperationException">There was still work in cycle <paramref name="cyclesMax"/>.</exception>
    public long InvokeUntilIdle(int cyclesMax = 1_000_000)
    {
        long total = 0;
        for (var cycle = 0; cycle < cyclesMax; cycle++)
        {
            var work = Invoke();
            if (work == 0)
            {
                return total;
            }

            total += work;
        }

        throw new InvalidOperationException($"agent {Agent.RoleName} still had work after {cyclesMax} duty cycles");
    }

    public void Close()
    {
        Expect(RunnerState.Running, "close");
        try
        {
            Agent.OnClose();
            _state = RunnerState.Stopped;
        }
        catch (Exception exception)
        {
            Fail(AgentPhase.Close, exception);
            throw;
        }
    }

    private void Fail(AgentPhase phase, Exception exception)
    {
        Failure = new AgentFailure(CompositeAgent.NameOf(Agent), phase, exception);
        _state = RunnerState.Failed;
    }

    private void Expect(RunnerState wanted, string verb)
    {
        if (_state != wanted)
        {
            throw new InvalidOperationException($"cannot {verb} agent {Agent.RoleName}: it is {_state}, not {wanted}");
        }
    }
}
