using System.Runtime.CompilerServices;
using HftDelta.Engine.Fees;
using HftDelta.Engine.Orders;
using HftDelta.Engine.Output;
using HftDelta.Engine.Risk;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Engine.Strategies;

/// <summary>
/// One step of a strategy's order: a trade in each leg, all in one. Everything is posted before the first report, so the cash
/// in the reports is that after the whole step. Owner: the engine agent.
/// </summary>
internal sealed class StrategyFills(
    VenueState state, EventEmitter events, Matching matching, Margin margin, BookTops tops)
{
    // Of the present step.
    private Trades _trades;

    /// <summary>Two orders of the strategy's own book trade at the maker's price, the legs at prices that follow.</summary>
    public void FillOwn(uint taker, uint maker, uint strategy)
    {
        ref var takerHot = ref state.Orders.Slab.Hot(taker);
        ref readonly var makerHot = ref state.Orders.Slab.Hot(maker);
        var (side, price) = (takerHot.Side, makerHot.PriceTicks);
        var (takerAccount, makerAccount) = (takerHot.Account, makerHot.Account);
        ref readonly var record = ref state.Strategies.Read(strategy);
        var prices = StrategyLegs.PricesAt(state, record, price);
        var lots = takerHot.LeavesLots < makerHot.LeavesLots ? takerHot.LeavesLots : makerHot.LeavesLots;
        var most = StrategyLegs.LotsWithinNotional(record, prices, state.Instruments.Read(strategy).AtomsPerTick);
        lots = lots < most ? lots : most;
        matching.Settle(takerAccount);
        matching.Settle(makerAccount);
        TakeFrom(taker, strategy, lots);
        TakeFrom(maker, strategy, lots);
        var own = OwnTrade(strategy, price, lots);
        for (var leg = 0; leg < record.LegCount; leg++)
        {
            var id = record.Legs[leg];
            _trades[leg] = Post(
                id, StrategyLegs.SideOf(side, record.Ratios[leg]), state.Positions.Find(takerAccount, id),
                state.Positions.Find(makerAccount, id), StrategyLegs.Lots(lots, record.Ratios[leg]), prices[leg]);
        }

        events.OrderFilled(maker, own, Liquidity.Maker);
        events.OrderFilled(taker, own, Liquidity.Taker);
        for (var leg = 0; leg < record.LegCount; leg++)
        {
            var id = record.Legs[leg];
            var legSide = StrategyLegs.SideOf(side, record.Ratios[leg]);
            StrategyEvents.LegFilled(state, events, maker, id, StrategyLegs.Opposite(legSide), _trades[leg], Liquidity.Maker);
            StrategyEvents.LegFilled(state, events, taker, id, legSide, _trades[leg], Liquidity.Taker);
            events.Trade(id, (Wire.Side)legSide, _trades[leg]);
        }

        events.Trade(strategy, (Wire.Side)side, own);
        matching.EndIfFilled(maker, strategy);
        matching.ReleaseLegs(makerAccount, strategy);
        matching.ReleaseLegs(takerAccount, strategy);
    }

    /// <summary>An order of the strategy, incoming or resting, trades with the first orders of its legs' books.</summary>
    public void FillImplied(uint taker, uint strategy, in ImpliedOffer offer)
    {
        ref readonly var hot = ref state.Orders.Slab.Hot(taker);
        var side = hot.Side;
        var account = hot.Account;
        var lots = hot.LeavesLots < offer.Lots ? hot.LeavesLots : offer.Lots;
        ref readonly var record = ref state.Strategies.Read(strategy);
        matching.Settle(account);
        for (var leg = 0; leg < record.LegCount; leg++)
        {
            matching.Settle(state.Orders.Slab.Hot(offer.Makers[leg]).Account);
        }

        TakeFrom(taker, strategy, lots);
        var own = OwnTrade(strategy, offer.Price, lots);
        for (var leg = 0; leg < record.LegCount; leg++)
        {
            _trades[leg] = PostImplied(
                account, offer.Makers[leg], record.Legs[leg], StrategyLegs.SideOf(side, record.Ratios[leg]),
                StrategyLegs.Lots(lots, record.Ratios[leg]));
        }

        events.OrderFilled(taker, own, Liquidity.Taker);
        for (var leg = 0; leg < record.LegCount; leg++)
        {
            var id = record.Legs[leg];
            var legSide = StrategyLegs.SideOf(side, record.Ratios[leg]);
            events.OrderFilled(offer.Makers[leg], _trades[leg], Liquidity.Maker);
            StrategyEvents.LegFilled(state, events, taker, id, legSide, _trades[leg], Liquidity.Taker);
            events.Trade(id, (Wire.Side)legSide, _trades[leg]);
        }

        for (var leg = 0; leg < record.LegCount; leg++)
        {
            matching.CountForProtection(offer.Makers[leg], taker, _trades[leg].Lots);
        }

        for (var leg = 0; leg < record.LegCount; leg++)
        {
            var maker = offer.Makers[leg];
            var position = state.Positions.Find(state.Orders.Slab.Hot(maker).Account, record.Legs[leg]);
            matching.EndIfFilled(maker, record.Legs[leg]);
            matching.ReleaseIfEmpty(position);
        }

        matching.ReleaseLegs(account, strategy);
    }

    /// <summary>Lots leave an order of the strategy, which may rest.</summary>
    private void TakeFrom(uint slot, uint strategy, long lots)
    {
        matching.CloseLegs(slot, lots);
        ref var hot = ref state.Orders.Slab.Hot(slot);
        if (hot.IsResting)
        {
            state.Book(strategy).Fill(slot, new QuantityLots(lots));
            tops.Changed(strategy);
        }
        else
        {
            hot.LeavesLots -= lots;
        }

        state.Orders.Mark(slot);
    }

    private TradeFacts OwnTrade(uint strategy, long price, long lots)
    {
        ref var listed = ref state.Instruments.Write(strategy);
        listed.LastTradePrice = price;
        listed.HasTradedInPhase = 1;
        return new TradeFacts(++state.LastTradeId, price, lots, 0, default);
    }

    private TradeFacts PostImplied(uint account, uint maker, uint leg, Side side, long lots)
    {
        var price = state.Orders.Slab.Hot(maker).PriceTicks;
        var makerPosition = matching.CloseOpen(maker, lots);
        state.Book(leg).Fill(maker, new QuantityLots(lots));
        state.Orders.Mark(maker);
        tops.Changed(leg);
        ref var listed = ref state.Instruments.Write(leg);
        listed.LastTradePrice = price;
        listed.HasTradedInPhase = 1;
        return Post(leg, side, state.Positions.Find(account, leg), makerPosition, lots, price);
    }

    /// <summary>A trade of one leg between two positions of accounts that have been settled.</summary>
    private TradeFacts Post(uint leg, Side side, uint takerPosition, uint makerPosition, long lots, long price)
    {
        var (buyer, seller) = side == Side.Buy ? (takerPosition, makerPosition) : (makerPosition, takerPosition);
        Check.That(buyer != 0);
        Check.That(seller != 0);
        state.Ledger.Trade(leg, buyer, seller, lots, price);
        var fees = FeeCharges.ChargeTrade(
            state, leg, state.Positions.Read(takerPosition).Account, state.Positions.Read(makerPosition).Account, lots, price);
        margin.Update(takerPosition);
        margin.Update(makerPosition);
        return new TradeFacts(++state.LastTradeId, price, lots, state.Instruments.Read(leg).Index, fees);
    }

    [InlineArray(StrategyRecord.LegsMax)]
    private struct Trades
    {
        private TradeFacts _first;
    }
}
