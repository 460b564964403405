using System.Collections.Concurrent;
using HftDelta.Aeron.Counters;
using HftDelta.Aeron.Frames;
using HftDelta.Aeron.Images;
using HftDelta.Aeron.Sockets;

namespace HftDelta.Aeron.Driver;

/// <summary>
/// The socket or sockets that publishers send to, and what becomes of each datagram: by stream, then by session. Control frames
/// leave by the same socket, which the peers' sockets insist on. Owner: the receiver, but for <see cref="References"/> and what
/// is said by the first socket.
/// </summary>
internal sealed unsafe class ReceiveChannelEndpoint : IDisposable
{
    private const long AnnouncementIntervalNanos = 1_000_000_000;

    // Endpoints of a driver count up from a number that it draws: this is far from all of them.
    private const long ReceiverIdStep = 1L << 40;

    private readonly DatagramSocket? _firstSocket;
    private readonly ConcurrentQueue<ConductorCommand> _conductor;
    private readonly AeronOptions _options;
    private readonly Dictionary<int, StreamSessions> _streams = [];
    private readonly List<PublicationImage> _images = [];
    private readonly ImageQuota _quota;
    private readonly PendingSetups _pending = new();
    private ReceiveTransport[] _transports;
    private PublicationImage? _lastImage;
    private long _receiverId;

    public ReceiveChannelEndpoint(
        ReceiveTransport[] transports,
        long receiverId,
        ConcurrentQueue<ConductorCommand> conductor,
        AeronOptions options,
        ReceiverCounters counters)
    {
        _transports = transports;
        _firstSocket = transports.Length > 0 ? transports[0].Socket : null;
        _conductor = conductor;
        _options = options;
        _quota = new ImageQuota(options.ImagesPerEndpointMax, options.ImagesPerAddressMax);
        _receiverId = receiverId;
        Counters = counters;
    }

    /// <summary>What tools see of it.</summary>
    public required ChannelCounters Shown { get; init; }

    /// <summary>None for destinations that are added one by one.</summary>
    public SocketEndpoint LocalEndpoint => _firstSocket?.LocalEndpoint ?? default;

    /// <summary>What the system really gives for datagrams that wait.</summary>
    public int ReceiveBufferBytes => _firstSocket?.ReceiveBufferBytes ?? int.MaxValue;

    /// <summary>Names this endpoint in status messages. Writer: the receiver; the conductor reads it for a new image.</summary>
    public long ReceiverId => Volatile.Read(ref _receiverId);

    public ReceiverCounters Counters { get; }

    /// <summary>Where control frames are written before they leave.</summary>
    public byte[] ControlBuffer { get; } = new byte[ErrorFrame.HeaderLengthBytes + ErrorFrame.TextLengthBytesMax];

    /// <summary>Subscriptions and images that use it, counted under the driver's gate.</summary>
    public int References { get; set; }

    public int TrySend(ReceiveTransport transport, ReadOnlySpan<byte> datagram, in SocketEndpoint to)
    {
        // A destination may have been removed while an image of it was being made.
        if (transport.IsClosed)
        {
            return DatagramResult.Failed;
        }

        var sent = transport.Socket.TrySend(datagram, to);
        if (sent != datagram.Length)
        {
            var counter = sent == DatagramResult.WouldBlock ? Counters.ShortSends : Counters.SocketFailures;
            counter.Increment();
        }

        return sent;
    }

    public void Add(ReceiveTransport transport) => _transports = [.. _transports, transport];

    /// <summary>A destination goes: what its senders sent stays, and what others send goes on.</summary>
    public void Remove(ReceiveTransport transport)
    {
        _transports = Array.FindAll(_transports, other => !ReferenceEquals(other, transport));
        transport.Dispose();
        foreach (var image in _images)
        {
            image.OnTransportClosed(transport);
        }
    }

    public void Add(Subscription subscription)
    {
        if (!_streams.TryGetValue(subscription.StreamId, out var sessions))
        {
            sessions = new StreamSessions();
            _streams.Add(subscription.StreamId, sessions);
        }

        sessions.Add(subscription);
    }

    public void Remove(Subscription subscription)
    {
        if (_streams.TryGetValue(subscription.StreamId, out var sessions))
        {
            sessions.Remove(subscription);
            if (sessions.IsEmpty)
            {
                // Images that still say goodbye are in the list of images; their datagrams find no interest any more.
                _streams.Remove(subscription.StreamId);
                _lastImage = null;
            }
        }
    }

    public void Add(PublicationImage image)
    {
        foreach (var other in _images)
        {
            if (other.SessionId == image.SessionId && other.StreamId == image.StreamId)
            {
                other.Silence();
            }
        }

        _images.Add(image);
        if (_streams.TryGetValue(image.StreamId, out var sessions))
        {
            sessions.SetImage(image);
        }
    }

    public void RefuseImage(ConductorCommand.CreateImage asked)
    {
        _quota.GiveBack(asked.Source);
        if (_streams.TryGetValue(asked.Setup.StreamId, out var sessions))
        {
            sessions.Forget(asked.Setup.SessionId);
        }
    }

