using HftDelta.Engine.Books;
using HftDelta.Primitives.Collections;
using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Quotes;

/// <summary>
/// The one order that a side of an account's quote in an instrument has, if it has one. Follows from the orders, so it is no
/// state. Owner: the engine agent.
/// </summary>
internal sealed class QuoteIndex(OrderSlab orders, int capacity) : IDisposable
{
    private readonly SlotMap<Keys> _slots = new(capacity, new Keys(orders));

    public int Count => _slots.Count;

    /// <summary>The slot of the order, or 0.</summary>
    public uint Find(uint account, uint instrument, Side side) => _slots.Find(account, Key(instrument, side));

    public void Add(in OrderHot order, uint slot) =>
        _slots.Add(order.Account, Key(order.Instrument.Value, order.Side), slot);

    public void Remove(in OrderHot order) => _slots.Remove(order.Account, Key(order.Instrument.Value, order.Side));

    public void Dispose() => _slots.Dispose();

    private static ulong Key(uint instrument, Side side) => ((ulong)instrument << 1) | (ulong)side;

    private readonly struct Keys(OrderSlab orders) : ISlotKeys
    {
        public bool IsKeyOf(uint slot, ulong high, ulong low)
        {
            ref readonly var order = ref orders.Hot(slot);
            return order.Account == high && Key(order.Instrument.Value, order.Side) == low;
        }
    }
}
