using HftDelta.Wire;

namespace HftDelta.Engine.Orders;

/// <summary>Which terms of an order go together: step 8 of docs/matching-rules.md section 2. Pure.</summary>
internal static class TermCombinations
{
    public static RejectCode Check(in OrderTerms terms) => GoTogether(terms) ? default : RejectCode.BadFlagCombination;

    private static bool GoTogether(in OrderTerms terms)
    {
        var flags = terms.ExecutionFlags;
        var isAtOnce = terms.TimeInForce is TimeInForce.ImmediateOrCancel or TimeInForce.FillOrKill;
        var takes = terms.OrderType is
            OrderType.Market or OrderType.MarketToLimit or OrderType.Stop or OrderType.StopLimit or OrderType.TrailingStop;
        if ((flags & ExecutionFlags.PostOnly) != 0)
        {
            if (isAtOnce || takes || terms.MinimumQuantity != 0)
            {
                return false;
            }
        }
        else if ((flags & ExecutionFlags.Reprice) != 0)
        {
            return false;
        }

        if ((flags & ExecutionFlags.MarketMakerProtection) != 0 && (isAtOnce || terms.OrderType != OrderType.Limit))
        {
            return false;
        }

        var neverRests = isAtOnce || terms.OrderType is OrderType.Market or OrderType.Stop or OrderType.TrailingStop;
        if ((terms.DisplayQuantity != 0 && neverRests) ||
            (terms.PegOffset != 0 && terms.OrderType != OrderType.Pegged))
        {
            return false;
        }

        return IsTimeOfType(terms, isAtOnce) &&
            (terms.MinimumQuantity == 0 ||
                (terms.TimeInForce != TimeInForce.FillOrKill &&
                terms.OrderType is (OrderType.Limit or OrderType.Market)));
    }

    private static bool IsTimeOfType(in OrderTerms terms, bool isAtOnce) => terms.OrderType switch
    {
        OrderType.Market => isAtOnce,
        OrderType.MarketToLimit => terms.TimeInForce != TimeInForce.FillOrKill,
        OrderType.Limit => true,
        _ => !isAtOnce,
    };
}
