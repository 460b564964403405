using System.Diagnostics;
using HdrHistogram;
using HftDelta.Engine;
using HftDelta.Gateway;
using HftDelta.Gateway.Connections;
using HftDelta.Gateway.Rings;
using HftDelta.Node.Replay;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Agents;

namespace HftDelta.Node;

/// <summary>
/// A venue in this process: opened from options, new or recovered, then run on threads (<see cref="Start"/>) or stepped by hand
/// (<see cref="StartByHand"/>, <see cref="Step"/>). Owner: one thread, which also opens connections. In lockstep the same
/// thread is the driver: it writes through all connections and orders everything by <see cref="Settle"/>.
/// </summary>
public sealed class Venue : IDisposable
{
    private static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(60);

    /// <summary>Without room on the disk: no report has gone out for so long, so what is safe is out.</summary>
    private static readonly TimeSpan LastWordsPatience = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan ReleasePatience = TimeSpan.FromMilliseconds(200);

    private readonly VenueOptions _options;
    private readonly Wiring _wiring;
    private readonly FrameRing _operatorRing;
    private readonly InProcessDesk _desk;
    private AgentHost? _host;
    private AgentInvoker? _invoker;
    private AgentFailure? _failure;
    private long _lastBarrier;
    private long _releasedLast = -1;
    private long _releasedAt;

    private Venue(VenueOptions options)
    {
        _options = options;
        _wiring = new Wiring(options);
        _operatorRing = _wiring.MakeRing(options.ConnectionSlots);
        var sources = options.IsLockstep
            ? InputSources.Client | InputSources.Oracle | InputSources.Operator
            : InputSources.Operator;
        _wiring.Inputs.Add(new IngressInput(_operatorRing, sources));
        _desk = new InProcessDesk(_wiring, options.ConnectionSlots);
        Operator = _desk.Connect(
            RecordSource.Operator, SessionHandle.None, ConnectionInterests.Internal, _operatorRing);
    }

    /// <summary>What was replayed at opening; no command for a new journal.</summary>
    public ReplayResult Recovered => _wiring.Recovered;

    public Guid JournalId => _wiring.Journal.JournalId;

    public VenueAgents Agents => _wiring.Agents;

    /// <summary>For tests: whether new orders are refused or held back.</summary>
    internal AdmissionSwitch Admission => _wiring.Admission;

    /// <summary>Where clients reach the venue, as HOST:PORT with the port that was taken; null without a network.</summary>
    public string? ListenEndpoint => _wiring.ListenEndpoint;

    /// <summary>The operator's connection: internal commands in; refusals, cash movements and session states out.</summary>
    public InProcessConnection Operator { get; }

    public Barriers Barriers => _wiring.Barriers;

    /// <summary>
    /// The core, to read its view and hashes: at an answered barrier of a lockstep venue, between steps by hand, or after a
    /// stop; never while it may apply.
    /// </summary>
    public CommandProcessor Processor => _wiring.Host.Processor;

    /// <summary>From sequencing to release; after a stop.</summary>
    public LongHistogram Latency => _wiring.Agents.Monitor.Latency;

    /// <summary>Rings made for connections within the process, those in reserve included.</summary>
    public int ConnectionRings => _desk.Rings;

    public IngressCounters IngressCounters => _wiring.IngressCounters;

    public EgressCounters EgressCounters => _wiring.EgressCounters;

    /// <summary>What threads and cores were asked for and granted; after <see cref="Start"/>.</summary>
    public IReadOnlyList<string> ThreadMessages => _host?.Messages ?? [];

    /// <summary>What runs where; after <see cref="Start"/>.</summary>
    public IReadOnlyList<PlannedThread> Threads => _host?.Plan.Threads ?? [];

    /// <summary>The last command that was sequenced. Any thread.</summary>
    public CommandSequence LastSequence => new(_wiring.IngressCounters.Sequence.Value);

