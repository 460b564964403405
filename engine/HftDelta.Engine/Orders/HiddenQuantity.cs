using HftDelta.Engine.Books;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Orders;

/// <summary>
/// Orders that show a part of their quantity: docs/matching-rules.md section 5. Each has <see cref="OrderFlags.HasExtra"/>;
/// what is shown stands in the order's hot half and in the book. Owner: the engine agent.
/// </summary>
internal static class HiddenQuantity
{
    /// <summary>An order that is about to rest hides what is above its display quantity.</summary>
    public static void Split(OrderStore orders, uint slot)
    {
        ref var hot = ref orders.Slab.Hot(slot);
        ref var extra = ref orders.Extra(slot);
        if (extra.DisplayLots == 0)
        {
            return;
        }

        var open = hot.LeavesLots + extra.HiddenLots;
        hot.LeavesLots = Shown(extra, open);
        extra.HiddenLots = open - hot.LeavesLots;
    }

    /// <summary>An order that leaves the book to come back takes with its whole quantity.</summary>
    public static void Join(OrderStore orders, uint slot)
    {
        ref var extra = ref orders.Extra(slot);
        orders.Slab.Hot(slot).LeavesLots += extra.HiddenLots;
        extra.HiddenLots = 0;
    }

    /// <summary>
    /// The shown part of an order is filled, and the book does not hold it any more: it shows the next part at the back of its
    /// price.
    /// </summary>
    /// <returns>False when nothing was hidden.</returns>
    public static bool TryRefresh(OrderStore orders, OrderBook book, uint slot)
    {
        ref var hot = ref orders.Slab.Hot(slot);
        ref var extra = ref orders.Extra(slot);
        if (extra.HiddenLots == 0)
        {
            return false;
        }

        hot.LeavesLots = Shown(extra, extra.HiddenLots);
        extra.HiddenLots -= hot.LeavesLots;
        orders.Slab.Cold(slot).Priority = orders.Slab.NextPriority();

        // Its own level has just become free, if it was the only order there.
        Check.That(book.Rest(slot) == BookResult.Ok);
        orders.Mark(slot);
        return true;
    }

    /// <summary>Lowers what is open of a resting order, which keeps its place: first what nobody sees.</summary>
    public static void Reduce(OrderStore orders, OrderBook book, uint slot, long openLots)
    {
        ref var extra = ref orders.Extra(slot);
        var shown = orders.Slab.Hot(slot).LeavesLots;
        if (openLots >= shown)
        {
            extra.HiddenLots = openLots - shown;
            return;
        }

        extra.HiddenLots = 0;
        book.Reduce(slot, new QuantityLots(openLots));
    }

    private static long Shown(in OrderExtra extra, long openLots) =>
        extra.DisplayLots < openLots ? extra.DisplayLots : openLots;
}
