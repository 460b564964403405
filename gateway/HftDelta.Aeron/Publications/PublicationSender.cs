using HftDelta.Aeron.Counters;
using HftDelta.Aeron.Driver;
using HftDelta.Aeron.FlowControl;
using HftDelta.Aeron.Frames;
using HftDelta.Aeron.LogBuffers;
using HftDelta.Aeron.Loss;

namespace HftDelta.Aeron.Publications;

/// <summary>
/// The sender's half of a publication: what leaves, when, and what the receiver's control frames change about it. Owner: the
/// sender. Invariants: no data before the first status message; the sender position never passes the sender limit.
/// </summary>
internal sealed unsafe class PublicationSender
{
    private const long SetupIntervalNanos = 100_000_000;
    private const long HeartbeatIntervalNanos = 100_000_000;
    private const int DatagramsPerCycleMax = 4;

    private readonly LogBuffer _log;
    private readonly SendChannelEndpoint _endpoint;
    private readonly SenderCounters _counters;
    private readonly PublicationCounters _shown;
    private readonly ReceiverLiveness _liveness;
    private readonly RetransmitHandler _retransmits;
    private readonly byte[] _control = new byte[RoundTripFrame.LengthBytes];
    private readonly int _termLengthBytes;
    private readonly int _positionBitsToShift;
    private readonly int _mtuLengthBytes;
    private long _senderLimit;
    private long _lastSetupNanos;
    private long _lastDataOrHeartbeatNanos;
    private bool _hasInitialConnection;
    private bool _isSetupElicited;
    private bool _isConnected;
    private bool _isLimitCounted;

    public PublicationSender(NetworkPublication publication, AeronOptions options, SenderCounters counters, long nowNanos)
    {
        Publication = publication;
        _log = publication.Log;
        _endpoint = publication.Endpoint;
        _counters = counters;
        _shown = publication.Counters;
        _liveness = new ReceiverLiveness(options.PublicationConnectionTimeoutNanos);
        _retransmits = new RetransmitHandler(options.RetransmitLingerNanos);
        _termLengthBytes = _log.TermLengthBytes;
        _positionBitsToShift = _log.PositionBitsToShift;
        _mtuLengthBytes = _log.Metadata.MtuLengthBytes;
        _senderLimit = publication.SenderPosition.Plain;

        // The first of each leaves without waiting.
        _lastSetupNanos = nowNanos - SetupIntervalNanos - 1;
        _lastDataOrHeartbeatNanos = nowNanos - HeartbeatIntervalNanos - 1;
    }

    public NetworkPublication Publication { get; }

    /// <summary>The last cycle left data behind that the receiver has no room for.</summary>
    public bool IsHeldUp { get; private set; }

    /// <summary>One duty cycle.</summary>
    /// <returns>Bytes that left.</returns>
    public int Send(long nowNanos)
    {
        IsHeldUp = false;
        var position = Publication.SenderPosition.Plain;
        if (!_hasInitialConnection || _isSetupElicited)
        {
            SendSetup(position, nowNanos);
        }

        var bytesSent = 0;
        for (var count = 0; count < DatagramsPerCycleMax; count++)
        {
            var sent = SendData(ref position, nowNanos);
            if (sent == 0)
            {
                break;
            }

            bytesSent += sent;
        }

        if (bytesSent == 0)
        {
            bytesSent = SendHeartbeat(position, nowNanos);
            UpdateConnection(nowNanos);
        }

        return bytesSent;
    }

    public void OnStatusMessage(in StatusMessageFrame status, long nowNanos)
    {
        if (status.CheckStream(_termLengthBytes) != FrameFault.None)
        {
            _counters.StatusMessagesRefused.Increment();
            return;
        }

        if (status.IsSetupWanted)
        {
            _isSetupElicited |= !Publication.IsEndOfStream;
            return;
        }

        var position = TermArithmetic.Position(
            status.ConsumptionTermId, status.ConsumptionTermOffset, _positionBitsToShift, _log.InitialTermId);
        var senderPosition = Publication.SenderPosition.Plain;

        // A sender runs ahead by a window, half a term at most, and by padding at the end of a term on top of it.
        if (position < senderPosition - _termLengthBytes || position > senderPosition + (_termLengthBytes / 2))
        {
            _counters.StatusMessagesRefused.Increment();
            return;
        }

        _hasInitialConnection = true;
        if (status.IsEndOfStream)
        {
            _liveness.Remove(status.ReceiverId);
            Publication.IsRemoteEnded = true;
        }
        else
        {
            _liveness.OnStatusMessage(status.ReceiverId, nowNanos);
            Publication.IsRemoteEnded = false;
        }

        _senderLimit = UnicastFlowControl.OnStatusMessage(_senderLimit, position, status.ReceiverWindow);
        _shown.SenderLimit.Release(_senderLimit);
        TellConnection();
    }

