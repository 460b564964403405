using Disruptor;
using HftDelta.Gateway.Answers;
using HftDelta.Gateway.Connections;
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

/// <summary>What the egress agent is wired to; nothing of it changes.</summary>
public sealed record EgressWiring
{
    public required UnmanagedRingBuffer<RecordSlot> Outbound { get; init; }

    public required EngineProgress Engine { get; init; }

    /// <summary>Last command that is durable; written by the journal.</summary>
    public required Sequence Durable { get; init; }

    /// <summary>What was safe when the venue started.</summary>
    public required CommandSequence SafeAtStart { get; init; }

    public required SafeCursorStore SafeCursor { get; init; }

    public required ConnectionTable Connections { get; init; }

    /// <summary>Answers that are no events and wait for nothing, from ingress.</summary>
    public required AnswerRing Answers { get; init; }

    /// <summary>Answers that wait, each for its command to be safe and released, from ingress.</summary>
    public required AnswerRing SafeAnswers { get; init; }

    /// <summary>What sessions were told.</summary>
    public required SessionStore Store { get; init; }

    /// <summary>The clock of keep-alives; not asked without a network.</summary>
    public required NanoClock Clock { get; init; }

    /// <summary>What became of sessions, to ingress: SessionState events, and refusals to open one.</summary>
    public required FrameRing SessionStates { get; init; }

    /// <summary>RiskInputs events, to the risk worker.</summary>
    public required FrameRing RiskInputs { get; init; }

    /// <summary>StateHashPoint events that passed the safe cursor, to whoever records them.</summary>
    public required FrameRing HashPoints { get; init; }

    public required EgressCounters Counters { get; init; }

    public LatencyStamps? Stamps { get; init; }

    /// <summary>Where stages of sampled commands are noted; null: they are not.</summary>
    public StageStamps? Stages { get; init; }
}

/// <summary>
/// Hands events on. What leaves the venue - reports and public data - waits until its command is safe, that is applied and
/// durable, and the cursor is stored first. Two kinds of internal events do not wait, because they never leave: risk inputs
/// (the worker computes while the journal writes) and what became of sessions (ingress learns of it). Answers to what is no
/// command come from ingress over two rings and are written here, from what was released. Owner: its thread.
/// A client that does not read is cut and never waited for.
/// </summary>
public sealed class EgressAgent : IAgent
{
    private const int RecordsPerCycleMax = 256;

    /// <summary>
    /// A public record goes to every client that asked: with many of them a cycle ends earlier, so that answers, keep-alives
    /// and backlogs do not wait for hundreds of records to each.
    /// </summary>
    private const int DeliveriesPerCycleMax = 1_024;

    private readonly EgressWiring _wiring;
    private readonly EgressCounters _counters;
    private readonly RecordRingReader _reader;
    private readonly RecordRingReader _scan;
    private readonly EgressConnections _connections;
    private readonly SessionStore _store;
    private readonly AnswerDesk _answers;
    private readonly RetransmissionDesk _again;
    private readonly KeepAlives _keepAlives;
    private readonly ConnectionEnds _ends;
    private readonly bool _hasNetwork;
    private readonly ConnectionOutput?[] _staged;
    private int _stagedCount;
    private int _deliveries;
    private CommandSequence _stored;
    private long _measured;
    private long _sampled;
    private ulong _nowNanos;

    public EgressAgent(EgressWiring wiring)
    {
        ArgumentNullException.ThrowIfNull(wiring);
        _wiring = wiring;
        _counters = wiring.Counters;
        _reader = new RecordRingReader(wiring.Outbound);
        _scan = new RecordRingReader(wiring.Outbound, gates: false);
        _connections = new EgressConnections(wiring.Connections);
        _hasNetwork = wiring.Connections.NetworkLimit > 0;
        _store = wiring.Store;
        _again = new RetransmissionDesk(_store, _counters);
        _ends = new ConnectionEnds(_connections, _counters);
        _answers = new AnswerDesk(_connections, _store, _again, _ends, _counters);
        _keepAlives = new KeepAlives(_connections, _store, _counters);
        _staged = new ConnectionOutput?[RecordsPerCycleMax];
        _stored = wiring.SafeAtStart;
    }

