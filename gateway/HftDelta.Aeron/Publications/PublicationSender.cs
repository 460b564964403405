using System.Text;
using HftDelta.Aeron.Counters;
using HftDelta.Aeron.Driver;
using HftDelta.Aeron.FlowControl;
using HftDelta.Aeron.Frames;
using HftDelta.Aeron.LogBuffers;
using HftDelta.Aeron.Sockets;

namespace HftDelta.Aeron.Publications;

/// <summary>
/// The sender's half of a publication: what leaves, when, and what its receivers' control frames change about it. Owner: the
/// sender. Invariants: no data before the first status message; nothing leaves past the sender limit, which flow control of a
/// group may also lower.
/// </summary>
internal sealed unsafe class PublicationSender
{
    private const long SetupIntervalNanos = 100_000_000;
    private const long HeartbeatIntervalNanos = 100_000_000;
    private const int UnicastReceiversMax = 16;
    private const int GroupReceiversMax = 256;

    private readonly LogBuffer _log;
    private readonly PublicationOutlet _outlet;
    private readonly SenderCounters _counters;
    private readonly PublicationCounters _shown;
    private readonly ReceiverLiveness _liveness;
    private readonly SenderFlowControl _flowControl;
    private readonly PublicationRepair _repair;
    private readonly DatagramGathering _datagrams = new();
    private readonly byte[] _control = new byte[RoundTripFrame.LengthBytes];
    private readonly int _termLengthBytes;
    private readonly int _positionBitsToShift;
    private readonly int _mtuLengthBytes;
    private long _senderLimit;
    private long _lastSetupNanos;
    private long _lastDataOrHeartbeatNanos;
    private long _lastResponseSetupNanos;
    private readonly bool _countsSpies;
    private bool _hasInitialConnection;
    private bool _isSetupElicited;
    private bool _hadReceivers;
    private bool _isConnected;
    private bool _isLimitCounted;
    private bool _isBlank;
    private bool _maySendAtOnce;
    private bool _hasSentAtOnce;

    public PublicationSender(NetworkPublication publication, AeronOptions options, SenderCounters counters, long nowNanos)
    {
        Publication = publication;
        _log = publication.Log;
        _outlet = new PublicationOutlet(publication);
        _counters = counters;
        _shown = publication.Counters;
        var parameters = publication.Parameters;
        _liveness = new ReceiverLiveness(
            options.PublicationConnectionTimeoutNanos, parameters.HasGroupSemantics ? GroupReceiversMax : UnicastReceiversMax);
        _flowControl = SenderFlowControl.For(parameters.Uri.FlowControl, parameters.HasGroupSemantics, options);
        _repair = new PublicationRepair(publication, _outlet, _flowControl, options, counters);
        _countsSpies = parameters.Uri.SpiesSimulateConnection ?? false;
        _termLengthBytes = _log.TermLengthBytes;
        _positionBitsToShift = _log.PositionBitsToShift;
        _mtuLengthBytes = _log.Metadata.MtuLengthBytes;
        _senderLimit = publication.SenderPosition.Plain;

        // The first of each leaves without waiting.
        _lastSetupNanos = nowNanos - SetupIntervalNanos - 1;
        _lastDataOrHeartbeatNanos = nowNanos - HeartbeatIntervalNanos - 1;
        _lastResponseSetupNanos = nowNanos - SetupIntervalNanos - 1;
    }

    public NetworkPublication Publication { get; }

    /// <summary>The last cycle left data behind that the receiver has no room for.</summary>
    public bool IsHeldUp { get; private set; }

    /// <summary>One duty cycle.</summary>
    /// <returns>Bytes that left.</returns>
    public int Send(long nowNanos)
    {
        IsHeldUp = false;
        _isBlank = false;
        if (_hasSentAtOnce)
        {
            // Nobody read the clock when it left.
            _hasSentAtOnce = false;
            _lastDataOrHeartbeatNanos = nowNanos;
        }

        var position = Publication.SenderPosition.Plain;
        if (!_hasInitialConnection || _isSetupElicited)
        {
            SendSetup(position, nowNanos);
        }

        var bytesSent = 0;
        var datagramsLeft = _outlet.BatchMax;
        while (datagramsLeft > 0)
        {
            var sent = SendData(ref position, ref datagramsLeft, nowNanos);
            if (sent == 0)
            {
                break;
            }

            bytesSent += sent;
        }

        _maySendAtOnce = bytesSent == 0 && _isBlank;
        if (bytesSent == 0)
        {
            bytesSent = SendHeartbeat(position, nowNanos);
            OnIdle(nowNanos);
        }

        _repair.OnCycle(nowNanos);

        return bytesSent;
    }

