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
    private readonly ImageCounters _shown;
    private readonly AeronOptions _options;
    private readonly LossDetector _loss;
    private readonly ILossSink _lossSink;
    private readonly string _channel;
    private readonly TermCleaner _cleaner;
    private readonly byte[] _control = new byte[StatusMessageFrame.LengthWithGroupTagBytes];
    private readonly int _termLengthBytes;
    private readonly int _positionBitsToShift;
    private readonly int _windowLengthBytes;
    private PositionWord[] _readers;
    private long _rebuildPosition;
    private long _highWaterMark;
    private long _statusPosition;
    private long _lastStatusNanos;
    private long _lastPacketNanos;
    private long _drainNanos;
    private bool _hasData;
    private bool _isEndOfStream;
    private bool _isStatusEndOfStream;

    public PublicationImage(
        ReceiveChannelEndpoint endpoint,
        SetupFrame setup,
        SocketEndpoint source,
        ImageResources resources,
        AeronOptions options,
        long nowNanos)
    {
        Endpoint = endpoint;
        Setup = setup;
        Source = source;
        CorrelationId = resources.CorrelationId;
        Log = resources.Log;
        IsReliable = resources.IsReliable;
        IsRejoin = resources.IsRejoin;
        _counters = endpoint.Counters;
        _shown = resources.Counters;
        _options = options;
        _readers = [.. resources.Readers];
        _windowLengthBytes = resources.WindowLengthBytes;
        _termLengthBytes = Log.TermLengthBytes;
        _positionBitsToShift = Log.PositionBitsToShift;
        _loss = new LossDetector(
            IsReliable ? options.NakDelayNanos : 0, options.NakDelayNanos * options.NakRetryDelayRatio);
        _lossSink = resources.LossSink;
        _channel = resources.Channel;
        JoinPosition = JoinPositionOf(setup);
        _cleaner = new TermCleaner(Log, JoinPosition);
        _rebuildPosition = JoinPosition;
        _highWaterMark = JoinPosition;
        _statusPosition = JoinPosition;
        _lastPacketNanos = nowNanos;

        // The first status message leaves with the first duty cycle.
        _lastStatusNanos = nowNanos - options.StatusMessageTimeoutNanos;
    }

    public ReceiveChannelEndpoint Endpoint { get; }

    public SetupFrame Setup { get; }

    public SocketEndpoint Source { get; }

    public long CorrelationId { get; }

    public LogBuffer Log { get; }

    public bool IsReliable { get; }

    public bool IsRejoin { get; }

    public long JoinPosition { get; }

    public int SessionId => Setup.SessionId;

    public int StreamId => Setup.StreamId;

    public ImageState State { get; private set; }

    /// <summary>Up to where everything is there, for the conductor: where a new reader joins.</summary>
    public PositionWord RebuildPosition => _shown.RebuildPosition;

    /// <summary>What tools see of it.</summary>
    public ImageCounters Counters => _shown;

    /// <summary>It ended the proper way.</summary>
    public bool IsEndOfStream => _isEndOfStream;

    public static long JoinPositionOf(in SetupFrame setup) => TermArithmetic.Position(
        setup.ActiveTermId,
        setup.TermOffset,
        TermArithmetic.PositionBitsToShift(setup.TermLength),
        setup.InitialTermId);

    /// <summary>A DATA, PAD or heartbeat datagram of this session, as received.</summary>
    public void OnDatagram(byte* datagram, int lengthBytes, in SocketEndpoint source, long nowNanos)
    {
        if (State != ImageState.Active)
        {
            return;
        }

        if (source != Source)
        {
            _counters.ForeignSource.Increment();
            return;
        }

        if (DataDatagram.TryRead(new ReadOnlySpan<byte>(datagram, lengthBytes), _termLengthBytes, out var read)
            != FrameFault.None)
        {
            _counters.DatagramsInvalid.Increment();
            return;
        }

        var position = TermArithmetic.Position(
            read.First.TermId, read.First.TermOffset, _positionBitsToShift, Log.InitialTermId);
        if (read.IsHeartbeat)
        {
            OnHeartbeat(position, read.First.IsEndOfStream, nowNanos);
        }
        else
        {
            Insert(datagram, lengthBytes, position, read, nowNanos);
        }
    }

    /// <summary>The sender repeats its SETUP: it is alive.</summary>
    public void OnSetup(in SocketEndpoint source, long nowNanos)
    {
        if (State == ImageState.Active && source == Source)
        {
            _lastPacketNanos = nowNanos;
        }
    }

    public void AddReader(PositionWord reader) => _readers = [.. _readers, reader];

    public void RemoveReader(PositionWord reader, long nowNanos)
    {
        _readers = Array.FindAll(_readers, other => !ReferenceEquals(other, reader));
        if (_readers.Length == 0 && State == ImageState.Active)
        {
            // Nobody reads any more: the sender learns it at once instead of by silence.
            BeginDraining(tellsEnd: true, nowNanos);
        }
    }

    /// <summary>One duty cycle.</summary>
    /// <returns>How much was done.</returns>
    public int DoWork(long nowNanos)
    {
        switch (State)
        {
            case ImageState.Active:
                return Rebuild(nowNanos);
            case ImageState.Draining:
                return Drain(nowNanos);
            default:
                return 0;
        }
    }

    /// <summary>A last status message that says goodbye, when the process goes.</summary>
    public void SendFarewell(long nowNanos)
    {
        if (State != ImageState.Done)
        {
            _isStatusEndOfStream = true;
            SendStatus(nowNanos);
        }
    }

    private void OnHeartbeat(long position, bool isEndOfStream, long nowNanos)
    {
        if (position > _statusPosition + (_termLengthBytes / 2))
        {
            _counters.OverRuns.Increment();
            return;
        }

        if (position < _statusPosition - _termLengthBytes)
        {
            _counters.UnderRuns.Increment();
            return;
        }

        _counters.Heartbeats.Increment();
        _lastPacketNanos = nowNanos;

        // What was sent last and lost is noticed here: the sender says how far it is.
        RaiseHighWaterMark(position);
        if (isEndOfStream && !_isEndOfStream)
        {
            _isEndOfStream = true;
            Log.Metadata.SetEndOfStreamPosition(position);
        }
    }

    private void Insert(byte* datagram, int lengthBytes, long position, in DataDatagram read, long nowNanos)
    {
        if (position + lengthBytes > _statusPosition + (_termLengthBytes / 2))
        {
            _counters.OverRuns.Increment();
            return;
        }

        if (position < _statusPosition)
        {
            _counters.UnderRuns.Increment();
            return;
        }

        _lastPacketNanos = nowNanos;
        RaiseHighWaterMark(position + read.ExtentBytes);
        if (TermRebuilder.Insert(Log.At(position), datagram, lengthBytes))
        {
            _counters.Frames.Add(read.FrameCount);
            if (!_hasData)
            {
                _hasData = true;
                Endpoint.OnFirstData(this);
            }
        }
        else
        {
            _counters.Duplicates.Increment();
        }
    }

    private void RaiseHighWaterMark(long position)
    {
        if (position > _highWaterMark)
        {
            _highWaterMark = position;
            _shown.HighWaterMark.Release(position);
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

        var work = Walk(Math.Max(_rebuildPosition, fastest), nowNanos);
        work += TellStatus(slowest, nowNanos);
        if (_isEndOfStream && _rebuildPosition >= _highWaterMark)
        {
            BeginDraining(tellsEnd: true, nowNanos);
        }
        else if (nowNanos - _lastPacketNanos > _options.ImageLivenessTimeoutNanos)
        {
            BeginDraining(tellsEnd: false, nowNanos);
        }

        return work;
    }

    // Moves the rebuild position to the first gap, at most to the end of its term, and looks after that gap.
    private int Walk(long rebuildPosition, long nowNanos)
    {
        if (rebuildPosition >= _highWaterMark)
        {
            SetRebuildPosition(rebuildPosition);
            return 0;
        }

        var offset = TermArithmetic.TermOffset(rebuildPosition, _termLengthBytes);
        var termBegin = rebuildPosition - offset;
        var limit = (int)Math.Min(_highWaterMark - termBegin, _termLengthBytes);
        var term = Log.At(rebuildPosition) - offset;
        var gapOffset = TermRebuilder.WalkFilled(term, offset, limit);
        SetRebuildPosition(termBegin + gapOffset);
        return gapOffset < limit ? OnGap(term, gapOffset, limit, nowNanos) : 1;
    }

    private void SetRebuildPosition(long position)
    {
        if (position != _rebuildPosition)
        {
            _rebuildPosition = position;
            RebuildPosition.Release(position);
        }
    }

    private int OnGap(byte* term, int gapOffset, int limitOffset, long nowNanos)
    {
        var isDue = _loss.Scan(term, gapOffset, limitOffset, _rebuildPosition, nowNanos);
        if (_loss.IsNew)
        {
            _counters.Losses.Increment();
            _counters.LostBytes.Add(_loss.LengthBytes);
            TellLoss(_loss.LengthBytes, nowNanos);
        }

        if (!isDue)
        {
            return 0;
        }

        var termId = TermArithmetic.TermId(_rebuildPosition, _positionBitsToShift, Log.InitialTermId);
        if (!IsReliable)
        {
            FrameWriter.Pad(
                term + gapOffset, _loss.LengthBytes, gapOffset, termId, FrameWriter.PackIds(SessionId, StreamId));
            _counters.GapsFilled.Increment();
            return 1;
        }

        var length = new NakFrame(SessionId, StreamId, termId, gapOffset, _loss.LengthBytes).Write(_control);
        if (Endpoint.TrySend(_control.AsSpan(0, length), Source) == length)
        {
            _counters.Naks.Increment();
            _shown.NaksSent.Increment();
        }

        return 1;
    }

    private void TellLoss(int lostBytes, long nowNanos) => _lossSink.OnLoss(
        new LossObservation(CorrelationId, SessionId, StreamId, _channel, Source, lostBytes, nowNanos));

    private int TellStatus(long slowestPosition, long nowNanos)
    {
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
            SendStatus(nowNanos);
            return 1;
        }

        return 0;
    }

    private void SendStatus(long nowNanos)
    {
        _lastStatusNanos = nowNanos;
        var status = new StatusMessageFrame(
            _isStatusEndOfStream ? FrameFlags.StatusEndOfStream : FrameFlags.None,
            SessionId,
            StreamId,
            TermArithmetic.TermId(_statusPosition, _positionBitsToShift, Log.InitialTermId),
            TermArithmetic.TermOffset(_statusPosition, _termLengthBytes),
            _windowLengthBytes,
            Endpoint.ReceiverId);
        var length = status.Write(_control);
        if (Endpoint.TrySend(_control.AsSpan(0, length), Source) == length)
        {
            _counters.StatusMessages.Increment();
        }
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
        foreach (var reader in _readers)
        {
            if (reader.Acquire() < _rebuildPosition)
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>What the conductor made for a new image.</summary>
internal sealed record ImageResources(
    long CorrelationId,
    LogBuffer Log,
    int WindowLengthBytes,
    bool IsReliable,
    bool IsRejoin,
    IReadOnlyList<PositionWord> Readers)
{
    /// <summary>The channel of the subscription that it was made for first.</summary>
    public required string Channel { get; init; }

    public required ImageCounters Counters { get; init; }

    public required ILossSink LossSink { get; init; }
}
