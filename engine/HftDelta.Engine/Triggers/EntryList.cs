using HftDelta.Engine.Orders;

namespace HftDelta.Engine.Triggers;

/// <summary>
/// Orders of one instrument in the order of their entry, linked through their records: trailing stops, pegged orders. Follows
/// from the orders. Owner: the engine agent.
/// </summary>
internal struct EntryList
{
    public uint Head;
    public uint Tail;
    public uint Count;

    public void Add(OrderExtras extras, uint record)
    {
        ref var added = ref extras[record];
        added.Previous = Tail;
        added.Next = 0;
        if (Tail != 0)
        {
            extras[Tail].Next = record;
        }
        else
        {
            Head = record;
        }

        Tail = record;
        Count++;
    }

    public void Remove(OrderExtras extras, uint record)
    {
        ref readonly var removed = ref extras[record];
        if (removed.Previous != 0)
        {
            extras[removed.Previous].Next = removed.Next;
        }
        else
        {
            Head = removed.Next;
        }

        if (removed.Next != 0)
        {
            extras[removed.Next].Previous = removed.Previous;
        }
        else
        {
            Tail = removed.Previous;
        }

        Count--;
    }
}
