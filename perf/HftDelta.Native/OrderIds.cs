using HftDelta.Engine.Books;
using HftDelta.Primitives.Collections;

namespace HftDelta.Native;

/// <summary>The caller's order ids as they stand in the orders. Made for <see cref="SlotMap{TKeys}"/>.</summary>
internal readonly struct OrderIds(OrderSlab orders) : ISlotKeys
{
    public bool IsKeyOf(uint slot, ulong high, ulong low) => orders.Cold(slot).ClientOrderId == high;
}
