using HftDelta.Engine.Markets;
using HftDelta.Engine.Orders;
using HftDelta.Engine.Triggers;
using HftDelta.Wire;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Engine.Strategies;

/// <summary>
/// An order of a strategy takes what is best: from its own book, or from the first orders of its legs' books, all legs or none.
/// Owner: the engine agent.
/// </summary>
internal sealed class StrategyMatching(
    VenueState state, EventBudget budget, Matching matching, StrategyFills fills, BookTops tops)
{
    // Of the present run: the leg prices of its first implied step, 0 before it.
    private LegPrices _firstPrices;
    private LegPrices _middles;

    /// <summary>Fills an incoming order until it is done, nothing crosses it, or the budget or the units are used up.</summary>
    /// <param name="taker">An order that no book holds.</param>
    /// <param name="units">How many steps it may make; lowered by those made.</param>
    public MatchResult Run(uint taker, ref int units)
    {
        var strategy = state.Orders.Slab.Hot(taker).Instrument.Value;
        Begin(strategy);
        var result = Take(taker, strategy, ref units);
        End(strategy, result);
        return result;
    }

    /// <summary>A resting order takes what the legs offer at its price or better.</summary>
    /// <param name="strategy">A live strategy.</param>
    /// <param name="units">How many steps it may make; lowered by those made.</param>
    /// <returns>False when there is no room for the next step.</returns>
    public bool Look(uint strategy, ref int units)
    {
        if (state.Instruments.Read(strategy).State != InstrumentState.Open)
        {
            return true;
        }

        Begin(strategy);
        var isDone = Look(strategy, Side.Buy, ref units) && Look(strategy, Side.Sell, ref units);
        End(strategy, isDone ? MatchResult.Done : MatchResult.Stopped);
        return isDone;
    }

    private bool Look(uint strategy, Side side, ref int units)
    {
        var book = state.Book(strategy);
        while (book.TryGetBest(side, out var price))
        {
            var slot = book.HeadAt(side, price);
            if (state.Kills.IsEndingOrdersOf(state.Orders.Slab.Hot(slot).Account) ||
                !ImpliedPrices.TryFind(state, strategy, side, price.Value, slot, out var offer))
            {
                return true;
            }

            if (units == 0 || !budget.HasRoomForStrategyUnit)
            {
                return false;
            }

            units--;
            NoteFirst(strategy, offer);
            fills.FillImplied(slot, strategy, offer);
            matching.EndIfFilled(slot, strategy);
        }

        return true;
    }

    private MatchResult Take(uint taker, uint strategy, ref int units)
    {
        ref readonly var hot = ref state.Orders.Slab.Hot(taker);
        var book = state.Book(strategy);
        var side = hot.Side;
        var isOwnBookOnly = state.Strategies.ReadOrder(taker).IsOwnBookOnly != 0;
        while (hot.LeavesLots > 0 && !state.Kills.IsEndingOrdersOf(hot.Account))
        {
            var maker = book.BestMaker(side, hot.Price);
            ImpliedOffer offer = default;
            var isImplied = !isOwnBookOnly &&
                ImpliedPrices.TryFind(state, strategy, side, hot.PriceTicks, taker, out offer) &&
                (maker == 0 || IsBetter(side, offer.Price, state.Orders.Slab.Hot(maker).PriceTicks));
            if (maker == 0 && !isImplied)
            {
                return MatchResult.Done;
            }

            if (units == 0 || !budget.HasRoomForStrategyUnit)
            {
                return MatchResult.Stopped;
            }

            units--;
            if (isImplied)
            {
                NoteFirst(strategy, offer);
                fills.FillImplied(taker, strategy, offer);
            }
            else if (!TakeOwn(taker, maker, strategy))
            {
                return MatchResult.Ended;
            }
        }

        return MatchResult.Done;
    }

    /// <returns>Whether the taker is still there.</returns>
    private bool TakeOwn(uint taker, uint maker, uint strategy)
    {
        ref readonly var hot = ref state.Orders.Slab.Hot(taker);
        var account = state.Orders.Slab.Hot(maker).Account;
        if (state.Kills.IsEndingOrdersOf(account))
        {
            matching.Cancel(maker, 0, CancelReason.KillSwitch);
            return true;
        }

        if (hot.Has(OrderFlags.PreventsSelfTrade) && Matching.AreOneGroup(state, hot.Account, account))
        {
            return matching.PreventSelfTrade(taker, maker, strategy);
        }

        tops.Changed(strategy);
        fills.FillOwn(taker, maker, strategy);
        return true;
    }

    private static bool IsBetter(Side side, long price, long than) => side == Side.Buy ? price < than : price > than;

    private void Begin(uint strategy)
    {
        _firstPrices = default;
        ref readonly var record = ref state.Strategies.Read(strategy);
        for (var leg = 0; leg < record.LegCount; leg++)
        {
            if ((state.Instruments.Read(record.Legs[leg]).Rules & RuleFlags.DynamicBand) != 0)
            {
                _middles[leg] = MarketChecks.BandMiddle(state, record.Legs[leg]);
            }
        }
    }

    private void NoteFirst(uint strategy, in ImpliedOffer offer)
    {
        if (_firstPrices[0] != 0)
        {
            return;
        }

        for (var leg = 0; leg < state.Strategies.Read(strategy).LegCount; leg++)
        {
            _firstPrices[leg] = state.Orders.Slab.Hot(offer.Makers[leg]).PriceTicks;
        }
    }

    /// <summary>What the legs traded is observed, and moves their bands once the order is done.</summary>
    private void End(uint strategy, MatchResult result)
    {
        if (_firstPrices[0] == 0)
        {
            return;
        }

        ref readonly var record = ref state.Strategies.Read(strategy);
        for (var leg = 0; leg < record.LegCount; leg++)
        {
            var id = record.Legs[leg];
            ref readonly var listed = ref state.Instruments.Read(id);
            if ((listed.Rules & RuleFlags.DynamicBand) != 0)
            {
                state.Markets.Records.Write(id).BandMiddle =
                    result == MatchResult.Stopped ? _middles[leg] : listed.LastTradePrice;
            }

            if (state.Orders.Conditional.HasStops(id))
            {
                PriceWatch.Observe(state, id, TriggerSource.LastTrade, _firstPrices[leg]);
                PriceWatch.Observe(state, id, TriggerSource.LastTrade, listed.LastTradePrice);
            }
        }
    }
}