    public void OnNak(in NakFrame nak, long nowNanos)
    {
        if (nak.CheckStream(_termLengthBytes) != FrameFault.None || nak.GapLength == 0)
        {
            _counters.DatagramsInvalid.Increment();
            return;
        }

        var length = UnicastFlowControl.RetransmitLength(nak.GapLength, nak.TermOffset, _termLengthBytes);
        var position = TermArithmetic.Position(nak.TermId, nak.TermOffset, _positionBitsToShift, _log.InitialTermId);
        var senderPosition = Publication.SenderPosition.Plain;

        // What lies further back may be blanked already; what lies ahead was never sent.
        var bottom = senderPosition - (_termLengthBytes / 2) - TermArithmetic.MessageLengthMax(_termLengthBytes);
        if (position < bottom || position < 0 || position >= senderPosition)
        {
            return;
        }

        _shown.NaksReceived.Increment();
        if (_retransmits.OnNak(nak.TermId, nak.TermOffset, length, nowNanos))
        {
            Resend(position, (int)Math.Min(length, senderPosition - position));
        }
    }

    /// <summary>The receiver refuses the stream: it is gone for us.</summary>
    public void OnError(long receiverId)
    {
        _liveness.Remove(receiverId);
        TellConnection();
    }

    public void OnRoundTripRequest(in RoundTripFrame request)
    {
        var length = request.Answer().Write(_control);
        _endpoint.TrySend(_control.AsSpan(0, length));
    }

    /// <summary>One last heartbeat that tells the end, when the process goes: receivers need not wait for a timeout.</summary>
    public void SendFarewell()
    {
        var position = Publication.SenderPosition.Plain;
        if (_hasInitialConnection && Publication.Parameters.SignalEndOfStream && position == Publication.ProducerPosition)
        {
            WriteHeartbeat(position, isEndOfStream: true);
        }
    }

    private int SendData(ref long position, long nowNanos)
    {
        var window = _senderLimit - position;
        if (window <= 0)
        {
            OnLimit(position);
            return 0;
        }

        var offset = TermArithmetic.TermOffset(position, _termLengthBytes);
        var begin = _log.At(position);
        var range = TermScanner.Scan(begin - offset, offset, (int)Math.Min(window, _mtuLengthBytes), _termLengthBytes);
        if (range.SendBytes <= 0)
        {
            if (range.SendBytes < 0)
            {
                OnLimit(position);
            }

            return 0;
        }

        if (_endpoint.TrySend(new ReadOnlySpan<byte>(begin, range.SendBytes)) != range.SendBytes)
        {
            return 0;
        }

        position += range.SendBytes + range.SkipBytes;

        // release: the conductor gives the room free only after the datagram has left.
        Publication.SenderPosition.Release(position);
        _lastDataOrHeartbeatNanos = nowNanos;
        _isLimitCounted = false;
        _counters.Frames.Add(range.FrameCount);
        return range.SendBytes;
    }

    private void Resend(long position, int lengthBytes)
    {
        _counters.Retransmits.Increment();
        var offset = TermArithmetic.TermOffset(position, _termLengthBytes);
        var term = _log.At(position) - offset;
        var end = offset + lengthBytes;
        while (offset < end)
        {
            var range = TermScanner.Scan(term, offset, Math.Min(_mtuLengthBytes, end - offset), _termLengthBytes);
            if (range.SendBytes <= 0)
            {
                break;
            }

            if (_endpoint.TrySend(new ReadOnlySpan<byte>(term + offset, range.SendBytes)) != range.SendBytes)
            {
                break;
            }

            _counters.RetransmittedBytes.Add(range.SendBytes);
            offset += range.SendBytes + range.SkipBytes;
        }
    }

    private void SendSetup(long position, long nowNanos)
    {
        if (nowNanos - _lastSetupNanos <= SetupIntervalNanos)
        {
            return;
        }

        _lastSetupNanos = nowNanos;
        var setup = new SetupFrame(
            FrameFlags.None,
            TermArithmetic.TermOffset(position, _termLengthBytes),
            Publication.SessionId,
            Publication.StreamId,
            _log.InitialTermId,
            TermArithmetic.TermId(position, _positionBitsToShift, _log.InitialTermId),
            _termLengthBytes,
            _mtuLengthBytes);
        var length = setup.Write(_control);
        if (_endpoint.TrySend(_control.AsSpan(0, length)) == length)
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
        return WriteHeartbeat(position, Publication.Parameters.SignalEndOfStream && Publication.IsEndOfStream);
    }

    private int WriteHeartbeat(long position, bool isEndOfStream)
    {
        var flags = isEndOfStream
            ? (byte)(FrameFlags.DataUnfragmented | FrameFlags.DataEndOfStream)
            : FrameFlags.DataUnfragmented;
        DataHeader.Heartbeat(
            Publication.SessionId,
            Publication.StreamId,
            TermArithmetic.TermId(position, _positionBitsToShift, _log.InitialTermId),
            TermArithmetic.TermOffset(position, _termLengthBytes),
            flags).Write(_control);
        var sent = _endpoint.TrySend(_control.AsSpan(0, DataHeader.LengthBytes));
        if (sent != DataHeader.LengthBytes)
        {
            return 0;
        }

        _counters.Heartbeats.Increment();
        return sent;
    }

    private void UpdateConnection(long nowNanos)
    {
        if (_isConnected)
        {
            _liveness.OnIdle(nowNanos);
            TellConnection();
        }
    }

    private void TellConnection()
    {
        if (_isConnected != _liveness.HasReceivers)
        {
            _isConnected = _liveness.HasReceivers;
            _log.Metadata.SetConnected(_isConnected);
        }
    }

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
