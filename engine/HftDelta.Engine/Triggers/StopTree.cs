using HftDelta.Engine.Orders;

namespace HftDelta.Engine.Triggers;

/// <summary>
/// Waiting stops of one instrument, source and side in the order in which they are activated: buys by the lowest trigger,
/// sells by the highest, equal ones by entry. A balanced tree (AVL) linked through the records of the orders: no step costs
/// more than the logarithm of their number, whatever clients choose, and nothing is allocated. Its shape depends on the past
/// and decides nothing. Owner: the engine agent.
/// </summary>
internal readonly struct StopTree(OrderStore orders)
{
    /// <summary>The first to be activated.</summary>
    /// <param name="root">0 for an empty tree.</param>
    public uint First(uint root)
    {
        var first = root;
        for (var node = root; node != 0; node = Extras[node].Previous)
        {
            first = node;
        }

        return first;
    }

    /// <returns>The root with the record in it.</returns>
    public uint Add(uint root, uint record)
    {
        if (root == 0)
        {
            ref var leaf = ref Extras[record];
            leaf.Previous = 0;
            leaf.Next = 0;
            leaf.Height = 1;
            return record;
        }

        ref var node = ref Extras[root];
        if (IsBefore(record, root))
        {
            node.Previous = Add(node.Previous, record);
        }
        else
        {
            node.Next = Add(node.Next, record);
        }

        return Balance(root);
    }

    /// <param name="root">Of the tree that the record is in.</param>
    /// <param name="record">Its trigger and entry are those that it was added with.</param>
    /// <returns>The root without it.</returns>
    public uint Remove(uint root, uint record)
    {
        Primitives.Check.That(root != 0);
        ref var node = ref Extras[root];
        if (root != record)
        {
            if (IsBefore(record, root))
            {
                node.Previous = Remove(node.Previous, record);
            }
            else
            {
                node.Next = Remove(node.Next, record);
            }

            return Balance(root);
        }

        if (node.Previous == 0 || node.Next == 0)
        {
            return node.Previous | node.Next;
        }

        var after = First(node.Next);
        ref var heir = ref Extras[after];
        heir.Next = Remove(node.Next, after);
        heir.Previous = node.Previous;
        return Balance(after);
    }

    private OrderExtras Extras => orders.Extras;

    private bool IsBefore(uint record, uint other)
    {
        ref readonly var left = ref Extras[record];
        ref readonly var right = ref Extras[other];
        if (left.TriggerPrice != right.TriggerPrice)
        {
            return left.IsSell != 0 ? left.TriggerPrice > right.TriggerPrice : left.TriggerPrice < right.TriggerPrice;
        }

        return orders.Slab.NumberOf(left.Order) < orders.Slab.NumberOf(right.Order);
    }

    private int HeightOf(uint node) => node == 0 ? 0 : Extras[node].Height;

    private uint Balance(uint root)
    {
        ref var node = ref Extras[root];
        var lean = HeightOf(node.Previous) - HeightOf(node.Next);
        if (lean > 1)
        {
            ref readonly var child = ref Extras[node.Previous];
            if (HeightOf(child.Previous) < HeightOf(child.Next))
            {
                node.Previous = RotateLeft(node.Previous);
            }

            return RotateRight(root);
        }

        if (lean < -1)
        {
            ref readonly var child = ref Extras[node.Next];
            if (HeightOf(child.Next) < HeightOf(child.Previous))
            {
                node.Next = RotateRight(node.Next);
            }

            return RotateLeft(root);
        }

        Measure(root);
        return root;
    }

    private uint RotateRight(uint root)
    {
        var top = Extras[root].Previous;
        Extras[root].Previous = Extras[top].Next;
        Extras[top].Next = root;
        Measure(root);
        Measure(top);
        return top;
    }

    private uint RotateLeft(uint root)
    {
        var top = Extras[root].Next;
        Extras[root].Next = Extras[top].Previous;
        Extras[top].Previous = root;
        Measure(root);
        Measure(top);
        return top;
    }

    private void Measure(uint root)
    {
        ref var node = ref Extras[root];
        var left = HeightOf(node.Previous);
        var right = HeightOf(node.Next);
        node.Height = (byte)((left > right ? left : right) + 1);
    }
}
