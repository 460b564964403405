using HftDelta.Engine.Orders;
using HftDelta.Engine.Output;
using HftDelta.Engine.Pending;
using HftDelta.Wire;

namespace HftDelta.Engine.Triggers;

/// <summary>
/// Prices pegged orders again when the oracle has moved: all that move leave the book at once, then each comes back in the
/// order of entry. What one command has no room for comes back as pending work, and the instrument is busy until it has. Owner:
/// the engine agent.
/// </summary>
internal sealed class PegMoves(
    VenueState state, EventEmitter events, Matching matching, OrderTaking taking, EventBudget budget, BookTops tops)
{
    /// <summary>The price of an underlying has changed. An instrument that is busy follows when it is not any more.</summary>
    public void OracleMoved(uint underlying)
    {
        var conditional = state.Orders.Conditional;
        for (var id = conditional.Next(0); id != 0; id = conditional.Next(id))
        {
            ref readonly var listed = ref state.Instruments.Read(id);
            if (listed.Underlying == underlying && listed.Busy == 0)
            {
                Reprice(id);
            }
        }
    }

    /// <summary>Prices again what the oracle now puts elsewhere, in a state that trades or calls.</summary>
    /// <param name="instrument">One that is not busy.</param>
    public void Reprice(uint instrument)
    {
        ref readonly var listed = ref state.Instruments.Read(instrument);
        if (!state.Orders.Conditional.HasPegs(instrument) || !(listed.State == InstrumentState.Open || listed.IsCall))
        {
            return;
        }

        TakeOut(instrument);
        var units = int.MaxValue;
        if (!BringBack(instrument, ref units))
        {
            state.Instruments.Write(instrument).Busy = 1;
            state.Pending.Add(PendingKind.RepricePegs, instrument);
        }
    }

    /// <summary>Goes on with those that have left.</summary>
    /// <param name="instrument">The one that is busy with this, or is about to be.</param>
    /// <param name="units">How many may come back; lowered by those that did.</param>
    /// <returns>True when all have.</returns>
    public bool BringBack(uint instrument, ref int units)
    {
        ref readonly var conditions = ref state.Orders.Conditional.Of(instrument);
        var record = conditions.Pegs.Head;
        while (conditions.Leaving != 0)
        {
            var next = state.Orders.Extras[record].Next;
            var slot = state.Orders.Extras[record].Order;
            if (state.Orders.Slab.Hot(slot).Has(OrderFlags.Waits))
            {
                if (units == 0 || !budget.HasRoomForUnit)
                {
                    return false;
                }

                units--;
                BringBack(slot);
            }

            record = next;
        }

        return true;
    }

    private void TakeOut(uint instrument)
    {
        ref var conditions = ref state.Orders.Conditional.Of(instrument);
        for (var record = conditions.Pegs.Head; record != 0; record = state.Orders.Extras[record].Next)
        {
            ref var extra = ref state.Orders.Extras[record];
            ref var hot = ref state.Orders.Slab.Hot(extra.Order);
            var target = PegPrices.Target(state, instrument, hot.Side, extra.PegOffset, extra.LimitPrice);
            if (target == extra.TriggerPrice)
            {
                continue;
            }

            extra.TriggerPrice = target;
            state.Book(instrument).Remove(extra.Order);
            HiddenQuantity.Join(state.Orders, extra.Order);
            hot.InstrumentAndFlags |= OrderFlags.Waits;
            conditions.Leaving++;
            state.Orders.Mark(extra.Order);
            tops.Changed(instrument);
        }
    }

    private void BringBack(uint slot)
    {
        ref var hot = ref state.Orders.Slab.Hot(slot);
        var instrument = hot.Instrument.Value;
        var price = PegPrices.Standing(
            state, instrument, hot.Side, state.Orders.Extra(slot).TriggerPrice, hot.LeavesLots);
        if (price == 0)
        {
            matching.Cancel(slot, 0, CancelReason.PegUnavailable);
            return;
        }

        hot.PriceTicks = price;
        hot.InstrumentAndFlags &= ~OrderFlags.Waits;
        state.Orders.Conditional.Of(instrument).Leaving--;
        events.OrderRepriced(slot, RepriceReason.OracleMoved);
        taking.Rest(slot);
    }
}
