using Disruptor;
using HftDelta.Engine;
using HftDelta.Gateway;
using HftDelta.Gateway.Rings;
using HftDelta.Primitives.Records;
using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Counters;
using HftDelta.Runtime.Time;

namespace HftDelta.Node.Pipeline;

/// <summary>
/// Applies the records of the inbound ring. A command begins only when the outbound ring has room for everything that it may
/// emit, so it never waits half done and no ring, however small, can deadlock. Owner: its thread.
/// One duty cycle applies a bounded number of commands, then shows their events, then says how far it is, then gives the
/// slots back: whoever sees the progress sees the events.
/// </summary>
public sealed class EngineAgent : IAgent
{
    private const int CommandsPerCycleMax = 64;

    private readonly EngineHost _host;
    private readonly UnmanagedRingBuffer<RecordSlot> _outbound;
    private readonly RecordRingReader _reader;

    // Reads what the engine will come to: never behind it, and no further than what is published, which waits for the engine.
    private readonly RecordRingReader _ahead;
    private readonly EngineProgress _progress;
    private readonly StageStamps? _stages;
    private readonly Counter _sequence;
    private readonly Counter _commands;
    private readonly Counter _stalls;
    private readonly int _slotsNeeded;
    private long _notedSequence;

    public EngineAgent(
        EngineHost host,
        UnmanagedRingBuffer<RecordSlot> inbound,
        EngineProgress progress,
        CounterAllocation allocate,
        StageStamps? stages = null)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(allocate);
        _host = host;
        _outbound = host.Outbound;
        _slotsNeeded = host.SlotsNeeded;
        _reader = new RecordRingReader(inbound);
        _ahead = new RecordRingReader(inbound, gates: false);
        _progress = progress;
        _stages = stages;
        _sequence = allocate("hftdelta_engine_applied_sequence", "", CounterUnit.Sequence);
        _commands = allocate("hftdelta_engine_commands_total", "", CounterUnit.Count);
        _stalls = allocate("hftdelta_engine_outbound_full_total", "", CounterUnit.Count);
    }

    public string RoleName => "engine";

    public void OnStart()
    {
    }

    /// <exception cref="EngineStoppedException">A command could not be applied; it stays the first of the ring.</exception>
    public int DoWork()
    {
        var count = 0;
        while (count < CommandsPerCycleMax && _reader.TryPeek(out var record))
        {
            if (!_outbound.HasAvailableCapacity(_slotsNeeded))
            {
                _stalls.Increment();
                break;
            }

            NoteAhead(record.Envelope.Sequence);
            Apply(in record);
            var used = _host.Writer.UsedSlots;
            if (used > 0)
            {
                // The room was proved, so the claim does not wait.
                _outbound.Next(used);
            }

            _reader.Advance();
            count++;
        }

        if (count > 0)
        {
            Show(count);
        }

        return count;
    }

    public void OnClose()
    {
    }

    private void Apply(in RingRecord record)
    {
        if (_stages is not { } stages || !stages.IsSampled(record.Envelope.Sequence))
        {
            _host.Apply(in record.Envelope, record.Frame);
            return;
        }

        stages.Stamp(Stage.EngineBegun, record.Envelope.Sequence);
        _host.Apply(in record.Envelope, record.Frame);
        stages.Stamp(Stage.EngineDone, record.Envelope.Sequence);
    }

    /// <summary>Tells the engine of the commands that wait behind the one that it applies next.</summary>
    private void NoteAhead(long sequence)
    {
        while (_notedSequence < sequence + CommandProcessor.CommandsAhead && _ahead.TryPeek(out var record))
        {
            _host.Processor.Note(in record.Envelope, record.Frame);
            _notedSequence = record.Envelope.Sequence;
            _ahead.Advance();
        }
    }

    private void Show(int count)
    {
        var processor = _host.Processor;
        var last = _host.Writer.NextSlot - 1;
        if (last != _outbound.Cursor)
        {
            _outbound.Publish(last);
        }

        _progress.Write(processor.LastSequence, processor.HasPendingWork, processor.IsRiskOutstanding);
        _reader.Release();
        _commands.Add(count);
        _sequence.SetRelease(processor.LastSequence.Value);
    }
}
