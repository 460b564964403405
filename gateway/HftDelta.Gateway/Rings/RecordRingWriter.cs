using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
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

    private const int PaddingBytes = 128;

    private readonly UnmanagedRingBuffer<RecordSlot> _ring;
    private readonly int _ringSlots;
    private WriterPlace _place;

    public RecordRingWriter(UnmanagedRingBuffer<RecordSlot> ring)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ring.BufferSize, RingSlotsMin);
        _ring = ring;
        _ringSlots = ring.BufferSize;
        _place.Next = ring.Cursor + 1;
        _place.Shown = ring.Cursor;
    }

    /// <summary>Room for a record with a frame of this length, or null when the ring is full.</summary>
    public RecordEnvelope* TryReserve(int frameLengthBytes)
    {
        Check.That((uint)frameLengthBytes <= RecordEnvelope.FrameLengthMaxBytes);
        Check.That(_place.Reserved == 0);
        var slots = RecordSlots.For(frameLengthBytes);
        var padding = RecordSlots.PaddingBefore(_place.Next, slots, _ringSlots);
        if (!_ring.HasAvailableCapacity(padding + slots))
        {
            return null;
        }

        if (padding > 0)
        {
            _ring[_place.Next].Envelope = new RecordEnvelope { Source = RecordSource.Padding };
        }

        _place.Reserved = padding + slots;
        return (RecordEnvelope*)Unsafe.AsPointer(ref _ring[_place.Next + padding]);
    }

    /// <summary>The reserved record is filled.</summary>
    public void Commit()
    {
        Check.That(_place.Reserved > 0);

        // The slots are free, so the claim does not wait.
        _place.Next = _ring.Next(_place.Reserved) + 1;
        _place.Reserved = 0;
    }

    /// <summary>Shows everything that was committed; nothing happens when there is nothing new.</summary>
    public void Publish()
    {
        if (_place.Shown != _place.Next - 1)
        {
            _place.Shown = _place.Next - 1;
            _ring.Publish(_place.Shown);
        }
    }

    /// <summary>The producer's own words, two cache lines away from those of the consumer and of everybody else.</summary>
    [StructLayout(LayoutKind.Explicit, Size = PaddingBytes + 24 + PaddingBytes)]
    private struct WriterPlace
    {
        /// <summary>The slot after the last committed one.</summary>
        [FieldOffset(PaddingBytes)]
        public long Next;

        /// <summary>The last slot that consumers see.</summary>
        [FieldOffset(PaddingBytes + 8)]
        public long Shown;

        /// <summary>Slots of the record that is being filled, padding included.</summary>
        [FieldOffset(PaddingBytes + 16)]
        public int Reserved;
    }
}
