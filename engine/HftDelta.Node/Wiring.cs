using Disruptor;
using Disruptor.Dsl;
using HftDelta.Aeron;
using HftDelta.Engine;
using HftDelta.Gateway;
using HftDelta.Gateway.Answers;
using HftDelta.Gateway.Connections;
using HftDelta.Gateway.Oracles;
using HftDelta.Gateway.Rings;
using HftDelta.Gateway.Sessions;
using HftDelta.Journal.Cursors;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Writing;
using HftDelta.Node.Pipeline;
using HftDelta.Node.Replay;
using HftDelta.Primitives.Records;
using HftDelta.Replica.Engines;
using HftDelta.Replica.Snapshots;
using HftDelta.Runtime.Counters;
using HftDelta.Runtime.Storage;
using HftDelta.Runtime.Time;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Node;

/// <summary>
/// Every part of a venue, made and connected in one place: what writes to what is read here and nowhere else. Recovery is
/// part of it: the journal is replayed into the engine before the first agent exists. Owner: the thread that builds the venue,
/// which disposes it when all agents have stopped.
/// </summary>
internal sealed class Wiring : IDisposable
{
    private const int CounterCapacity = 256;
    private const int RiskRingSlots = 256;
    private const int HashPointRingSlots = 1_024;
    private const int ReportRingSlots = 1_024;

    private readonly Stack<IDisposable> _owned = new();
    private readonly VenueOptions _options;
    private readonly SystemNanoClock _machineClock;
    private readonly CounterFile? _counterFile;
    private readonly UnmanagedRingBuffer<RecordSlot> _inbound;
    private readonly FrameRing _riskInputs;
    private readonly FrameRing _riskMarkers;
    private readonly FrameRing _hashPoints;
    private readonly AnswerRing _answers;
    private readonly AnswerRing _safeAnswers;
    private readonly FrameRing _sessionStates;
    private readonly FrameRing _reportsAsked;
    private readonly FrameRing _reportsJudged;
    private readonly LatencyStamps? _stamps;
    private readonly StageStamps? _stages;
    private readonly IngressCounters _ingressCounters;
    private readonly EgressCounters _egressCounters;
    private readonly EngineProgress _progress;
    private readonly SessionStore _store;
    private readonly AeronDriver? _driver;
    private readonly Subscription? _requests;

