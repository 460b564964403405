using System.Runtime.CompilerServices;
using HftDelta.Engine.Markets;
using HftDelta.Engine.Orders;
using HftDelta.Wire;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Engine.Strategies;

/// <summary>What the first orders of the legs' books offer a strategy's order together. Reads state, changes nothing.</summary>
internal static class ImpliedPrices
{
    /// <summary>The implied price, its quantity and who would make it, if every leg has somebody who may be filled.</summary>
    /// <param name="state">The venue.</param>
    /// <param name="strategy">A live strategy.</param>
    /// <param name="side">Of the order that would take.</param>
    /// <param name="limit">Its price: none that is worse is given.</param>
    /// <param name="taker">Its slot, whose self-trade prevention is respected; 0 for none.</param>
    /// <param name="offer">What is offered.</param>
    public static bool TryFind(VenueState state, uint strategy, Side side, long limit, uint taker, out ImpliedOffer offer)
    {
        offer = default;
        offer.Lots = long.MaxValue;
        ref readonly var record = ref state.Strategies.Read(strategy);
        for (var leg = 0; leg < record.LegCount; leg++)
        {
            var id = record.Legs[leg];
            var ratio = record.Ratios[leg];
            var maker = FirstMaker(state, id, StrategyLegs.SideOf(side, ratio));
            if (maker == 0)
            {
                return false;
            }

            var lots = FillableLots(state, maker, taker) / StrategyLegs.Size(ratio);
            var price = state.Orders.Slab.Hot(maker).PriceTicks;
            if (lots == 0 || !IsInBand(state, id, price))
            {
                return false;
            }

            offer.Makers[leg] = maker;
            offer.Price += ratio * price;
            offer.Lots = lots < offer.Lots ? lots : offer.Lots;
        }

        return side == Side.Buy ? offer.Price <= limit : offer.Price >= limit;
    }

    /// <summary>What an order on this side of a leg would meet first; 0 if nothing, or while the leg cannot trade.</summary>
    private static uint FirstMaker(VenueState state, uint leg, Side side)
    {
        ref readonly var listed = ref state.Instruments.Read(leg);
        if (listed.State != InstrumentState.Open || listed.Busy != 0)
        {
            return 0;
        }

        var opposite = StrategyLegs.Opposite(side);
        var book = state.Book(leg);
        return book.TryGetBest(opposite, out var best) ? book.HeadAt(opposite, best) : 0;
    }

    private static long FillableLots(VenueState state, uint maker, uint taker)
    {
        ref readonly var hot = ref state.Orders.Slab.Hot(maker);
        if (Matching.EndReason(state, maker) != default)
        {
            return 0;
        }

        if (taker != 0)
        {
            ref readonly var own = ref state.Orders.Slab.Hot(taker);
            if (own.Has(OrderFlags.PreventsSelfTrade) && Matching.AreOneGroup(state, own.Account, hot.Account))
            {
                return 0;
            }
        }

        return Matching.ReducibleLots(state, maker);
    }

    private static bool IsInBand(VenueState state, uint leg, long price) =>
        (state.Instruments.Read(leg).Rules & RuleFlags.DynamicBand) == 0 ||
        MarketChecks.DynamicBand(state, leg).Contains(price);
}

/// <summary>One step that a strategy's order could take from its legs' books.</summary>
internal struct ImpliedOffer
{
    /// <summary>Sum of ratio x price over the legs' first orders.</summary>
    public long Price;

    /// <summary>Lots of the strategy that all of them can fill.</summary>
    public long Lots;

    public MakerSlots Makers;
}

/// <summary>The first order of each leg.</summary>
[InlineArray(StrategyRecord.LegsMax)]
internal struct MakerSlots
{
    private uint _first;
}
