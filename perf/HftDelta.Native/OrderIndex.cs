using System.Runtime.CompilerServices;
using HftDelta.Engine.Books;
using HftDelta.Primitives.Collections;
using HftDelta.Primitives.Units;

namespace HftDelta.Native;

/// <summary>
/// From the caller's order ids to slots: a table for ids below a bound, a hash map for all others. An entry of the table
/// holds the slot's generation, so that it need not be erased when the order goes. Owner: the book.
/// </summary>
internal sealed class OrderIndex : IDisposable
{
    private readonly OrderSlab _orders;
    private readonly NativeSlab<OrderId> _dense;
    private readonly NativeMap _others;

    public OrderIndex(OrderSlab orders, int denseIds)
    {
        _orders = orders;
        _dense = NativeSlab<OrderId>.Reserve(denseIds < 1 ? 1 : denseIds);
        _others = new NativeMap(orders.Capacity);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryFind(ulong id, out uint slot)
    {
        if (id < (ulong)_dense.Capacity) return _orders.TryFind(_dense[(uint)id], out slot);
        slot = _others.Find(id, 0);
        return slot != 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ulong id, uint slot)
    {
        if (id < (ulong)_dense.Capacity) _dense[(uint)id] = _orders.IdOf(slot);
        else _others.Add(id, 0, slot);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Remove(ulong id)
    {
        if (id >= (ulong)_dense.Capacity) _others.Remove(id, 0);
    }

    public void Dispose()
    {
        _dense.Dispose();
        _others.Dispose();
    }
}
