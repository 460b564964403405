using System.Collections.Concurrent;
using HftDelta.Aeron.Cnc;
using HftDelta.Aeron.Counters;
using HftDelta.Aeron.Frames;
using HftDelta.Aeron.LogBuffers;
using HftDelta.Aeron.Loss;
using HftDelta.Aeron.Publications;
using HftDelta.Aeron.Sockets;
using HftDelta.Runtime.Counters;
using HftDelta.Runtime.Storage;

namespace HftDelta.Aeron.Driver;

/// <summary>
/// What the application and the three agents share: options, counters, the queues between them, and the register of endpoints and
/// publications. The register is cold and guarded by one gate: applications add and close from any thread, the conductor takes
/// out what is done. Nothing per message passes here.
/// </summary>
internal sealed class DriverContext : IDisposable
{
    // Session ids that the official driver keeps for channels that name their own.
    private const int ReservedSessionIdLow = -1;
    private const int ReservedSessionIdHigh = 1000;
    private const int MaxResend = 16;

    private readonly Lock _gate = new();
    private readonly AeronDirectory? _directory;
    private readonly DriverRandom _random;
    private readonly List<NetworkPublication> _publications = [];
    private readonly Dictionary<string, SendChannelEndpoint> _sendEndpoints = [];
    private readonly ReceiveEndpoints _receiveEndpoints;
    private readonly List<Subscription> _subscriptions = [];
    private long _nextCorrelationId;
    private int _nextSessionId;
    private bool _isClosed;

    public DriverContext(AeronOptions options)
    {
        Options = options;
        _directory = options.AeronDirectory is { } path ? AeronDirectory.Open(path, options) : null;
        CounterStore = _directory?.Counters ?? CounterStore.Detached;
        LossSink = _directory?.Losses ?? (ILossSink)NoLossSink.Instance;
        var allocate = options.Counters ?? (_directory is null ? Counter.Detached : _directory.Counters.AllocateDriver);
        SenderCounters = new SenderCounters(allocate);
        ReceiverCounters = new ReceiverCounters(allocate);
        ConductorCounters = new ConductorCounters(allocate);
        _directory?.Publish(SenderCounters, ReceiverCounters, () => LogBytes);
        _random = new DriverRandom(options.RandomSeed);
        _receiveEndpoints = new ReceiveEndpoints(this, _random.NextInt64());
        _nextSessionId = _random.NextInt32();
    }

    public AeronOptions Options { get; }

    public SenderCounters SenderCounters { get; }

    public ReceiverCounters ReceiverCounters { get; }

    public ConductorCounters ConductorCounters { get; }

    /// <summary>Where the counters of streams and channels come from.</summary>
    public CounterStore CounterStore { get; }

    /// <summary>What the receiver tells losses to.</summary>
    public ILossSink LossSink { get; }

    public ConcurrentQueue<SenderCommand> ToSender { get; } = new();

    public ConcurrentQueue<ReceiverCommand> ToReceiver { get; } = new();

    public ConcurrentQueue<ConductorCommand> ToConductor { get; } = new();

    public long NowNanos => (long)Options.Clock.Now.Value;

    /// <summary>Tools look at this driver.</summary>
    public bool HasDirectory => _directory is not null;

    /// <summary>Bytes of the logs that exist. Writer: the conductor.</summary>
    public long LogBytes { get; set; }

    public long NextCorrelationId() => _directory?.NextCorrelationId() ?? Interlocked.Increment(ref _nextCorrelationId);

    /// <summary>Into the log of errors: what its cause does not hear of otherwise. Cold, any thread.</summary>
    public void TellError(string words) => _directory?.Tell(words);

    /// <summary>Shows what tools look at. The conductor's timer.</summary>
    public void ShowDirectory(long nowNanos) => _directory?.OnTimer(nowNanos);

    /// <summary>The last look of tools at this driver. After everything else.</summary>
    public void CloseDirectory() => _directory?.Dispose();

    public Publication AddPublication(string channel, int streamId)
    {
        var parameters = PublicationParameters.From(channel, streamId, Options);
        lock (_gate)
        {
            var network = FindShared(parameters, streamId) ?? Create(parameters, streamId, isExclusive: false);
            var publication = new Publication(network);
            network.AddClient(publication);
            return publication;
        }
    }

    public ExclusivePublication AddExclusivePublication(string channel, int streamId)
    {
        var parameters = PublicationParameters.From(channel, streamId, Options);
        lock (_gate)
        {
            var network = Create(parameters, streamId, isExclusive: true);
            var publication = new ExclusivePublication(network);
            network.AddClient(publication);
            return publication;
        }
    }

