using Disruptor;
using HftDelta.Gateway.Answers;
using HftDelta.Gateway.Oracles;
using HftDelta.Gateway.Rings;
using HftDelta.Gateway.Sessions;
using HftDelta.Primitives;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Time;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Gateway;

/// <summary>What the ingress agent is wired to; nothing of it changes.</summary>
public sealed record IngressWiring
{
    public required RecordPublisher Publisher { get; init; }

    /// <summary>The rings of clients and operator.</summary>
    public required InputTable Inputs { get; init; }

    /// <summary>The ring of the risk worker.</summary>
    public required IngressInput RiskInput { get; init; }

    /// <summary>What became of sessions, from egress: SessionState events, and refusals to open one.</summary>
    public required FrameRing SessionStates { get; init; }

    /// <summary>Answers that are no events and wait for nothing, to egress.</summary>
    public required AnswerRing Answers { get; init; }

    /// <summary>Answers that wait, each for its command to be safe and released, to egress.</summary>
    public required AnswerRing SafeAnswers { get; init; }

    public required EngineProgress Engine { get; init; }

    /// <summary>The outbound ring, of which only the cursor is read.</summary>
    public required ICursored Outbound { get; init; }

    /// <summary>Slot of the outbound ring through which egress has released.</summary>
    public required Sequence Released { get; init; }

    public required NanoClock Clock { get; init; }

    public required IngressCounters Counters { get; init; }

    /// <summary>Session handles are below this.</summary>
    public required int SessionLimit { get; init; }

    public Barriers Barriers { get; init; } = new();

    /// <summary>Clients on the network; null: there are none.</summary>
    public NetworkWiring? Network { get; init; }

    /// <summary>Where the time of sequencing is noted, to measure the way through the house; null: it is not measured.</summary>
    public LatencyStamps? Stamps { get; init; }

    /// <summary>Where stages of sampled commands are noted; null: they are not.</summary>
    public StageStamps? Stages { get; init; }

    /// <summary>The way of oracle reports through their verifier; null: signatures are not looked at.</summary>
    public ReportDetour? Oracle { get; init; }

    /// <summary>Whether new orders are to be refused.</summary>
    public AdmissionSwitch Admission { get; init; } = new();

    /// <summary>A tick is sequenced when nothing was for as long.</summary>
    public ulong QuietNanosMax { get; init; } = 10_000_000;

    /// <summary>
    /// One driver decides: its ring alone is read between barriers, everything else at barriers and in a fixed order, so that
    /// the sequence of commands follows from what the driver wrote and the clock it set.
    /// </summary>
    public bool IsLockstep { get; init; }
}

/// <summary>
/// Reads the input rings, lets each frame through the gate, and is the only producer of the inbound ring. Owner: its thread.
/// One duty cycle takes a bounded number of records from each ring, in a fixed order, and shows them together. When none of
/// them became a command it keeps the clock ticking: for pending work once the engine has caught up, and after a quiet time.
/// </summary>
public sealed class IngressAgent : IAgent, IDisposable
{
    private const int RecordsPerInputMax = 64;

    private readonly IngressWiring _wiring;
    private readonly RecordPublisher _publisher;
    private readonly SessionMirror _sessions;
    private readonly RequestSequencer _requests;
    private readonly FrameGate _gate;
    private readonly SequencerFrames _frames;
    private readonly BarrierKeeper _barriers;
    private readonly NetworkIngress? _network;
    private bool _isInboundFull;
    private bool _isRefusing;
    private bool _isOpen;
    private bool _isClosing;

    public IngressAgent(IngressWiring wiring)
    {
        ArgumentNullException.ThrowIfNull(wiring);
        _wiring = wiring;
        _publisher = wiring.Publisher;
        _isRefusing = wiring.Admission.IsRefusingAtStart;
        _sessions = new SessionMirror(wiring.SessionLimit, wiring.Network?.Quota ?? SessionQuota.None);
        var requests = new RequestSequencer(
            wiring.Publisher, _sessions, wiring.SafeAnswers, wiring.Counters, wiring.Admission);
        _requests = requests;
        _gate = new FrameGate(wiring.Publisher, _sessions, requests, wiring.Counters, wiring.Oracle);
        _frames = new SequencerFrames(wiring.Publisher, wiring.Counters);
        _barriers = new BarrierKeeper(wiring);
        if (wiring.Network is { } network)
        {
            if (wiring.IsLockstep)
            {
                throw new ArgumentException("in lockstep one driver decides, and clients on the network would not ask it");
            }

            _network = new NetworkIngress(wiring, network, _sessions, requests, _frames);
        }
    }

    public string RoleName => "ingress";

    /// <summary>What is known of the sessions. Owner's thread, and tests that step it.</summary>
    public SessionMirror Sessions => _sessions;

    /// <summary>For tests.</summary>
    internal NetworkIngress? Network => _network;

    /// <summary>No input is read any more; what is sequenced goes its way. Any thread.</summary>
    public void StopReading() => Volatile.Write(ref _isClosing, true);

