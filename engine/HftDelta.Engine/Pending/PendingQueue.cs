using HftDelta.Engine.Fees;
using HftDelta.Engine.State;
using HftDelta.Primitives;

namespace HftDelta.Engine.Pending;

/// <summary>
/// Work beyond the bound of one command, in state and first in, first out but for sweeps and what gives way: every command
/// performs some of it before itself, so a replay cuts the same slices. Owner: the engine agent.
/// Invariant: it cannot overflow, because each order book, session, instrument, protection and fee schedule, and the venue
/// itself, has at most one entry of a kind.
/// </summary>
internal sealed class PendingQueue : IDisposable
{
    private readonly HashedSlab<PendingRecord, PendingEncoding> _records;
    private readonly uint _mask;
    private uint _head;
    private uint _tail;

    public PendingQueue(EngineLimits limits)
    {
        var most = (8 * (limits.Instruments + 1)) + (2 * limits.Sessions) + limits.Protections + 7
            + FeeTable.SchedulesLimit;
        var size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)most);
        _records = new HashedSlab<PendingRecord, PendingEncoding>(size);
        _mask = (uint)size - 1;
    }

    public bool IsEmpty => _head == _tail;

    public int Count => (int)(_tail - _head);

    /// <summary>Entries ever removed and ever added: where in its ring the queue stands.</summary>
    public uint Head => _head;

    public uint Tail => _tail;

    /// <summary>The oldest entry; there is one.</summary>
    public ref PendingRecord First => ref _records.Write(_head & _mask);

    /// <summary>Starts work of a kind that has one entry at most: anew if it is under way, else at the queue's end.</summary>
    public void Restart(PendingKind kind, uint id)
    {
        for (var index = _head; index != _tail; index++)
        {
            if (_records.Read(index & _mask).Kind == kind)
            {
                _records.Write(index & _mask).Id = id;
                return;
            }
        }

        Add(kind, id);
    }

    /// <summary>Cold: looks at every entry, for work of a kind that has one at most.</summary>
    public bool TryGet(PendingKind kind, out uint id)
    {
        for (var index = _head; index != _tail; index++)
        {
            if (_records.Read(index & _mask).Kind == kind)
            {
                id = _records.Read(index & _mask).Id;
                return true;
            }
        }

        id = 0;
        return false;
    }

    /// <summary>Cold: looks at every entry.</summary>
    public bool Has(PendingKind kind)
    {
        for (var index = _head; index != _tail; index++)
        {
            if (_records.Read(index & _mask).Kind == kind)
            {
                return true;
            }
        }

        return false;
    }

    public void Add(PendingKind kind, uint id)
    {
        Check.That(_tail - _head <= _mask);
        _records.Write(_tail++ & _mask) = new PendingRecord { Kind = kind, Id = id };
    }

    /// <summary>The oldest entry lets all others go first; there is one.</summary>
    public void RotateFirst()
    {
        var first = First;
        RemoveFirst();
        Add(first.Kind, first.Id);
    }

    /// <summary>An entry, which there is, goes before all others, whose order stays.</summary>
    public void BringForward(PendingKind kind, uint id)
    {
        var index = _head;
        while (_records.Read(index & _mask).Kind != kind || _records.Read(index & _mask).Id != id)
        {
            index++;
            Check.That(index != _tail);
        }

        var found = _records.Read(index & _mask);
        for (; index != _head; index--)
        {
            _records.Write(index & _mask) = _records.Read((index - 1) & _mask);
        }

        _records.Write(_head & _mask) = found;
    }

    /// <summary>Removes the oldest entry; there is one.</summary>
    public void RemoveFirst()
    {
        Check.That(_head != _tail);
        _records.Write(_head++ & _mask) = default;
    }

    public void FoldHash(ref Hash256 sum) => _records.FoldHash(ref sum);

    public Hash256 RecomputeHash() => _records.RecomputeHash();

    public void Dispose() => _records.Dispose();
}
