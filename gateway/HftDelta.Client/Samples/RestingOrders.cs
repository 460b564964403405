using HftDelta.Primitives.Units;

namespace HftDelta.Client.Samples;

/// <summary>
/// Orders of a client that rest, as far as it has been told, so that cancels name one of them. Owner: the client's thread. No
/// memory is allocated below the capacity.
/// </summary>
internal sealed class RestingOrders(int capacity)
{
    private readonly List<RestingOrder> _orders = new(capacity);
    private readonly Dictionary<ulong, int> _places = new(capacity);

    public int Count => _orders.Count;

    public void Add(InstrumentId instrument, OrderId order)
    {
        if (_places.TryAdd(order.Value, _orders.Count))
        {
            _orders.Add(new RestingOrder(instrument, order));
        }
    }

    /// <param name="place">Below <see cref="Count"/>; no order keeps its place for long.</param>
    public RestingOrder At(int place) => _orders[place];

    /// <summary>Does nothing when it is not there: it was removed before, or never rested.</summary>
    public void Remove(OrderId order)
    {
        if (!_places.Remove(order.Value, out var place))
        {
            return;
        }

        var last = _orders[^1];
        _orders.RemoveAt(_orders.Count - 1);
        if (last.Order != order)
        {
            _orders[place] = last;
            _places[last.Order.Value] = place;
        }
    }
}

/// <param name="Instrument">Where it rests.</param>
/// <param name="Order">The venue's name of it.</param>
internal readonly record struct RestingOrder(InstrumentId Instrument, OrderId Order);