    /// <summary>The session that answers is asked for its SETUP, which also tells the answerer where to send to.</summary>
    public void AddResponseSession(Subscription subscription, int sessionId)
    {
        var parameters = subscription.Parameters;
        if (_streams.ContainsKey(subscription.StreamId) && parameters.Address is { } address)
        {
            ElicitSetup(_transports[0], sessionId, subscription.StreamId, address.AnswersFrom, parameters.GroupTag);
        }
    }

    /// <summary>
    /// An image said goodbye while its stream went on. Whoever listens from now on is another receiver for the sender, which may
    /// hear that goodbye, or one that was held up on its way, after the newcomer's first words. Who announces itself keeps its
    /// name: a sender would take the new one for one more destination.
    /// </summary>
    public void OnGoodbye()
    {
        if (!Array.Exists(_transports, static transport => !transport.AnnounceTo.IsNone))
        {
            Volatile.Write(ref _receiverId, unchecked(_receiverId + ReceiverIdStep));
        }
    }

    /// <summary>An image took its first data.</summary>
    public void OnFirstData(PublicationImage image) => _conductor.Enqueue(new ConductorCommand.PopulateImage(image));

    /// <summary>Takes what waits at the socket, then looks after every image.</summary>
    /// <returns>How much was done.</returns>
    public int DoWork(DatagramBatch batch, long nowNanos)
    {
        var work = 0;
        foreach (var transport in _transports)
        {
            work += Receive(transport, batch, nowNanos);
        }

        for (var index = _images.Count - 1; index >= 0; index--)
        {
            var image = _images[index];
            work += image.DoWork(nowNanos);
            if (image.State == ImageState.Done)
            {
                _images.RemoveAt(index);
                End(image);
            }
        }

        return work;
    }

    /// <summary>Slow changes: forgets what did not come, announces where that was asked for.</summary>
    public void OnTimer(long nowNanos)
    {
        _pending.OnTimer(nowNanos);
        foreach (var transport in _transports)
        {
            if (!transport.AnnounceTo.IsNone && nowNanos >= transport.AnnounceNanos)
            {
                transport.AnnounceNanos = nowNanos + AnnouncementIntervalNanos;
                ElicitSetup(transport, 0, 0, transport.AnnounceTo, transport.GroupTag);
            }
        }

        foreach (var image in _images)
        {
            image.OnTimer(nowNanos);
        }
    }

    public void SendFarewells(long nowNanos)
    {
        foreach (var image in _images)
        {
            image.SendFarewell(nowNanos);
        }
    }

    public void Dispose()
    {
        foreach (var transport in _transports)
        {
            transport.Dispose();
        }
    }

    private int Receive(ReceiveTransport transport, DatagramBatch batch, long nowNanos)
    {
        var slots = transport.Receive(batch);
        for (var index = 0; index < slots; index++)
        {
            ref var slot = ref batch[index];
            if (slot.LengthBytes > 0)
            {
                OnSlot(transport, batch.AddressOf(index), slot, nowNanos);
            }
            else if (slot.LengthBytes == DatagramResult.Truncated)
            {
                Counters.DatagramsInvalid.Increment();
                Counters.Truncated.Increment();
            }
            else if (slot.LengthBytes < 0)
            {
                Counters.SocketFailures.Increment();
            }
        }

        return slots;
    }

    // One datagram, or several that the kernel has joined.
    private void OnSlot(ReceiveTransport transport, byte* bytes, in DatagramSlot slot, long nowNanos)
    {
        Counters.Bytes.Add(slot.LengthBytes);
        for (var left = slot.LengthBytes; left > 0;)
        {
            var length = Math.Min(left, slot.SegmentLengthBytes);
            Counters.Datagrams.Increment();
            OnDatagram(transport, bytes, length, slot.From, nowNanos);
            bytes += length;
            left -= length;
        }
    }

    private void OnDatagram(
        ReceiveTransport transport, byte* datagram, int lengthBytes, in SocketEndpoint source, long nowNanos)
    {
        var span = new ReadOnlySpan<byte>(datagram, lengthBytes);
        var fault = FrameHeader.Classify(span, out var type);
        if (fault == FrameFault.None)
        {
            switch (type)
            {
                case FrameType.Data:
                case FrameType.Pad:
                    fault = OnData(transport, datagram, span, source, nowNanos);
                    break;
                case FrameType.Setup:
                    fault = OnSetup(transport, span, source, nowNanos);
                    break;
                case FrameType.RoundTripMeasurement:
                    fault = OnRoundTrip(transport, span, source, nowNanos);
                    break;
                default:
                    Counters.NotForReceivers.Increment();
                    break;
            }
        }

        if (fault != FrameFault.None)
        {
            Counters.Count(fault);
        }
    }