    /// <summary>
    /// Something was committed: sends it without waiting for the next turn, if the caller's thread is the one that takes turns
    /// and is in none, the last turn found nothing to send, and nothing has left since. So the first message after a pause
    /// leaves by itself, and a stream of them is packed as ever: whatever follows before the next turn waits for that, and a
    /// turn that finds something makes the next message wait too. What the application asked the sender for before it offered,
    /// such as a new destination, comes first as ever. Any thread.
    /// </summary>
    public void SendAtOnce()
    {
        var driver = Publication.Driver;
        if (!driver.InvokerThread.IsBetweenTurns || !_maySendAtOnce || !driver.ToSender.IsEmpty)
        {
            return;
        }

        // Only what the system or the receiver has no room for is left to the next turn.
        var position = Publication.SenderPosition.Plain;
        var datagramsLeft = _outlet.BatchMax;
        _isBlank = false;
        _hasSentAtOnce |= SendData(ref position, ref datagramsLeft, _lastDataOrHeartbeatNanos) > 0;

        // A claim that was not committed may stand before it: nothing has left then.
        _maySendAtOnce = _isBlank;
    }

    /// <summary>Whether the message can be about this stream where it stands.</summary>
    public bool Accepts(in StatusMessageFrame status)
    {
        if (status.CheckStream(_termLengthBytes) != FrameFault.None)
        {
            return false;
        }

        // A sender runs ahead by a window, half a term at most, and by padding at the end of a term on top of it.
        var senderPosition = Publication.SenderPosition.Plain;
        var position = PositionOf(status);
        return status.IsSetupWanted
            || (position >= senderPosition - _termLengthBytes && position <= senderPosition + (_termLengthBytes / 2));
    }

    /// <summary>One that was accepted.</summary>
    public void OnStatusMessage(in StatusMessageFrame status, in SocketEndpoint from, long nowNanos)
    {
        if (status.IsSetupWanted)
        {
            OnSetupAsked(status, from);
            return;
        }

        _hasInitialConnection = true;
        if (status.IsEndOfStream)
        {
            // Not while another one is there or asks: a goodbye may be older than the newcomer's first words.
            _liveness.Remove(status.ReceiverId);
            Publication.IsRemoteEnded |=
                !Publication.Parameters.HasGroupSemantics && !_liveness.HasReceivers && !_isSetupElicited;
        }
        else
        {
            _liveness.OnStatusMessage(status.ReceiverId, nowNanos);
            Publication.IsRemoteEnded = false;
        }

        SetLimit(_flowControl.OnStatusMessage(status, PositionOf(status), _senderLimit, nowNanos));
        TellConnection();
    }

    public FrameFault OnNak(in NakFrame nak, long nowNanos)
    {
        _shown.NaksReceived.Increment();
        return _repair.OnNak(nak, nowNanos);
    }

    /// <summary>The receiver refuses the stream: it is gone for us, and the application hears of it once.</summary>
    public void OnError(in ErrorFrame error, in SocketEndpoint from, long destinationRegistrationId)
    {
        _flowControl.OnError(error);
        if (!_liveness.Remove(error.ReceiverId))
        {
            _counters.Unasked.Increment();
            return;
        }

        TellConnection();
        Publication.Driver.ToConductor.Enqueue(new ConductorCommand.PublicationFailed(new PublicationError
        {
            RegistrationId = Publication.Identity.RegistrationId,
            Channel = Publication.Channel,
            SessionId = error.SessionId,
            StreamId = error.StreamId,
            ReceiverId = error.ReceiverId,
            GroupTag = error.HasGroupTag ? error.GroupTag : null,
            Source = from,
            DestinationRegistrationId = destinationRegistrationId,
            ErrorCode = error.ErrorCode,
            Reason = Encoding.ASCII.GetString(error.Text),
        }));
    }

