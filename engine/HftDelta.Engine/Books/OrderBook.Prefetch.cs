using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Books;

// Looking ahead: whoever has a batch of commands asks for what a later one will touch while an earlier one is at work. Two
// stages, since the second reads what the first brought: an order's record, then its neighbours; a price's level, then the
// order at its tail. Nothing but speed depends on it, and it pays only when the orders outgrow the cache.
public sealed unsafe partial class OrderBook
{
    /// <summary>First stage for an order that will be cancelled or changed. The slot need not be live.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(uint slot)
    {
        if (slot < _orders.SlotLimit) Fetch(_hot + slot);
    }

    /// <summary>Second stage: its neighbours in the queue and its level.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchNeighbours(uint slot)
    {
        if (slot >= _orders.SlotLimit) return;
        var order = _hot + slot;
        Fetch(_hot + order->Next);
        Fetch(_hot + order->Previous);
        Fetch(TickOf(order->PriceTicks));
    }

    /// <summary>First stage for an order that will come: the level of its price.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchLevel(PriceTicks price) => Fetch(TickOf(price.Value));

    /// <summary>Second stage: the order behind which it may rest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchTail(PriceTicks price)
    {
        if (_bandTicks != 0) Fetch(_hot + TickOf(price.Value)->Tail);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fetch(void* address)
    {
        if (Sse.IsSupported) Sse.Prefetch0(address);
    }
}
