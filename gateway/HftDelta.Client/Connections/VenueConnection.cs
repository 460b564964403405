using HftDelta.Aeron;
using HftDelta.Client.Orders;
using HftDelta.Client.Reports;
using HftDelta.Client.Requests;
using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Client.Connections;

/// <summary>
/// The way from nothing to an established session and back: negotiate, prove, establish; keep alive; when anything goes wrong,
/// everything is let go and tried again on new channels, later each time, with the same session. Owner: the client's thread.
/// <para>
/// Invariant: channels exist exactly in the states between <see cref="ConnectionState.Disconnected"/> and
/// <see cref="ConnectionState.Closed"/>; they are let go in <see cref="DoWork"/> alone, never while one of them is polled.
/// </para>
/// </summary>
internal sealed class VenueConnection
{
    private const ulong SilentIntervals = 3;
    private const ulong NanosPerMilli = 1_000_000;

    private readonly VenueClientOptions _options;
    private readonly AeronDriver _driver;
    private readonly SessionParts _parts;
    private readonly HandshakeFrames _frames;
    private readonly ulong _keepAliveNanos;
    private HandshakeStep _step;
    private ulong _begunNanos;
    private ulong _retryAtNanos;
    private ulong _retryDelayNanos;
    private ulong _lastReceivedNanos;
    private SessionHandle _handle;
    private VenueChannels? _before;
    private ulong _establishAtNanos;
    private bool _wasEstablished;
    private bool _isLost;
    private bool _isClosing;
    private ConnectionCause _lostCause;
    private SessionRejectCode _lostCode;

    public VenueConnection(VenueClientOptions options, AeronDriver driver, SessionParts parts)
    {
        _options = options;
        _driver = driver;
        _parts = parts;
        _frames = new HandshakeFrames(options);
        _keepAliveNanos = options.KeepAliveMillis * NanosPerMilli;
        _retryDelayNanos = options.ReconnectDelayNanos;
        Session = options.Session ?? SessionId.Draw(options.Random);
    }

    public ConnectionState State { get; private set; }

    public SessionId Session { get; private set; }

    /// <summary>What is polled; null while disconnected.</summary>
    public VenueChannels? Channels { get; private set; }

    /// <summary>Attempts to connect so far.</summary>
    public long Attempts { get; private set; }

    /// <summary>What the transport refused last; null: nothing.</summary>
    public string? TransportFault { get; private set; }

    /// <summary>Ends the session and the connection for good.</summary>
    public void Close() => Lose(ConnectionCause.Requested, SessionRejectCode.Requested, isForGood: true);

    /// <summary>Lets everything go without a word; after the last duty cycle.</summary>
    public void Free()
    {
        LetGoBefore();
        Channels?.Dispose();
        Channels = null;
    }

    public int DoWork(TimeNanos now)
    {
        if (_isLost)
        {
            LetGo(now);
            return 1;
        }

        switch (State)
        {
            case ConnectionState.Closed:
                return 0;
            case ConnectionState.Disconnected:
                return now.Value >= _retryAtNanos ? Open(now) : 0;
            case ConnectionState.Established:
                return KeepAlive(now);
            default:
                return GoOn(now);
        }
    }

    /// <summary>Something of the venue was received.</summary>
    public void OnReceived(TimeNanos now) => _lastReceivedNanos = now.Value;

    public void OnChallenge(in ChallengeDecoder message)
    {
        if (_step == HandshakeStep.AwaitChallenge && IsMine(message.SessionId))
        {
            // In authentication mode none the proof is not looked at; a venue that wants one refuses this.
            _step = HandshakeStep.SendProve;
        }
    }

    public void OnNegotiationAccepted(in NegotiationAcceptedDecoder message)
    {
        if (_step != HandshakeStep.AwaitNegotiation || !IsMine(message.SessionId))
        {
            return;
        }

        _handle = new SessionHandle(message.SessionHandle);
        _parts.Orders.Account = new AccountId(message.AccountId);
        _parts.Orders.Roles = message.Roles;
        _establishAtNanos = 0;
        _step = HandshakeStep.SendEstablish;
        SetState(ConnectionState.Establishing, ConnectionCause.Progress, default);
    }

    public void OnNegotiationRejected(in NegotiationRejectedDecoder message)
    {
        if (IsMine(message.SessionId))
        {
            // A wrong key does not become right by trying it again.
            Lose(ConnectionCause.VenueEnded, message.Code, message.Code == SessionRejectCode.Authentication);
        }
    }

