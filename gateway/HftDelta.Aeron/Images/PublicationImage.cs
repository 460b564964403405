using HftDelta.Aeron.Counters;
using HftDelta.Aeron.Driver;
using HftDelta.Aeron.Frames;
using HftDelta.Aeron.LogBuffers;
using HftDelta.Aeron.Loss;
using HftDelta.Aeron.Sockets;

namespace HftDelta.Aeron.Images;

/// <summary>How far an image is in its life; it only moves down this list.</summary>
internal enum ImageState
{
    Active,

    /// <summary>Nothing more comes; readers may still have something to read.</summary>
    Draining,
    Done,
}

/// <summary>
/// One session of one stream as it arrives: puts datagrams into their terms, finds and asks for what is missing, tells the sender
/// how far the slowest reader is, and notices the end. Owner: the receiver; readers only move their <see cref="PositionWord"/>.
/// Invariants: nothing is put in further than half a term beyond the last status message, so nothing unread is overwritten.
/// </summary>
internal sealed unsafe class PublicationImage
{
    private const int WindowParts = 4;
    private const int EndOfStreamStatusMessages = 5;

    private readonly ReceiverCounters _counters;
    private readonly AeronOptions _options;
    private readonly SubscriptionParameters _parameters;
    private readonly ImageCounters _shown;
    private readonly ILossSink _lossSink;
    private readonly ImageRebuilder _rebuilder;
    private readonly CubicWindow? _cubic;
    private readonly ImageSources _sources;
    private readonly ImageFeedback _feedback;
    private readonly TermCleaner _cleaner;
    private readonly int? _timestampOffset;
    private readonly int _termLengthBytes;
    private readonly int _positionBitsToShift;
    private PositionWord[] _readers;
    private byte[]? _rejection;
    private int? _responseSessionId;
    private int _windowLengthBytes;
    private long _statusPosition;
    private long _lastStatusNanos;
    private long _lastPacketNanos;
    private long _drainNanos;
    private bool _hasData;
    private bool _isEndOfStream;
    private bool _isRevoked;
    private bool _isStatusEndOfStream;
    private bool _isSilenced;

    public PublicationImage(
        ReceiveChannelEndpoint endpoint,
        ImageSource source,
        SetupFrame setup,
        ImageResources resources,
        AeronOptions options,
        long nowNanos)
    {
        Endpoint = endpoint;
        Setup = setup;
        FirstSource = source.Address;
        CorrelationId = resources.CorrelationId;
        Log = resources.Log;
        _counters = endpoint.Counters;
        _options = options;
        _parameters = resources.Parameters;
        _shown = resources.Counters;
        _lossSink = resources.LossSink;
        _readers = [.. resources.Readers];
        _timestampOffset = _parameters.Uri.ChannelReceiveTimestampOffset;
        _termLengthBytes = Log.TermLengthBytes;
        _positionBitsToShift = Log.PositionBitsToShift;
        _sources = new ImageSources(source);
        _feedback = new ImageFeedback(endpoint, _sources, setup, _parameters.GroupTag);
        _cubic = resources.Cubic;
        _windowLengthBytes = _cubic?.LengthBytes ?? resources.WindowLengthBytes;
        JoinPosition = JoinPositionOf(setup);
        _cleaner = new TermCleaner(Log, JoinPosition);
        _rebuilder = new ImageRebuilder(resources, setup, JoinPosition, _feedback, options, _counters);
        _statusPosition = JoinPosition;
        _lastPacketNanos = nowNanos;

        // The first status message leaves with the first duty cycle.
        _lastStatusNanos = nowNanos - options.StatusMessageTimeoutNanos;
        TellTransportCount();
    }

    public ReceiveChannelEndpoint Endpoint { get; }

    public SetupFrame Setup { get; }

    /// <summary>The sender that it began with.</summary>
    public SocketEndpoint FirstSource { get; }

    public long CorrelationId { get; }

    public LogBuffer Log { get; }

    public bool IsRejoin => _parameters.IsRejoin;

    public long JoinPosition { get; }

    public int SessionId => Setup.SessionId;

    public int StreamId => Setup.StreamId;

    public ImageState State { get; private set; }

    /// <summary>Up to where everything is there, for the conductor: where a new reader joins.</summary>
    public PositionWord RebuildPosition => _shown.RebuildPosition;

    /// <summary>What tools see of it.</summary>
    public ImageCounters Counters => _shown;

    /// <summary>How much its senders are ahead of the slowest reader at most; for any thread.</summary>
    public int WindowLengthBytes => Volatile.Read(ref _windowLengthBytes);