    /// <summary>Opens the journal of a directory, or makes it, and recovers what is in it. Nothing runs yet.</summary>
    /// <exception cref="Journal.Faults.JournalException">The journal is damaged, locked, or there is no space.</exception>
    /// <exception cref="StateDivergenceException">The replay reached another state than the one recorded.</exception>
    /// <exception cref="HftDelta.Replica.Faults.ReplicaException">The journal was made with other limits.</exception>
    public static Venue Open(VenueOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new Venue(options);
    }

    /// <summary>
    /// Opens a connection for a session, which the operator opens separately. Market data begins at the moment.
    /// </summary>
    /// <param name="session">The session that it speaks for; none for one that only listens.</param>
    /// <param name="interests">What it wants beside its reports.</param>
    /// <param name="source">A client, or a source of oracle reports.</param>
    public InProcessConnection Connect(
        SessionHandle session,
        ConnectionInterests interests = ConnectionInterests.None,
        RecordSource source = RecordSource.Client)
    {
        if (source is not (RecordSource.Client or RecordSource.Oracle))
        {
            throw new ArgumentOutOfRangeException(nameof(source), source, "a client or an oracle source is wanted");
        }

        return _desk.Connect(source, session, interests, _options.IsLockstep ? _operatorRing : null);
    }

    /// <summary>
    /// Ends a connection, which must not be used any more: its session is closed as for a client that is gone, in lockstep left
    /// to the driver, and its memory serves the next one. Does nothing to sessions of others.
    /// </summary>
    public void Disconnect(InProcessConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        if (connection == Operator)
        {
            throw new ArgumentException("the operator's connection lives as long as the venue", nameof(connection));
        }

        _desk.Disconnect(connection);
    }

    /// <summary>Runs the agents on threads.</summary>
    public void Start()
    {
        ThrowIfStarted();
        StartThreads(Agents.InOrder());
    }

    /// <summary>
    /// The caller steps the edges of the pipeline amid its own work, as a client within the process may that has a core to
    /// itself; what is not an edge runs on threads.
    /// </summary>
    public void StartEdgesByHand()
    {
        ThrowIfStarted();
        var agents = Agents.InOrder().ToLookup(hosted => hosted.Group == AgentGroup.Edge);
        _invoker = new AgentInvoker([.. agents[true].Select(hosted => hosted.Agent)]);
        _invoker.Start();
        StartThreads([.. agents[false]]);
    }

    /// <summary>The caller steps the agents; nothing runs by itself.</summary>
    public void StartByHand()
    {
        ThrowIfStarted();
        _invoker = new AgentInvoker([.. Agents.InOrder().Select(hosted => hosted.Agent)]);
        _invoker.Start();
    }

    /// <summary>One round of the agents that are the caller's.</summary>
    /// <returns>How much was done.</returns>
    public int Step() =>
        (_invoker ?? throw new InvalidOperationException("the venue runs on threads, or was not started")).Invoke();

    /// <summary>
    /// Waits until everything that was sent through the operator's connection, in lockstep through any, is applied and
    /// released; steps by hand where nothing runs by itself. In lockstep no work is left either, and nothing happens until
    /// the driver sends again.
    /// </summary>
    /// <param name="deadline">Does not pass while the disk has no room for the journal: that has a limit of its own.</param>
    /// <param name="cancellation">Ends the wait for room, and no other.</param>
    /// <exception cref="TimeoutException">It was not in time.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled while the disk had no room.</exception>
    public void Settle(TimeSpan? deadline = null, CancellationToken cancellation = default)
    {
        var begun = Stopwatch.GetTimestamp();
        var number = new BarrierNumber(++_lastBarrier);
        WaitFor(() => Operator.TrySendBarrier(number), begun, deadline, "the ring to ingress is full", cancellation);
        WaitFor(
            () => Barriers.Reached.Value >= number.Value, begun, deadline, "the barrier is not reached", cancellation);
    }