    /// <summary>Announces the term: everything of an older term that is not safe is void from here on.</summary>
    public void OnStart()
    {
        Check.That(_frames.TryLead(_wiring.Clock.Now));
        Show();
    }

    public int DoWork()
    {
        _isInboundFull = false;
        var before = _publisher.LastSequence;
        var work = TakeSessionStates();
        if (_isRefusing != _wiring.Admission.IsRefusing)
        {
            work += ChangeAdmission();
        }

        if (Volatile.Read(ref _isClosing))
        {
            _network?.Close();
        }
        else
        {
            work += _wiring.Oracle is { } detour ? TakeJudged(detour) : 0;
            work += _wiring.IsLockstep ? FollowDriver() : TakeInputs();
            work += _network is null ? 0 : TakeNetwork(_network);
            if (_publisher.LastSequence == before && !_wiring.IsLockstep)
            {
                // Whatever was read: frames that become no command must not stop the clock.
                work += TickIfDue();
            }
        }

        Show();
        if (_isInboundFull)
        {
            _wiring.Counters.InboundFull.Increment();
        }

        return work;
    }

    public void OnClose()
    {
    }

    /// <summary>Frees memory; after the agent has stopped.</summary>
    public void Dispose() => _network?.Dispose();

    private int ChangeAdmission()
    {
        if (!_frames.TryAdmit(!_isRefusing, _wiring.Clock.Now))
        {
            _isInboundFull = true;
            return 0;
        }

        _isRefusing = !_isRefusing;
        return 1;
    }

    /// <summary>
    /// Always first and never held back: the ring that sessions come through must not fill up, or egress would wait for
    /// ingress while ingress waits for room that egress makes.
    /// </summary>
    private int TakeSessionStates()
    {
        var reader = _wiring.SessionStates.Reader;
        var count = 0;
        while (reader.TryPeek(out var record))
        {
            Learn(in record);
            reader.Advance();
            count++;
        }

        reader.Release();
        return count;
    }

    private void Learn(in RingRecord record)
    {
        var command = new CommandSequence(record.Envelope.Sequence);
        if (InternalSchema.TryPeekHeader(record.Frame, out var header)
            && header.TemplateId == CommandRefusedDecoder.TemplateId)
        {
            var refused = CommandRefusedDecoder.Trusted(record.Frame);
            _network?.Learn(new SessionHandle(refused.Reference), command, refused.Code);
            return;
        }

        var told = SessionStateDecoder.Trusted(record.Frame);
        _sessions.Learn(in told, command, _wiring.Clock.Now);
        _network?.Learn(new SessionHandle(told.SessionHandle), command, refusal: 0);
    }

    /// <summary>
    /// After a start the network waits until the engine has told of every session that it recovered: a client that comes
    /// back must find its own.
    /// </summary>
    private int TakeNetwork(NetworkIngress network)
    {
        if (!_isOpen)
        {
            if (_wiring.Engine.Read().HasPendingWork || !_barriers.HasCaughtUp(_publisher.LastSequence)
                || !_wiring.SessionStates.IsEmpty)
            {
                return 0;
            }

            _isOpen = true;
            network.Open();
        }

        var work = network.DoWork();
        _isInboundFull |= network.IsHeldUp;
        return work;
    }

    /// <summary>Reports that are back from their verifier, and what waited behind them.</summary>
    private int TakeJudged(ReportDetour detour)
    {
        var now = _wiring.Clock.Now;
        var count = 0;
        while (count < RecordsPerInputMax && detour.Judged.TryPeek(out var record))
        {
            var from = ReportDetour.AddressOf(in record.Envelope);
            var number = RequestHeaderDecoder.Wrap(record.Frame[HftDeltaSchema.HeaderLength..]).Sequence;
            var verdict = ReportDetour.VerdictOf(in record.Envelope);
            if (_sessions.StatusOf(new SessionHandle(from.Session)) != SessionStatus.Open)
            {
                _wiring.Counters.Of(FrameResult.ClosedSession).Increment();
            }
            else if (from.Connection != 0 && _network is not null && !_network.IsEstablished(in from))
            {
                _wiring.Counters.Of(FrameResult.NotEstablished).Increment();
            }
            else if (!TryTake(in record, in from, number, verdict, now))
            {
                _isInboundFull = true;
                break;
            }
            else if (verdict != default)
            {
                _wiring.Counters.Of(FrameResult.Denied).Increment();
            }

            detour.Done(from.Session);
            count++;
        }

        detour.Judged.Release();
        return count;
    }

    /// <summary>The request as it came, or what stands for one that was refused.</summary>
    private bool TryTake(in RingRecord record, in AnswerAddress from, ulong number, RejectCode verdict, TimeNanos now)
    {
        if (verdict == default)
        {
            return _requests.TryTake(record.Envelope.Source, in from, number, record.Frame, now);
        }

        Span<byte> denied = stackalloc byte[OracleReportDeniedDecoder.FrameLength];
        var lengthBytes = ReportDetour.WriteDenied(denied, record.Frame, verdict);
        return _requests.TryTake(RecordSource.Oracle, in from, number, denied[..lengthBytes], now);
    }

