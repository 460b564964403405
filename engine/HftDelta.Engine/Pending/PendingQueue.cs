using System.Buffers.Binary;
using HftDelta.Engine.State;
using HftDelta.Primitives;
using HftDelta.Primitives.Collections;

namespace HftDelta.Engine.Pending;

/// <summary>What kind of work is unfinished.</summary>
internal enum PendingKind : byte
{
    None = 0,

    /// <summary>An incoming order goes on taking from its book. Id: its slot.</summary>
    Sweep = 1,

    /// <summary>The orders of a lost session are cancelled. Id: its handle.</summary>
    CancelSessionOrders = 2,

    /// <summary>The orders of an expired instrument are cancelled. Id: the instrument.</summary>
    CancelInstrumentOrders = 3,

    /// <summary>The positions in an expired instrument are paid and closed. Id: the instrument.</summary>
    CloseInstrumentPositions = 4,

    /// <summary>The state of each session is told after a start. Id: the next handle.</summary>
    TellSessionStates = 5,
}

/// <summary>One piece of unfinished work.</summary>
internal struct PendingRecord
{
    public PendingKind Kind;
    public uint Id;
}

/// <summary>
/// Work beyond the bound of one command, in state and first in, first out: every command performs some of it before
/// itself, so a replay cuts the same slices. Owner: the engine agent.
/// Invariant: it cannot overflow, because each order book, session and instrument has at most one entry of a kind.
/// </summary>
internal sealed class PendingQueue : IDisposable
{
    private readonly NativeSlab<PendingRecord> _records;
    private readonly RecordTracker<Records> _tracker;
    private readonly uint _mask;
    private uint _head;
    private uint _tail;

    public PendingQueue(EngineLimits limits)
    {
        var most = (3 * (limits.Instruments + 1)) + limits.Sessions + 1;
        var size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)most);
        _records = new NativeSlab<PendingRecord>(size);
        _tracker = new RecordTracker<Records>(new Records(this), size);
        _mask = (uint)size - 1;
    }

    public bool IsEmpty => _head == _tail;

    public int Count => (int)(_tail - _head);

    /// <summary>The oldest entry; there is one.</summary>
    public ref PendingRecord First
    {
        get
        {
            _tracker.Mark(_head & _mask);
            return ref _records[_head & _mask];
        }
    }

    public bool Contains(PendingKind kind)
    {
        for (var index = _head; index != _tail; index++)
        {
            if (_records[index & _mask].Kind == kind)
            {
                return true;
            }
        }

        return false;
    }

    public void Add(PendingKind kind, uint id)
    {
        Check.That(_tail - _head <= _mask);
        _tracker.Mark(_tail & _mask);
        _records[_tail++ & _mask] = new PendingRecord { Kind = kind, Id = id };
    }

    /// <summary>Removes the oldest entry; there is one.</summary>
    public void RemoveFirst()
    {
        Check.That(_head != _tail);
        _tracker.Mark(_head & _mask);
        _records[_head++ & _mask] = default;
    }

    public void FoldHash(ref Hash256 sum) => _tracker.Fold(ref sum);

    public Hash256 RecomputeHash() => RecordTracker<Records>.Recompute(new Records(this));

    public void Dispose()
    {
        _records.Dispose();
        _tracker.Dispose();
    }

    private readonly struct Records(PendingQueue queue) : IStateRecords
    {
        public StateRecordType Type => StateRecordType.PendingWork;

        public uint IdLimit => queue._mask + 1;

        public bool TryEncode(uint id, Span<byte> buffer, out int lengthBytes)
        {
            ref readonly var record = ref queue._records[id];
            BinaryPrimitives.WriteUInt32LittleEndian(buffer, (uint)record.Kind);
            BinaryPrimitives.WriteUInt32LittleEndian(buffer[4..], record.Id);
            lengthBytes = 8;
            return record.Kind != PendingKind.None;
        }
    }
}
