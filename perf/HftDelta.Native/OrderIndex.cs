using System.Runtime.CompilerServices;
using HftDelta.Primitives.Collections;

namespace HftDelta.Native;

/// <summary>
/// From the caller's order ids to slots: a table for ids below a bound, a hash map for all others. Owner: the book. An id is
/// in it while its order lives.
/// </summary>
internal sealed class OrderIndex : IDisposable
{
    private readonly NativeSlab<uint> _dense;
    private readonly NativeMap _others;

    public OrderIndex(int orderCapacity, int denseIds)
    {
        _dense = new NativeSlab<uint>(denseIds < 1 ? 1 : denseIds);
        _others = new NativeMap(orderCapacity);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryFind(ulong id, out uint slot)
    {
        slot = id < (ulong)_dense.Capacity ? _dense[(uint)id] : _others.Find(id, 0);
        return slot != 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ulong id, uint slot)
    {
        if (id < (ulong)_dense.Capacity) _dense[(uint)id] = slot;
        else _others.Add(id, 0, slot);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Remove(ulong id)
    {
        if (id < (ulong)_dense.Capacity) _dense[(uint)id] = 0;
        else _others.Remove(id, 0);
    }

    public void Dispose()
    {
        _dense.Dispose();
        _others.Dispose();
    }
}
