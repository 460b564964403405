using HftDelta.Engine.Orders;
using HftDelta.Engine.State;
using HftDelta.Primitives;
using HftDelta.Primitives.Collections;
using HftDelta.Wire;

namespace HftDelta.Engine.Quotes;

/// <summary>
/// Protections by account and underlying. An account that never asked for one, or has switched it off, has no record. Owner: the
/// engine agent. Slot 0 is none.
/// </summary>
internal sealed class ProtectionTable : IDisposable
{
    private readonly HashedSlab<ProtectionRecord, ProtectionEncoding> _records;
    private readonly SlotMap<Keys> _slots;
    private uint _firstFree;
    private uint _slotLimit = 1;

    public ProtectionTable(int capacity)
    {
        _records = new HashedSlab<ProtectionRecord, ProtectionEncoding>(capacity + 1);
        _slots = new SlotMap<Keys>(capacity, new Keys(_records));
    }

    public bool HasRoom => _slots.Count < _records.Capacity - 1;

    /// <summary>The slot of the record, or 0.</summary>
    public uint Find(uint account, uint underlying) => _slots.Find(account, underlying);

    public ref readonly ProtectionRecord Read(uint slot) => ref _records.Read(slot);

    public ref ProtectionRecord Write(uint slot) => ref _records.Write(slot);

    /// <summary>A record that is off; there was none and there is room.</summary>
    public uint Add(uint account, uint underlying)
    {
        Check.That(HasRoom);
        var slot = _firstFree;
        if (slot == 0)
        {
            slot = _slotLimit++;
        }
        else
        {
            _firstFree = _records.Read(slot).NextFree;
        }

        _records.Write(slot) = new ProtectionRecord { Account = account, Underlying = underlying };
        _slots.Add(account, underlying, slot);
        return slot;
    }

    public void Remove(uint slot)
    {
        ref var record = ref _records.Write(slot);
        Check.That(record.Pulling == 0);
        _slots.Remove(record.Account, record.Underlying);
        record = new ProtectionRecord { NextFree = _firstFree };
        _firstFree = slot;
    }

    /// <summary>Whether new protected orders of the account are taken at this time.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="underlying">In what.</param>
    /// <param name="timeNanos">Now.</param>
    /// <param name="bound">When they are taken again; 0: not before the next request.</param>
    public RejectCode CheckFrozen(uint account, uint underlying, ulong timeNanos, out long bound)
    {
        var until = _records.Read(_slots.Find(account, underlying)).FrozenUntil;
        bound = until == ulong.MaxValue || until <= timeNanos ? 0 : (long)until;
        return until > timeNanos ? RejectCode.ProtectionActive : default;
    }

    /// <summary>Protection has acted since the order was entered: it is not filled, and it ends.</summary>
    public bool IsPulled(VenueState state, uint order)
    {
        ref readonly var hot = ref state.Orders.Slab.Hot(order);
        if (!hot.Has(ExecutionFlags.MarketMakerProtection))
        {
            return false;
        }

        var slot = _slots.Find(hot.Account, state.Instruments.Read(hot.Instrument.Value).Underlying);
        return state.Orders.Slab.NumberOf(order) <= _records.Read(slot).PulledNumber;
    }

    public void FoldHash(ref Hash256 sum) => _records.FoldHash(ref sum);

    public Hash256 RecomputeHash() => _records.RecomputeHash();

    public void Dispose()
    {
        _records.Dispose();
        _slots.Dispose();
    }

    private readonly struct Keys(HashedSlab<ProtectionRecord, ProtectionEncoding> records) : ISlotKeys
    {
        public bool IsKeyOf(uint slot, ulong high, ulong low)
        {
            ref readonly var record = ref records.Read(slot);
            return record.Account == high && record.Underlying == low;
        }
    }
}