    /// <summary>The answerer tells the session of its answers, again and again until they flow.</summary>
    public void OnResponseSetup(in ResponseSetupFrame setup, long nowNanos)
    {
        if (Publication.Parameters is not { IsResponse: false, ResponseCorrelationId: { } subscription }
            || nowNanos - _lastResponseSetupNanos <= SetupIntervalNanos)
        {
            _counters.Unasked.Increment();
            return;
        }

        _lastResponseSetupNanos = nowNanos;
        Publication.Driver.ToConductor.Enqueue(
            new ConductorCommand.ResponseSetup(subscription, setup.ResponseSessionId));
    }

    public void OnRoundTripRequest(in RoundTripFrame request)
    {
        var length = request.Answer().Write(_control);
        _outlet.TrySend(_control.AsSpan(0, length));
    }

    /// <summary>One last heartbeat that tells the end, when the process goes: receivers need not wait for a timeout.</summary>
    public void SendFarewell()
    {
        var position = Publication.SenderPosition.Plain;
        if (_hasInitialConnection && Publication.Parameters.SignalEndOfStream && position == Publication.ProducerPosition)
        {
            WriteHeartbeat(position, FrameFlags.DataUnfragmented | FrameFlags.DataEndOfStream);
        }
    }

    private int SendData(ref long position, ref int datagramsLeft, long nowNanos)
    {
        var window = _senderLimit - position;
        if (window <= 0)
        {
            OnLimit(position);
            return 0;
        }

        var offset = TermArithmetic.TermOffset(position, _termLengthBytes);
        var begin = _log.At(position);
        _datagrams.Gather(begin - offset, offset, window, _mtuLengthBytes, _termLengthBytes, datagramsLeft);
        if (_datagrams.Count == 0)
        {
            if (_datagrams.IsCutByLimit)
            {
                OnLimit(position);
            }

            _isBlank = !_datagrams.IsCutByLimit;
            return 0;
        }

        var sent = _outlet.TrySendData(begin, _datagrams);
        if (sent == 0)
        {
            return 0;
        }

        datagramsLeft = sent == _datagrams.Count ? datagramsLeft - sent : 0;
        var advance = _datagrams.Advance(sent, out var frames);
        position += advance;

        // release: the conductor gives the room free only after the datagrams have left.
        Publication.SenderPosition.Release(position);
        _lastDataOrHeartbeatNanos = nowNanos;
        _isLimitCounted = false;
        _counters.Frames.Add(frames);
        return advance;
    }

    private void SendSetup(long position, long nowNanos)
    {
        if (nowNanos - _lastSetupNanos <= SetupIntervalNanos || !_outlet.HasAddress)
        {
            return;
        }

        _lastSetupNanos = nowNanos;
        var setup = new SetupFrame(
            SetupFlags(),
            TermArithmetic.TermOffset(position, _termLengthBytes),
            Publication.SessionId,
            Publication.StreamId,
            _log.InitialTermId,
            TermArithmetic.TermId(position, _positionBitsToShift, _log.InitialTermId),
            _termLengthBytes,
            _mtuLengthBytes,
            Publication.Endpoint.TimeToLive);
        var length = setup.Write(_control);
        if (_isSetupElicited)
        {
            _flowControl.OnSetupSent(_senderLimit, nowNanos);
        }

        if (_outlet.TrySend(_control.AsSpan(0, length)) == length)
        {
            _counters.Setups.Increment();
        }

        if (_liveness.HasReceivers)
        {
            _isSetupElicited = false;
        }
    }

    private int SendHeartbeat(long position, long nowNanos)
    {
        if (!_hasInitialConnection || nowNanos - _lastDataOrHeartbeatNanos <= HeartbeatIntervalNanos)
        {
            return 0;
        }

        _lastDataOrHeartbeatNanos = nowNanos;
        return WriteHeartbeat(position, HeartbeatFlags());
    }

