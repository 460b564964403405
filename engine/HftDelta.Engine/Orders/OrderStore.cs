using System.Buffers.Binary;
using HftDelta.Engine.Books;
using HftDelta.Engine.Sessions;
using HftDelta.Engine.State;
using HftDelta.Primitives.Collections;
using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Orders;

/// <summary>
/// Every live order: the slab that the books link, the lists of each session's orders, and the way from a client's own id
/// to the order. Owner: the engine agent. Invariant: an order is in all three or in none.
/// </summary>
internal sealed class OrderStore : IDisposable
{
    private readonly NativeMap _byClientId;
    private readonly RecordTracker<Records> _tracker;

    public OrderStore(int capacity)
    {
        Slab = new OrderSlab(capacity);
        _byClientId = new NativeMap(capacity);
        _tracker = new RecordTracker<Records>(new Records(Slab), capacity + 1);
    }

    public OrderSlab Slab { get; }

    public bool HasRoom => Slab.Count < Slab.Capacity;

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
        _byClientId.Add(cold.SessionHandle, cold.ClientOrderId, slot);
        _tracker.Mark(slot);
    }

    /// <summary>Forgets an order that no book holds any more.</summary>
    public void Remove(uint slot, ref SessionRecord session)
    {
        ref var cold = ref Slab.Cold(slot);
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
        _byClientId.Remove(cold.SessionHandle, cold.ClientOrderId);
        _tracker.Mark(slot);
        Slab.Free(slot);
    }

    /// <summary>The order has another client id from now on.</summary>
    public void Rename(uint slot, ulong clientOrderId)
    {
        ref var cold = ref Slab.Cold(slot);
        _byClientId.Remove(cold.SessionHandle, cold.ClientOrderId);
        cold.ClientOrderId = clientOrderId;
        _byClientId.Add(cold.SessionHandle, clientOrderId, slot);
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

    public void FoldHash(ref Hash256 sum) => _tracker.Fold(ref sum);

    public Hash256 RecomputeHash() => RecordTracker<Records>.Recompute(new Records(Slab));

    public void Dispose()
    {
        Slab.Dispose();
        _byClientId.Dispose();
        _tracker.Dispose();
    }

    private readonly struct Records(OrderSlab slab) : IStateRecords
    {
        public StateRecordType Type => StateRecordType.Order;

        public uint IdLimit => slab.SlotLimit;

        public bool TryEncode(uint id, Span<byte> buffer, out int lengthBytes)
        {
            lengthBytes = 72;
            if (!slab.IsLive(id))
            {
                return false;
            }

            // The queue follows from price and priority, so the links are not part of the record.
            ref readonly var hot = ref slab.Hot(id);
            ref readonly var cold = ref slab.Cold(id);
            BinaryPrimitives.WriteInt64LittleEndian(buffer, hot.PriceTicks);
            BinaryPrimitives.WriteInt64LittleEndian(buffer[8..], hot.LeavesLots);
            BinaryPrimitives.WriteUInt32LittleEndian(buffer[16..], hot.Account);
            BinaryPrimitives.WriteUInt32LittleEndian(buffer[20..], hot.InstrumentAndFlags);
            BinaryPrimitives.WriteUInt64LittleEndian(buffer[24..], cold.ClientOrderId);
            BinaryPrimitives.WriteInt64LittleEndian(buffer[32..], cold.QuantityLots);
            BinaryPrimitives.WriteUInt64LittleEndian(buffer[40..], cold.Priority);
            BinaryPrimitives.WriteUInt64LittleEndian(buffer[48..], cold.ExpireTimeNanos);
            BinaryPrimitives.WriteUInt32LittleEndian(buffer[56..], cold.SessionHandle);
            BinaryPrimitives.WriteUInt32LittleEndian(buffer[60..], slab.GenerationOf(id));
            BinaryPrimitives.WriteUInt64LittleEndian(buffer[64..], 0);
            buffer[64] = cold.OrderType;
            buffer[65] = cold.TimeInForce;
            buffer[66] = cold.ExecutionFlags;
            buffer[67] = cold.SelfTradePrevention;
            return true;
        }
    }
}
