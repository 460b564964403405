using System.Runtime.CompilerServices;
using HftDelta.Engine.Accounts;
using HftDelta.Engine.Fees;
using HftDelta.Engine.Markets;
using HftDelta.Engine.Output;
using HftDelta.Engine.Quotes;
using HftDelta.Engine.Risk;
using HftDelta.Engine.Triggers;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Engine.Orders;

/// <summary>
/// Takes from the book, posts each fill to the ledger and tells both sides. Price-time priority; a trade is at the
/// resting order's price. Owner: the engine agent.
/// </summary>
[SkipLocalsInit]
internal sealed partial class Matching(
    VenueState state, EventEmitter events, EventBudget budget, Margin margin, BookTops tops, MarketPhases phases,
    Protections protections)
{
    // Of the present run, where stops wait for it.
    private long _firstPrice;

    /// <summary>
    /// Fills the order against the book until it is done, nothing crosses it, or the budget or the units are used up.
    /// </summary>
    /// <param name="taker">An order that no book holds.</param>
    /// <param name="units">How many fills it may make; lowered by those made.</param>
    public MatchResult Run(uint taker, ref int units)
    {
        var instrument = state.Orders.Slab.Hot(taker).Instrument.Value;
        ref readonly var listed = ref state.Instruments.Read(instrument);
        if (!state.Orders.Conditional.HasStops(instrument))
        {
            return RunInBand(taker, instrument, ref units);
        }

        var before = state.LastTradeId;
        _firstPrice = 0;
        var result = RunInBand(taker, instrument, ref units);
        if (state.LastTradeId != before)
        {
            PriceWatch.Observe(state, instrument, TriggerSource.LastTrade, _firstPrice);
            PriceWatch.Observe(state, instrument, TriggerSource.LastTrade, listed.LastTradePrice);
        }

        return result;
    }

    private MatchResult RunInBand(uint taker, uint instrument, ref int units)
    {
        ref readonly var listed = ref state.Instruments.Read(instrument);
        if ((listed.Rules & RuleFlags.DynamicBand) == 0)
        {
            return Run(taker, PriceBand.Everything, ref units);
        }

        // The middle stays where it was before the sweep, also while the sweep waits to go on.
        var middle = MarketChecks.BandMiddle(state, instrument);
        var result = Run(taker, MarketChecks.DynamicBand(state, instrument), ref units);
        state.Markets.Records.Write(instrument).BandMiddle = result == MatchResult.Stopped ? middle
            : listed.HasTradedInPhase != 0 ? listed.LastTradePrice : 0;
        return result;
    }

    private MatchResult Run(uint taker, PriceBand band, ref int units)
    {
        var isKilling = state.Kills.IsEnding;
        ref var hot = ref state.Orders.Slab.Hot(taker);
        var instrument = hot.Instrument.Value;
        var book = state.Book(instrument);
        var side = hot.Side;
        while (hot.LeavesLots > 0)
        {
            var maker = book.BestMaker(side, hot.Price);
            if (maker == 0)
            {
                return MatchResult.Done;
            }

            if (units == 0 || !budget.HasRoomForUnit)
            {
                return MatchResult.Stopped;
            }

            if (isKilling || hot.Has(OrderFlags.NeedsLook) || state.Orders.Slab.Hot(maker).Has(OrderFlags.NeedsLook))
            {
                if (EndReason(taker) != default)
                {
                    return MatchResult.Done;
                }

                if (EndsUnfilled(maker, ref units))
                {
                    continue;
                }
            }

            var takerLots = ReducibleLots(taker);
            if (takerLots == 0)
            {
                return MatchResult.Done;
            }

            units--;
            if (hot.Has(OrderFlags.PreventsSelfTrade) &&
                AreOneGroup(state, hot.Account, state.Orders.Slab.Hot(maker).Account))
            {
                if (!PreventSelfTrade(taker, maker, instrument))
                {
                    return MatchResult.Ended;
                }

                continue;
            }

            var makerLots = ReducibleLots(maker);
            if (makerLots == 0)
            {
                Cancel(maker, 0, CancelReason.WouldNotReduce);
                continue;
            }

            tops.Changed(instrument);
            if (!band.Contains(state.Orders.Slab.Hot(maker).PriceTicks))
            {
                phases.BeginVolatilityAuction(instrument);
                return MatchResult.Done;
            }

            Fill(taker, maker, instrument, takerLots < makerLots ? takerLots : makerLots);
        }

        return MatchResult.Done;
    }

    /// <summary>Cancels what a session's order still has open and forgets it.</summary>
    public void Cancel(uint slot, ulong requestClientOrderId, CancelReason reason)
    {
        ref readonly var hot = ref state.Orders.Slab.Hot(slot);
        var instrument = hot.Instrument.Value;
        if (hot.IsResting)
        {
            state.Book(instrument).Remove(slot);
            tops.Changed(instrument);
        }

        var position = CloseOpen(slot, state.Orders.OpenLots(slot));
        events.OrderCanceled(slot, requestClientOrderId, reason);
        state.Orders.Remove(slot, ref state.Sessions.Write(state.Orders.Slab.SessionOf(slot)));
        ReleaseIfEmpty(position);
        if (reason == CancelReason.KillSwitch)
        {
            state.Kills.EndedOrders++;
        }
    }

    /// <summary>
    /// How many of its lots an order may trade next: what it shows, or with reduce-only at most what its account's position
    /// leaves. The position may have changed since the order was accepted.
    /// </summary>
    public long ReducibleLots(uint slot) => ReducibleLots(state, slot);

    /// <summary>The same for who only reads.</summary>
    public static long ReducibleLots(VenueState state, uint slot)
    {
        ref readonly var hot = ref state.Orders.Slab.Hot(slot);
        return hot.Has(OrderFlags.NeedsLook) ? LookedAt(state, slot) : hot.LeavesLots;
    }

    /// <summary>Applies pending index changes to an account and tells its session if cash moved.</summary>
    public void Settle(uint account)
    {
        var amount = state.Ledger.Apply(account, out var applied);
        if (amount != 0 || applied.Fee != 0 || applied.Funding != 0 || applied.Interest != 0)
        {
            events.AccountSettled(account, amount, applied);
        }
    }

    /// <summary>An order no longer waits for these lots: takes them out of its account's open orders.</summary>
    /// <returns>Its position, which may be empty now; 0 for an order of a strategy, whose positions are released here.</returns>
    public uint CloseOpen(uint slot, long lots)
    {
        ref readonly var hot = ref state.Orders.Slab.Hot(slot);
        if (state.Instruments.Read(hot.Instrument.Value).Kind == InstrumentKind.Strategy)
        {
            CloseLegs(slot, lots);
            ReleaseLegs(hot.Account, hot.Instrument.Value);
            return 0;
        }

        var position = ChangeOpen(hot.Account, hot.Instrument.Value, hot.Side, -lots, state.Orders.MarginPrice(slot));
        if (lots == state.Orders.OpenLots(slot))
        {
            state.Positions.Cached(position).OpenOrders--;
        }

        return position;
    }

    /// <summary>Adds an order's lots at a price to the open orders of an account's position, which exists.</summary>
    public uint AddOpen(uint account, uint instrument, Side side, long lots, long price)
    {
        var position = ChangeOpen(account, instrument, side, lots, price);
        state.Positions.Cached(position).OpenOrders++;
        return position;
    }

    private uint ChangeOpen(uint account, uint instrument, Side side, long lots, long price)
    {
        var position = state.Positions.Find(account, instrument);
        Check.That(position != 0);
        AddOpen(ref state.Positions.Write(position), state.Instruments.Read(instrument).AtomsPerTick, side, lots, price);
        margin.Update(position);
        return position;
    }

    public static void AddOpen(ref PositionRecord position, long atomsPerTick, Side side, long lots, long price)
    {
        var atoms = (Int128)price * atomsPerTick * lots;
        if (side == Side.Buy)
        {
            position.OpenBuyLots += lots;
            position.OpenBuyAtoms += atoms;
            Check.That(position.OpenBuyLots >= 0);
        }
        else
        {
            position.OpenSellLots += lots;
            position.OpenSellAtoms += atoms;
            Check.That(position.OpenSellLots >= 0);
        }
    }

    /// <summary>A position's quantity changed outside a trade.</summary>
    public void UpdateRisk(uint position) => margin.Update(position);

    /// <summary>Frees a position that holds nothing any more; 0 is none.</summary>
    public void ReleaseIfEmpty(uint slot)
    {
        ref readonly var position = ref state.Positions.Read(slot);
        if (!position.IsEmpty || slot == 0)
        {
            return;
        }

        Check.That(position.OpenOrders == 0);
        ref var account = ref state.Accounts.Write(position.Account);
        account.PositionCount--;
        margin.Release(slot);
        state.Positions.Remove(
            slot, ref account.FirstPosition, ref state.Instruments.Write(position.Instrument).FirstPosition);
    }

    /// <summary>The same for the two sides of a fill, which hold one position where an account met itself.</summary>
    public void ReleaseIfEmpty(uint first, uint second)
    {
        ReleaseIfEmpty(first);
        if (second != first)
        {
            ReleaseIfEmpty(second);
        }
    }

    /// <summary>Takes lots that are open in both off the incoming order and off the resting one, in its book.</summary>
    /// <returns>Their accounts' positions.</returns>
    private (uint Taker, uint Maker) TakeLots(uint taker, uint maker, uint instrument, long lots)
    {
        var takerPosition = CloseOpen(taker, lots);
        var makerPosition = CloseOpen(maker, lots);
        state.Orders.Slab.Hot(taker).LeavesLots -= lots;
        state.Book(instrument).Fill(maker, new QuantityLots(lots));
        state.Orders.Mark(taker);
        state.Orders.Mark(maker);
        return (takerPosition, makerPosition);
    }

    private void Fill(uint taker, uint maker, uint instrument, long lots)
    {
        ref readonly var takerHot = ref state.Orders.Slab.Hot(taker);
        ref readonly var makerHot = ref state.Orders.Slab.Hot(maker);
        var side = takerHot.Side;
        var price = makerHot.PriceTicks;
        Settle(takerHot.Account);
        Settle(makerHot.Account);

        var (takerPosition, makerPosition) = TakeLots(taker, maker, instrument, lots);
        if (side == Side.Buy)
        {
            state.Ledger.Trade(instrument, takerPosition, makerPosition, lots, price);
        }
        else
        {
            state.Ledger.Trade(instrument, makerPosition, takerPosition, lots, price);
        }

        var fees = FeeCharges.ChargeTrade(state, instrument, takerHot.Account, makerHot.Account, lots, price);
        margin.Update(takerPosition);
        margin.Update(makerPosition);
        ref var listed = ref state.Instruments.Write(instrument);
        listed.LastTradePrice = price;
        _firstPrice = _firstPrice == 0 ? price : _firstPrice;
        listed.HasTradedInPhase = 1;
        var facts = new TradeFacts(++state.LastTradeId, price, lots, listed.Index, fees);
        events.OrderFilled(maker, facts, Liquidity.Maker);
        events.OrderFilled(taker, facts, Liquidity.Taker);
        events.Trade(instrument, (Wire.Side)side, facts);
        CountForProtection(maker, taker, lots);
        EndIfFilled(maker, instrument);
        ReleaseIfEmpty(makerPosition, takerPosition);
    }

    /// <summary>
    /// Why an order may not be filled any more: what ended it has not come to it yet. A sweep that meets such a maker ends it,
    /// and if it is the incoming order itself, it ends with its sweep.
    /// </summary>
    /// <returns>None for an order that may be filled.</returns>
    public CancelReason EndReason(uint slot) => EndReason(state, slot);

    /// <summary>The same for who only reads.</summary>
    public static CancelReason EndReason(VenueState state, uint slot)
    {
        ref readonly var hot = ref state.Orders.Slab.Hot(slot);
        if (state.Kills.IsEndingOrdersOf(hot.Account))
        {
            return CancelReason.KillSwitch;
        }

        return hot.Has(OrderFlags.NeedsLook) && state.Protections.IsPulled(state, slot)
            ? CancelReason.MarketMakerProtection
            : default;
    }

    /// <summary>Market-maker protection counts the fills of two orders, in this order.</summary>
    public void CountForProtection(uint first, uint second, long lots)
    {
        if (((state.Orders.Slab.Hot(first).InstrumentAndFlags | state.Orders.Slab.Hot(second).InstrumentAndFlags)
            & OrderFlags.NeedsLook) != 0)
        {
            protections.Count(first, lots);
            protections.Count(second, lots);
        }
    }

    private bool EndsUnfilled(uint maker, ref int units)
    {
        var reason = EndReason(maker);
        if (reason == default)
        {
            return false;
        }

        units--;
        Cancel(maker, 0, reason);
        return true;
    }

    /// <summary>A maker that shows nothing any more shows its next part, or has ended.</summary>
    public void EndIfFilled(uint maker, uint instrument)
    {
        ref readonly var hot = ref state.Orders.Slab.Hot(maker);
        if (hot.LeavesLots == 0 &&
            !(hot.Has(OrderFlags.HasExtra) && HiddenQuantity.TryRefresh(state.Orders, state.Book(instrument), maker)))
        {
            state.Orders.Remove(maker, ref state.Sessions.Write(state.Orders.Slab.SessionOf(maker)));
        }
    }

    private static long LookedAt(VenueState state, uint slot)
    {
        ref readonly var hot = ref state.Orders.Slab.Hot(slot);
        if (!hot.Has(ExecutionFlags.ReduceOnly))
        {
            return hot.LeavesLots;
        }

        var held = state.Positions.Read(state.Positions.Find(hot.Account, hot.Instrument.Value)).Quantity;
        var reducible = hot.Side == Side.Buy ? -held : held;
        reducible = reducible > 0 ? reducible : 0;
        return reducible < hot.LeavesLots ? reducible : hot.LeavesLots;
    }
}
