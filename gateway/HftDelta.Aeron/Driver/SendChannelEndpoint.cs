using HftDelta.Aeron.Counters;
using HftDelta.Aeron.Frames;
using HftDelta.Aeron.Publications;
using HftDelta.Aeron.Sockets;
using HftDelta.Runtime.Counters;

namespace HftDelta.Aeron.Driver;

/// <summary>
/// The sending socket of one channel, shared by its publications: datagrams leave by it, receivers' control frames come back to
/// it. Owner: the sender, but for the reference count. Whatever comes is bounded: frames for one poll, destinations at once.
/// </summary>
internal sealed class SendChannelEndpoint : IDisposable
{
    private const int ControlDatagramsMax = 16;

    private readonly Dictionary<long, PublicationSender> _publications = [];
    private readonly DatagramSocket _socket;
    private readonly SenderCounters _counters;
    private readonly int _destinationsMax;

    public SendChannelEndpoint(
        DriverContext context, string channel, SendAddress address, long? tag, DatagramSocket socket)
    {
        _socket = socket;
        _counters = context.SenderCounters;
        _destinationsMax = context.Options.DestinationsMax;
        Channel = channel;
        Address = address;
        Tag = tag;
    }

    /// <summary>The channel that it was opened for.</summary>
    public string Channel { get; }

    public SendAddress Address { get; }

    /// <summary>The number by which other channels may mean this one.</summary>
    public long? Tag { get; }

    /// <summary>What tools see of it.</summary>
    public required ChannelCounters Shown { get; init; }

    /// <summary>Its receivers, when there may be several by name; the sender's.</summary>
    public SendDestinations? Destinations { get; private set; }

    public SocketEndpoint LocalEndpoint => _socket.LocalEndpoint;

    /// <summary>What a SETUP tells: how many routers a multicast datagram passes, 0 for unicast.</summary>
    public int TimeToLive => Address.Mode == SendMode.Multicast ? Math.Max(1, Address.TimeToLive) : 0;

    /// <summary>Many datagrams cost little more than one.</summary>
    public bool SegmentsBatches => _socket.SegmentsBatches;

    public int SendBufferBytes => _socket.SendBufferBytes;

    /// <summary>Publications that use it, counted under the driver's gate.</summary>
    public int References { get; set; }

    /// <summary>The sender takes it over.</summary>
    public void Open()
    {
        if (Address.HasDestinations)
        {
            Destinations = new SendDestinations(Address.Mode == SendMode.Dynamic, _destinationsMax, Shown.Destinations!);
        }
    }

    public void Add(PublicationSender publication) =>
        _publications.Add(Ids(publication.Publication.SessionId, publication.Publication.StreamId), publication);

    public void Remove(NetworkPublication publication) => _publications.Remove(Ids(publication.SessionId, publication.StreamId));

    /// <summary>Sends one datagram to the address, or to every destination; its length when it left.</summary>
    public int TrySend(ReadOnlySpan<byte> datagram, in SocketEndpoint to)
    {
        if (Destinations is { } destinations)
        {
            return destinations.TrySend(_socket, datagram, _counters);
        }

        var sent = _socket.TrySend(datagram, to);
        _counters.CountSent(sent, datagram.Length);
        return sent;
    }

    /// <summary>Sends several datagrams, as <see cref="TrySend"/>: how many left.</summary>
    public int TrySendBatch(ReadOnlySpan<byte> datagrams, ReadOnlySpan<int> lengthsBytes, in SocketEndpoint to)
    {
        if (Destinations is { } destinations)
        {
            return destinations.TrySendBatch(_socket, datagrams, lengthsBytes, _counters);
        }

        var sent = _socket.TrySendBatch(datagrams, lengthsBytes, to);
        _counters.CountSentBatch(sent, lengthsBytes);
        return Math.Max(0, sent);
    }

    /// <summary>Takes the control frames that wait, up to a bound.</summary>
    /// <returns>How many.</returns>
    public int PollControl(byte[] buffer, long nowNanos)
    {
        Destinations?.OnIdle(nowNanos);
        var count = 0;
        while (count < ControlDatagramsMax)
        {
            var length = _socket.TryReceive(buffer, out var from);
            if (length == DatagramResult.WouldBlock)
            {
                break;
            }

            count++;
            if (length > 0)
            {
                OnControl(buffer.AsSpan(0, length), from, nowNanos);
            }
            else if (length == DatagramResult.Truncated)
            {
                _counters.DatagramsInvalid.Increment();
                _counters.Truncated.Increment();
            }
            else
            {
                _counters.CountFailure(length);
            }
        }

        return count;
    }

