using HftDelta.Aeron;
using HftDelta.Aeron.Frames;
using HftDelta.Gateway.Answers;
using HftDelta.Gateway.Connections;
using HftDelta.Gateway.Sessions;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Time;
using HftDelta.Wire;

namespace HftDelta.Gateway;

/// <summary>
/// Clients on the network, as the ingress agent serves them: takes their frames where they lie in the received log, lets each
/// through the gate of its connection, and looks after connections. Owner: the ingress agent.
/// A frame that finds a ring full stays in the log: the sender's flow control then holds the client back.
/// </summary>
internal sealed class NetworkIngress : IDisposable
{
    private const int FragmentsPerCycleMax = 64;

    private readonly NetworkWiring _wiring;
    private readonly RecordPublisher _publisher;
    private readonly NanoClock _clock;
    private readonly IngressCounters _counters;
    private readonly LatencyStamps? _stamps;
    private readonly StageStamps? _stages;
    private readonly AnswerRing _answers;
    private readonly AnswerRing _safeAnswers;
    private readonly ConnectionRegistry _connections;
    private readonly Handshake _handshake;
    private readonly SessionLife _life;
    private readonly SessionGate _gate;
    private readonly RequestSequencer _requests;
    private readonly SessionTimers _timers;
    private readonly RestartGrace _grace;
    private TimeNanos _now;
    private bool _hasTime;
    private ulong _nextLookNanos;
    private ulong _lastCycleNanos;
    private bool _wasAborted;
    private bool _isClosing;

    public NetworkIngress(
        IngressWiring wiring,
        NetworkWiring network,
        SessionMirror sessions,
        RequestSequencer requests,
        SequencerFrames frames)
    {
        _wiring = network;
        _publisher = wiring.Publisher;
        _clock = wiring.Clock;
        _counters = wiring.Counters;
        _stamps = wiring.Stamps;
        _stages = wiring.Stages;
        _answers = wiring.Answers;
        _safeAnswers = wiring.SafeAnswers;
        _requests = requests;
        _connections = new ConnectionRegistry(sessions, network.Connections, network.BacklogSlots, wiring.Counters);
        _handshake = new Handshake(network, _connections, sessions, wiring.Answers, wiring.Inputs, wiring.Counters);
        _life = new SessionLife(
            wiring.Publisher, frames, sessions, _connections, requests, _handshake, wiring.SafeAnswers);
        _gate = new SessionGate(
            sessions, requests, _handshake, _life, wiring.SafeAnswers, wiring.Counters, wiring.Oracle);
        _timers = new SessionTimers(network, sessions, _connections, _handshake, _life, wiring.Counters);
        _grace = new RestartGrace(
            wiring.Publisher, frames, sessions, _connections, wiring.Inputs, network.GraceNanos, wiring.Counters);
    }

    /// <summary>The last cycle left a frame where it was because the inbound ring was full.</summary>
    public bool IsHeldUp { get; private set; }

    /// <summary>Backlogs made so far, in use or not; for tests.</summary>
    internal int Backlogs => _connections.Backlogs;

    /// <summary>Where the connection of a stream stands, for tests; none when there is none.</summary>
    internal ConnectionState StateOf(int streamSessionId)
    {
        foreach (var connection in _connections.Slots)
        {
            if (connection is not null && connection.Image.SessionId == streamSessionId)
            {
                return connection.State;
            }
        }

        return ConnectionState.None;
    }

    /// <summary>The venue has learnt of all its sessions.</summary>
    public void Open() => _grace.Begin(_clock.Now);

    /// <summary>Whether a session is still spoken for by the connection that a frame of it came from.</summary>
    public bool IsEstablished(in AnswerAddress from) =>
        _connections.OwnerOf(new SessionHandle(from.Session)) is { State: ConnectionState.Established } owner
            && owner.Number == from.Connection;

    /// <summary>The engine told of a command that opens a session: it did, or refused with a code.</summary>
    public void Learn(SessionHandle session, CommandSequence command, ushort refusal) =>
        _life.Learn(session, command, refusal);

    public int DoWork()
    {
        IsHeldUp = false;
        _wasAborted = false;
        _hasTime = false;
        var begin = _clock.Now;
        var handler = new FragmentHandler(this);
        var work = _wiring.Requests.ControlledPoll(ref handler, FragmentsPerCycleMax);
        ObserveStall(begin.Value);
        _timers.HasReadAll = work < FragmentsPerCycleMax && !_wasAborted;
        return work + LookIfDue();
    }