    private int WriteHeartbeat(long position, byte flags)
    {
        DataHeader.Heartbeat(
            Publication.SessionId,
            Publication.StreamId,
            TermArithmetic.TermId(position, _positionBitsToShift, _log.InitialTermId),
            TermArithmetic.TermOffset(position, _termLengthBytes),
            flags).Write(_control);
        var sent = _outlet.TrySend(_control.AsSpan(0, DataHeader.LengthBytes));
        if (sent != DataHeader.LengthBytes)
        {
            return 0;
        }

        _counters.Heartbeats.Increment();
        return sent;
    }

    private byte HeartbeatFlags()
    {
        if (Publication.IsRevoked)
        {
            return FrameFlags.DataUnfragmented | FrameFlags.DataEndOfStream | FrameFlags.DataRevoked;
        }

        return Publication.Parameters.SignalEndOfStream && Publication.IsEndOfStream
            ? (byte)(FrameFlags.DataUnfragmented | FrameFlags.DataEndOfStream)
            : FrameFlags.DataUnfragmented;
    }

    private byte SetupFlags()
    {
        var parameters = Publication.Parameters;
        var wantsResponse = parameters is { IsResponse: false, ResponseCorrelationId: not null };
        return (byte)((wantsResponse ? FrameFlags.SetupSendResponse : 0)
            | (parameters.HasGroupSemantics ? FrameFlags.SetupGroup : 0));
    }

    private void OnSetupAsked(in StatusMessageFrame status, in SocketEndpoint from)
    {
        if (Publication.IsEndOfStream)
        {
            return;
        }

        _isSetupElicited = true;
        Publication.IsRemoteEnded = false;
        _flowControl.OnSetupAsked(status);
        if (Publication.Parameters.IsResponse)
        {
            _outlet.SendTo(from);
        }
    }

    private void OnIdle(long nowNanos)
    {
        if (_countsSpies && !_hadReceivers && Publication.Spies.HasAny)
        {
            FollowSpies();
        }

        SetLimit(_flowControl.OnIdle(_senderLimit, nowNanos));
        if (_hadReceivers || _countsSpies)
        {
            _liveness.OnIdle(nowNanos);
            TellConnection();
        }
    }

    // Nobody else listens: what the spies have read counts as sent.
    private void FollowSpies()
    {
        var position = Math.Max(Publication.SenderPosition.Plain, Publication.Spies.FastestPosition);
        Publication.SenderPosition.Release(position);
        SetLimit(Math.Max(_senderLimit, position));
    }

    private void SetLimit(long limit)
    {
        if (limit != _senderLimit)
        {
            _senderLimit = limit;
            _shown.SenderLimit.Release(limit);
        }
    }

    private void TellConnection()
    {
        var hasReceivers = _liveness.HasReceivers;
        if (hasReceivers && !_hadReceivers && Publication.Parameters is { IsResponse: true, ResponseCorrelationId: { } image })
        {
            Publication.Driver.ToConductor.Enqueue(new ConductorCommand.SetResponse(image, null));
        }

        _hadReceivers = hasReceivers;
        _shown.Receivers?.SetRelease(_flowControl.ReceiverCount);
        var isConnected = ((hasReceivers && _flowControl.HasRequiredReceivers) || (_countsSpies && Publication.Spies.HasAny))
            && !Publication.IsRevoked;
        if (_isConnected != isConnected)
        {
            _isConnected = isConnected;
            _log.Metadata.SetConnected(isConnected);
        }
    }

    private long PositionOf(in StatusMessageFrame status) => TermArithmetic.Position(
        status.ConsumptionTermId, status.ConsumptionTermOffset, _positionBitsToShift, _log.InitialTermId);

    // Counted once for each time that the sender runs into its limit.
    private void OnLimit(long position)
    {
        IsHeldUp = _hasInitialConnection && FrameWriter.LengthAcquire(_log.At(position)) > 0;
        if (IsHeldUp && !_isLimitCounted)
        {
            _isLimitCounted = true;
            _counters.FlowControlLimits.Increment();
            _shown.BackPressure.Increment();
        }
    }
}
