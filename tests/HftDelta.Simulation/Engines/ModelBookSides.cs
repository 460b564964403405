using HftDelta.Wire;

namespace HftDelta.Simulation.Engines;

/// <summary>
/// Both sides of one book: a list of orders at each price, the first to come first. Its instrument enters the list of those
/// whose books have changed, and of those whose change no resting strategy order has seen yet.
/// </summary>
internal sealed class ModelBookSides(
    ModelInstrument instrument, List<ModelInstrument> changed, List<ModelInstrument> unseen)
{
    private readonly SortedList<long, List<ModelOrder>> _bids =
        new(Comparer<long>.Create((left, right) => right.CompareTo(left)));

    private readonly SortedList<long, List<ModelOrder>> _asks = [];

    public SortedList<long, List<ModelOrder>> this[Side side] => side == Side.Buy ? _bids : _asks;

    /// <summary>Something in it has changed; told once per command.</summary>
    public void Touch()
    {
        if (!changed.Contains(instrument))
        {
            changed.Add(instrument);
        }

        if (!unseen.Contains(instrument))
        {
            unseen.Add(instrument);
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
    public ModelOrder? First(Side side) => this[side].Count == 0 ? null : this[side].GetValueAtIndex(0)[0];

    public long? Best(Side side) => First(side)?.Price;

    /// <summary>Orders of a side in the order in which they trade.</summary>
    public IEnumerable<ModelOrder> InOrder(Side side) => this[side].Values.SelectMany(queue => queue);

    public (long Price, long Lots)? Top(Side side) =>
        First(side) is { } first ? (first.Price, this[side][first.Price].Sum(order => order.Shown)) : null;

    public List<(long Price, long Lots, int Orders)> Depth(Side side) =>
        [.. this[side].Select(level => (level.Key, level.Value.Sum(order => order.Shown), level.Value.Count))];
}
