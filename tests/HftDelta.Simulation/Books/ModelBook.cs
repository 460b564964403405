using HftDelta.Primitives.Units;

namespace HftDelta.Simulation.Books;

/// <summary>
/// The price-time book written to be read: sorted maps of lists, no cleverness, any price. What the production book must
/// agree with. Orders are known by the caller's own numbers.
/// </summary>
public sealed class ModelBook
{
    private readonly SortedDictionary<long, List<ModelOrder>> _bids = new(Comparer<long>.Create((a, b) => b.CompareTo(a)));
    private readonly SortedDictionary<long, List<ModelOrder>> _asks = [];
    private readonly Dictionary<ulong, ModelOrder> _orders = [];

    /// <summary>Orders that rest.</summary>
    public int Count => _orders.Count;

    public bool Contains(ulong number) => _orders.ContainsKey(number);

    public ModelOrder this[ulong number] => _orders[number];

    /// <summary>Fills a taker within its limit: best price first, oldest first, at the maker's price.</summary>
    /// <returns>The fills; their sum is what the taker got.</returns>
    public List<ModelFill> Match(Side takerSide, PriceTicks limit, QuantityLots quantity)
    {
        var fills = new List<ModelFill>();
        var left = quantity.Value;
        var makers = Levels(takerSide == Side.Buy ? Side.Sell : Side.Buy);
        while (left > 0 && makers.Count > 0)
        {
            var (price, queue) = makers.First();
            if (takerSide == Side.Buy ? price > limit.Value : price < limit.Value) break;
            var maker = queue[0];
            var filled = Math.Min(left, maker.Leaves);
            fills.Add(new ModelFill(maker.Number, new PriceTicks(price), new QuantityLots(filled)));
            left -= filled;
            maker.Leaves -= filled;
            if (maker.Leaves == 0) Remove(maker.Number);
        }

        return fills;
    }

    /// <summary>Puts an order at the back of the queue at its price.</summary>
    public void Rest(ulong number, Side side, PriceTicks price, QuantityLots quantity)
    {
        var order = new ModelOrder(number, side, price) { Leaves = quantity.Value };
        _orders.Add(number, order);
        var levels = Levels(side);
        if (!levels.TryGetValue(price.Value, out var queue)) levels.Add(price.Value, queue = []);
        queue.Add(order);
    }

    public void Remove(ulong number)
    {
        var order = _orders[number];
        _orders.Remove(number);
        var levels = Levels(order.Side);
        var queue = levels[order.Price.Value];
        queue.Remove(order);
        if (queue.Count == 0) levels.Remove(order.Price.Value);
    }

    /// <summary>Lowers what is open; the order keeps its place.</summary>
    public void Reduce(ulong number, QuantityLots newLeaves) => _orders[number].Leaves = newLeaves.Value;

    /// <summary>Prices with their queues, best first.</summary>
    public IReadOnlyDictionary<long, List<ModelOrder>> Queues(Side side) => Levels(side);

    private SortedDictionary<long, List<ModelOrder>> Levels(Side side) =>
        side == Side.Buy ? _bids : _asks;
}

/// <summary>An order of the model.</summary>
public sealed class ModelOrder(ulong number, Side side, PriceTicks price)
{
    public ulong Number { get; } = number;

    public Side Side { get; } = side;

    public PriceTicks Price { get; } = price;

    public long Leaves { get; set; }
}

/// <summary>One fill of a taker.</summary>
public readonly record struct ModelFill(ulong Maker, PriceTicks Price, QuantityLots Quantity);
