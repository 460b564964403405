using System.Collections.Concurrent;
using HftDelta.Aeron.Counters;
using HftDelta.Aeron.Frames;
using HftDelta.Aeron.Images;
using HftDelta.Aeron.Sockets;

namespace HftDelta.Aeron.Driver;

/// <summary>
/// A socket that publishers send to, and what becomes of each datagram: by stream, then by session. Control frames leave by the
/// same
/// socket, which the peers' sockets insist on. Owner: the receiver, but for <see cref="References"/>.
/// </summary>
internal sealed unsafe class ReceiveChannelEndpoint : IDisposable
{
    private const long PendingSetupTimeoutNanos = 1_000_000_000;
    private const long AnnouncementIntervalNanos = 1_000_000_000;
    private const int DatagramsPerCycleMax = 16;

    private readonly DatagramSocket _socket;
    private readonly SocketEndpoint _announceTo;
    private readonly ConcurrentQueue<ConductorCommand> _conductor;
    private readonly AeronOptions _options;
    private readonly Dictionary<int, StreamSessions> _streams = [];
    private readonly List<PublicationImage> _images = [];
    private readonly byte[] _control = new byte[StatusMessageFrame.LengthWithGroupTagBytes];
    private readonly ImageQuota _quota;
    private PublicationImage? _lastImage;
    private int _datagramsPerCycle = 1;
    private long _announceNanos = long.MinValue;

    public ReceiveChannelEndpoint(
        DatagramSocket socket,
        SocketEndpoint announceTo,
        long receiverId,
        ConcurrentQueue<ConductorCommand> conductor,
        AeronOptions options,
        ReceiverCounters counters)
    {
        _socket = socket;
        _announceTo = announceTo;
        _conductor = conductor;
        _options = options;
        _quota = new ImageQuota(options.ImagesPerEndpointMax, options.ImagesPerAddressMax);
        ReceiverId = receiverId;
        Counters = counters;
    }

    /// <summary>What tools see of it.</summary>
    public required ChannelCounters Shown { get; init; }

    public SocketEndpoint LocalEndpoint => _socket.LocalEndpoint;

    /// <summary>What the system really gives for datagrams that wait.</summary>
    public int ReceiveBufferBytes => _socket.ReceiveBufferBytes;

    /// <summary>Names this endpoint in status messages.</summary>
    public long ReceiverId { get; }

    public ReceiverCounters Counters { get; }

    /// <summary>Subscriptions and images that use it, counted under the driver's gate.</summary>
    public int References { get; set; }

    public int TrySend(ReadOnlySpan<byte> datagram, in SocketEndpoint to)
    {
        var sent = _socket.TrySend(datagram, to);
        if (sent != datagram.Length)
        {
            var counter = sent == DatagramResult.WouldBlock ? Counters.ShortSends : Counters.SocketFailures;
            counter.Increment();
        }

        return sent;
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

    /// <summary>An image took its first data.</summary>
    public void OnFirstData(PublicationImage image) => _conductor.Enqueue(new ConductorCommand.PopulateImage(image));

    /// <summary>Takes what waits at the socket, then looks after every image.</summary>
    /// <returns>How much was done.</returns>
    public int DoWork(byte* buffer, int bufferLengthBytes, long nowNanos)
    {
        var work = Receive(buffer, bufferLengthBytes, nowNanos);
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
        foreach (var sessions in _streams.Values)
        {
            sessions.OnTimer(nowNanos);
        }

        if (!_announceTo.IsNone && nowNanos >= _announceNanos)
        {
            _announceNanos = nowNanos + AnnouncementIntervalNanos;
            ElicitSetup(0, 0, _announceTo);
        }
    }

    public void SendFarewells(long nowNanos)
    {
        foreach (var image in _images)
        {
            image.SendFarewell(nowNanos);
        }
    }

    public void Dispose() => _socket.Dispose();

    // One datagram goes on at once to whoever waits for it; when they come in crowds more are taken in one go, which saves
    // turns of the loop.
    private int Receive(byte* buffer, int bufferLengthBytes, long nowNanos)
    {
        var span = new Span<byte>(buffer, bufferLengthBytes);
        var limit = _datagramsPerCycle;
        var count = 0;
        while (count < limit)
        {
            var length = _socket.TryReceive(span, out var source);
            if (length == DatagramResult.WouldBlock)
            {
                break;
            }

            count++;
            if (length > 0)
            {
                Counters.Datagrams.Increment();
                Counters.Bytes.Add(length);
                OnDatagram(buffer, length, source, nowNanos);
            }
            else
            {
                var counter = length == DatagramResult.Truncated ? Counters.DatagramsInvalid : Counters.SocketFailures;
                counter.Increment();
            }
        }

        _datagramsPerCycle = count == limit ? Math.Min(limit * 2, DatagramsPerCycleMax) : 1;
        return count;
    }

    private void OnDatagram(byte* datagram, int lengthBytes, in SocketEndpoint source, long nowNanos)
    {
        var span = new ReadOnlySpan<byte>(datagram, lengthBytes);
        var fault = FrameHeader.Classify(span, out var type);
        if (fault == FrameFault.None)
        {
            switch (type)
            {
                case FrameType.Data:
                case FrameType.Pad:
                    fault = OnData(datagram, span, source, nowNanos);
                    break;
                case FrameType.Setup:
                    fault = OnSetup(span, source, nowNanos);
                    break;
                default:
                    break;
            }
        }

        if (fault != FrameFault.None)
        {
            Counters.DatagramsInvalid.Increment();
        }
    }

    private FrameFault OnData(byte* datagram, ReadOnlySpan<byte> span, in SocketEndpoint source, long nowNanos)
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
            last.OnDatagram(datagram, span.Length, source, nowNanos);
            return FrameFault.None;
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
            image.OnDatagram(datagram, span.Length, source, nowNanos);
        }
        else if (session is null)
        {
            OnUnknownSession(sessions, header, source, nowNanos);
        }

        return FrameFault.None;
    }

    private void OnUnknownSession(StreamSessions sessions, in DataHeader header, in SocketEndpoint source, long nowNanos)
    {
        if (!sessions.Wants(header.SessionId))
        {
            Counters.NoInterest.Increment();
        }
        else if (!header.IsEndOfStream && sessions.TryAddPending(header.SessionId, nowNanos + PendingSetupTimeoutNanos))
        {
            ElicitSetup(header.SessionId, header.StreamId, source);
        }
    }

    private FrameFault OnSetup(ReadOnlySpan<byte> span, in SocketEndpoint source, long nowNanos)
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
            image.OnSetup(source, nowNanos);
        }
        else if (session is null or { State: SessionState.Pending })
        {
            RequestImage(sessions, setup, source);
        }

        return FrameFault.None;
    }

    private void RequestImage(StreamSessions sessions, in SetupFrame setup, in SocketEndpoint source)
    {
        if (setup.TermLength > _options.ImageTermLengthBytesMax || !_quota.TryTake(source))
        {
            Counters.SetupsRefused.Increment();
            return;
        }

        sessions.SetCreating(setup.SessionId);
        _conductor.Enqueue(new ConductorCommand.CreateImage(this, setup, source));
    }

    private void ElicitSetup(int sessionId, int streamId, in SocketEndpoint source)
    {
        var status = new StatusMessageFrame(FrameFlags.StatusSendSetup, sessionId, streamId, 0, 0, 0, ReceiverId);
        var length = status.Write(_control);
        if (TrySend(_control.AsSpan(0, length), source) == length)
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

        _quota.GiveBack(image.Source);
        _conductor.Enqueue(new ConductorCommand.ImageEnded(image));
    }
}