    /// <summary>
    /// Ends in order: no input is read any more, what was sequenced is applied, made durable and released, then the agents
    /// close. Where the disk has no room for the journal the end is that of the journal: what it could not take was never
    /// acknowledged, and is not waited for. Does nothing when the venue was not started.
    /// </summary>
    /// <exception cref="TimeoutException">It was not in time.</exception>
    public void Stop(TimeSpan? deadline = null)
    {
        if (_host is null && _invoker is null)
        {
            return;
        }

        Agents.Ingress.StopReading();
        WaitFor(
            () => _wiring.IsDrained || HasReleasedWithoutRoom(),
            Stopwatch.GetTimestamp(),
            deadline,
            "not everything sequenced is released");
        TellWhatHadNoRoom();
        SendLastWords();
        _host?.Stop(deadline ?? DefaultDeadline);
        _host = null;
        _invoker?.Close();
        _invoker = null;
    }

    /// <summary>Frees memory and files; after <see cref="Stop"/>, or after a failure when no agent runs any more.</summary>
    public void Dispose()
    {
        if (_host is not null)
        {
            _host.Stop(DefaultDeadline);
            _host = null;
        }

        _desk.Dispose();
        _wiring.Dispose();
    }

    private void StartThreads(IReadOnlyList<HostedAgent> agents)
    {
        _host = new AgentHost(agents, new AgentHostOptions { Wishes = _options.Wishes, OnFailure = OnFailure });
        _host.Start();
    }

    /// <summary>Clients were told that the venue stops; the transport gets a moment to send it.</summary>
    private void SendLastWords()
    {
        var begun = Stopwatch.GetTimestamp();
        var spin = default(SpinWait);
        while (_options.Network is not null && Stopwatch.GetElapsedTime(begun) < LastWordsPatience)
        {
            _invoker?.Invoke();
            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    private void TellWhatHadNoRoom()
    {
        var durable = _wiring.Journal.Durable.Value;
        if (_wiring.IsOutOfRoom)
        {
            (_options.OnNotice ?? Console.Error.WriteLine)(
                $"HD2220: the venue stopped without room for its journal, which ends with record {durable};\n"
                + $"  {LastSequence.Value - durable} commands behind it were never acknowledged and are gone.");
        }
    }

    private bool HasReleasedWithoutRoom()
    {
        var released = Agents.Egress.Released.Value;
        if (!_wiring.IsOutOfRoom || released != _releasedLast)
        {
            _releasedLast = released;
            _releasedAt = Stopwatch.GetTimestamp();
            return false;
        }

        return Stopwatch.GetElapsedTime(_releasedAt) >= ReleasePatience;
    }

    private void WaitFor(
        Func<bool> condition, long begun, TimeSpan? deadline, string otherwise, CancellationToken cancellation = default)
    {
        var spin = default(SpinWait);
        while (!condition())
        {
            if (Volatile.Read(ref _failure) is { } failure)
            {
                throw new AgentHostException(ProcessFailure.Describe(failure), [failure.AgentName], failure.Exception);
            }

            if (_wiring.IsOutOfRoom)
            {
                cancellation.ThrowIfCancellationRequested();
                begun = Stopwatch.GetTimestamp();
            }
            else if (Stopwatch.GetElapsedTime(begun) > (deadline ?? DefaultDeadline))
            {
                throw new TimeoutException(otherwise);
            }

            if (_invoker is not null)
            {
                _invoker.Invoke();
            }
            else
            {
                // Yields and never sleeps: a lockstep driver comes here for every barrier.
                spin.SpinOnce(sleep1Threshold: -1);
            }
        }
    }

    private void OnFailure(AgentFailure failure)
    {
        // Told first: whoever waits learns of it after the callback has run.
        (_options.OnFailure ?? NodeFailure.End)(failure);
        Volatile.Write(ref _failure, failure);
    }

    private void ThrowIfStarted()
    {
        if (_host is not null || _invoker is not null)
        {
            throw new InvalidOperationException("the venue was started before");
        }
    }
}