    public void OnEstablished(in EstablishmentAcceptedDecoder message, TimeNanos now)
    {
        if (_step != HandshakeStep.AwaitEstablishment || message.Header.SessionHandle != _handle.Value)
        {
            return;
        }

        var table = _parts.Table;
        if (!_wasEstablished && table.IsFresh && message.NextRequestSequence > table.Next)
        {
            // Another process began the session: it goes on where that one stopped, and what that one was told is not told again.
            table.Adopt(message.NextRequestSequence);
            _parts.Reports.Reset(message.NextReportSequence);
        }

        // Below what it confirmed it would apply again what it has applied.
        if (message.NextRequestSequence < Math.Max(table.Oldest, table.Confirmed)
            || message.NextRequestSequence > table.Next
            || message.NextReportSequence < _parts.Reports.Next)
        {
            Forget();
            return;
        }

        _wasEstablished = true;
        _step = HandshakeStep.None;
        _retryDelayNanos = _options.ReconnectDelayNanos;
        _parts.Reports.OnReconnected();
        _parts.Reports.OnTold(message.NextReportSequence);
        _parts.MarketData.OnReconnected();
        LetGoBefore();
        _parts.Sender.Begin(Channels!.Requests, _handle, message.NextRequestSequence, now.Value);
        SetState(ConnectionState.Established, ConnectionCause.Progress, default);
    }

    public void OnEstablishmentRejected(in EstablishmentRejectedDecoder message, TimeNanos now)
    {
        if (_step != HandshakeStep.AwaitEstablishment)
        {
            return;
        }

        if (message.Code == SessionRejectCode.VenueBusy)
        {
            // Orders of the session's last life are still being cancelled, most likely: it may be asked for again.
            _establishAtNanos = now.Value + _options.ReconnectDelayNanos;
            _step = HandshakeStep.SendEstablish;
            return;
        }

        Lose(ConnectionCause.VenueEnded, message.Code, message.Code == SessionRejectCode.Authentication);
    }

    public void OnTerminate(in TerminateDecoder message)
    {
        // Taken over: somebody else speaks for this session now. To take it back would make the two fight for ever.
        Lose(ConnectionCause.VenueEnded, message.Code, message.Code == SessionRejectCode.TakenOver);
    }

    /// <summary>Whether a message concerns the session that is open here.</summary>
    public bool IsEstablishedAs(uint handle) => State == ConnectionState.Established && !_isLost && handle == _handle.Value;

    private int Open(TimeNanos now)
    {
        Attempts++;
        _begunNanos = now.Value;
        try
        {
            Channels = VenueChannels.Open(_driver, _options);
        }
        catch (AeronException fault)
        {
            TransportFault = fault.Message;
            RetryLater(now);
            return 1;
        }

        _step = HandshakeStep.AwaitTransport;
        SetState(ConnectionState.Connecting, ConnectionCause.Progress, default);
        return 1;
    }

    private int GoOn(TimeNanos now)
    {
        if (now.Value - _begunNanos > _options.HandshakeTimeoutNanos)
        {
            Lose(ConnectionCause.HandshakeTimeout, default, isForGood: false);
            return 1;
        }

        switch (_step)
        {
            case HandshakeStep.AwaitTransport:
                if (!Channels!.Requests.IsConnected)
                {
                    return 0;
                }

                _step = HandshakeStep.SendNegotiate;
                SetState(ConnectionState.Negotiating, ConnectionCause.Progress, default);
                return 1;
            case HandshakeStep.SendNegotiate:
                return Send(_frames.Negotiate(Session, Channels!.ResponseChannel, now), HandshakeStep.AwaitChallenge);
            case HandshakeStep.SendProve:
                return Send(_frames.Prove(Session), HandshakeStep.AwaitNegotiation);
            case HandshakeStep.SendEstablish:
                return now.Value < _establishAtNanos
                    ? 0
                    : Send(_frames.Establish(_handle, _parts.Table.Next, now), HandshakeStep.AwaitEstablishment);
            default:
                return 0;
        }
    }

    private int Send(ReadOnlySpan<byte> frame, HandshakeStep next)
    {
        if (Channels!.Requests.Offer(frame) < 0)
        {
            return 0;
        }

        _step = next;
        return 1;
    }

