using HftDelta.Engine.Instruments;
using HftDelta.Wire;

namespace HftDelta.Engine.Orders;

/// <summary>
/// The checks of orders that are more than a plain limit order, as <see cref="NewOrderChecks"/> says. Reads state and changes
/// nothing but the terms' price and ending.
/// </summary>
internal static class SpecialTerms
{
    private const ExecutionFlags KnownFlags = ExecutionFlags.PostOnly | ExecutionFlags.ReduceOnly;

    /// <summary>Steps 7 to 13.</summary>
    public static RejectCode Check(VenueState state, in InstrumentRecord instrument, ref OrderTerms terms, out long bound)
    {
        bound = 0;
        var code = CheckValues(terms);
        code = code != default ? code : NewOrderChecks.CheckPrice(terms.Price, out bound);
        code = code != default ? code : NewOrderChecks.CheckQuantity(instrument, terms.Price, terms.Quantity, out bound);
        return code != default ? code : NewOrderChecks.CheckTime(state, terms, out bound);
    }

    /// <summary>Steps 17 to 20.</summary>
    public static RejectCode CheckBook(VenueState state, ref OrderTerms terms, out long bound)
    {
        bound = 0;
        return (terms.ExecutionFlags & ExecutionFlags.PostOnly) != 0 &&
            state.Book(terms.Instrument).BestMaker(terms.BookSide, new Primitives.Units.PriceTicks(terms.Price)) != 0
                ? RejectCode.WouldTrade
                : default;
    }

    /// <summary>Step 7.</summary>
    private static RejectCode CheckValues(in OrderTerms terms)
    {
        if (terms.Side is not (Side.Buy or Side.Sell))
        {
            return RejectCode.BadSide;
        }

        if (terms.OrderType != OrderType.Limit || terms.MinimumQuantity != 0 || terms.DisplayQuantity != 0)
        {
            return RejectCode.BadOrderType;
        }

        if (terms.TimeInForce is not
            (TimeInForce.GoodTillCancel or TimeInForce.ImmediateOrCancel or TimeInForce.GoodTillDate))
        {
            return RejectCode.BadTimeInForce;
        }

        if ((terms.ExecutionFlags & ~KnownFlags) != 0)
        {
            return RejectCode.UnknownFlags;
        }

        return terms.SelfTradePrevention == SelfTradePrevention.Off ? default : RejectCode.BadSelfTradePrevention;
    }
}
