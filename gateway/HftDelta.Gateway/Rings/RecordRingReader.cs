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
    private readonly UnmanagedRingBuffer<RecordSlot> _ring;
    private readonly int _ringSlots;
    private long _next;
    private long _available;

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

        _next = Consumed.Value + 1;
        _available = Consumed.Value;
    }

    /// <summary>The last slot that was given back.</summary>
    public Sequence Consumed { get; } = new();

    /// <summary>The slot that the next record is looked for in. Owner's thread only.</summary>
    internal long NextSlot => _next;

    /// <summary>The next record, which stays the next until <see cref="Advance"/>.</summary>
    /// <returns>False when nothing is published behind what was read.</returns>
    public bool TryPeek(out RingRecord record)
    {
        while (_next <= _available || Refresh())
        {
            ref var slot = ref _ring[_next];
            if (slot.Envelope.Source != RecordSource.Padding)
            {
                record = new RingRecord(ref slot);
                return true;
            }

            // Padding runs to the end of the ring (RecordSlots).
            _next += _ringSlots - (int)(_next & (_ringSlots - 1));
        }

        record = default;
        return false;
    }

    /// <summary>Moves past the record that <see cref="TryPeek"/> showed.</summary>
    public void Advance()
    {
        _next += RecordSlots.For(_ring[_next].Envelope.Length);
        Check.That(_next <= _available + 1);
    }

    /// <summary>Gives back what was moved past: our reads of it are done before the producer sees it free.</summary>
    public void Release()
    {
        if (Consumed.Value != _next - 1)
        {
            Consumed.SetValue(_next - 1);
        }
    }

    private bool Refresh()
    {
        // Acquire, by way of the cursor: the slots up to it are visible.
        _available = _ring.Cursor;
        return _next <= _available;
    }
}
