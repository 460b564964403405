using HftDelta.Primitives;
using HftDelta.Primitives.Collections;

namespace HftDelta.Engine.Orders;

/// <summary>
/// Records for the orders that have more terms than others. Owner: the engine agent. Records freed are used again last in,
/// first out; which record an order has decides nothing, so neither indices nor the free list are state.
/// </summary>
internal sealed class OrderExtras(int capacity) : IDisposable
{
    private readonly NativeSlab<OrderExtra> _records = new(capacity + 1);
    private uint _firstFree;
    private uint _limit = 1;

    public int Count { get; private set; }

    public int Capacity => _records.Capacity - 1;

    public bool HasRoom => Count < Capacity;

    public ref OrderExtra this[uint index] => ref _records[index];

    /// <summary>A record, zero but for its order; there is room.</summary>
    public uint Add(uint order)
    {
        Check.That(HasRoom);
        Count++;
        var index = _firstFree;
        if (index == 0)
        {
            index = _limit++;
        }
        else
        {
            _firstFree = _records[index].Next;
        }

        _records[index] = new OrderExtra { Order = order };
        return index;
    }

    public void Remove(uint index)
    {
        Check.That(_records.At(index).Order != 0);
        _records[index] = new OrderExtra { Next = _firstFree };
        _firstFree = index;
        Count--;
    }

    public void Dispose() => _records.Dispose();
}