    public Subscription AddSubscription(string channel, int streamId)
    {
        var parameters = SubscriptionParameters.From(channel, Options);
        lock (_gate)
        {
            RequireOpen();
            var registrationId = NextCorrelationId();
            var endpoint = _receiveEndpoints.Take(parameters, registrationId);
            if (Conflict(endpoint, parameters, streamId) is { } conflict)
            {
                _receiveEndpoints.Release(endpoint);
                throw conflict;
            }

            var subscription = new Subscription(this, endpoint, parameters, streamId, registrationId);
            _subscriptions.Add(subscription);

            // The conductor first: it has to know the subscription when the receiver asks for an image of it.
            ToConductor.Enqueue(new ConductorCommand.AddSubscription(subscription));
            ToReceiver.Enqueue(new ReceiverCommand.AddSubscription(subscription));
            return subscription;
        }
    }

    public void Release(NetworkPublication network, IDisposable client)
    {
        lock (_gate)
        {
            if (network.RemoveClient(client) && !_isClosed)
            {
                ToConductor.Enqueue(new ConductorCommand.ClosePublication(network));
            }
        }
    }

    public void Release(Subscription subscription)
    {
        lock (_gate)
        {
            if (_subscriptions.Remove(subscription) && !_isClosed)
            {
                ToConductor.Enqueue(new ConductorCommand.CloseSubscription(subscription));
            }
        }
    }

    /// <summary>The sender let go of the publication: its socket goes with the last one.</summary>
    public void Forget(NetworkPublication network)
    {
        lock (_gate)
        {
            _publications.Remove(network);
            var endpoint = network.Endpoint;
            endpoint.References--;
            if (endpoint.References == 0)
            {
                Remove(endpoint);
            }
        }
    }

    public void Retain(ReceiveChannelEndpoint endpoint)
    {
        lock (_gate)
        {
            endpoint.References++;
        }
    }

    /// <summary>A subscription or an image let go of the endpoint: its socket goes with the last one.</summary>
    public void Forget(ReceiveChannelEndpoint endpoint)
    {
        lock (_gate)
        {
            _receiveEndpoints.Release(endpoint);
        }
    }

    public void AddDestination(Subscription subscription, string channel)
    {
        lock (_gate)
        {
            RequireOpen();
            _receiveEndpoints.AddDestination(subscription, channel);
        }
    }

    public void RemoveDestination(Subscription subscription, string channel)
    {
        lock (_gate)
        {
            RequireOpen();
            _receiveEndpoints.RemoveDestination(subscription, channel);
        }
    }

    /// <summary>A seed for whatever draws on its own.</summary>
    public ulong NextSeed()
    {
        lock (_gate)
        {
            return (ulong)_random.NextInt64();
        }
    }

    /// <summary>Closes what is open. After the agents have stopped, and after the last use of what was added.</summary>
    public void Dispose()
    {
        List<IDisposable> clients = [];
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
            clients.AddRange(_publications.SelectMany(publication => publication.TakeClients()));
            clients.AddRange(_subscriptions);
        }

        foreach (var client in clients)
        {
            client.Dispose();
        }

        DisposeEndpoints();

