using Disruptor;
using HdrHistogram;
using HftDelta.Gateway;
using HftDelta.Journal.Writing;
using HftDelta.Primitives.Records;
using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Counters;

namespace HftDelta.Node.Pipeline;

/// <summary>What the monitor watches.</summary>
public sealed record MonitorWiring
{
    public required UnmanagedRingBuffer<RecordSlot> Inbound { get; init; }

    public required UnmanagedRingBuffer<RecordSlot> Outbound { get; init; }

    public required Sequence Durable { get; init; }

    public required JournalAgent Journal { get; init; }

    public required SegmentPreparer Preparer { get; init; }

    public required CounterAllocation Allocate { get; init; }

    /// <summary>Told to look, and ends the process when the journal has no room for too long.</summary>
    public required JournalRoomWatch Room { get; init; }

    public LatencyStamps? Stamps { get; init; }

    /// <summary>Collects what stages of commands took; null: that is not sampled.</summary>
    public StageTimes? Stages { get; init; }
}

/// <summary>
/// Looks at rings and cursors from outside, now and then, and collects latencies. Cold: nothing waits for it, and what it
/// shows is a moment just past. Owner: its thread.
/// </summary>
public sealed class MonitorAgent : IAgent
{
    /// <summary>Duty cycles for each look: on a shared thread a look at every cycle would cost more than it tells.</summary>
    private const int CyclesPerLook = 64;

    private const long LatencyNanosMax = 60_000_000_000;
    private const int SignificantDigits = 3;

    private readonly MonitorWiring _wiring;
    private readonly Counter _durable;
    private readonly Counter _stalled;
    private readonly Counter _refused;
    private readonly Counter _inboundUsed;
    private readonly Counter _inboundUsedMax;
    private readonly Counter _outboundUsed;
    private readonly Counter _outboundUsedMax;
    private readonly long[] _nanos = new long[1024];
    private int _cycles;

    public MonitorAgent(MonitorWiring wiring)
    {
        ArgumentNullException.ThrowIfNull(wiring);
        _wiring = wiring;
        var allocate = wiring.Allocate;
        _durable = allocate("hftdelta_journal_durable_sequence", "", CounterUnit.Sequence);
        _stalled = allocate("hftdelta_journal_stalled", "1: waits for its next segment", CounterUnit.Count);
        _refused = allocate("hftdelta_journal_segment_refused", "1: the disk refused the next segment", CounterUnit.Count);
        _inboundUsed = allocate("hftdelta_ring_used_slots", "ring=inbound", CounterUnit.Slots);
        _inboundUsedMax = allocate("hftdelta_ring_used_max_slots", "ring=inbound", CounterUnit.Slots);
        _outboundUsed = allocate("hftdelta_ring_used_slots", "ring=outbound", CounterUnit.Slots);
        _outboundUsedMax = allocate("hftdelta_ring_used_max_slots", "ring=outbound", CounterUnit.Slots);
        Latency = new LongHistogram(LatencyNanosMax, SignificantDigits);
    }

    public string RoleName => "monitor";

    /// <summary>From sequencing to release, in nanoseconds. Owner's thread, and anybody once it has stopped.</summary>
    public LongHistogram Latency { get; }

    /// <summary>What stages of sampled commands took; null: that is not sampled.</summary>
    public StageTimes? Stages => _wiring.Stages;

    public void OnStart()
    {
    }

    /// <exception cref="Journal.Faults.JournalException">The journal has stood still for too long.</exception>
    public int DoWork()
    {
        // While the disk refuses, every cycle counts: what is left in the segment serves some milliseconds of orders.
        var isLooking = ++_cycles >= CyclesPerLook;
        if (isLooking || _wiring.Preparer.LastRefusal is not null)
        {
            _wiring.Room.Look();
        }

        if (isLooking)
        {
            _cycles = 0;
            Look();
        }

        return 0;
    }

    public void OnClose() => Look();

    private void Look()
    {
        _durable.SetRelease(_wiring.Durable.Value);
        _stalled.SetRelease(_wiring.Journal.IsStalled ? 1 : 0);
        _refused.SetRelease(_wiring.Preparer.LastRefusal is null ? 0 : 1);
        Show(_wiring.Inbound, _inboundUsed, _inboundUsedMax);
        Show(_wiring.Outbound, _outboundUsed, _outboundUsedMax);
        _wiring.Stages?.Collect();
        if (_wiring.Stamps is not { } stamps)
        {
            return;
        }

        int count;
        while ((count = stamps.Take(_nanos)) > 0)
        {
            for (var index = 0; index < count; index++)
            {
                Latency.RecordValue(Math.Clamp(_nanos[index], 1, LatencyNanosMax));
            }
        }
    }

    private static void Show(UnmanagedRingBuffer<RecordSlot> ring, Counter used, Counter usedMax)
    {
        var slots = Math.Clamp(ring.Cursor - ring.GetMinimumGatingSequence(), 0, ring.BufferSize);
        used.SetRelease(slots);
        usedMax.RaiseTo(slots);
    }
}