    public Wiring(VenueOptions options)
    {
        _options = options;
        try
        {
            // What other processes and measurements see is real time, also where the venue's is virtual.
            _machineClock = options.Clock as SystemNanoClock ?? new SystemNanoClock();
            Clock = options.Clock ?? _machineClock;
            var storage = options.Storage ?? new FileStorage(options.JournalDirectory);
            _counterFile = options.CounterFilePath is { } path
                ? Own(CounterFile.Create(path, CounterCapacity, _machineClock))
                : null;
            Journal = Own(OpenJournal(storage));
            if (Journal.Recovered.Doubt is { } doubt)
            {
                AcceptOrThrow(doubt, storage);
            }

            EngineLimitsFile.WriteOrProve(storage, options.Limits, Journal.Recovered.RecordsVerified > 0, Tell);
            Host = Own(Begin(storage));
            Recovered = JournalReplay.Run(storage, Host, Journal.Recovered.LastSequence, options.RecoveryProgress);
            JournalReplay.ThrowIfDifferent(Recovered);
            Host.BeginRing();

            _inbound = MakeInbound(options.InboundSlots);
            _riskInputs = Own(new FrameRing(RiskRingSlots));
            _riskMarkers = Own(new FrameRing(RiskRingSlots));
            _hashPoints = Own(new FrameRing(HashPointRingSlots));
            _answers = Own(new AnswerRing(options.ConnectionSlots));
            _safeAnswers = Own(new AnswerRing(options.ConnectionSlots));
            _sessionStates = Own(new FrameRing(options.ConnectionSlots));
            _reportsAsked = Own(new FrameRing(ReportRingSlots));
            _reportsJudged = Own(new FrameRing(ReportRingSlots));
            _stamps = options.LatencySampleEvery > 0
                ? new LatencyStamps(_machineClock, options.LatencySampleEvery)
                : null;
            _stages = options.StageSampleEvery > 0
                ? Own(new StageStamps(_machineClock, options.StageSampleEvery))
                : null;
            _ingressCounters = new IngressCounters(Allocate);
            _egressCounters = new EgressCounters(Allocate);
            var processor = Host.Processor;
            Admission = new AdmissionSwitch(processor.View.IsOutOfRoom);
            _progress = new EngineProgress(
                processor.LastSequence, processor.HasPendingWork, processor.IsRiskOutstanding);
            _store = Own(RecoveredSessions.Keep(processor.View, options.Limits));
            Connections = new ConnectionTable(options.Limits.Sessions, options.Network?.ConnectionsMax ?? 0);
            Inputs = new InputTable();
            if (options.Network is { } network)
            {
                _driver = Own(new AeronDriver(AeronOptionsOf(network)));
                _requests = _driver.AddSubscription($"aeron:udp?endpoint={network.Listen}", SessionLimits.RequestStreamId);
                ListenEndpoint = _requests.LocalEndpoint.ToString();
            }

            Agents = MakeAgents(storage);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public NanoClock Clock { get; }

    public AppendableJournal Journal { get; }

    public EngineHost Host { get; }

    public ReplayResult Recovered { get; }

    public ConnectionTable Connections { get; }

    public InputTable Inputs { get; }

    public Barriers Barriers { get; } = new();

    public AdmissionSwitch Admission { get; }

    public VenueAgents Agents { get; }

    /// <summary>Where requests are received, with the port that was taken; null without a network.</summary>
    public string? ListenEndpoint { get; }

    public IngressCounters IngressCounters => _ingressCounters;

    public EgressCounters EgressCounters => _egressCounters;

    /// <summary>
    /// Whether everything that was sequenced is applied, durable, released and recorded. For any thread, once ingress reads
    /// no more input.
    /// </summary>
    public bool IsDrained
    {
        get
        {
            var last = _ingressCounters.Sequence.Value;
            return _progress.Read().Applied.Value == last
                && Journal.Durable.Value >= last
                && _egressCounters.SafeSequence.Value >= last
                && Agents.Egress.Released.Value >= Host.Outbound.Cursor
                && _answers.IsEmpty
                && _safeAnswers.IsEmpty
                && _hashPoints.IsEmpty;
        }
    }

    /// <summary>
    /// Whether the journal stands still because the disk has no room: what is sequenced and not in it cannot become safe.
    /// </summary>
    public bool IsOutOfRoom => Agents.Journal.IsStalled && Journal.Preparer.LastRefusal is not null;

    /// <summary>A ring that lives as long as the venue.</summary>
    public FrameRing MakeRing(int slots) => Own(new FrameRing(slots));

    public void Dispose()
    {
        while (_owned.TryPop(out var part))
        {
            part.Dispose();
        }
    }

    /// <summary>An engine with the state of the newest good snapshot, or a new one.</summary>
    private EngineHost Begin(MappedStorage journal)
    {
        var beside = _options.Storage is null ? SnapshotSearch.BesideJournal(_options.JournalDirectory) : null;
        return SnapshotSearch.Begin(
            journal,
            _options.UsesSnapshots ? _options.Snapshots ?? beside : null,
            Journal.Recovered.LastSequence,
            _options.Limits,
            () => new EngineHost(_options.Limits, _options.OutboundSlots),
            host => host.Processor,
            Tell);
    }

    private static JournalOptions JournalOptionsOf(VenueOptions options, NanoClock clock) => new()
    {
        Durability = options.Durability,
        SegmentBytes = options.SegmentBytes,
        JournalId = options.JournalId,
        CreatedAt = clock.Now,
        RepairTornTail = options.RepairTornTail,
        EngineVersion = EngineVersions.Newest,
        Schemas = new JournalSchemas(
            HftDeltaSchema.Id, HftDeltaSchema.Version, InternalSchema.Id, InternalSchema.Version),
    };

    private AppendableJournal OpenJournal(MappedStorage storage)
    {
        var journal = AppendableJournal.Open(storage, JournalOptionsOf(_options, Clock));
        if (journal.CutOff is { } torn)
        {
            Tell(
                $"HD{(int)JournalFault.TornTail}: a torn tail was cut off: {torn.LengthBytes:N0} bytes from record "
                + $"{torn.NextSequence} on, that nobody was told of"
                + (torn.HasRecordsBehind ? "; whole records lay behind a gap, as a power cut leaves them." : "."));
        }

        if (journal.HashPointsDropped is > 0 and var dropped)
        {
            Tell(
                $"HD{(int)JournalFault.HashPointsDamaged}: {dropped:N0} recorded state hashes were dropped behind one that is "
                + "torn or missing. After a power cut a few of the newest are; more are damage. The journal is not affected.");
        }

        return journal;
    }

    /// <summary>The old safe cursor says nothing; a new one begins at the end of what is here.</summary>
    private void AcceptOrThrow(JournalException doubt, MappedStorage storage)
    {
        if (!_options.AcceptsUnknownLoss)
        {
            throw doubt;
        }

        Tell(doubt.ToOperatorText("warning"));
        SafeCursorFile.Discard(storage);
    }

    private UnmanagedRingBuffer<RecordSlot> MakeInbound(int slots)
    {
        var memory = Own(RingMemory.Allocate(slots));
        return new UnmanagedRingBuffer<RecordSlot>(memory, ProducerType.Single, new YieldingWaitStrategy());
    }

    private VenueAgents MakeAgents(MappedStorage storage)
    {
        var journal = Journal.MakeAgent(_inbound, _stages);
        _inbound.AddGatingSequences(journal.Consumed);
        var engine = new EngineAgent(Host, _inbound, _progress, Allocate, _stages);
        var egress = new EgressAgent(EgressWiringOf(Own(SafeCursorFile.OpenOrCreate(storage, Journal.JournalId))));
        var team = new RiskTeam(_options.RiskWorkers);
        var monitor = new MonitorAgent(new MonitorWiring
        {
            Inbound = _inbound,
            Outbound = Host.Outbound,
            Durable = Journal.Durable,
            Journal = journal,
            Preparer = Journal.Preparer,
            Allocate = Allocate,
            Stamps = _stamps,
            Stages = _stages is null ? null : new StageTimes(_stages, Allocate, _options.OnStageSample),
            Room = RoomWatchOf(journal),
        });
        return new VenueAgents
        {
            Ingress = Own(MakeIngress(egress.Released)),
            Journal = journal,
            Sync = Journal.Sync,
            Driver = _driver,
            Preparer = Journal.Preparer,
            Engine = engine,
            Risk = new RiskAgent(Host.Processor.Risk, team, _riskInputs, _riskMarkers, Allocate),
            RiskHelpers =
            [
                .. Enumerable.Range(1, team.Workers - 1)
                    .Select(place => new RiskHelperAgent(Host.Processor.Risk, team, place)),
            ],
            OracleVerifier = _options.OracleVerifier is { } verify
                ? new OracleVerifierAgent(_reportsAsked, _reportsJudged, verify, Allocate)
                : null,
            Egress = egress,
            HashPoints = new HashPointAgent(
                _hashPoints, Own(HashPointLog.OpenOrCreate(storage, Journal.JournalId)), Tell),
            Monitor = monitor,
            Heartbeat = _counterFile is null ? null : new HeartbeatAgent(_counterFile, _machineClock),
        };
    }

    private EgressWiring EgressWiringOf(SafeCursorFile safeCursor) => new()
    {
        Outbound = Host.Outbound,
        Engine = _progress,
        Durable = Journal.Durable,
        SafeAtStart = safeCursor.Value,
        SafeCursor = new JournalCursorStore(safeCursor),
        Connections = Connections,
        Answers = _answers,
        SafeAnswers = _safeAnswers,
        Store = _store,
        Clock = Clock,
        SessionStates = _sessionStates,
        RiskInputs = _riskInputs,
        HashPoints = _hashPoints,
        Counters = _egressCounters,
        Stamps = _stamps,
        Stages = _stages,
    };

    // In lockstep the driver alone decides what is sequenced; it takes what the disk does as it comes.
    private JournalRoomWatch RoomWatchOf(JournalAgent journal) => new(new JournalRoomWiring
    {
        Admission = _options.IsLockstep ? null : Admission,
        Appended = Journal.Writer.AppendedSequence,
        Durable = Journal.Durable,
        Journal = journal,
        Preparer = Journal.Preparer,
        Clock = _machineClock,
        StallMax = _options.JournalStallMax,
        CancelReserveBytes = Cli.CancelReserveOption.BytesFor(_options.CancelReserveBytes, Journal.Writer.SegmentBytes),
        Tell = Tell,
    });

    private IngressAgent MakeIngress(Sequence released)
    {
        var found = Journal.Recovered;
        var start = new PublisherStart(found.LastSequence, found.LastTime, Journal.LastChecksum, found.LastTerm + 1);
        return new IngressAgent(new IngressWiring
        {
            Publisher = new RecordPublisher(_inbound, start),
            Inputs = Inputs,
            RiskInput = new IngressInput(_riskMarkers, InputSources.Risk),
            SessionStates = _sessionStates,
            Answers = _answers,
            SafeAnswers = _safeAnswers,
            Network = _options.Network is { } network ? NetworkOf(network) : null,
            Engine = _progress,
            Outbound = Host.Outbound,
            Released = released,
            Clock = Clock,
            Counters = _ingressCounters,
            SessionLimit = _options.Limits.Sessions,
            Barriers = Barriers,
            Stamps = _stamps,
            Stages = _stages,
            Oracle = _options.OracleVerifier is null
                ? null
                : new ReportDetour(_reportsAsked, _reportsJudged, _options.Limits.Sessions),
            Admission = Admission,
            QuietNanosMax = _options.QuietNanosMax,
            IsLockstep = _options.IsLockstep,
        });
    }

    private AeronOptions AeronOptionsOf(VenueNetworkOptions network) => new()
    {
        Clock = Clock,
        Sockets = network.Sockets,
        AeronDirectory = network.AeronDirectory,
        RandomSeed = network.RandomSeed,
        ImageTermLengthBytesMax = network.RequestTermLengthBytesMax,
        ImagesPerEndpointMax = network.ImagesMax,
        ImagesPerAddressMax = network.ImagesPerAddressMax,
        Counters = Allocate,
    };

    private NetworkWiring NetworkOf(VenueNetworkOptions network) => new()
    {
        Driver = _driver!,
        Requests = _requests!,
        Participants = network.Participants,
        Connections = Connections,
        GraceNanos = network.GraceNanos,
        HandshakeNanosMax = network.HandshakeNanosMax,
        HandshakesMax = network.HandshakesMax,
        Quota = new SessionQuota(network.SessionsPerAccountMax, network.SessionRetentionNanos),
        HandshakesPerSecondMax = network.HandshakesPerSecondMax,
        BacklogSlots = network.BacklogSlots,
        TermLengthBytes = network.TermLengthBytes,
    };

    private Counter Allocate(string name, string label, CounterUnit unit) =>
        _counterFile is null ? Counter.Detached(name, label, unit) : _counterFile.Allocate(name, label, unit);

    private void Tell(string words) => (_options.OnNotice ?? Console.Error.WriteLine)(words);

    private T Own<T>(T part)
        where T : IDisposable
    {
        _owned.Push(part);
        return part;
    }
}
