using HftDelta.Wire;

namespace HftDelta.Simulation.Engines;

/// <summary>
/// Both sides of one book: a list of orders at each price, the first to come first. It enters the list of changed books.
/// </summary>
internal sealed class ModelBookSides(List<ModelBookSides> changed)
{
    private readonly SortedDictionary<long, List<ModelOrder>> _bids =
        new(Comparer<long>.Create((left, right) => right.CompareTo(left)));

    private readonly SortedDictionary<long, List<ModelOrder>> _asks = [];

    public SortedDictionary<long, List<ModelOrder>> this[Side side] => side == Side.Buy ? _bids : _asks;

    /// <summary>Something in it has changed; told once per command.</summary>
    public void Touch()
    {
        if (!changed.Contains(this))
        {
            changed.Add(this);
        }
    }

    public void Add(ModelOrder order)
    {
        Touch();
        if (!this[order.Side].TryGetValue(order.Price, out var queue))
        {
            this[order.Side].Add(order.Price, queue = []);
        }

        queue.Add(order);
        order.IsResting = true;
    }

    public void Remove(ModelOrder order)
    {
        Touch();
        var queue = this[order.Side][order.Price];
        queue.Remove(order);
        if (queue.Count == 0)
        {
            this[order.Side].Remove(order.Price);
        }

        order.IsResting = false;
    }

    /// <summary>The order that trades next on this side; null if none rests.</summary>
    public ModelOrder? First(Side side)
    {
        foreach (var level in this[side])
        {
            return level.Value[0];
        }

        return null;
    }

    public long? Best(Side side) => First(side)?.Price;

    /// <summary>Orders of a side in the order in which they trade.</summary>
    public IEnumerable<ModelOrder> InOrder(Side side) => this[side].Values.SelectMany(queue => queue);

    public (long Price, long Lots)? Top(Side side) =>
        First(side) is { } first ? (first.Price, this[side][first.Price].Sum(order => order.Shown)) : null;

    public List<(long Price, long Lots, int Orders)> Depth(Side side) =>
        [.. this[side].Select(level => (level.Key, level.Value.Sum(order => order.Shown), level.Value.Count))];
}
