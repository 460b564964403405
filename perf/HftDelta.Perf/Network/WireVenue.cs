using HftDelta.Client;
using HftDelta.Client.Samples;
using HftDelta.Engine;
using HftDelta.Gateway.Security;
using HftDelta.Journal.Writing;
using HftDelta.Node;
using HftDelta.Perf.Pipeline;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Threads;
using HftDelta.Wire;
using KeyId = HftDelta.Gateway.Security.KeyId;

namespace HftDelta.Perf.Network;

/// <summary>
/// A venue that listens on loopback, with its journal in a temporary directory that goes with it, its market listed, and one
/// client connected by UDP. Owner: one thread, which is the client's too.
/// </summary>
internal sealed class WireVenue : IDisposable
{
    public const ThreadingMode Threading = ThreadingMode.Compact;

    private const ulong Seed = 47;
    private const int WarmUpRounds = 8;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _directory;
    private readonly Venue _venue;
    private readonly ReplicaProcess? _replica;
    private readonly WireProbe? _probe;
    private readonly CancellationToken _cancellation;
    private AgentFailure? _failure;
    private bool _isFinished;

    /// <param name="plan">What is opened.</param>
    /// <param name="warmUpPerSecond">Requests that warm it up.</param>
    /// <param name="warmUpCount">How many of them.</param>
    /// <param name="stages">How stages are stamped; null: they are not.</param>
    /// <param name="probe">Told of outcomes, by the clock of the stamps; null: nobody is.</param>
    /// <param name="cancellation">Ends whatever it waits for; then the replica is ended where it is.</param>
    public WireVenue(
        WirePlan plan, double warmUpPerSecond, int warmUpCount, StageSampling? stages = null, WireProbe? probe = null,
        CancellationToken cancellation = default)
    {
        (_probe, _cancellation) = (probe, cancellation);
        _directory = Directory.CreateTempSubdirectory("hftdelta-bench-");
        try
        {
            _venue = Venue.Open(new VenueOptions
            {
                JournalDirectory = _directory.FullName,
                Durability = plan.Durability,
                Limits = FlowMarket.Limits,
                Threading = Threading,
                Idle = plan.Idle,
                Clock = stages?.Clock,
                StageSampleEvery = stages?.Every ?? 0,
                OnStageSample = stages is null ? null : stages.Samples.Add,
                Network = new VenueNetworkOptions { Participants = Participants() },
                OnFailure = failure => Volatile.Write(ref _failure, failure),
            });
            Desk = new MarketDesk(_venue, ThrowIfStopped, Deadline);
            _venue.Start();
            var now = DateTime.UtcNow - DateTime.UnixEpoch;
            Market = Desk.SetUp(new TimeNanos((ulong)now.TotalMilliseconds * 1_000_000));
            _replica = plan.HasReplica ? ReplicaProcess.Start(_directory.FullName, plan.SnapshotInterval) : null;
            Client = new WireClient(Load, ThrowIfStopped, stages?.Clock) { TurnBegins = probe is null ? null : probe.Begin };
            Client.Connect();
            for (var round = 0; round < WarmUpRounds; round++)
            {
                Client.RunOpen(warmUpPerSecond, warmUpCount / WarmUpRounds, null);

                // The compiler's last tier comes only after a quiet moment.
                Thread.Sleep(50);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public WireClient Client { get; }

    /// <summary>Commands that the replica has recomputed by the time that it was ended; null without one.</summary>
    public string? ReplicaWords => _replica?.LastWords;

    /// <summary>What the journal's files have taken so far, for <see cref="PhaseCounters.Files"/>.</summary>
    public long FileBytes() => _venue.Agents.Preparer.ReadAllocatedBytes();

    /// <summary>Null without a replica.</summary>
    public int? ReplicaProcessId => _replica?.ProcessId;

    /// <summary>For an oracle that goes on reporting.</summary>
    public MarketDesk Desk { get; }

    public FlowMarket Market { get; }

    public string JournalDirectory => _directory.FullName;

    /// <summary>The last command that was sequenced. Any thread.</summary>
    public CommandSequence LastSequence => _venue.LastSequence;

    public string FileSystem => new DriveInfo(_directory.FullName).DriveFormat;

    /// <summary>Ends client, venue and replica in order. The journal stays until this is disposed.</summary>
    /// <exception cref="InvalidOperationException">The replica found another state, or does not end.</exception>
    public WireEnd Finish()
    {
        _isFinished = true;
        Client.Close();
        _venue.Stop(Deadline);
        var replica = _replica?.Finish();
        var view = _venue.Processor.View;
        return new WireEnd(
            new StateWords(
                _venue.LastSequence.Value, _venue.Processor.StateHash().ToString(), _venue.Processor.HistoryHash.ToString()),
            view.ConservationError,
            RequestsOf(view),
            replica);
    }

    public void Dispose()
    {
        try
        {
            if (_venue is not null && !_isFinished && Volatile.Read(ref _failure) is null)
            {
                Client?.Close();
                _venue.Stop(Deadline);
                if (!_cancellation.IsCancellationRequested && _replica is not { HasExited: true })
                {
                    _replica?.Finish();
                    Check.That(_venue.Processor.View.ConservationError == default);
                }
            }
        }
        finally
        {
            Client?.Dispose();
            _replica?.Dispose();
            _venue?.Dispose();
            _directory.Delete(recursive: true);
        }
    }

    private SampleLoad Load(WireLoadNeeds needs) => _probe is null
        ? new SampleLoad(LoadOptions(needs))
        : new ProbedLoad(LoadOptions(needs), _probe);

    private SampleLoadOptions LoadOptions(WireLoadNeeds needs) => new()
    {
        Client = WireClient.Fit(
            new VenueClientOptions
            {
                VenueEndpoint = _venue.ListenEndpoint!,
                Key = new HftDelta.Client.KeyId(FlowMarket.FirstAccount),
                MarketDataStreamId = 0,
            },
            needs.Clock),
        Instruments = FixedPricing.Instruments,
        Pricing = new FixedPricing(),
        Seed = Seed,
        Latency = needs.Latency,
    };

    private static ParticipantDirectory Participants() => new(
    [
        new Participant(
            new KeyId(FlowMarket.FirstAccount), new AccountId(FlowMarket.FirstAccount), SessionRoles.Trader),
    ]);

    /// <summary>Requests that the session's state counts: each was applied once, or it would not have gone on.</summary>
    private static long RequestsOf(VenueView view)
    {
        var requests = 0L;
        for (uint handle = 1; handle < view.SessionHandleLimit; handle++)
        {
            if (handle != FlowMarket.OracleSession && view.TryGetSession(new SessionHandle(handle), out var sequences))
            {
                requests += (long)sequences.NextRequest - 1;
            }
        }

        return requests;
    }

    private void ThrowIfStopped()
    {
        _cancellation.ThrowIfCancellationRequested();
        if (Volatile.Read(ref _failure) is { } failure)
        {
            throw new AgentHostException($"agent {failure.AgentName} failed", [failure.AgentName], failure.Exception);
        }

        if (_replica is { HasExited: true } && !_isFinished)
        {
            throw new InvalidOperationException($"the replica ended while it was measured: {_replica.AllWords}");
        }
    }
}

/// <summary>What kind of venue is opened.</summary>
/// <param name="Idle">How its thread waits.</param>
/// <param name="Durability">When a command counts as safe.</param>
/// <param name="HasReplica">Whether a process follows its journal and recomputes its state.</param>
/// <param name="SnapshotInterval">Commands between two snapshots that the replica writes; 0: it writes none.</param>
internal sealed record WirePlan(
    IdleKind Idle, DurabilityMode Durability = DurabilityMode.Process, bool HasReplica = false, long SnapshotInterval = 0)
{
    public string Label => $"{Durability.ToString().ToLowerInvariant()}{(HasReplica ? ", replica" : "")}";
}

/// <summary>What a node says of its state, to compare with another's.</summary>
/// <param name="LastSequence">The last command that was applied.</param>
/// <param name="StateHash">Of the state behind it.</param>
/// <param name="HistoryHash">Of every command and event up to it.</param>
internal sealed record StateWords(long LastSequence, string StateHash, string HistoryHash);

/// <summary>What was found when a venue ended in order.</summary>
/// <param name="Venue">Its own state.</param>
/// <param name="ConservationError">By how much the sums of money are off.</param>
/// <param name="Requests">That its sessions count, the oracle's left out.</param>
/// <param name="Replica">What the replica says; null without one.</param>
internal sealed record WireEnd(StateWords Venue, SubAtoms ConservationError, long Requests, StateWords? Replica);
