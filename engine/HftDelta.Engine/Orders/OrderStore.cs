using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using HftDelta.Engine.Books;
using HftDelta.Engine.Quotes;
using HftDelta.Engine.Sessions;
using HftDelta.Engine.State;
using HftDelta.Engine.Triggers;
using HftDelta.Primitives.Collections;
using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Orders;

/// <summary>
/// Every live order: the slab that the books link, the records of those with more terms, the lists of each session's orders,
/// and the way from a client's own id to the order. Owner: the engine agent. Invariant: an order is in all of them or in none.
/// </summary>
internal sealed class OrderStore : IDisposable
{
    private readonly SlotMap<ClientKeys> _byClientId;

    // Live orders with a display quantity by instrument; follows from the orders.
    private readonly NativeSlab<uint> _hiding;
    private readonly RecordTracker<Records> _tracker;

    public OrderStore(EngineLimits limits)
    {
        Slab = new OrderSlab(limits.Orders);
        Extras = new OrderExtras(limits.ExtendedOrders);
        _byClientId = new SlotMap<ClientKeys>(limits.Orders, new ClientKeys(Slab));
        Quotes = new QuoteIndex(Slab, limits.Orders);
        _hiding = new NativeSlab<uint>(limits.Instruments + 1);
        _tracker = new RecordTracker<Records>(new Records(Slab, Extras), limits.Orders + 1);
        Conditional = new ConditionalOrders(this, limits);
    }

    public OrderSlab Slab { get; }

    public OrderExtras Extras { get; }

    /// <summary>The orders of mass quotes.</summary>
    public QuoteIndex Quotes { get; }

    /// <summary>Those of them that wait for a price or follow one.</summary>
    public ConditionalOrders Conditional { get; }

    public bool HasRoom => Slab.Count < Slab.Capacity;

    /// <summary>
    /// The order that a walk over the orders of a session comes to next, 0 for none. It stays right when orders go: pending work
    /// that looks at many orders keeps its place here. There is one walk at a time, that of the oldest pending work.
    /// </summary>
    public uint WalkNext { get; set; }

    /// <summary>Whether orders of the instrument may hide lots.</summary>
    public bool HasHidden(uint instrument) => _hiding[instrument] != 0;

    /// <summary>The order, which has an extra record, has been given its display quantity.</summary>
    public void NoteDisplay(uint slot)
    {
        if (Extra(slot).DisplayLots != 0)
        {
            _hiding[Slab.Hot(slot).Instrument.Value]++;
        }
    }

    /// <summary>Open lots of an order, shown and hidden.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long OpenLots(uint slot)
    {
        ref readonly var hot = ref Slab.Hot(slot);
        return hot.Has(OrderFlags.HasExtra) ? hot.LeavesLots + Extra(slot).HiddenLots : hot.LeavesLots;
    }

    /// <summary>The price at which what is open of an order is margined.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long MarginPrice(uint slot)
    {
        ref readonly var hot = ref Slab.Hot(slot);
        return hot.Has(OrderFlags.IsPegged) ? Extra(slot).LimitPrice : hot.PriceTicks;
    }

    /// <summary>The record of an order that has <see cref="OrderFlags.HasExtra"/>; <see cref="Mark"/> it after writing.</summary>
    public ref OrderExtra Extra(uint slot) => ref Extras[ExtraOf(slot)];

    /// <summary>Where that record lies.</summary>
    public uint ExtraOf(uint slot) => (uint)Slab.Cold(slot).QuantityOrExtra;

    /// <summary>An order's total quantity, filled lots included.</summary>
    public long QuantityLots(uint slot) =>
        Slab.Hot(slot).Has(OrderFlags.HasExtra) ? Extra(slot).QuantityLots : (long)Slab.Cold(slot).QuantityOrExtra;

    /// <summary>Sets it, of an order that has all its records.</summary>
    public void SetQuantity(uint slot, long lots)
    {
        if (Slab.Hot(slot).Has(OrderFlags.HasExtra))
        {
            Extra(slot).QuantityLots = lots;
            return;
        }

        Slab.Cold(slot).QuantityOrExtra = (ulong)lots;
    }

    /// <summary>Gives an order that has <see cref="OrderFlags.HasExtra"/> its record; there is room.</summary>
    public ref OrderExtra AddExtra(uint slot)
    {
        var index = Extras.Add(slot);
        Slab.Cold(slot).QuantityOrExtra = index;
        return ref Extras[index];
    }

    /// <summary>The order changed: the state hash reads it again at the next hash point.</summary>
    public void Mark(uint slot) => _tracker.Mark(slot);

    /// <summary>Puts a filled-in order into its session's list and makes it known by the client's id.</summary>
    public void Link(uint slot, ref SessionRecord session)
    {
        ref var cold = ref Slab.Cold(slot);
        cold.SessionPrevious = 0;
        cold.SessionNext = session.FirstOrder;
        if (session.FirstOrder != 0)
        {
            Slab.Cold(session.FirstOrder).SessionPrevious = slot;
        }

        session.FirstOrder = slot;
        session.OrderCount++;
        if (Slab.Hot(slot).Has(OrderFlags.IsQuote))
        {
            Quotes.Add(Slab.Hot(slot), slot);
        }
        else
        {
            _byClientId.Add(Slab.SessionOf(slot), cold.ClientOrderId, slot);
        }

        _tracker.Mark(slot);
    }

