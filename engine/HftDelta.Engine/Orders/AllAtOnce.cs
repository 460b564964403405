using HftDelta.Engine.Books;
using HftDelta.Engine.Markets;
using HftDelta.Wire;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Engine.Orders;

/// <summary>
/// Orders that need a quantity at once or end: what stands opposite is counted in the order in which it would be filled, before
/// the first fill, over no more orders than one command can fill. Reads state and changes nothing but the terms' ending.
/// </summary>
internal static class AllAtOnce
{
    /// <summary>Step 20 of docs/matching-rules.md section 2.</summary>
    /// <param name="state">The venue.</param>
    /// <param name="terms">They need a quantity at once.</param>
    /// <param name="most">Orders that one command can fill.</param>
    /// <param name="bound">The same, where more were met.</param>
    public static RejectCode Check(VenueState state, ref OrderTerms terms, int most, out long bound)
    {
        var count = new MakerCount(terms.NeededAtOnce, most);
        var book = state.Book(terms.Instrument);
        var side = terms.BookSide == Side.Buy ? Side.Sell : Side.Buy;
        var band = MarketChecks.DynamicBand(state, terms.Instrument);
        var has = book.TryGetBest(side, out var price);
        while (has && !count.IsOver && IsWithin(price.Value, terms) && band.Contains(price.Value))
        {
            Count(state, terms, book.HeadAt(side, price), ref count);
            has = book.TryGetNext(side, price, out price);
        }

        bound = most;
        if (count.Met > most)
        {
            return RejectCode.TooManyMakers;
        }

        bound = 0;
        terms.EndsWith = count.Found >= count.Needed ? default : CancelReason.MinimumNotMet;
        return default;
    }

    /// <summary>One price: first what is shown there, then the hidden parts in the order of their refreshes.</summary>
    private static void Count(VenueState state, in OrderTerms terms, uint head, ref MakerCount count)
    {
        var isHidden = false;
        for (var slot = head; slot != 0 && !count.IsOver; slot = state.Orders.Slab.Hot(slot).Next)
        {
            ref readonly var hot = ref state.Orders.Slab.Hot(slot);
            if (IsStopped(state, terms, hot))
            {
                count.IsStopped = true;
                return;
            }

            count.Meet(Counted(state, terms, hot, hot.LeavesLots));
            isHidden |= hot.Has(OrderFlags.HasExtra) && state.Orders.Extra(slot).HiddenLots > 0;
        }

        for (var shownBefore = 0L; isHidden && !count.IsOver; shownBefore++)
        {
            isHidden = false;
            for (var slot = head; slot != 0 && !count.IsOver; slot = state.Orders.Slab.Hot(slot).Next)
            {
                ref readonly var hot = ref state.Orders.Slab.Hot(slot);
                if (!hot.Has(OrderFlags.HasExtra))
                {
                    continue;
                }

                ref readonly var extra = ref state.Orders.Extra(slot);
                var left = extra.HiddenLots - (shownBefore * extra.DisplayLots);
                if (left > 0)
                {
                    isHidden = true;
                    var lots = left < extra.DisplayLots ? left : extra.DisplayLots;
                    count.Meet(Counted(state, terms, hot, lots));
                }
            }
        }
    }

    /// <summary>Nothing of an order that may turn out to be worth less than it shows, or that prevention takes away.</summary>
    private static long Counted(VenueState state, in OrderTerms terms, in OrderHot hot, long lots) =>
        hot.Has(OrderFlags.NeedsLook) || IsOwn(state, terms, hot) || state.Kills.IsEndingOrdersOf(hot.Account) ? 0 : lots;

    /// <summary>An order that would end this one: what stands behind it is out of reach.</summary>
    private static bool IsStopped(VenueState state, in OrderTerms terms, in OrderHot hot) =>
        terms.SelfTradePrevention is SelfTradePrevention.CancelNewest or SelfTradePrevention.CancelBoth &&
        IsOwn(state, terms, hot);

    private static bool IsOwn(VenueState state, in OrderTerms terms, in OrderHot hot) =>
        terms.SelfTradePrevention != SelfTradePrevention.Off &&
        Matching.AreOneGroup(state, terms.Account, hot.Account);

    private static bool IsWithin(long price, in OrderTerms terms) =>
        terms.BookSide == Side.Buy ? price <= terms.Price : price >= terms.Price;

    /// <summary>What was counted so far; each refresh meets its order once more.</summary>
    private struct MakerCount(long needed, int most)
    {
        public readonly long Needed = needed;
        public long Found;
        public int Met;
        public bool IsStopped;

        public readonly bool IsOver => Found >= Needed || Met > most || IsStopped;

        public void Meet(long lots)
        {
            Met++;
            Found += lots;
        }
    }
}