    /// <summary>It ended the proper way.</summary>
    public bool IsEndOfStream => _isEndOfStream;

    public static long JoinPositionOf(in SetupFrame setup) => TermArithmetic.Position(
        setup.ActiveTermId,
        setup.TermOffset,
        TermArithmetic.PositionBitsToShift(setup.TermLength),
        setup.InitialTermId);

    /// <summary>A DATA, PAD or heartbeat datagram of this session, as received.</summary>
    public FrameFault OnDatagram(
        ReceiveTransport transport, byte* datagram, int lengthBytes, in SocketEndpoint source, long nowNanos)
    {
        if (!IsOpenTo(transport, source, out var from))
        {
            return FrameFault.None;
        }

        var fault = DataDatagram.TryRead(new ReadOnlySpan<byte>(datagram, lengthBytes), _termLengthBytes, out var read);
        if (fault != FrameFault.None)
        {
            return fault;
        }

        var position = TermArithmetic.Position(
            read.First.TermId, read.First.TermOffset, _positionBitsToShift, Log.InitialTermId);
        if (!IsWithinReach(position, read.IsHeartbeat ? 0 : lengthBytes))
        {
            return FrameFault.None;
        }

        from ??= AddSource(transport, source, nowNanos);
        from.LastFrameNanos = nowNanos;
        _lastPacketNanos = nowNanos;
        if (read.IsHeartbeat)
        {
            OnHeartbeat(from, position, read.First, nowNanos);
        }
        else
        {
            if (_timestampOffset is { } timestampOffset)
            {
                DataTimestamp.Write(datagram, timestampOffset, nowNanos);
            }

            Insert(datagram, lengthBytes, position, read);
        }

        return FrameFault.None;
    }

    /// <summary>The sender repeats its SETUP: it is alive. By another transport it is one more sender of the stream.</summary>
    public void OnSetup(ReceiveTransport transport, in SetupFrame setup, in SocketEndpoint source, long nowNanos)
    {
        if (!IsOpenTo(transport, source, out var from))
        {
            return;
        }

        if (setup.InitialTermId != Setup.InitialTermId || setup.TermLength != Setup.TermLength)
        {
            // The same session, another stream: one of both is not what it says.
            _counters.ForeignSource.Increment();
            return;
        }

        from ??= AddSource(transport, source, nowNanos);
        from.LastFrameNanos = nowNanos;
        _lastPacketNanos = nowNanos;
    }

    /// <returns>False for an answer that was not asked for.</returns>
    public bool OnRoundTrip(ReceiveTransport transport, in RoundTripFrame answer, in SocketEndpoint source, long nowNanos) =>
        _cubic is not null && _sources.Of(transport) is { } from && from.Address == source

        // An answer for everybody names no receiver.
        && (answer.ReceiverId == _feedback.ReceiverId || answer.ReceiverId == 0)
        && _cubic.OnAnswer(answer.EchoTimestampNanos, answer.ReceptionDeltaNanos, nowNanos);

    public void AddReader(PositionWord reader) => _readers = [.. _readers, reader];

    public void RemoveReader(PositionWord reader, long nowNanos)
    {
        RestReader(reader);
        if (_readers.Length == 0 && State == ImageState.Active)
        {
            // Nobody reads any more: the sender learns it at once instead of by silence.
            BeginDraining(tellsEnd: _rejection is null, nowNanos);
            Endpoint.OnGoodbye();
        }
    }

    /// <summary>Its session has another image: to say goodbye now would be for that one.</summary>
    public void Silence()
    {
        _isSilenced = true;
        _isStatusEndOfStream = false;
    }

    /// <summary>The reader fell behind and counts no more; it may come back.</summary>
    public void RestReader(PositionWord reader) =>
        _readers = Array.FindAll(_readers, other => !ReferenceEquals(other, reader));

    /// <summary>The stream is refused: its senders are told so instead of status messages, until it is gone.</summary>
    public void Reject(byte[] reason)
    {
        if (_rejection is null && State == ImageState.Active)
        {
            _rejection = reason;
            _counters.ImagesRejected.Increment();
        }
    }

    /// <summary>The session that answers this stream, which its sender is told until it has been found.</summary>
    public void SetResponse(int? sessionId) => _responseSessionId = sessionId;

    /// <summary>One of the endpoint's transports is gone. An image that nobody sends to any more ends as if all were silent.
    /// </summary>
    public void OnTransportClosed(ReceiveTransport transport)
    {
        if (_sources.Remove(transport))
        {
            TellTransportCount();
        }
    }