    /// <summary>Forgets an order that no book holds any more.</summary>
    public void Remove(uint slot, ref SessionRecord session)
    {
        ref var cold = ref Slab.Cold(slot);
        if (WalkNext == slot)
        {
            WalkNext = cold.SessionNext;
        }

        if (Slab.Hot(slot).Has(OrderFlags.HasExtra))
        {
            RemoveExtra(slot);
        }

        if (cold.SessionNext != 0)
        {
            Slab.Cold(cold.SessionNext).SessionPrevious = cold.SessionPrevious;
        }

        if (cold.SessionPrevious != 0)
        {
            Slab.Cold(cold.SessionPrevious).SessionNext = cold.SessionNext;
        }
        else
        {
            session.FirstOrder = cold.SessionNext;
        }

        session.OrderCount--;
        if (Slab.Hot(slot).Has(OrderFlags.IsQuote))
        {
            Quotes.Remove(Slab.Hot(slot));
        }
        else
        {
            _byClientId.Remove(Slab.SessionOf(slot), cold.ClientOrderId);
        }

        _tracker.Mark(slot);
        Slab.Free(slot);
    }

    private void RemoveExtra(uint slot)
    {
        Conditional.Remove(slot);
        var index = ExtraOf(slot);
        if (Extras[index].DisplayLots != 0)
        {
            _hiding[Slab.Hot(slot).Instrument.Value]--;
        }

        Extras.Remove(index);
    }

    /// <summary>The order has another client id from now on.</summary>
    public void Rename(uint slot, ulong clientOrderId)
    {
        ref var cold = ref Slab.Cold(slot);
        var session = Slab.SessionOf(slot);
        _byClientId.Remove(session, cold.ClientOrderId);
        cold.ClientOrderId = clientOrderId;
        _byClientId.Add(session, clientOrderId, slot);
        _tracker.Mark(slot);
    }

    /// <summary>Finds a live order by the venue's id, or with id 0 by the session's own.</summary>
    public uint Find(ulong orderId, uint session, ulong clientOrderId)
    {
        if (orderId == 0)
        {
            return _byClientId.Find(session, clientOrderId);
        }

        return Slab.TryFind(new OrderId(orderId), out var slot) ? slot : 0;
    }

    /// <summary>Asks the memory for what <see cref="Find"/> and <see cref="Link"/> read of the client's own id.</summary>
    public void PrefetchFind(uint session, ulong clientOrderId) => _byClientId.Prefetch(session, clientOrderId);

    /// <summary>The order that the client's own id probably names, or 0; without a look at any order.</summary>
    public uint Guess(uint session, ulong clientOrderId) => _byClientId.Guess(session, clientOrderId);

    /// <summary>The same for the order itself; any slot may be asked for.</summary>
    public void Prefetch(uint slot)
    {
        Slab.Prefetch(slot);
        Slab.PrefetchRecords(slot);
        _tracker.Prefetch(slot);
    }

    public void FoldHash(ref Hash256 sum) => _tracker.Fold(ref sum);

    /// <summary>A part of that, ahead of time.</summary>
    public void FoldSome() => _tracker.FoldSome();

    public Hash256 RecomputeHash() => RecordTracker<Records>.Recompute(new Records(Slab, Extras));

    public void Dispose()
    {
        Slab.Dispose();
        Extras.Dispose();
        _byClientId.Dispose();
        Quotes.Dispose();
        _hiding.Dispose();
        Conditional.Dispose();
        _tracker.Dispose();
    }

    /// <summary>An order by its session's handle and the id that the session gave it.</summary>
    private readonly struct ClientKeys(OrderSlab slab) : ISlotKeys
    {
        public bool IsKeyOf(uint slot, ulong high, ulong low) =>
            slab.Cold(slot).ClientOrderId == low && slab.SessionOf(slot) == high;
    }

    private readonly struct Records(OrderSlab slab, OrderExtras extras) : IStateRecords
    {
        private const int PlainBytes = 64;

        public void Prefetch(uint id)
        {
            slab.Prefetch(id);
            slab.PrefetchRecords(id);
        }

        public StateRecordType Type => StateRecordType.Order;

        public uint IdLimit => slab.SlotLimit;

        public bool TryEncode(uint id, Span<byte> buffer, out int lengthBytes)
        {
            lengthBytes = PlainBytes;
            if (!slab.IsLive(id))
            {
                return false;
            }

            // The queue follows from price and priority, a session's list from the numbers: links are not part of the record.
            ref readonly var hot = ref slab.Hot(id);
            ref readonly var cold = ref slab.Cold(id);
            var hasExtra = hot.Has(OrderFlags.HasExtra);
            BinaryPrimitives.WriteInt64LittleEndian(buffer, hot.PriceTicks);
            BinaryPrimitives.WriteInt64LittleEndian(buffer[8..], hot.LeavesLots);
            BinaryPrimitives.WriteUInt32LittleEndian(buffer[16..], hot.AccountAndTerms);
            BinaryPrimitives.WriteUInt32LittleEndian(buffer[20..], hot.InstrumentAndFlags);
            BinaryPrimitives.WriteUInt64LittleEndian(buffer[24..], cold.ClientOrderId);
            BinaryPrimitives.WriteUInt64LittleEndian(buffer[32..], hasExtra ? 0 : cold.QuantityOrExtra);
            BinaryPrimitives.WriteUInt64LittleEndian(buffer[40..], cold.Priority);
            BinaryPrimitives.WriteUInt64LittleEndian(buffer[48..], slab.NumberOf(id));
            BinaryPrimitives.WriteUInt64LittleEndian(buffer[56..], slab.SessionOf(id));
            if (hasExtra)
            {
                extras[(uint)cold.QuantityOrExtra].Encode(buffer[PlainBytes..]);
                lengthBytes = PlainBytes + OrderExtra.EncodedBytes;
            }

            return true;
        }
    }
}