        foreach (var publication in _publications)
        {
            publication.Log.Dispose();
        }
    }

    /// <summary>Where the log of a publication or an image lies; null for anonymous memory.</summary>
    public string? LogPath(string folder, long correlationId) =>
        Options.AeronDirectory is { } directory ? Path.Combine(directory, folder, correlationId + LogFolders.Extension) : null;

    private void Remove(SendChannelEndpoint endpoint)
    {
        _sendEndpoints.Remove(endpoint.Key);
        CounterStore.Free(endpoint.Shown.Slots);
        ToSender.Enqueue(new SenderCommand.RemoveEndpoint(endpoint));
    }

    // Those in use, and those that the agents were told to close and did not come to.
    private void DisposeEndpoints()
    {
        foreach (var endpoint in _sendEndpoints.Values)
        {
            endpoint.Dispose();
        }

        foreach (var command in ToSender.OfType<SenderCommand.RemoveEndpoint>())
        {
            command.Endpoint.Dispose();
        }

        _receiveEndpoints.DisposeAll();
    }

    private NetworkPublication? FindShared(PublicationParameters parameters, int streamId)
    {
        RequireOpen();
        var network = _publications.Find(other => !other.Identity.IsExclusive && other.HasClients
            && other.StreamId == streamId && other.Endpoint.Key == parameters.EndpointKey
            && (parameters.Uri.SessionId is not { } sessionId || other.SessionId == sessionId));
        if (network is null)
        {
            return null;
        }

        var other = network.Parameters;
        return other.TermLengthBytes == parameters.TermLengthBytes && other.MtuLengthBytes == parameters.MtuLengthBytes
            ? network
            : throw new AeronException(
                $"channel '{parameters.Channel}': stream {streamId} is open with mtu {other.MtuLengthBytes} and term-length "
                + $"{other.TermLengthBytes}: ask for the same, or for an exclusive publication");
    }

    private NetworkPublication Create(PublicationParameters parameters, int streamId, bool isExclusive)
    {
        RequireOpen();
        var registrationId = NextCorrelationId();
        var endpoint = SendEndpointOf(parameters, registrationId);
        try
        {
            var sessionId = SessionIdOf(endpoint, parameters, streamId);
            var identity = new PublicationIdentity(registrationId, sessionId, streamId, isExclusive);
            var network = CreateOn(endpoint, parameters, identity);
            endpoint.References++;
            _publications.Add(network);
            ToConductor.Enqueue(new ConductorCommand.AddPublication(network));
            ToSender.Enqueue(new SenderCommand.AddPublication(network));
            return network;
        }
        catch
        {
            if (endpoint.References == 0)
            {
                Remove(endpoint);
            }

            throw;
        }
    }

    private NetworkPublication CreateOn(
        SendChannelEndpoint endpoint, PublicationParameters parameters, in PublicationIdentity identity)
    {
        var initialTermId = parameters.Uri.InitialTermId ?? _random.NextInt32();
        var termId = parameters.Uri.TermId ?? initialTermId;
        var termOffset = parameters.Uri.TermOffset ?? 0;
        try
        {
            var log = LogBuffer.Create(
                new LogParameters
                {
                    Type = identity.IsExclusive ? LogType.Exclusive : LogType.Concurrent,
                    CorrelationId = identity.RegistrationId,
                    SessionId = identity.SessionId,
                    StreamId = identity.StreamId,
                    InitialTermId = initialTermId,
                    TermLengthBytes = parameters.TermLengthBytes,
                    MtuLengthBytes = parameters.MtuLengthBytes,
                    StartTermId = termId,
                    StartTermOffset = termOffset,
                    PublicationWindowLengthBytes = parameters.WindowLengthBytes,
                    SocketReceiveBufferLengthBytes = Options.SocketReceiveBufferLengthBytes,
                    MaxResend = MaxResend,
                    LingerNanos = parameters.LingerNanos,
                    SignalEndOfStream = parameters.SignalEndOfStream,
                },
                LogPath(LogFolders.Publications, identity.RegistrationId));
            var start = TermArithmetic.Position(termId, termOffset, log.PositionBitsToShift, initialTermId);
            var counters = new PublicationCounters(CounterStore, identity, parameters.Channel, start);
            return new NetworkPublication(this, endpoint, parameters, log, identity, counters);
        }
        catch (Exception refusal) when (refusal is StorageException or InsufficientMemoryException)
        {
            throw new AeronException(
                $"channel '{parameters.Channel}': the log of stream {identity.StreamId} cannot be made: {refusal.Message}",
                refusal);
        }
    }

    private int SessionIdOf(SendChannelEndpoint endpoint, PublicationParameters parameters, int streamId)
    {
        if (parameters.Uri.SessionId is { } named)
        {
            return !IsTaken(endpoint, named, streamId)
                ? named
                : throw new AeronException(
                    $"channel '{parameters.Channel}': session {named} of stream {streamId} is taken on this channel; "
                    + "leave session-id out, or wait until the earlier one has lingered");
        }

        while (true)
        {
            var sessionId = unchecked(_nextSessionId++);
            if (sessionId is (< ReservedSessionIdLow or > ReservedSessionIdHigh) && !IsTaken(endpoint, sessionId, streamId))
            {
                return sessionId;
            }
        }
    }

    private bool IsTaken(SendChannelEndpoint endpoint, int sessionId, int streamId) =>
        _publications.Exists(other => ReferenceEquals(other.Endpoint, endpoint)
            && other.SessionId == sessionId && other.StreamId == streamId);

    private SendChannelEndpoint SendEndpointOf(PublicationParameters parameters, long registrationId)
    {
        if (_sendEndpoints.TryGetValue(parameters.EndpointKey, out var endpoint))
        {
            return endpoint;
        }

        var socket = Options.Sockets.Open(new DatagramSocketOptions
        {
            Local = parameters.Local,
            Remote = parameters.Remote,
            SendBufferBytes = parameters.Uri.SendBufferBytes ?? Options.SocketSendBufferLengthBytes,
        });
        endpoint = new SendChannelEndpoint(parameters.EndpointKey, socket, SenderCounters)
        {
            Shown = new ChannelCounters(
                CounterStore,
                CounterType.SendChannelStatus,
                parameters.Channel,
                socket.LocalEndpoint,
                registrationId),
        };
        _sendEndpoints.Add(endpoint.Key, endpoint);
        ToSender.Enqueue(new SenderCommand.AddEndpoint(endpoint));
        return endpoint;
    }

    private AeronException? Conflict(ReceiveChannelEndpoint endpoint, SubscriptionParameters parameters, int streamId)
    {
        foreach (var other in _subscriptions)
        {
            if (ReferenceEquals(other.Endpoint, endpoint) && other.StreamId == streamId
                && parameters.ConflictWith(other.Parameters) is { } difference)
            {
                return new AeronException(
                    $"channel '{parameters.Channel}': stream {streamId} is open with another value of {difference}, by "
                    + $"'{other.Channel}'; ask for the same");
            }
        }

        return null;
    }

    private void RequireOpen()
    {
        if (_isClosed)
        {
            throw new AeronException("the driver is closed: nothing can be added to it any more");
        }
    }
}