    private FrameFault OnData(
        ReceiveTransport transport, byte* datagram, ReadOnlySpan<byte> span, in SocketEndpoint source, long nowNanos)
    {
        var fault = DataHeader.TryRead(span, out var header);
        if (fault != FrameFault.None)
        {
            return fault;
        }

        // Most datagrams are of the session that sent the one before.
        var last = _lastImage;
        if (last is not null && last.SessionId == header.SessionId && last.StreamId == header.StreamId)
        {
            return last.OnDatagram(transport, datagram, span.Length, source, nowNanos);
        }

        if (!_streams.TryGetValue(header.StreamId, out var sessions))
        {
            Counters.NoInterest.Increment();
            return FrameFault.None;
        }

        var session = sessions.Find(header.SessionId);
        if (session?.Image is { } image)
        {
            _lastImage = image;
            return image.OnDatagram(transport, datagram, span.Length, source, nowNanos);
        }

        if (session is null)
        {
            OnUnknownSession(transport, sessions, header, source, nowNanos);
        }
        else
        {
            Counters.NoImage.Increment();
        }

        return FrameFault.None;
    }

    private void OnUnknownSession(
        ReceiveTransport transport, StreamSessions sessions, in DataHeader header, in SocketEndpoint source, long nowNanos)
    {
        if (!sessions.Wants(header.SessionId))
        {
            Counters.NoInterest.Increment();
        }
        else if (header.IsEndOfStream)
        {
            Counters.Ended.Increment();
        }
        else if (_pending.TryAdd(sessions, header.SessionId, source, nowNanos))
        {
            var groupTag = sessions.GroupTagOf(header.SessionId);
            ElicitSetup(transport, header.SessionId, header.StreamId, transport.ControlOf(source), groupTag);
        }
        else
        {
            Counters.PendingRefused.Increment();
        }
    }

    private FrameFault OnSetup(
        ReceiveTransport transport, ReadOnlySpan<byte> span, in SocketEndpoint source, long nowNanos)
    {
        var fault = SetupFrame.TryRead(span, out var setup);
        if (fault != FrameFault.None)
        {
            return fault;
        }

        Counters.Setups.Increment();
        if (!_streams.TryGetValue(setup.StreamId, out var sessions) || !sessions.Wants(setup.SessionId))
        {
            Counters.NoInterest.Increment();
            return FrameFault.None;
        }

        var session = sessions.Find(setup.SessionId);
        if (session?.Image is { } image)
        {
            image.OnSetup(transport, setup, source, nowNanos);
        }
        else if (session is null or { State: SessionState.Pending })
        {
            RequestImage(transport, sessions, session, setup, source);
        }
        else
        {
            Counters.NoImage.Increment();
        }

        return FrameFault.None;
    }

    private FrameFault OnRoundTrip(
        ReceiveTransport transport, ReadOnlySpan<byte> span, in SocketEndpoint source, long nowNanos)
    {
        var fault = RoundTripFrame.TryRead(span, out var answer);
        if (fault != FrameFault.None)
        {
            return fault;
        }

        if (answer.IsAnswerWanted || !_streams.TryGetValue(answer.StreamId, out var sessions)
            || sessions.Find(answer.SessionId)?.Image is not { } image
            || !image.OnRoundTrip(transport, answer, source, nowNanos))
        {
            Counters.Unasked.Increment();
        }

        return FrameFault.None;
    }

    private void RequestImage(
        ReceiveTransport transport, StreamSessions sessions, StreamSession? pending, in SetupFrame setup,
        in SocketEndpoint source)
    {
        if (setup.TermLength > _options.ImageTermLengthBytesMax || !_quota.TryTake(source))
        {
            Counters.SetupsRefused.Increment();
            return;
        }

        if (pending is not null)
        {
            _pending.Settle(pending);
        }

        sessions.SetCreating(setup.SessionId);
        _conductor.Enqueue(new ConductorCommand.CreateImage(this, transport, setup, source));
    }

    private void ElicitSetup(
        ReceiveTransport transport, int sessionId, int streamId, in SocketEndpoint to, long? groupTag)
    {
        var status = new StatusMessageFrame(
            FrameFlags.StatusSendSetup, sessionId, streamId, 0, 0, 0, ReceiverId, groupTag);
        var length = status.Write(ControlBuffer);
        if (TrySend(transport, ControlBuffer.AsSpan(0, length), to) == length)
        {
            Counters.SetupsElicited.Increment();
        }
    }

    private void End(PublicationImage image)
    {
        if (ReferenceEquals(_lastImage, image))
        {
            _lastImage = null;
        }

        // Another image of the session may have come meanwhile, when all subscriptions left and new ones came.
        if (_streams.TryGetValue(image.StreamId, out var sessions)
            && ReferenceEquals(sessions.Find(image.SessionId)?.Image, image))
        {
            sessions.Forget(image.SessionId);
            if (!image.IsRejoin && !image.IsEndOfStream)
            {
                sessions.SetBarred(image.SessionId);
            }
        }

        _quota.GiveBack(image.FirstSource);
        _conductor.Enqueue(new ConductorCommand.ImageEnded(image));
    }
}
