using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Disruptor;
using HftDelta.Primitives;
using HftDelta.Primitives.Records;
using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Time;

namespace HftDelta.Journal.Writing;

/// <summary>
/// Copies every record of the inbound ring into the journal. Owner: its thread. It writes <see cref="Consumed"/>, which gates
/// the ring, and in process mode the durable cursor; in disk mode the <see cref="SyncAgent"/> writes that one. When the next
/// segment is not prepared it consumes nothing and its duty cycle returns 0: the ring fills and ingress refuses.
/// </summary>
public sealed class JournalAgent : IAgent
{
    // Bounds one duty cycle, so that an agent on the same thread is not kept waiting by a full ring.
    private const int RecordsPerCycleMax = 256;

    private readonly UnmanagedRingBuffer<RecordSlot> _ring;
    private readonly JournalWriter _writer;
    private readonly Sequence? _durable;
    private readonly StageStamps? _stages;
    private readonly int _ringSlots;
    private long _nextSlot;
    private bool _isStalled;

    internal JournalAgent(
        UnmanagedRingBuffer<RecordSlot> ring, JournalWriter writer, Sequence? durable, StageStamps? stages = null)
    {
        _ring = ring;
        _writer = writer;
        _durable = durable;
        _stages = stages;
        _ringSlots = ring.BufferSize;
    }

    public string RoleName => "journal";

    /// <summary>Ring slot through which records are in the journal: the gating sequence for the ring.</summary>
    public Sequence Consumed { get; } = new();

    /// <summary>Whether the last duty cycle stopped because no segment was ready. Any thread.</summary>
    public bool IsStalled => Volatile.Read(ref _isStalled);

    public void OnStart()
    {
    }

    public int DoWork()
    {
        var available = _ring.Cursor;
        var next = _nextSlot;
        var records = 0;
        var stalled = false;
        while (next <= available && records < RecordsPerCycleMax)
        {
            ref var slot = ref _ring[next];
            if (slot.Envelope.Source == RecordSource.Padding)
            {
                // Padding runs to the end of the ring (RecordSlots).
                next += _ringSlots - (int)(next & (_ringSlots - 1));
                continue;
            }

            if (!_writer.TryAppend(in slot.Envelope, FrameOf(ref slot)))
            {
                stalled = true;
                break;
            }

            if (_stages is not null && _stages.IsSampled(slot.Envelope.Sequence))
            {
                _stages.Stamp(Stage.Journaled, slot.Envelope.Sequence);
            }

            next += RecordSlots.For(slot.Envelope.Length);
            records++;
        }

        Check.That(next <= available + 1);
        if (next != _nextSlot)
        {
            _nextSlot = next;
            Consumed.SetValue(next - 1);
            _durable?.SetValue(_writer.LastSequence.Value);
        }

        if (stalled != _isStalled)
        {
            Volatile.Write(ref _isStalled, stalled);
        }

        return records;
    }

    public void OnClose()
    {
    }

    // Bounds: the sequencer lays a record into consecutive slots that do not wrap, as many as its length needs (RecordSlots).
    private static ReadOnlySpan<byte> FrameOf(ref RecordSlot slot)
    {
        Check.That(slot.Envelope.Length <= RecordEnvelope.FrameLengthMaxBytes);
        ref var start = ref Unsafe.As<RecordSlot, byte>(ref slot);
        return MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref start, RecordEnvelope.LengthBytes), slot.Envelope.Length);
    }
}
