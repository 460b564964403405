using HftDelta.Engine.Markets;
using HftDelta.Engine.Orders;
using HftDelta.Wire;

namespace HftDelta.Engine.Triggers;

/// <summary>What the sources of triggers show, and how triggers follow them: docs/matching-rules.md section 7. Pure.</summary>
internal static class TriggerPrices
{
    private const int BasisPointsPerUnit = 10_000;

    /// <summary>The last price that a source has shown.</summary>
    /// <returns>False before the first.</returns>
    public static bool TryGetLast(VenueState state, uint instrument, TriggerSource source, out long price)
    {
        ref readonly var listed = ref state.Instruments.Read(instrument);
        price = source switch
        {
            TriggerSource.LastTrade => listed.LastTradePrice,
            TriggerSource.Mark => MarketChecks.MarkTicks(listed),
            _ => state.Underlyings.Read(listed.Underlying).Price,
        };
        return source == TriggerSource.Mark || price != 0;
    }

    public static bool IsReached(bool isSell, long trigger, long price) => isSell ? price <= trigger : price >= trigger;

    /// <summary>A trailing stop has seen a price that does not trigger it: the best so far moves its trigger.</summary>
    /// <returns>Whether it moved.</returns>
    public static bool Follow(ref OrderExtra extra, long price)
    {
        var isSell = extra.IsSell != 0;
        if (isSell ? price <= extra.Watermark : price >= extra.Watermark)
        {
            return false;
        }

        extra.Watermark = price;
        extra.TriggerPrice = TrailingTrigger(extra);
        return true;
    }

    /// <summary>The trigger at the watermark. One beyond all prices is never reached.</summary>
    public static long TrailingTrigger(in OrderExtra extra)
    {
        var away = extra.TrailingUnit == TrailingUnit.Ticks
            ? extra.TrailingAmount
            : (Int128)extra.Watermark * extra.TrailingAmount / BasisPointsPerUnit;
        var trigger = extra.IsSell != 0 ? extra.Watermark - away : extra.Watermark + away;
        return trigger > long.MaxValue ? long.MaxValue : (long)trigger;
    }
}