    public void Dispose() => _socket.Dispose();

    private static long Ids(int sessionId, int streamId) => ((long)streamId << 32) | (uint)sessionId;

    private PublicationSender? Find(int sessionId, int streamId) =>
        _publications.TryGetValue(Ids(sessionId, streamId), out var publication) ? publication : null;

    private void OnControl(ReadOnlySpan<byte> datagram, in SocketEndpoint from, long nowNanos)
    {
        var fault = FrameHeader.Classify(datagram, out var type);
        if (fault == FrameFault.None)
        {
            fault = type switch
            {
                FrameType.StatusMessage => OnStatusMessage(datagram, from, nowNanos),
                FrameType.NegativeAcknowledgement => OnNak(datagram, nowNanos),
                FrameType.RoundTripMeasurement => OnRoundTrip(datagram),
                FrameType.Error => OnError(datagram, from),
                FrameType.ResponseSetup => OnResponseSetup(datagram, nowNanos),
                _ => Refuse(_counters.NotForSenders),
            };
        }

        if (fault != FrameFault.None)
        {
            _counters.Count(fault);
        }
    }

    private static FrameFault Refuse(Counter reason)
    {
        reason.Increment();
        return FrameFault.None;
    }

    private FrameFault OnStatusMessage(ReadOnlySpan<byte> datagram, in SocketEndpoint from, long nowNanos)
    {
        var fault = StatusMessageFrame.TryRead(datagram, out var status);
        if (fault != FrameFault.None)
        {
            return fault;
        }

        _counters.StatusMessages.Increment();
        var publication = Find(status.SessionId, status.StreamId);
        if (publication is not null && !publication.Accepts(status))
        {
            return Refuse(_counters.StatusMessagesRefused);
        }

        // A receiver announces itself before it knows of any stream.
        if (Destinations is { } destinations)
        {
            if (!destinations.OnStatusMessage(status.ReceiverId, from, nowNanos))
            {
                _counters.DestinationsRefused.Increment();
            }
        }
        else if (publication is null)
        {
            _counters.NoPublication.Increment();
        }

        publication?.OnStatusMessage(status, from, nowNanos);
        return FrameFault.None;
    }

    private FrameFault OnNak(ReadOnlySpan<byte> datagram, long nowNanos)
    {
        var fault = NakFrame.TryRead(datagram, out var nak);
        if (fault != FrameFault.None)
        {
            return fault;
        }

        _counters.Naks.Increment();
        return Find(nak.SessionId, nak.StreamId) is { } publication
            ? publication.OnNak(nak, nowNanos)
            : Refuse(_counters.NoPublication);
    }

    private FrameFault OnRoundTrip(ReadOnlySpan<byte> datagram)
    {
        var fault = RoundTripFrame.TryRead(datagram, out var request);
        if (fault != FrameFault.None)
        {
            return fault;
        }

        if (!request.IsAnswerWanted)
        {
            return Refuse(_counters.Unasked);
        }

        if (Find(request.SessionId, request.StreamId) is not { } publication)
        {
            return Refuse(_counters.NoPublication);
        }

        publication.OnRoundTripRequest(request);
        return FrameFault.None;
    }

    private FrameFault OnError(ReadOnlySpan<byte> datagram, in SocketEndpoint from)
    {
        var fault = ErrorFrame.TryRead(datagram, out var error);
        if (fault != FrameFault.None)
        {
            return fault;
        }

        _counters.Errors.Increment();
        if (Find(error.SessionId, error.StreamId) is not { } publication)
        {
            return Refuse(_counters.NoPublication);
        }

        publication.OnError(error, from, Destinations?.RegistrationOf(from) ?? SendDestinations.NoRegistration);
        return FrameFault.None;
    }

    private FrameFault OnResponseSetup(ReadOnlySpan<byte> datagram, long nowNanos)
    {
        var fault = ResponseSetupFrame.TryRead(datagram, out var setup);
        if (fault != FrameFault.None)
        {
            return fault;
        }

        if (Find(setup.SessionId, setup.StreamId) is not { } publication)
        {
            return Refuse(_counters.NoPublication);
        }

        publication.OnResponseSetup(setup, nowNanos);
        return FrameFault.None;
    }
}