    private int KeepAlive(TimeNanos now)
    {
        if (!Channels!.Requests.IsConnected || !Channels.Reports.IsConnected)
        {
            Lose(ConnectionCause.TransportLost, default, isForGood: false);
            return 1;
        }

        if (now.Value - _lastReceivedNanos > SilentIntervals * _keepAliveNanos)
        {
            Lose(ConnectionCause.VenueSilent, default, isForGood: false);
            return 1;
        }

        if (now.Value - _parts.Sender.LastSentNanos < _keepAliveNanos)
        {
            return 0;
        }

        var frame = _frames.KeepAlive(_handle, _parts.Sender.NextOnWire, now);
        return _parts.Sender.TrySendUnnumbered(frame, now.Value) ? 1 : 0;
    }

    /// <summary>
    /// The venue lacks what it acknowledged: it lost its journal, or it forgot a session that was away for long. Nothing that is
    /// outstanding can be asked about, and a session with a new name begins.
    /// </summary>
    private void Forget()
    {
        _parts.Dispatcher.GiveUpAll();
        _parts.Table.Reset();
        _parts.Reports.Reset(1);
        _parts.Orders.Quotes.OnForgotten();
        Session = SessionId.Draw(_options.Random);
        _wasEstablished = false;
        Lose(ConnectionCause.SessionForgotten, default, isForGood: false);
    }

    private void Lose(ConnectionCause cause, SessionRejectCode code, bool isForGood)
    {
        _isClosing |= isForGood;
        if (_isLost || State == ConnectionState.Closed)
        {
            return;
        }

        _isLost = true;
        _lostCause = cause;
        _lostCode = code;
    }

    private void LetGo(TimeNanos now)
    {
        _isLost = false;
        if (_isClosing && _lostCause == ConnectionCause.Requested && State == ConnectionState.Established)
        {
            _parts.Sender.TrySendUnnumbered(_frames.Terminate(_handle, now), now.Value);
        }

        var wasEstablished = State == ConnectionState.Established;
        _step = HandshakeStep.None;
        _parts.Sender.End();
        if (wasEstablished && !_isClosing)
        {
            // Kept until the new connection takes the session over: the end of its stream would close the session at a venue
            // that only stood still for a while, and with it the orders.
            LetGoBefore();
            _before = Channels;
        }
        else
        {
            Channels?.Dispose();
        }

        Channels = null;
        if (_isClosing)
        {
            LetGoBefore();
            SetState(ConnectionState.Closed, _lostCause, _lostCode);
            _parts.Dispatcher.GiveUpAll();
            return;
        }

        RetryLater(now);
        if (wasEstablished)
        {
            _parts.Orders.Quotes.OnDisconnected();
        }

        SetState(ConnectionState.Disconnected, _lostCause, _lostCode);
    }

    private void LetGoBefore()
    {
        _before?.Dispose();
        _before = null;
    }

    private void RetryLater(TimeNanos now)
    {
        // Half of the wait is chance: clients that lost a venue together do not come back together.
        Span<byte> noise = stackalloc byte[sizeof(ulong)];
        _options.Random(noise);
        var half = _retryDelayNanos / 2;
        _retryAtNanos = now.Value + half + (BitConverter.ToUInt64(noise) % (half + 1));
        _retryDelayNanos = Math.Min(_retryDelayNanos * 2, _options.ReconnectDelayNanosMax);
    }

    private bool IsMine(ReadOnlySpan<byte> session) => SessionId.Read(session) == Session;

    private void SetState(ConnectionState state, ConnectionCause cause, SessionRejectCode code)
    {
        var from = State;
        State = state;
        _parts.Listener.OnStateChanged(from, state, cause, code);
    }
}

/// <summary>What the handshake does next.</summary>
internal enum HandshakeStep : byte
{
    None,
    AwaitTransport,
    SendNegotiate,
    AwaitChallenge,
    SendProve,
    AwaitNegotiation,
    SendEstablish,
    AwaitEstablishment,
}

/// <summary>The parts of a session that outlive its connections.</summary>
internal sealed record SessionParts(
    RequestTable Table,
    RequestSender Sender,
    OrderSession Orders,
    ReportDispatcher Dispatcher,
    ReportSequencer Reports,
    MarketData.MarketDataReader MarketData,
    VenueListener Listener);
