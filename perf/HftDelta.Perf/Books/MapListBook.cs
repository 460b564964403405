using System.Runtime.CompilerServices;
using HftDelta.Node.BookReplay;
using HftDelta.Primitives.Units;

namespace HftDelta.Perf.Books;

/// <summary>
/// The price-time book of the textbooks: a sorted map from price to a linked list, and a dictionary from order number to its
/// place in a list. What the production book is measured against; nothing in it is slower than the collections make it.
/// Owner: the calling thread.
/// </summary>
internal sealed class MapListBook(HdbsStream stream) : IPeerBook
{
    private const int BatchRecords = 4_096;

    private readonly SortedDictionary<long, LinkedList<Order>> _bids = new(Comparer<long>.Create((a, b) => b.CompareTo(a)));
    private readonly SortedDictionary<long, LinkedList<Order>> _asks = [];
    private readonly Dictionary<ulong, LinkedListNode<Order>> _orders = new(stream.PrefillCount * 2);

    public ulong Digest { get; private set; } = TradeDigest.Start;

    public void Apply(ReadOnlySpan<HdbsRecord> records)
    {
        for (; records.Length > BatchRecords; records = records[BatchRecords..]) ApplyBatch(records[..BatchRecords]);
        ApplyBatch(records);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ApplyBatch(ReadOnlySpan<HdbsRecord> records)
    {
        foreach (ref readonly var record in records)
        {
            if (record.Operation == HdbsRecord.New) Submit(record);
            else if (_orders.Remove(record.OrderNumber, out var node)) Remove(node);
        }
    }

    private void Submit(in HdbsRecord record)
    {
        var isBuy = record.Side == Side.Buy;
        var left = Match(record, isBuy, isBuy ? _asks : _bids);
        if (left == 0 || record.TimeInForce == HdbsRecord.ImmediateOrCancel) return;
        var levels = isBuy ? _bids : _asks;
        if (!levels.TryGetValue(record.PriceTicks, out var queue)) levels.Add(record.PriceTicks, queue = new LinkedList<Order>());
        var order = new Order { Number = record.OrderNumber, IsBuy = isBuy, Price = record.PriceTicks, Leaves = left };
        _orders.Add(record.OrderNumber, queue.AddLast(order));
    }

    private long Match(in HdbsRecord record, bool isBuy, SortedDictionary<long, LinkedList<Order>> makers)
    {
        long left = record.Quantity;
        while (left > 0 && makers.Count > 0)
        {
            var enumerator = makers.GetEnumerator();
            enumerator.MoveNext();
            var (price, queue) = enumerator.Current;
            if (isBuy ? price > record.PriceTicks : price < record.PriceTicks) break;
            while (left > 0 && queue.First is { } maker)
            {
                ref var order = ref maker.ValueRef;
                var filled = Math.Min(left, order.Leaves);
                Digest = TradeDigest.Add(Digest, record.OrderNumber, order.Number, price, filled);
                left -= filled;
                order.Leaves -= filled;
                if (order.Leaves > 0) break;
                _orders.Remove(order.Number);
                queue.RemoveFirst();
            }

            if (queue.Count == 0) makers.Remove(price);
        }

        return left;
    }

    private void Remove(LinkedListNode<Order> node)
    {
        var queue = node.List!;
        var (isBuy, price) = (node.ValueRef.IsBuy, node.ValueRef.Price);
        queue.Remove(node);
        if (queue.Count == 0) (isBuy ? _bids : _asks).Remove(price);
    }

    private struct Order
    {
        public ulong Number;
        public bool IsBuy;
        public long Price;
        public long Leaves;
    }
}
