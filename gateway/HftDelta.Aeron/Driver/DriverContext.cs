using System.Collections.Concurrent;
using HftDelta.Aeron.Channels;
using HftDelta.Aeron.Cnc;
using HftDelta.Aeron.Counters;
using HftDelta.Aeron.Frames;
using HftDelta.Aeron.Images;
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

    private readonly Lock _gate = new();
    private readonly AeronDirectory? _directory;
    private readonly DriverRandom _random;
    private readonly List<NetworkPublication> _publications = [];
    private readonly SendEndpoints _sendEndpoints;
    private readonly ReceiveEndpoints _receiveEndpoints;
    private readonly List<Subscription> _subscriptions = [];
    private readonly ConcurrentDictionary<long, PublicationImage> _images = new();
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
        _directory?.Publish(SenderCounters, ReceiverCounters, ConductorCounters, () => LogBytes);
        _sendEndpoints = new SendEndpoints(this);
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

    /// <summary>Who takes turns with everything, when somebody does.</summary>
    public InvokerThread InvokerThread { get; } = new();

    /// <summary>Tools look at this driver.</summary>
    public bool HasDirectory => _directory is not null;

    /// <summary>Bytes of the logs that exist. Writer: the conductor.</summary>
    public long LogBytes { get; set; }

    public long NextCorrelationId() => _directory?.NextCorrelationId() ?? Interlocked.Increment(ref _nextCorrelationId);

    /// <summary>An image can be named by channels from now on. The conductor.</summary>
    public void Show(PublicationImage image) => _images[image.CorrelationId] = image;

    /// <summary>It has ended. The conductor.</summary>
    public void Hide(PublicationImage image) => _images.TryRemove(image.CorrelationId, out _);

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
            RequireOpen();
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
            RequireOpen();
            var network = Create(parameters, streamId, isExclusive: true);
            var publication = new ExclusivePublication(network);
            network.AddClient(publication);
            return publication;
        }
    }

    /// <summary>Names one more receiver of a publication's channel.</summary>
    /// <returns>The number by which it can be taken away again.</returns>
    public long AddDestination(NetworkPublication network, string channel)
    {
        var address = DestinationOf(network, channel);
        var registrationId = NextCorrelationId();
        ToSender.Enqueue(new SenderCommand.AddDestination(network.Endpoint, address, registrationId));
        return registrationId;
    }

    public void RemoveDestination(NetworkPublication network, string channel) =>
        ToSender.Enqueue(new SenderCommand.RemoveDestination(network.Endpoint, DestinationOf(network, channel)));

    public void RemoveDestination(NetworkPublication network, long registrationId)
    {
        RequireManual(network);
        ToSender.Enqueue(new SenderCommand.RemoveDestinationById(network.Endpoint, registrationId));
    }

    public Subscription AddSubscription(string channel, int streamId)
    {
        var named = SubscriptionParameters.From(channel, Options);
        lock (_gate)
        {
            RequireOpen();
            var parameters = WithSession(named);
            var registrationId = NextCorrelationId();
            if (parameters.IsSpy)
            {
                return AddSpy(parameters, streamId, registrationId);
            }

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

    public void Revoke(NetworkPublication network) =>
        ToConductor.Enqueue(new ConductorCommand.RevokePublication(network));

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
            network.Endpoint.References--;
            _sendEndpoints.Release(network.Endpoint);
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
            publication.Spies.RemoveAll(null, NowNanos);
            publication.Log.Dispose();
        }
    }

    /// <summary>Where the log of a publication or an image lies; null for anonymous memory.</summary>
    public string? LogPath(string folder, long correlationId) =>
        Options.AeronDirectory is { } directory ? Path.Combine(directory, folder, correlationId + LogFolders.Extension) : null;

    // Those in use, and those that the agents were told to close and did not come to.
    private void DisposeEndpoints()
    {
        _sendEndpoints.DisposeAll();
        _receiveEndpoints.DisposeAll();
    }

    private static SocketEndpoint DestinationOf(NetworkPublication network, string channel)
    {
        RequireManual(network);
        var uri = ChannelUri.Parse(channel);
        if (uri.Endpoint is null || uri.Control is not null || uri.ControlMode != ControlMode.None || uri.Endpoint.Port == 0)
        {
            throw new AeronException(
                $"channel '{channel}': a destination is one receiver's address; name endpoint=host:port and no control");
        }

        var address = uri.Endpoint.Resolve();
        return address.IsIPv6 == network.Endpoint.LocalEndpoint.IsIPv6
            ? address
            : throw new AeronException(
                $"channel '{channel}': {address} cannot be reached from the socket {network.Endpoint.LocalEndpoint}: one is "
                + "IPv4, the other IPv6; name a control address of the same kind");
    }

    private static void RequireManual(NetworkPublication network)
    {
        if (network.Endpoint.Address.Mode != SendMode.Manual)
        {
            throw new AeronException(
                $"channel '{network.Channel}' has no destinations to name; open it with control-mode=manual");
        }
    }

    private NetworkPublication? FindShared(PublicationParameters parameters, int streamId)
    {
        var endpoint = _sendEndpoints.Find(parameters);
        var shared = endpoint is null ? null : _publications.Find(other => !other.Identity.IsExclusive && other.HasClients
            && other.StreamId == streamId && ReferenceEquals(other.Endpoint, endpoint) && !other.IsRevoked
            && other.Parameters.ResponseCorrelationId == parameters.ResponseCorrelationId
            && (parameters.Uri.SessionId is not { } sessionId || other.SessionId == sessionId));
        if (shared is null)
        {
            return null;
        }

        RequireSame(parameters, streamId, "mtu", parameters.Uri.MtuLengthBytes, shared.Parameters.MtuLengthBytes);
        RequireSame(parameters, streamId, "term-length", parameters.Uri.TermLengthBytes, shared.Parameters.TermLengthBytes);
        if (parameters.Uri.SpiesSimulateConnection is { } spies && spies != shared.Parameters.Uri.SpiesSimulateConnection is true)
        {
            throw new AeronException(
                $"channel '{parameters.Channel}': stream {streamId} is open with ssc={(spies ? "false" : "true")}: ask for the "
                + "same");
        }

        RequireSame(parameters, streamId, "init-term-id", parameters.Uri.InitialTermId, shared.Log.InitialTermId);
        return shared;
    }

    private Subscription AddSpy(SubscriptionParameters parameters, int streamId, long registrationId)
    {
        var subscription = new Subscription(this, null, parameters, streamId, registrationId);
        _subscriptions.Add(subscription);
        ToConductor.Enqueue(new ConductorCommand.AddSubscription(subscription));
        return subscription;
    }

    private NetworkPublication Create(PublicationParameters wanted, int streamId, bool isExclusive)
    {
        var registrationId = NextCorrelationId();
        RequireResponseSubscription(wanted);
        RequireRequest(wanted);
        RequireTags(wanted, streamId);
        var endpoint = _sendEndpoints.Take(wanted, registrationId);
        try
        {
            var parameters = wanted.At(endpoint.Address);
            RequireSendBuffer(endpoint, parameters);
            var (initialTermId, sessionId) = SessionOf(endpoint, parameters, streamId);
            var identity = new PublicationIdentity(registrationId, sessionId, streamId, isExclusive);
            var network = CreateOn(endpoint, parameters, identity, initialTermId);
            endpoint.References++;
            _publications.Add(network);
            ToConductor.Enqueue(new ConductorCommand.AddPublication(network));
            ToSender.Enqueue(new SenderCommand.AddPublication(network));
            if (parameters is { IsResponse: true, IsPrototype: false, ResponseCorrelationId: { } image })
            {
                ToConductor.Enqueue(new ConductorCommand.SetResponse(image, sessionId));
            }

            return network;
        }
        catch
        {
            _sendEndpoints.Release(endpoint);
            throw;
        }
    }

    private NetworkPublication CreateOn(
        SendChannelEndpoint endpoint, PublicationParameters parameters, in PublicationIdentity identity, int initialTermId)
    {
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
                    SocketSendBufferLengthBytes = endpoint.Address.SendBufferBytes,
                    SocketReceiveBufferLengthBytes = endpoint.Address.ReceiveBufferBytes,
                    MaxResend = parameters.MaxResend,
                    LingerNanos = parameters.LingerNanos,
                    SignalEndOfStream = parameters.SignalEndOfStream,
                    HasGroupSemantics = parameters.HasGroupSemantics,
                    IsResponse = parameters.IsResponse,
                    SpiesSimulateConnection = parameters.Uri.SpiesSimulateConnection ?? false,
                    IsSparse = parameters.Uri.IsSparse,
                    UntetheredWindowLimitNanos = parameters.UntetheredWindowLimitNanos,
                    UntetheredLingerNanos = parameters.UntetheredLingerNanos,
                    UntetheredRestingNanos = parameters.UntetheredRestingNanos,
                    EntityTag = parameters.Uri.EntityTag,
                    ResponseCorrelationId = parameters.ResponseCorrelationId,
                },
                LogPath(LogFolders.Publications, identity.RegistrationId));
            var start = TermArithmetic.Position(termId, termOffset, log.PositionBitsToShift, initialTermId);
            var countsReceivers = parameters.Uri.FlowControl is { Kind: not FlowControlKind.Max };
            var counters = new PublicationCounters(CounterStore, identity, parameters.Channel, start, countsReceivers);
            return new NetworkPublication(this, endpoint, parameters, log, identity, counters);
        }
        catch (Exception refusal) when (refusal is StorageException or InsufficientMemoryException)
        {
            throw new AeronException(
                $"channel '{parameters.Channel}': the log of stream {identity.StreamId} cannot be made: {refusal.Message}",
                refusal);
        }
    }

    /// <summary>The term that the stream begins with, and its session: named, that of a tag, or one that is free.</summary>
    private (int InitialTermId, int SessionId) SessionOf(
        SendChannelEndpoint endpoint, PublicationParameters parameters, int streamId)
    {
        var initialTermId = parameters.Uri.InitialTermId ?? _random.NextInt32();
        if (parameters.Uri.SessionIdTag is { } tag)
        {
            return (initialTermId, RequireFree(endpoint, parameters, Tagged(tag)!.SessionId, streamId));
        }

        if (parameters.Uri.SessionId is { } named)
        {
            return (initialTermId, RequireFree(endpoint, parameters, named, streamId));
        }

        while (true)
        {
            var sessionId = unchecked(_nextSessionId++);
            if (sessionId is (< ReservedSessionIdLow or > ReservedSessionIdHigh) && !IsTaken(endpoint, sessionId, streamId))
            {
                return (initialTermId, sessionId);
            }
        }
    }

    private void RequireTags(PublicationParameters parameters, int streamId)
    {
        if (parameters.Uri.EntityTag is { } entity && Tagged(entity) is not null)
        {
            throw new AeronException(
                $"channel '{parameters.Channel}': entity tag {entity} is that of another publication; choose another");
        }

        if (parameters.Uri.SessionIdTag is { } tag)
        {
            var other = Tagged(tag) ?? throw new AeronException(
                $"channel '{parameters.Channel}': no publication has the entity tag {tag}; open that one first");
            RequireSame(parameters, streamId, "mtu", parameters.Uri.MtuLengthBytes, other.Parameters.MtuLengthBytes);
            RequireSame(parameters, streamId, "term-length", parameters.Uri.TermLengthBytes, other.Parameters.TermLengthBytes);
        }
    }

    private NetworkPublication? Tagged(long entityTag) =>
        _publications.Find(other => other.HasClients && other.Parameters.Uri.EntityTag == entityTag);

    private int RequireFree(SendChannelEndpoint endpoint, PublicationParameters parameters, int sessionId, int streamId) =>
        !IsTaken(endpoint, sessionId, streamId)
            ? sessionId
            : throw new AeronException(
                $"channel '{parameters.Channel}': session {sessionId} of stream {streamId} is taken on this channel; "
                + "leave session-id out, or wait until the earlier one has lingered");

    private bool IsTaken(SendChannelEndpoint endpoint, int sessionId, int streamId) =>
        _publications.Exists(other => ReferenceEquals(other.Endpoint, endpoint)
            && other.SessionId == sessionId && other.StreamId == streamId);

    private void RequireResponseSubscription(PublicationParameters parameters)
    {
        if (parameters is { IsResponse: false, ResponseCorrelationId: { } id }
            && !_subscriptions.Exists(subscription => subscription.RegistrationId == id))
        {
            throw new AeronException(
                $"channel '{parameters.Channel}': no subscription has the registration id {id}; response-correlation-id of a "
                + "request names the subscription that its answers come to");
        }
    }

    private void RequireRequest(PublicationParameters parameters)
    {
        if (parameters is not { IsResponse: true, IsPrototype: false, ResponseCorrelationId: { } id })
        {
            return;
        }

        if (!_images.TryGetValue(id, out var image))
        {
            throw new AeronException(
                $"channel '{parameters.Channel}': no image has the correlation id {id} that response-correlation-id names: it "
                + "has ended, or never was");
        }

        if ((image.Setup.Flags & FrameFlags.SetupSendResponse) == 0)
        {
            throw new AeronException(
                $"channel '{parameters.Channel}': the image {id} did not ask for a response; its publication has to name a "
                + "response-correlation-id of its own");
        }
    }

    private static void RequireSame(
        PublicationParameters parameters, int streamId, string name, int? wanted, int given)
    {
        if (wanted is not null && wanted != given)
        {
            throw new AeronException(
                $"channel '{parameters.Channel}': stream {streamId} is open with {name}={given}: ask for the same, or for an "
                + "exclusive publication");
        }
    }

    private static void RequireSendBuffer(SendChannelEndpoint endpoint, PublicationParameters parameters)
    {
        if (parameters.MtuLengthBytes > endpoint.SendBufferBytes)
        {
            throw new AeronException(
                $"channel '{parameters.Channel}': a datagram of {parameters.MtuLengthBytes} bytes is more than the "
                + $"{endpoint.SendBufferBytes} that the system gives a socket: lower mtu, or raise so-sndbuf and the system's "
                + "limit (net.core.wmem_max)");
        }
    }

    private SubscriptionParameters WithSession(SubscriptionParameters parameters)
    {
        if (parameters.Uri.SessionIdTag is not { } tag)
        {
            return parameters;
        }

        var publication = Tagged(tag) ?? throw new AeronException(
            $"channel '{parameters.Channel}': no publication has the entity tag {tag} that session-id names; open it first");
        return parameters with { SessionId = publication.SessionId };
    }

    private AeronException? Conflict(ReceiveChannelEndpoint endpoint, SubscriptionParameters parameters, int streamId)
    {
        foreach (var other in _subscriptions)
        {
            if (!other.Parameters.IsSpy && ReferenceEquals(other.Endpoint, endpoint) && other.StreamId == streamId
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