    /// <summary>
    /// Silence counts against a client only while the venue listens: after a cycle that could not read, or one that came late,
    /// clients have an interval to be heard again.
    /// </summary>
    private void ObserveStall(ulong nowNanos)
    {
        if (_wasAborted || nowNanos - _lastCycleNanos >= SessionLimits.KeepAliveMillisMin * SessionLimits.NanosPerMillisecond)
        {
            _timers.ListensSinceNanos = nowNanos;
        }

        _lastCycleNanos = nowNanos;
    }

    /// <summary>No frame is taken any more. Clients are told once, so that they come back without waiting for a lapse.</summary>
    public int Close()
    {
        if (!_isClosing)
        {
            foreach (var connection in _connections.Slots)
            {
                if (connection is { State: ConnectionState.Established } && _safeAnswers.HasRoom)
                {
                    _life.Leave(connection, SessionRejectCode.VenueBusy);
                }
            }

            _isClosing = true;
        }

        return 0;
    }

    public void Dispose() => _connections.Dispose();

    private int LookIfDue()
    {
        var now = _clock.Now;
        if (_life.Told == 0 && _connections.Closing == 0 && now.Value < _nextLookNanos)
        {
            return 0;
        }

        _nextLookNanos = now.Value + SessionLimits.LookNanos;
        var count = _grace.DoWork(now);
        foreach (var connection in _connections.Slots)
        {
            if (connection is null)
            {
                continue;
            }

            if (!_answers.HasRoom || !_safeAnswers.HasRoom)
            {
                break;
            }

            count += _timers.Look(connection, now) ? 1 : 0;
        }

        return count;
    }

    private ControlledAction Take(ReadOnlySpan<byte> payload, in FragmentHeader header)
    {
        if (!_answers.HasRoom || !_safeAnswers.HasRoom)
        {
            _counters.AnswersFull.Increment();
            _wasAborted = true;
            return ControlledAction.Abort;
        }

        if (!_hasTime)
        {
            // The clock after the frame: what was sent after the clock was set is never stamped before it.
            _now = _clock.Now;
            _hasTime = true;
        }

        if ((header.Flags & FrameFlags.DataBegin) == 0)
        {
            // The rest of a message whose first fragment was refused.
            return ControlledAction.Continue;
        }

        var isWhole = (header.Flags & FrameFlags.DataEnd) != 0;
        var connection = _connections.Find(header.Image);
        if (connection is null)
        {
            TakeFirst(payload, header.Image, isWhole);
            return ControlledAction.Continue;
        }

        var before = _publisher.LastSequence;
        var receivedNanos = _stages?.ReceivedNanos(before.Value + 1) ?? 0;
        if (!_gate.TryTake(connection, payload, isWhole, _now))
        {
            // A client that is held back is one that speaks: nobody's silence is excused by it, and nobody else waits.
            if (!_requests.TellHeld())
            {
                IsHeldUp = true;
                _wasAborted = true;
            }

            return ControlledAction.Abort;
        }

        if (_publisher.LastSequence != before)
        {
            _stamps?.Mark(_publisher.LastSequence);
            _stages?.Begin(_publisher.LastSequence.Value, receivedNanos);
        }

        return ControlledAction.Continue;
    }

    /// <summary>A stream begins with Negotiate; everything else on it is counted and cannot be answered.</summary>
    private void TakeFirst(ReadOnlySpan<byte> frame, Image image, bool isWhole)
    {
        if (!isWhole)
        {
            _counters.Of(FrameResult.Fragmented).Increment();
            return;
        }

        var code = HftDeltaSchema.Validate(frame, out var templateId);
        if (code != ValidationCode.Valid)
        {
            _counters.Of(FrameResult.Malformed).Increment();
            _counters.Of(code).Increment();
            return;
        }

        if (templateId != NegotiateDecoder.TemplateId)
        {
            _counters.Of(FrameResult.NotNegotiated).Increment();
            return;
        }

        _handshake.Negotiate(image, NegotiateDecoder.Trusted(frame), _now);
    }

    /// <summary>A struct, so that the poll is compiled for it.</summary>
    private readonly struct FragmentHandler(NetworkIngress ingress) : IControlledFragmentHandler
    {
        public ControlledAction OnFragment(ReadOnlySpan<byte> payload, in FragmentHeader header) =>
            ingress.Take(payload, in header);
    }
}
