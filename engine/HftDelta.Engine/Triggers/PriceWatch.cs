using HftDelta.Engine.Markets;
using HftDelta.Wire;

namespace HftDelta.Engine.Triggers;

/// <summary>
/// Observes prices for the stops that wait: static ones are triggered by what is kept, trailing ones are looked at each.
/// Nothing is activated here. Owner: the engine agent.
/// </summary>
internal static class PriceWatch
{
    /// <summary>A source of the instrument shows a price.</summary>
    public static void Observe(VenueState state, uint instrument, TriggerSource source, long price)
    {
        var conditional = state.Orders.Conditional;
        if (!conditional.HasStops(instrument))
        {
            return;
        }

        conditional.Note(instrument);
        conditional.Observe(instrument).Keep(source, price);
        ref var conditions = ref conditional.Of(instrument);
        for (var record = conditions.Trailing.Head; record != 0; record = state.Orders.Extras[record].Next)
        {
            ref var extra = ref state.Orders.Extras[record];
            if (extra.TriggerSource != source || extra.IsMarked != 0)
            {
                continue;
            }

            if (TriggerPrices.IsReached(extra.IsSell != 0, extra.TriggerPrice, price))
            {
                extra.IsMarked = 1;
                conditions.Marked++;
                state.Orders.Mark(extra.Order);
            }
            else if (TriggerPrices.Follow(ref extra, price))
            {
                state.Orders.Mark(extra.Order);
            }
        }
    }

    /// <summary>The price of an underlying has changed.</summary>
    public static void OracleMoved(VenueState state, uint underlying)
    {
        var conditional = state.Orders.Conditional;
        for (var id = conditional.Next(0); id != 0; id = conditional.Next(id))
        {
            if (state.Instruments.Read(id).Underlying == underlying)
            {
                Observe(state, id, TriggerSource.Oracle, state.Underlyings.Read(underlying).Price);
            }
        }
    }

    /// <summary>The marks of an underlying's instruments may have changed.</summary>
    public static void MarksMoved(VenueState state, uint underlying)
    {
        var conditional = state.Orders.Conditional;
        for (var id = conditional.Next(0); id != 0; id = conditional.Next(id))
        {
            ref readonly var listed = ref state.Instruments.Read(id);
            if (listed.Underlying != underlying || !conditional.HasStops(id))
            {
                continue;
            }

            var ticks = MarketChecks.MarkTicks(listed);
            if (ticks != conditional.Observed(id).MarkTicks)
            {
                conditional.Observe(id).MarkTicks = ticks;
                Observe(state, id, TriggerSource.Mark, ticks);
            }
        }
    }
}
