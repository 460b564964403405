using HftDelta.Primitives;
using HftDelta.Primitives.Collections;
using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Orders;

/// <summary>
/// Orders with a good-till date, earliest first: a binary heap over (time, order id), so the order of expiry is the same
/// on every machine. An entry whose order is gone stays until it comes up, or until the heap is full and is swept.
/// Owner: the engine agent.
/// </summary>
internal sealed class ExpiryHeap(int capacity) : IDisposable
{
    private readonly NativeSlab<Entry> _entries = new(capacity);

    public int Count { get; private set; }

    /// <summary>The earliest time in the heap; the largest value if it is empty.</summary>
    public ulong NextTime => Count == 0 ? ulong.MaxValue : _entries[0].Time;

    public OrderId NextOrder => new(_entries[0].Order);

    public void Add(ulong timeNanos, OrderId order, Books.OrderSlab orders)
    {
        if (Count == _entries.Capacity)
        {
            Sweep(orders);
        }

        // Live orders are never more than the capacity, so after a sweep there is room.
        Check.That(Count < _entries.Capacity);
        var index = Count++;
        var entry = new Entry { Time = timeNanos, Order = order.Value };
        while (index > 0)
        {
            var parent = (index - 1) >> 1;
            if (!entry.IsBefore(_entries[parent]))
            {
                break;
            }

            _entries[index] = _entries[parent];
            index = parent;
        }

        _entries[index] = entry;
    }

    public void RemoveNext()
    {
        Check.That(Count > 0);
        var last = _entries[--Count];
        if (Count > 0)
        {
            SiftDown(0, last);
        }
    }

    public void Dispose() => _entries.Dispose();

    private void SiftDown(int index, Entry entry)
    {
        for (var child = (2 * index) + 1; child < Count; child = (2 * index) + 1)
        {
            if (child + 1 < Count && _entries[child + 1].IsBefore(_entries[child]))
            {
                child++;
            }

            if (!_entries[child].IsBefore(entry))
            {
                break;
            }

            _entries[index] = _entries[child];
            index = child;
        }

        _entries[index] = entry;
    }

    private void Sweep(Books.OrderSlab orders)
    {
        var kept = 0;
        for (var index = 0; index < Count; index++)
        {
            if (orders.TryFind(new OrderId(_entries[index].Order), out _))
            {
                _entries[kept++] = _entries[index];
            }
        }

        Count = kept;
        for (var index = (Count >> 1) - 1; index >= 0; index--)
        {
            SiftDown(index, _entries[index]);
        }
    }

    private struct Entry
    {
        public ulong Time;
        public ulong Order;

        public readonly bool IsBefore(in Entry other) =>
            Time < other.Time || (Time == other.Time && Order < other.Order);
    }
}
