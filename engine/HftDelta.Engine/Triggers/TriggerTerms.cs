using HftDelta.Engine.Orders;
using HftDelta.Wire;

namespace HftDelta.Engine.Triggers;

/// <summary>
/// What a new stop or pegged order must satisfy beyond other orders: steps 12, 17 and 18 of docs/matching-rules.md section 2.
/// Reads state and changes nothing but the terms' peg.
/// </summary>
internal static class TriggerTerms
{
    private const long BasisPointsMax = 9_999;

    /// <summary>Step 12.</summary>
    public static RejectCode Check(VenueState state, in OrderTerms terms)
    {
        var isTrailing = terms.OrderType == OrderType.TrailingStop;
        var isStatic = terms.OrderType is OrderType.Stop or OrderType.StopLimit;
        var isSource = isTrailing || isStatic
            ? terms.TriggerSource is >= TriggerSource.LastTrade and <= TriggerSource.Oracle
            : terms.TriggerSource == TriggerSource.None;
        var isTrigger = isStatic ? terms.TriggerPrice >= 1 : terms.TriggerPrice == 0;
        if (!isSource || !isTrigger)
        {
            return RejectCode.BadTrigger;
        }

        if (!isTrailing)
        {
            return terms.TrailingAmount == 0 && terms.TrailingUnit == TrailingUnit.None ? default : RejectCode.BadTrigger;
        }

        var isAmount = terms.TrailingAmount >= 1 && terms.TrailingUnit switch
        {
            TrailingUnit.Ticks => true,
            TrailingUnit.BasisPoints => terms.TrailingAmount <= BasisPointsMax,
            _ => false,
        };
        return isAmount && TriggerPrices.TryGetLast(state, terms.Instrument, terms.TriggerSource, out _)
            ? default
            : RejectCode.BadTrigger;
    }

    /// <summary>Steps 17 and 18.</summary>
    public static RejectCode CheckNow(VenueState state, ref OrderTerms terms, out long bound)
    {
        bound = 0;
        ref readonly var conditions = ref state.Orders.Conditional.Of(terms.Instrument);
        switch (terms.OrderType)
        {
            case OrderType.Stop or OrderType.StopLimit:
                return CheckReached(state, terms, out bound);
            case OrderType.TrailingStop:
                return CheckRoom(conditions.Trailing, out bound);
            case OrderType.Pegged:
                terms.PegTarget = PegPrices.Target(
                    state, terms.Instrument, terms.BookSide, terms.PegOffset, terms.Price);
                terms.PegPrice = PegPrices.Standing(
                    state, terms.Instrument, terms.BookSide, terms.PegTarget, terms.Quantity);
                return terms.PegPrice == 0 ? RejectCode.PegUnavailable : CheckRoom(conditions.Pegs, out bound);
            default:
                return default;
        }
    }

    /// <summary>
    /// By the source's last price, or by one that is kept because it has triggered others: a stop is triggered by what its source
    /// shows after it was accepted.
    /// </summary>
    private static RejectCode CheckReached(VenueState state, in OrderTerms terms, out long bound)
    {
        var isSell = terms.Side == Side.Sell;
        if (TriggerPrices.TryGetLast(state, terms.Instrument, terms.TriggerSource, out bound) &&
            TriggerPrices.IsReached(isSell, terms.TriggerPrice, bound))
        {
            return RejectCode.TriggerReached;
        }

        ref readonly var observed = ref state.Orders.Conditional.Observed(terms.Instrument);
        if (observed.HasSeen(terms.TriggerSource))
        {
            var range = observed.Ranges[(int)terms.TriggerSource - 1];
            bound = isSell ? range.Low : range.High;
            if (TriggerPrices.IsReached(isSell, terms.TriggerPrice, bound))
            {
                return RejectCode.TriggerReached;
            }
        }

        bound = 0;
        return default;
    }

    private static RejectCode CheckRoom(in EntryList list, out long bound)
    {
        var hasRoom = list.Count < ConditionalOrders.PerInstrumentMax;
        bound = hasRoom ? 0 : ConditionalOrders.PerInstrumentMax;
        return hasRoom ? default : RejectCode.TooManyConditionalOrders;
    }
}