    public string RoleName => "egress";

    /// <summary>Slot of the outbound ring through which everything is released.</summary>
    public Sequence Released => _reader.Consumed;

    /// <summary>Owner's thread, and tests that step it.</summary>
    public CommandSequence Safe => _stored;

    public void OnStart()
    {
    }

    public int DoWork()
    {
        // Applied first: the events of every command up to it are in the ring when that is read afterwards.
        var applied = _wiring.Engine.Read().Applied.Value;
        var durable = _wiring.Durable.Value;
        _connections.TakeNews();
        var work = _hasNetwork ? BeginNetwork() : 0;
        work += AnswerAtOnce();
        StoreSafe(new CommandSequence(applied < durable ? applied : durable));
        work += ReleaseSafe() + HandOnInternal() + AnswerWhatIsSafe();
        return _hasNetwork ? work + _again.DoWork(_nowNanos) + _keepAlives.DoWork(_nowNanos) + _ends.DoWork(_nowNanos) : work;
    }

    public void OnClose()
    {
    }

    /// <summary>Looks ahead of the safe cursor for what does not wait; stops where a ring is full and goes on there.</summary>
    private int HandOnInternal()
    {
        var count = 0;
        while (count < RecordsPerCycleMax && _scan.TryPeek(out var record))
        {
            if (record.Envelope.Source == RecordSource.Internal && !TryHandOn(in record))
            {
                break;
            }

            _scan.Advance();
            count++;
        }

        return count;
    }

    private bool TryHandOn(in RingRecord record)
    {
        var ring = TemplateOf(in record) switch
        {
            RiskInputsDecoder.TemplateId => _wiring.RiskInputs,
            SessionStateDecoder.TemplateId => _wiring.SessionStates,
            CommandRefusedDecoder.TemplateId when IsSessionRefused(in record) => _wiring.SessionStates,
            _ => null,
        };
        if (ring is null)
        {
            return true;
        }

        if (!ring.TryStage(in record))
        {
            return false;
        }

        ring.Flush();
        return true;
    }

    /// <summary>What waited for a client's flow control goes before anything new.</summary>
    private int BeginNetwork()
    {
        _nowNanos = _wiring.Clock.Now.Value;
        var count = 0;
        foreach (var connection in _connections.Network)
        {
            if (!connection.IsCut)
            {
                count += connection.DrainBacklogs();
                if (connection.IsCut)
                {
                    _counters.ConnectionsCut.Increment();
                }
            }
        }

        return count;
    }

    private int AnswerAtOnce()
    {
        var ring = _wiring.Answers;
        var count = 0;
        while (count < RecordsPerCycleMax && ring.TryPeek(out var answer, out var frame))
        {
            _answers.Do(in answer, frame, _nowNanos);
            ring.Advance();
            count++;
        }

        ring.Release();
        return count;
    }

    /// <summary>In order: an answer that waits holds up those behind it, as it holds up the reports behind its command.</summary>
    private int AnswerWhatIsSafe()
    {
        var ring = _wiring.SafeAnswers;
        var count = 0;
        while (count < RecordsPerCycleMax && ring.TryPeek(out var answer, out var frame) && IsReleased(answer.After))
        {
            _answers.Do(in answer, frame, _nowNanos);
            ring.Advance();
            count++;
        }

        ring.Release();
        return count;
    }

    /// <summary>The command is safe, and every event of it and of those before it has been released.</summary>
    private bool IsReleased(long command) =>
        command <= _stored.Value && (!_reader.TryPeek(out var next) || next.Envelope.Sequence > command);

    private void StoreSafe(CommandSequence safe)
    {
        if (safe > _stored)
        {
            _wiring.SafeCursor.Store(safe);
            _stored = safe;
            _counters.SafeSequence.SetRelease(safe.Value);
        }
    }

