using HftDelta.Runtime.Threads;

namespace HftDelta.Runtime.Agents;

/// <summary>Where a runner is in its life; it only moves down this list.</summary>
public enum RunnerState
{
    New,
    Starting,
    Running,
    Stopped,
    Failed,
}

/// <summary>
/// Owns one thread and runs one agent on it. <see cref="Start"/>, <see cref="RequestStop"/> and <see cref="Join"/> are for the
/// owner of the runner; everything of the agent happens on the runner's own thread. An exception of the agent is recorded,
/// ends the thread, and is told to the failure callback once, on that thread. The idle strategy is in the generic part,
/// <see cref="AgentRunner{TIdle}"/>.
/// </summary>
public abstract class AgentRunner
{
    /// <summary>The value of <see cref="Core"/> that means: do not pin.</summary>
    public const int Unpinned = -1;

    private readonly Thread _thread;
    private readonly TaskCompletionSource _startDone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<AgentFailure>? _onFailure;
    private volatile bool _stopRequested;
    private volatile AgentFailure? _failure;
    private volatile string _affinityMessage = "not pinned";
    private int _state;

    private protected AgentRunner(
        IAgent agent, int core, IReadOnlyList<int>? houseCores, Action<AgentFailure>? onFailure)
    {
        ArgumentNullException.ThrowIfNull(agent);
        ArgumentOutOfRangeException.ThrowIfLessThan(core, Unpinned);
        Agent = agent;
        Core = core;
        HouseCores = houseCores ?? [];
        _onFailure = onFailure;
        _thread = new Thread(Run) { Name = agent.RoleName, IsBackground = true };
    }

    public IAgent Agent { get; }

    /// <summary>The core to pin the thread to, or <see cref="Unpinned"/>.</summary>
    public int Core { get; }

    /// <summary>Without a core: those that the thread keeps to; empty: wherever the system lets it.</summary>
    public IReadOnlyList<int> HouseCores { get; }

    /// <summary>The name of the thread: that of the agent.</summary>
    public string Name => Agent.RoleName;

    public RunnerState State => (RunnerState)Volatile.Read(ref _state);

    /// <summary>Why the runner failed; null while it did not.</summary>
    public AgentFailure? Failure => _failure;

    /// <summary>What became of the wish to pin the thread.</summary>
    public string AffinityMessage => _affinityMessage;

    private protected bool StopRequested => _stopRequested;

    /// <summary>Starts the thread; returns before the agent has started (<see cref="WaitUntilStarted"/>).</summary>
    public void Start()
    {
        if (Interlocked.CompareExchange(ref _state, (int)RunnerState.Starting, (int)RunnerState.New) != (int)RunnerState.New)
        {
            throw new InvalidOperationException($"agent {Name} was started before");
        }

        _thread.Start();
    }

    /// <summary>Waits until the agent's <see cref="IAgent.OnStart"/> returned or threw.</summary>
    /// <returns>False when it did neither in time.</returns>
    public bool WaitUntilStarted(TimeSpan deadline) => _startDone.Task.Wait(deadline);

    /// <summary>Asks the thread to close its agent after the duty cycle that it is in.</summary>
    public void RequestStop() => _stopRequested = true;

    /// <summary>Waits for the end of the thread.</summary>
    /// <returns>False when it still runs at the deadline.</returns>
    public bool Join(TimeSpan deadline) => State == RunnerState.New || _thread.Join(deadline);

    /// <summary>Duty cycles until a stop is requested.</summary>
    private protected abstract void Loop();

    private void Run()
    {
        var phase = AgentPhase.Start;
        try
        {
            if (Core != Unpinned)
            {
                // On the thread itself: a thread inherits the mask of the one that made it.
                _affinityMessage = CpuAffinity.PinCurrentThread(Core).Message;
            }
            else if (HouseCores.Count > 0)
            {
                _affinityMessage = CpuAffinity.KeepCurrentThread(HouseCores).Message;
            }

            Agent.OnStart();
            phase = AgentPhase.DutyCycle;
            Volatile.Write(ref _state, (int)RunnerState.Running);
            _startDone.SetResult();
            Loop();
            phase = AgentPhase.Close;
            Agent.OnClose();
            Volatile.Write(ref _state, (int)RunnerState.Stopped);
        }
        catch (Exception exception)
        {
            var failure = new AgentFailure(CompositeAgent.NameOf(Agent), phase, exception);
            _failure = failure;
            Volatile.Write(ref _state, (int)RunnerState.Failed);
            _startDone.TrySetResult();
            _onFailure?.Invoke(failure);
        }
    }
}

/// <summary>
/// The runner with its idle strategy. The strategy is a struct, so the loop is compiled for it: what runs between two duty
/// cycles is a few inlined instructions and no interface call.
/// </summary>
public sealed class AgentRunner<TIdle> : AgentRunner
    where TIdle : struct, IIdleStrategy
{
    private readonly TIdle _idle;

    /// <param name="agent">What to run.</param>
    /// <param name="idle">How to wait after a duty cycle; the runner works on its own copy.</param>
    /// <param name="onFailure">Told once, on the runner's thread, when the agent throws.</param>
    /// <param name="core">The core to pin the thread to, best effort; <see cref="AgentRunner.Unpinned"/> for none.</param>
    /// <param name="houseCores">Without a core: those that the thread keeps to, best effort.</param>
    public AgentRunner(
        IAgent agent,
        TIdle idle,
        Action<AgentFailure>? onFailure = null,
        int core = Unpinned,
        IReadOnlyList<int>? houseCores = null)
        : base(agent, core, houseCores, onFailure)
    {
        _idle = idle;
    }

    private protected override void Loop()
    {
        var agent = Agent;
        var idle = _idle;
        idle.Reset();
        while (!StopRequested)
        {
            idle.Idle(agent.DoWork());
        }
    }
}