    private int TakeInputs()
    {
        var count = TakeFrom(_wiring.RiskInput);
        foreach (var input in _wiring.Inputs.All)
        {
            count += CloseIfGone(input);
            count += TakeFrom(input);
        }

        return count;
    }

    /// <summary>
    /// Lockstep: up to a barrier the driver's rings are read, in order; at a barrier the house is drained before it is answered.
    /// </summary>
    private int FollowDriver()
    {
        if (IsReportOut)
        {
            return 0;
        }

        foreach (var input in _wiring.Inputs.All)
        {
            if (input.Barrier.Number != 0)
            {
                return Drain(input);
            }
        }

        var count = 0;
        foreach (var input in _wiring.Inputs.All)
        {
            count += TakeFrom(input);
            if (input.Barrier.Number != 0 || IsReportOut)
            {
                break;
            }
        }

        return count;
    }

    /// <summary>In lockstep nothing is read behind a report before it is back: the order of commands is the driver's.</summary>
    private bool IsReportOut => _wiring.Oracle is { Outstanding: > 0 };

    private int Drain(IngressInput input)
    {
        if (!_barriers.HasCaughtUp(_publisher.LastSequence))
        {
            return 0;
        }

        // What egress handed over before it released is in the ring by now.
        TakeSessionStates();
        if (!input.Barrier.IsTimeTold)
        {
            // A driver that let time pass without a word still wants its timers to fire: once for each barrier.
            var ticks = QuietTickIfDue();
            input.Barrier.IsTimeTold = !_isInboundFull;
            if (ticks > 0 || _isInboundFull)
            {
                return ticks;
            }
        }

        var status = _wiring.Engine.Read();
        if (status.HasPendingWork)
        {
            return Count(_frames.TryTick(TickReason.PendingWork, _wiring.Clock.Now));
        }

        if (status.IsRiskOutstanding)
        {
            return TakeFrom(_wiring.RiskInput, recordsMax: 1);
        }

        _barriers.Answer(input);
        return 1;
    }

    private int TakeFrom(IngressInput input, int recordsMax = RecordsPerInputMax)
    {
        if (input.IsClosed || _isInboundFull || !_barriers.IsOpen(input))
        {
            return 0;
        }

        var reader = input.Ring.Reader;
        if (!reader.TryPeek(out var record))
        {
            return 0;
        }

        // The clock after the record: what was written after the clock was set is never stamped before it.
        var now = _wiring.Clock.Now;
        var count = 0;
        do
        {
            if (record.IsBarrier)
            {
                BarrierKeeper.Meet(input, record.Envelope.Sequence, _publisher.LastSequence);
                reader.Advance();
                count++;
                break;
            }

            var before = _publisher.LastSequence;
            var receivedNanos = _wiring.Stages?.ReceivedNanos(before.Value + 1) ?? 0;
            if (!_gate.TryTake(in record, input, now))
            {
                _isInboundFull = !_requests.TellHeld();
                break;
            }

            if (_publisher.LastSequence != before)
            {
                _wiring.Stamps?.Mark(_publisher.LastSequence);
                _wiring.Stages?.Begin(_publisher.LastSequence.Value, receivedNanos);
            }

            reader.Advance();
            count++;
        }
        while (count < recordsMax && !(_wiring.IsLockstep && IsReportOut) && reader.TryPeek(out record));

        reader.Release();
        return count;
    }

    /// <summary>A client that lagged or left is gone: its session is closed like that of one that disconnected.</summary>
    private int CloseIfGone(IngressInput input)
    {
        if (input.IsClosed || (!input.IsCloseAsked && input.Output is not { IsCut: true }))
        {
            return 0;
        }

        var session = input.Output?.Session ?? SessionHandle.None;
        if (_sessions.StatusOf(session) == SessionStatus.Open)
        {
            if (!_frames.TryClose(session, CloseReason.Disconnected, _wiring.Clock.Now))
            {
                return 0;
            }

            _sessions.Close(session, _publisher.LastSequence);
        }

        input.IsClosed = true;
        return 1;
    }

    private int TickIfDue()
    {
        var status = _wiring.Engine.Read();
        if (status.HasPendingWork)
        {
            return status.Applied == _publisher.LastSequence
                ? Count(_frames.TryTick(TickReason.PendingWork, _wiring.Clock.Now))
                : 0;
        }

        return QuietTickIfDue();
    }

    private int QuietTickIfDue()
    {
        var now = _wiring.Clock.Now.Value;
        var last = _publisher.LastTime.Value;
        return now > last && now - last >= _wiring.QuietNanosMax
            ? Count(_frames.TryTick(TickReason.Quiet, new TimeNanos(now)))
            : 0;
    }

    private int Count(bool done)
    {
        _isInboundFull |= !done;
        return done ? 1 : 0;
    }

    private void Show()
    {
        if (_wiring.Counters.Sequence.Value != _publisher.LastSequence.Value)
        {
            _publisher.Publish();
            _wiring.Counters.Sequence.SetRelease(_publisher.LastSequence.Value);
        }
    }
}
