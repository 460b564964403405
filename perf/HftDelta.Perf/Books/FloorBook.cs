using System.Runtime.CompilerServices;
using HftDelta.Node.BookReplay;
using HftDelta.Primitives.Units;

namespace HftDelta.Perf.Books;

/// <summary>
/// The floor: the quickest book that the runtime's own collections make, with a sorted set of prices, a list per price and an
/// array of orders by their number. Same input, same digest. Owner: the calling thread.
/// </summary>
internal sealed class FloorBook(HdbsStream stream) : IPeerBook
{
    private const int BatchRecords = 4_096;

    private readonly SideLevels _bids = new();
    private readonly SideLevels _asks = new();
    private readonly LinkedListNode<Order>?[] _nodes = new LinkedListNode<Order>?[stream.OrderNumberMax + 1];

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
            else Cancel(record.OrderNumber);
        }
    }

    private void Submit(in HdbsRecord record)
    {
        var isBuy = record.Side == Side.Buy;
        var makers = isBuy ? _asks : _bids;
        long left = record.Quantity;
        while (left > 0 && makers.Prices.Count > 0)
        {
            var price = isBuy ? makers.Prices.Min : makers.Prices.Max;
            if (isBuy ? price > record.PriceTicks : price < record.PriceTicks) break;
            var maker = makers.Queues[price].First!;
            var filled = Math.Min(left, maker.Value.Leaves);
            Digest = TradeDigest.Add(Digest, record.OrderNumber, maker.Value.Number, price, filled);
            left -= filled;
            maker.Value.Leaves -= filled;
            if (maker.Value.Leaves == 0) Cancel(maker.Value.Number);
        }

        if (left == 0 || record.TimeInForce == HdbsRecord.ImmediateOrCancel) return;
        var levels = isBuy ? _bids : _asks;
        if (!levels.Queues.TryGetValue(record.PriceTicks, out var queue))
        {
            levels.Queues.Add(record.PriceTicks, queue = new LinkedList<Order>());
            levels.Prices.Add(record.PriceTicks);
        }

        _nodes[record.OrderNumber] = queue.AddLast(new Order(record.OrderNumber, isBuy, record.PriceTicks) { Leaves = left });
    }

    private void Cancel(ulong number)
    {
        var node = _nodes[number];
        if (node == null) return;
        _nodes[number] = null;
        var levels = node.Value.IsBuy ? _bids : _asks;
        var queue = node.List!;
        queue.Remove(node);
        if (queue.Count > 0) return;
        levels.Queues.Remove(node.Value.Price);
        levels.Prices.Remove(node.Value.Price);
    }

    private sealed class SideLevels
    {
        public SortedSet<long> Prices { get; } = [];

        public Dictionary<long, LinkedList<Order>> Queues { get; } = [];
    }

    private sealed class Order(ulong number, bool isBuy, long price)
    {
        public ulong Number { get; } = number;

        public bool IsBuy { get; } = isBuy;

        public long Price { get; } = price;

        public long Leaves { get; set; }
    }
}
