using HftDelta.Engine.State;
using HftDelta.Primitives;
using HftDelta.Primitives.Collections;

namespace HftDelta.Engine.Accounts;

/// <summary>
/// All positions, found by (account, instrument) and linked per account and per instrument. Slot 0 is none.
/// Owner: the engine agent. Invariant: a slot in use has a quantity or an open order, once its command is done.
/// </summary>
internal sealed class PositionTable : IDisposable
{
    private readonly HashedSlab<PositionRecord, PositionEncoding> _records;
    private readonly SlotMap<Keys> _slots;
    private readonly int _clientCapacity;
    private uint _firstFree;
    private uint _slotLimit = 1;

    // What was found last, also if it was nothing; at first nothing for (0, 0).
    private ulong _foundKey;
    private uint _foundSlot;

    /// <param name="capacity">Positions that clients may hold.</param>
    /// <param name="reserve">Positions beyond, for the venue's own clearing.</param>
    public PositionTable(int capacity, int reserve)
    {
        _clientCapacity = capacity;
        _records = new HashedSlab<PositionRecord, PositionEncoding>(capacity + reserve + 1);
        _slots = new SlotMap<Keys>(capacity + reserve, new Keys(_records));
    }

    public int Count => _slots.Count;

    /// <summary>The slot of the account's position, or 0.</summary>
    public uint Find(uint account, uint instrument)
    {
        // A command asks for the same position again and again.
        var key = ((ulong)account << 32) | instrument;
        if (key != _foundKey)
        {
            _foundSlot = _slots.Find(account, instrument);
            _foundKey = key;
        }

        return _foundSlot;
    }

    public ref readonly PositionRecord Read(uint slot) => ref _records.Read(slot);

    /// <summary>For writing what the state hash covers.</summary>
    public ref PositionRecord Write(uint slot) => ref _records.Write(slot);

    /// <summary>For writing caches that the state hash does not cover.</summary>
    public ref PositionRecord Cached(uint slot) => ref _records.Cached(slot);

    /// <summary>Asks the memory for what <see cref="Find"/> reads.</summary>
    public void PrefetchFind(uint account, uint instrument) => _slots.Prefetch(account, instrument);

    /// <summary>The same for the position itself.</summary>
    public void PrefetchFound(uint account, uint instrument) => _records.Prefetch(_slots.Guess(account, instrument));

    /// <summary>Whether a client may open one more.</summary>
    public bool HasRoom => _slots.Count < _clientCapacity;

    /// <summary>Positions that clients may still open.</summary>
    public int Room => _clientCapacity - _slots.Count;

    /// <summary>A new, empty position at the head of both its lists; there was none and there is room.</summary>
    public uint Add(
        uint account, uint instrument, ref uint firstOfAccount, ref uint firstOfInstrument, in PositionIndices indices)
    {
        Check.That(_firstFree != 0 || _slotLimit < (uint)_records.Capacity);
        var slot = _firstFree;
        if (slot == 0)
        {
            slot = _slotLimit++;
        }
        else
        {
            _firstFree = _records.Cached(slot).NextOfAccount;
        }

        ref var record = ref Write(slot);
        record = new PositionRecord
        {
            Account = account,
            Instrument = instrument,
            IndexLast = indices.Delta,
            FeeIndexLast = indices.Fee,
            FundingIndexLast = indices.Funding,
            NextOfAccount = firstOfAccount,
            NextOfInstrument = firstOfInstrument,
        };
        _slots.Add(account, instrument, slot);
        ForgetFound();
        if (firstOfAccount != 0)
        {
            _records.Cached(firstOfAccount).PreviousOfAccount = slot;
        }

        if (firstOfInstrument != 0)
        {
            _records.Cached(firstOfInstrument).PreviousOfInstrument = slot;
        }

        firstOfAccount = slot;
        firstOfInstrument = slot;
        return slot;
    }

    /// <summary>Takes out an empty position.</summary>
    public void Remove(uint slot, ref uint firstOfAccount, ref uint firstOfInstrument)
    {
        ref var record = ref Write(slot);
        Check.That(record.IsEmpty);
        Check.That(record.OpenBuyAtoms == 0);
        Check.That(record.OpenSellAtoms == 0);
        _slots.Remove(record.Account, record.Instrument);
        ForgetFound();
        if (record.NextOfAccount != 0)
        {
            _records.Cached(record.NextOfAccount).PreviousOfAccount = record.PreviousOfAccount;
        }

        if (record.NextOfInstrument != 0)
        {
            _records.Cached(record.NextOfInstrument).PreviousOfInstrument = record.PreviousOfInstrument;
        }

        if (record.PreviousOfAccount != 0)
        {
            _records.Cached(record.PreviousOfAccount).NextOfAccount = record.NextOfAccount;
        }
        else
        {
            firstOfAccount = record.NextOfAccount;
        }

        if (record.PreviousOfInstrument != 0)
        {
            _records.Cached(record.PreviousOfInstrument).NextOfInstrument = record.NextOfInstrument;
        }
        else
        {
            firstOfInstrument = record.NextOfInstrument;
        }

        record = new PositionRecord { NextOfAccount = _firstFree };
        _firstFree = slot;
    }

    private void ForgetFound()
    {
        _foundKey = 0;
        _foundSlot = 0;
    }

    public void FoldHash(ref Hash256 sum) => _records.FoldHash(ref sum);

    public void FoldSome() => _records.FoldSome();

    public Hash256 RecomputeHash() => _records.RecomputeHash();

    public void Dispose()
    {
        _records.Dispose();
        _slots.Dispose();
    }

    private readonly struct Keys(HashedSlab<PositionRecord, PositionEncoding> records) : ISlotKeys
    {
        public bool IsKeyOf(uint slot, ulong high, ulong low)
        {
            ref readonly var record = ref records.Read(slot);
            return record.Account == high && record.Instrument == low;
        }
    }
}

/// <summary>The indices that a new position starts from: it owes and is owed nothing.</summary>
internal readonly record struct PositionIndices(Int128 Delta, Int128 Fee, Int128 Funding)
{
    public static PositionIndices Of(VenueState state, uint instrument, byte feeTier) => new(
        state.Instruments.Read(instrument).Index, state.Fees.IndexOf(instrument, feeTier),
        state.Funding.Read(instrument).Index);
}