    /// <summary>Slow changes.</summary>
    public void OnTimer(long nowNanos)
    {
        if (_sources.RemoveSilent(nowNanos, _options.ImageLivenessTimeoutNanos))
        {
            TellTransportCount();
            CheckEnd(nowNanos);
        }
    }

    /// <summary>One duty cycle.</summary>
    /// <returns>How much was done.</returns>
    public int DoWork(long nowNanos)
    {
        switch (State)
        {
            case ImageState.Active:
                return _rejection is null ? Rebuild(nowNanos) : TellRejection(nowNanos);
            case ImageState.Draining:
                return Drain(nowNanos);
            default:
                return 0;
        }
    }

    /// <summary>A last status message that says goodbye, when the process goes.</summary>
    public void SendFarewell(long nowNanos)
    {
        if (State != ImageState.Done && _rejection is null && !_isSilenced)
        {
            _isStatusEndOfStream = true;
            SendStatus(nowNanos);
        }
    }

    private bool IsOpenTo(ReceiveTransport transport, in SocketEndpoint source, out ImageSource? from)
    {
        from = null;
        if (State != ImageState.Active)
        {
            _counters.Ended.Increment();
            return false;
        }

        if (_rejection is not null)
        {
            _counters.Rejected.Increment();
            return false;
        }

        from = _sources.Of(transport);
        if (from is not null && from.Address != source)
        {
            _counters.ForeignSource.Increment();
            return false;
        }

        return true;
    }

    private ImageSource AddSource(ReceiveTransport transport, in SocketEndpoint address, long nowNanos)
    {
        var source = new ImageSource(transport, address, nowNanos);
        _sources.Add(source);
        TellTransportCount();

        // It sends nothing before it has heard of the window.
        _lastStatusNanos = nowNanos - _options.StatusMessageTimeoutNanos;
        return source;
    }

    private void TellTransportCount() => Log.Metadata.Write(LogMetadata.ActiveTransportCountOffset, _sources.Count);

    private bool IsWithinReach(long position, int lengthBytes)
    {
        // Heartbeats put nothing in: they may be late, and they tell of padding at the end of a term, which takes a sender
        // further than its window. When that padding is lost only they can say so.
        var isHeartbeat = lengthBytes == 0;
        if (position + lengthBytes > _statusPosition + (isHeartbeat ? _termLengthBytes : _termLengthBytes / 2))
        {
            _counters.OverRuns.Increment();
            return false;
        }

        if (position < _statusPosition - (isHeartbeat ? _termLengthBytes : 0))
        {
            _counters.UnderRuns.Increment();
            return false;
        }

        return true;
    }

    private void OnHeartbeat(ImageSource from, long position, in DataHeader header, long nowNanos)
    {
        _counters.Heartbeats.Increment();

        // What was sent last and lost is noticed here: the sender says how far it is.
        _rebuilder.RaiseHighWaterMark(position);
        if (header.IsEndOfStream)
        {
            from.End(position, header.IsRevoked);
            CheckEnd(nowNanos);
        }
    }

    // The stream has ended when all of its senders say so.
    private void CheckEnd(long nowNanos)
    {
        if (State != ImageState.Active || !_sources.HaveEnded(out var position, out var isRevoked))
        {
            return;
        }

        if (isRevoked && !_isRevoked)
        {
            // Void at once, whatever was read of it: nothing is waited for.
            _isRevoked = true;
            _isEndOfStream = true;
            _counters.ImagesRevoked.Increment();
            Log.Metadata.SetEndOfStreamPosition(position);
            Log.Metadata.SetRevoked();
            _isStatusEndOfStream = true;
            SendStatus(nowNanos);
            State = ImageState.Done;
        }
        else if (!_isEndOfStream)
        {
            _isEndOfStream = true;
            Log.Metadata.SetEndOfStreamPosition(position);
        }
    }

    private void Insert(byte* datagram, int lengthBytes, long position, in DataDatagram read)
    {
        if (!_rebuilder.Insert(datagram, lengthBytes, position, read.ExtentBytes))
        {
            _counters.Duplicates.Increment();
            return;
        }

        _counters.Frames.Add(read.FrameCount);
        if (!_hasData)
        {
            _hasData = true;
            Endpoint.OnFirstData(this);
        }
    }

