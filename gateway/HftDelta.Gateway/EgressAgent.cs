using Disruptor;
using HftDelta.Gateway.Connections;
using HftDelta.Gateway.Rings;
using HftDelta.Primitives;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Agents;
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

    /// <summary>Answers that are no events, from ingress: they wait for nothing.</summary>
    public required FrameRing Answers { get; init; }

    /// <summary>SessionState events, to ingress.</summary>
    public required FrameRing SessionStates { get; init; }

    /// <summary>RiskInputs events, to the risk worker.</summary>
    public required FrameRing RiskInputs { get; init; }

    /// <summary>StateHashPoint events that passed the safe cursor, to whoever records them.</summary>
    public required FrameRing HashPoints { get; init; }

    public required EgressCounters Counters { get; init; }

    public LatencyStamps? Stamps { get; init; }
}

/// <summary>
/// Hands events on. What leaves the venue - reports and public data - waits until its command is safe, that is applied and
/// durable, and the cursor is stored first. Two kinds of internal events do not wait, because they never leave: risk inputs
/// (the worker computes while the journal writes) and session states (ingress learns of a session). Owner: its thread.
/// A client that does not read is cut and never waited for.
/// </summary>
public sealed class EgressAgent : IAgent
{
    private const int RecordsPerCycleMax = 256;

    private readonly EgressWiring _wiring;
    private readonly EgressCounters _counters;
    private readonly RecordRingReader _reader;
    private readonly RecordRingReader _scan;
    private readonly ConnectionOutput?[] _staged;
    private int _stagedCount;
    private CommandSequence _stored;
    private long _measured;

    public EgressAgent(EgressWiring wiring)
    {
        ArgumentNullException.ThrowIfNull(wiring);
        _wiring = wiring;
        _counters = wiring.Counters;
        _reader = new RecordRingReader(wiring.Outbound);
        _scan = new RecordRingReader(wiring.Outbound, gates: false);
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
        var work = HandOnInternal() + DeliverAnswers();
        StoreSafe(new CommandSequence(applied < durable ? applied : durable));
        return work + ReleaseSafe();
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

    private int DeliverAnswers()
    {
        var reader = _wiring.Answers.Reader;
        var count = 0;
        while (_stagedCount < RecordsPerCycleMax && count < RecordsPerCycleMax && reader.TryPeek(out var record))
        {
            DeliverReport(in record);
            reader.Advance();
            count++;
        }

        Flush();
        reader.Release();
        return count;
    }

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
        while (count < RecordsPerCycleMax
            && _reader.TryPeek(out var record)
            && _reader.NextSlot < _scan.NextSlot
            && record.Envelope.Sequence <= _stored.Value)
        {
            Deliver(in record);
            _reader.Advance();
            count++;
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
        }

        switch (record.Envelope.Source)
        {
            case RecordSource.Report:
                DeliverReport(in record);
                break;
            case RecordSource.MarketData:
                DeliverTo(in record, ConnectionInterests.MarketData);
                _counters.MarketData.Increment();
                break;
            case RecordSource.Internal:
                RecordHashPoint(in record);
                DeliverTo(in record, ConnectionInterests.Internal);
                break;
            default:
                Check.Never("the engine writes reports, market data and internal events");
                break;
        }
    }

    private void DeliverReport(in RingRecord record)
    {
        var connection = _wiring.Connections.Find(record.Envelope.SessionHandle);
        if (connection is null)
        {
            // Nobody is connected: the report is kept in the engine's state and can be asked for later.
            _counters.ReportsWithoutConnection.Increment();
            return;
        }

        DeliverTo(in record, connection);
        _counters.Reports.Increment();
    }

    private void DeliverTo(in RingRecord record, ConnectionInterests interest)
    {
        foreach (var connection in _wiring.Connections.All)
        {
            if ((connection.Interests & interest) != 0)
            {
                DeliverTo(in record, connection);
            }
        }
    }

    private void DeliverTo(in RingRecord record, ConnectionOutput connection)
    {
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

    private void RecordHashPoint(in RingRecord record)
    {
        if (TemplateOf(in record) != StateHashPointDecoder.TemplateId)
        {
            return;
        }

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

    private static int TemplateOf(in RingRecord record) =>
        InternalSchema.TryPeekHeader(record.Frame, out var header) ? header.TemplateId : 0;
}