    private int ReleaseSafe()
    {
        var count = 0;
        _deliveries = 0;
        while (count < RecordsPerCycleMax
            && _deliveries < DeliveriesPerCycleMax
            && _reader.TryPeek(out var record)
            && record.Envelope.Sequence <= _stored.Value
            && (_reader.NextSlot < _scan.NextSlot || record.Envelope.Source != RecordSource.Internal || TryHandOn(in record)))
        {
            Deliver(in record);
            _reader.Advance();
            count++;
        }

        // What was safe at once was looked at here, once, and need not be looked at again.
        _scan.CatchUp(_reader);
        if (_sampled != 0)
        {
            // Before it is shown, or a client could have read it by then. Of several in one cycle the last: their number is far
            // below one in a cycle.
            _wiring.Stages!.End(_sampled);
            _sampled = 0;
        }

        Flush();
        _reader.Release();
        return count;
    }

    private void Deliver(in RingRecord record)
    {
        var command = record.Envelope.Sequence;
        if (command != _measured)
        {
            _measured = command;
            _wiring.Stamps?.Measure(new CommandSequence(command));
            if (_wiring.Stages is { } stages && stages.IsSampled(command))
            {
                stages.Stamp(Stage.Released, command);
                _sampled = command;
            }
        }

        switch (record.Envelope.Source)
        {
            case RecordSource.Report:
                DeliverReport(in record);
                break;
            case RecordSource.MarketData:
                DeliverTo(in record, _connections.MarketData);
                _counters.MarketData.Increment();
                break;
            case RecordSource.Internal:
                KeepWhatItSays(in record);
                DeliverTo(in record, _connections.Internal);
                break;
            default:
                Check.Never("the engine writes reports, market data and internal events");
                break;
        }
    }

    private void DeliverReport(in RingRecord record)
    {
        var session = new SessionHandle(record.Envelope.SessionHandle);
        _store.Keep(session, record.Frame);
        CountIfRefusal(record.Frame);
        var connection = _connections.Find(session.Value);
        if (connection is null)
        {
            // Nobody is connected: the report is kept and can be asked for later.
            _counters.ReportsWithoutConnection.Increment();
            return;
        }

        connection.LastSentNanos = _nowNanos;
        DeliverTo(in record, connection);
        _counters.Reports.Increment();
    }

    private void CountIfRefusal(ReadOnlySpan<byte> report)
    {
        if (HftDeltaSchema.TryPeekHeader(report, out var header) && header.TemplateId == OracleReportRefusedDecoder.TemplateId)
        {
            _counters.OracleRefusals(OracleReportRefusedDecoder.Trusted(report).Code).Increment();
        }
    }

    private void DeliverTo(in RingRecord record, List<ConnectionOutput> connections)
    {
        foreach (var connection in connections)
        {
            DeliverTo(in record, connection);
        }
    }

    private void DeliverTo(in RingRecord record, ConnectionOutput connection)
    {
        _deliveries++;
        var isFirst = !connection.HasStaged;
        if (!connection.Deliver(in record))
        {
            _counters.ConnectionsCut.Increment();
            return;
        }

        if (isFirst && connection.HasStaged)
        {
            if (_stagedCount == _staged.Length)
            {
                Flush();
            }

            _staged[_stagedCount++] = connection;
        }
    }

    private void KeepWhatItSays(in RingRecord record)
    {
        switch (TemplateOf(in record))
        {
            case StateHashPointDecoder.TemplateId:
                RecordHashPoint(in record);
                break;
            case SessionStateDecoder.TemplateId:
                var told = SessionStateDecoder.Trusted(record.Frame);
                if (told.NextReportSequence == 1 && told.NextRequestSequence == 1)
                {
                    _store.Begin(new SessionHandle(told.SessionHandle));
                }

                break;
        }
    }

    private void RecordHashPoint(in RingRecord record)
    {
        if (_wiring.HashPoints.TryStage(in record))
        {
            _wiring.HashPoints.Flush();
        }
        else
        {
            _counters.HashPointsDropped.Increment();
        }
    }

    private void Flush()
    {
        for (var index = 0; index < _stagedCount; index++)
        {
            _staged[index]!.Flush();
            _staged[index] = null;
        }

        _stagedCount = 0;
    }

    private static bool IsSessionRefused(in RingRecord record) =>
        CommandRefusedDecoder.Trusted(record.Frame).CommandTemplateId == SessionOpenedDecoder.TemplateId;

    private static int TemplateOf(in RingRecord record) =>
        InternalSchema.TryPeekHeader(record.Frame, out var header) ? header.TemplateId : 0;
}