    private int Rebuild(long nowNanos)
    {
        var slowest = long.MaxValue;
        var fastest = long.MinValue;
        foreach (var reader in _readers)
        {
            var position = reader.Acquire();
            slowest = Math.Min(slowest, position);
            fastest = Math.Max(fastest, position);
        }

        if (_readers.Length == 0)
        {
            // All of them rest: the stream goes on without them.
            slowest = _rebuilder.Position;
        }

        var result = _rebuilder.DoWork(fastest, nowNanos);
        if (_rebuilder.NewGapLengthBytes > 0)
        {
            OnNewGap(_rebuilder.NewGapLengthBytes, nowNanos);
        }

        if (result == RebuildResult.Contradiction)
        {
            // Its sender may know why nothing is taken any more.
            Reject([.. "frames of the stream overlap"u8]);
            return 1;
        }

        var work = (result == RebuildResult.Progress ? 1 : 0) + TellStatus(slowest, nowNanos);
        if (_isEndOfStream && _rebuilder.IsComplete)
        {
            BeginDraining(tellsEnd: true, nowNanos);
        }
        else
        {
            CheckLiveness(nowNanos);
        }

        return work;
    }

    private void CheckLiveness(long nowNanos)
    {
        if (nowNanos - _lastPacketNanos > _options.ImageLivenessTimeoutNanos)
        {
            BeginDraining(tellsEnd: false, nowNanos);
        }
    }

    private void OnNewGap(int lengthBytes, long nowNanos)
    {
        _counters.Losses.Increment();
        _counters.LostBytes.Add(lengthBytes);
        _lossSink.OnLoss(new LossObservation(
            CorrelationId, SessionId, StreamId, _parameters.Channel, FirstSource, lengthBytes, nowNanos));
    }

    private int TellStatus(long slowestPosition, long nowNanos)
    {
        var isForced = _cubic is not null && FollowCubic(nowNanos);
        if (slowestPosition > _statusPosition + (_windowLengthBytes / WindowParts))
        {
            // Blank before the sender hears that there is room.
            _cleaner.CleanTo(slowestPosition - _termLengthBytes);
            _statusPosition = slowestPosition;
            SendStatus(nowNanos);
            return 1;
        }

        if (nowNanos - _lastStatusNanos >= _options.StatusMessageTimeoutNanos)
        {
            if (_responseSessionId is { } responseSessionId)
            {
                _feedback.ResponseSetup(responseSessionId);
            }

            isForced = true;
        }

        if (isForced)
        {
            SendStatus(nowNanos);
            return 1;
        }

        return 0;
    }

    // True when the sender has to hear of the window.
    private bool FollowCubic(long nowNanos)
    {
        var isForced = _cubic!.OnProgress(_rebuilder.NewGapLengthBytes > 0, nowNanos);
        if (_cubic.IsRequestDue(nowNanos))
        {
            _cubic.OnRequestSent(nowNanos);
            _feedback.RoundTripRequest(nowNanos);
        }

        isForced |= _cubic.LengthBytes != _windowLengthBytes;
        _windowLengthBytes = _cubic.LengthBytes;
        return isForced;
    }

    private int TellRejection(long nowNanos)
    {
        CheckLiveness(nowNanos);
        if (nowNanos - _lastStatusNanos < _options.StatusMessageTimeoutNanos)
        {
            return 0;
        }

        _lastStatusNanos = nowNanos;
        _feedback.Rejection(_rejection);
        return 1;
    }

    private void SendStatus(long nowNanos)
    {
        _lastStatusNanos = nowNanos;
        _feedback.Status(
            _isStatusEndOfStream ? FrameFlags.StatusEndOfStream : FrameFlags.None,
            TermArithmetic.TermId(_statusPosition, _positionBitsToShift, Log.InitialTermId),
            TermArithmetic.TermOffset(_statusPosition, _termLengthBytes),
            _windowLengthBytes);
    }

    private void BeginDraining(bool tellsEnd, long nowNanos)
    {
        State = ImageState.Draining;
        _drainNanos = nowNanos;
        _isStatusEndOfStream = tellsEnd;
        if (tellsEnd)
        {
            SendStatus(nowNanos);
        }
    }

    private int Drain(long nowNanos)
    {
        var work = 0;
        if (_isStatusEndOfStream && nowNanos - _lastStatusNanos >= _options.StatusMessageTimeoutNanos)
        {
            SendStatus(nowNanos);
            work = 1;
        }

        if (nowNanos - _drainNanos > EndOfStreamStatusMessages * _options.StatusMessageTimeoutNanos && IsDrained())
        {
            State = ImageState.Done;
            work = 1;
        }

        return work;
    }

    private bool IsDrained()
    {
        if (_rejection is not null)
        {
            // Nobody wants what is left.
            return true;
        }

        foreach (var reader in _readers)
        {
            if (reader.Acquire() < _rebuilder.Position)
            {
                return false;
            }
        }

        return true;
    }
}
