using System.Runtime.InteropServices;
using Disruptor;
using HftDelta.Primitives;
using HftDelta.Primitives.Records;

namespace HftDelta.Gateway.Rings;

/// <summary>
/// A consumer of a ring of records: looks at the next one, moves past it when it is handled, and gives back everything that
/// it moved past. Owner: the one consuming thread; <see cref="Consumed"/> may be watched by all.
/// Invariant: a record that was not handled stays the first to be read.
/// </summary>
public sealed class RecordRingReader
{
    private const int PaddingBytes = 128;

    private readonly UnmanagedRingBuffer<RecordSlot> _ring;
    private readonly int _ringSlots;
    private ReaderPlace _place;

    /// <param name="ring">The ring; the reader begins behind what is published in it now.</param>
    /// <param name="gates">Whether the producer waits for this reader. One that does not must stay behind one that does.</param>
    public RecordRingReader(UnmanagedRingBuffer<RecordSlot> ring, bool gates = true)
    {
        ArgumentNullException.ThrowIfNull(ring);
        _ring = ring;
        _ringSlots = ring.BufferSize;
        if (gates)
        {
            ring.AddGatingSequences(Consumed);
        }
        else
        {
            Consumed.SetValue(ring.Cursor);
        }

        _place.Next = Consumed.Value + 1;
        _place.Available = Consumed.Value;
    }

    /// <summary>The last slot that was given back.</summary>
    public Sequence Consumed { get; } = new();

    /// <summary>The slot that the next record is looked for in. Owner's thread only.</summary>
    internal long NextSlot => _place.Next;

    /// <summary>The next record, which stays the next until <see cref="Advance"/>.</summary>
    /// <returns>False when nothing is published behind what was read.</returns>
    public bool TryPeek(out RingRecord record)
    {
        while (_place.Next <= _place.Available || Refresh())
        {
            ref var slot = ref _ring[_place.Next];
            if (slot.Envelope.Source != RecordSource.Padding)
            {
                record = new RingRecord(ref slot);
                return true;
            }

            // Padding runs to the end of the ring (RecordSlots).
            _place.Next += _ringSlots - (int)(_place.Next & (_ringSlots - 1));
        }

        record = default;
        return false;
    }

    /// <summary>Moves past the record that <see cref="TryPeek"/> showed.</summary>
    public void Advance()
    {
        _place.Next += RecordSlots.For(_ring[_place.Next].Envelope.Length);
        Check.That(_place.Next <= _place.Available + 1);
    }

    /// <summary>Moves to where another reader of the same ring is, on the same thread, if that is ahead.</summary>
    internal void CatchUp(RecordRingReader other)
    {
        if (_place.Next < other._place.Next)
        {
            _place.Next = other._place.Next;
            _place.Available = Math.Max(_place.Available, other._place.Available);
        }
    }

    /// <summary>Gives back what was moved past: our reads of it are done before the producer sees it free.</summary>
    public void Release()
    {
        if (Consumed.Value != _place.Next - 1)
        {
            Consumed.SetValue(_place.Next - 1);
        }
    }

    private bool Refresh()
    {
        // Acquire, by way of the cursor: the slots up to it are visible.
        _place.Available = _ring.Cursor;
        return _place.Next <= _place.Available;
    }

    /// <summary>The consumer's own words, two cache lines away from those of the producer and of everybody else.</summary>
    [StructLayout(LayoutKind.Explicit, Size = PaddingBytes + 16 + PaddingBytes)]
    private struct ReaderPlace
    {
        /// <summary>The slot of the next record.</summary>
        [FieldOffset(PaddingBytes)]
        public long Next;

        /// <summary>The last slot that was published when it was last looked at.</summary>
        [FieldOffset(PaddingBytes + 8)]
        public long Available;
    }
}
