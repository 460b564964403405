using HftDelta.Engine.Fees;
using HftDelta.Engine.Orders;
using HftDelta.Engine.Output;
using HftDelta.Engine.Risk;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Engine.Markets;

/// <summary>
/// The trades of an uncross: the first buy with the first sell, at the one price, until a side has nobody left within it. Both
/// are makers. Owner: the engine agent.
/// </summary>
internal sealed class UncrossFills(
    VenueState state, EventEmitter events, Matching matching, Margin margin, EventBudget budget, BookTops tops)
{
    /// <param name="instrument">With a price of its uncross.</param>
    /// <param name="units">How many orders may be filled or ended; lowered by those made.</param>
    /// <returns>True when nothing is left at the price.</returns>
    public bool Run(uint instrument, ref int units)
    {
        var book = state.Book(instrument);
        var price = new PriceTicks(state.Markets.Records.Read(instrument).UncrossPrice);
        while (true)
        {
            var buyer = book.BestMaker(Side.Sell, price);
            var seller = book.BestMaker(Side.Buy, price);
            if (buyer == 0 || seller == 0)
            {
                return true;
            }

            if (units == 0 || !budget.HasRoomForUnit)
            {
                return false;
            }

            units--;
            tops.Changed(instrument);
            if (!CanTrade(buyer) || !CanTrade(seller))
            {
                continue;
            }

            var bought = matching.ReducibleLots(buyer);
            var sold = matching.ReducibleLots(seller);
            Fill(instrument, buyer, seller, bought < sold ? bought : sold, price.Value);
        }
    }

    /// <summary>One that may not be filled ends.</summary>
    private bool CanTrade(uint slot)
    {
        var reason = matching.EndReason(slot);
        if (reason != default)
        {
            matching.Cancel(slot, 0, reason);
            return false;
        }

        if (matching.ReducibleLots(slot) == 0)
        {
            matching.Cancel(slot, 0, CancelReason.WouldNotReduce);
            return false;
        }

        return true;
    }

    private void Fill(uint instrument, uint buyer, uint seller, long lots, long price)
    {
        matching.Settle(state.Orders.Slab.Hot(buyer).Account);
        matching.Settle(state.Orders.Slab.Hot(seller).Account);
        var bought = Take(instrument, buyer, lots);
        var sold = Take(instrument, seller, lots);
        state.Ledger.Trade(instrument, bought, sold, lots, price);
        var fees = FeeCharges.ChargeAuction(
            state, instrument, state.Orders.Slab.Hot(buyer).Account, state.Orders.Slab.Hot(seller).Account, lots, price);
        margin.Update(bought);
        margin.Update(sold);
        state.Markets.Records.Write(instrument).UncrossVolume += lots;
        ref var listed = ref state.Instruments.Write(instrument);
        listed.LastTradePrice = price;
        listed.HasTradedInPhase = 1;
        var facts = new TradeFacts(++state.LastTradeId, price, lots, listed.Index, fees);
        events.OrderFilled(buyer, facts, Liquidity.Maker, fees.Taker);
        events.OrderFilled(seller, facts, Liquidity.Maker, fees.Maker);
        events.Trade(instrument, Wire.Side.Buy, facts);
        matching.CountForProtection(buyer, seller, lots);
        matching.EndIfFilled(buyer, instrument);
        matching.EndIfFilled(seller, instrument);
        matching.ReleaseIfEmpty(bought, sold);
    }

    /// <returns>The position of the order's account.</returns>
    private uint Take(uint instrument, uint slot, long lots)
    {
        var position = matching.CloseOpen(slot, lots);
        state.Book(instrument).Fill(slot, new QuantityLots(lots));
        state.Orders.Mark(slot);
        return position;
    }
}
