using System.Runtime.CompilerServices;
using Disruptor;
using HftDelta.Primitives;
using HftDelta.Primitives.Records;

namespace HftDelta.Gateway.Rings;

/// <summary>
/// The producer of a ring of records. A record is reserved, filled in place, committed, and shown to consumers together with
/// all others that were committed since the last time. Never waits. Owner: the one producing thread.
/// What proves the bounds: the slots were free when they were reserved (SingleProducerSequencer.HasAvailableCapacity), and
/// padding keeps a record before the ring's end.
/// </summary>
internal sealed unsafe class RecordRingWriter
{
    /// <summary>The smallest ring: padding and a record of the largest size must fit together.</summary>
    public const int RingSlotsMin = 32;

    private readonly UnmanagedRingBuffer<RecordSlot> _ring;
    private readonly int _ringSlots;
    private long _next;
    private int _reserved;
    private long _shown;

    public RecordRingWriter(UnmanagedRingBuffer<RecordSlot> ring)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ring.BufferSize, RingSlotsMin);
        _ring = ring;
        _ringSlots = ring.BufferSize;
        _next = ring.Cursor + 1;
        _shown = ring.Cursor;
    }

    /// <summary>Room for a record with a frame of this length, or null when the ring is full.</summary>
    public RecordEnvelope* TryReserve(int frameLengthBytes)
    {
        Check.That((uint)frameLengthBytes <= RecordEnvelope.FrameLengthMaxBytes);
        Check.That(_reserved == 0);
        var slots = RecordSlots.For(frameLengthBytes);
        var padding = RecordSlots.PaddingBefore(_next, slots, _ringSlots);
        if (!_ring.HasAvailableCapacity(padding + slots))
        {
            return null;
        }

        if (padding > 0)
        {
            _ring[_next].Envelope = new RecordEnvelope { Source = RecordSource.Padding };
        }

        _reserved = padding + slots;
        return (RecordEnvelope*)Unsafe.AsPointer(ref _ring[_next + padding]);
    }

    /// <summary>The reserved record is filled.</summary>
    public void Commit()
    {
        Check.That(_reserved > 0);

        // The slots are free, so the claim does not wait.
        _next = _ring.Next(_reserved) + 1;
        _reserved = 0;
    }

    /// <summary>Shows everything that was committed; nothing happens when there is nothing new.</summary>
    public void Publish()
    {
        if (_shown != _next - 1)
        {
            _shown = _next - 1;
            _ring.Publish(_shown);
        }
    }
}
