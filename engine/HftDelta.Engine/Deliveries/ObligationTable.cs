using HftDelta.Engine.Accounts;
using HftDelta.Engine.State;
using HftDelta.Primitives;

namespace HftDelta.Engine.Deliveries;

/// <summary>
/// Obligations that are due, linked per account. An id tells its slot in the low bits and is never given twice. Slot 0 is none.
/// Owner: the engine agent.
/// </summary>
internal sealed class ObligationTable(EngineLimits limits, AccountTable accounts) : IDisposable
{
    private const int SlotBits = 24;

    private readonly HashedSlab<ObligationRecord, ObligationEncoding> _records = new(1 + limits.Obligations);
    private uint _firstFree;
    private uint _slotLimit = 1;

    /// <summary>Obligations that there ever were.</summary>
    public ulong LastNumber { get; private set; }

    public int Count { get; private set; }

    /// <summary>Every obligation has a slot below this.</summary>
    public uint SlotLimit => _slotLimit;

    public bool HasRoom => Count < limits.Obligations;

    public ref readonly ObligationRecord Read(uint slot) => ref _records.Read(slot);

    public ref ObligationRecord Write(uint slot) => ref _records.Write(slot);

    /// <summary>What the account is to deliver or take of an expiry, or 0.</summary>
    public uint Find(uint account, uint point)
    {
        var slot = accounts.Read(account).FirstObligation;
        while (slot != 0 && _records.Read(slot).Point != point)
        {
            slot = _records.Read(slot).Next;
        }

        return slot;
    }

    /// <summary>The obligation of this id, or 0.</summary>
    public uint Find(ulong id)
    {
        var slot = (uint)id & ((1u << SlotBits) - 1);
        return slot != 0 && slot < _slotLimit && _records.Read(slot).Id == id ? slot : 0;
    }

    /// <summary>A new one; there is room.</summary>
    public uint Add(uint account, uint point, long price, ulong deadline)
    {
        Check.That(HasRoom);
        var slot = _firstFree;
        if (slot == 0)
        {
            slot = _slotLimit++;
        }
        else
        {
            _firstFree = _records.Read(slot).Next;
        }

        ref var owner = ref accounts.Cached(account);
        _records.Write(slot) = new ObligationRecord
        {
            Id = (++LastNumber << SlotBits) | slot,
            Price = price,
            Deadline = deadline,
            Account = account,
            Point = point,
            Next = owner.FirstObligation,
        };
        owner.FirstObligation = slot;
        Count++;
        return slot;
    }

    public void Remove(uint slot)
    {
        ref var head = ref accounts.Cached(_records.Read(slot).Account).FirstObligation;
        var next = _records.Read(slot).Next;
        if (head == slot)
        {
            head = next;
        }
        else
        {
            var before = head;
            while (_records.Read(before).Next != slot)
            {
                before = _records.Read(before).Next;
            }

            _records.Cached(before).Next = next;
        }

        _records.Write(slot) = new ObligationRecord { Next = _firstFree };
        _firstFree = slot;
        Count--;
    }

    public void FoldHash(ref Hash256 sum) => _records.FoldHash(ref sum);

    public Hash256 RecomputeHash() => _records.RecomputeHash();

    public void Dispose() => _records.Dispose();
}
