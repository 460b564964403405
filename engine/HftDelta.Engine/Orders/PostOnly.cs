using HftDelta.Engine.Markets;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Engine.Orders;

/// <summary>
/// Orders that never take: step 19 of docs/matching-rules.md section 2, for new orders and for replacements. Reads state,
/// changes nothing but the price it was given.
/// </summary>
internal static class PostOnly
{
    /// <summary>
    /// Refuses a post-only order that would trade, which none does in a call; with <see cref="ExecutionFlags.Reprice"/> puts its
    /// price behind the best opposite, unless no price is there: none of the range, or none that the order's notional allows.
    /// </summary>
    public static RejectCode Check(
        VenueState state, uint instrument, Side side, ExecutionFlags flags, long quantity, ref long price)
    {
        ref readonly var record = ref state.Instruments.Read(instrument);
        var book = state.Book(instrument);
        if ((flags & ExecutionFlags.PostOnly) == 0 || record.State != InstrumentState.Open ||
            book.BestMaker(side, new PriceTicks(price)) == 0)
        {
            return default;
        }

        if ((flags & ExecutionFlags.Reprice) == 0)
        {
            return RejectCode.WouldTrade;
        }

        if (!TryFindPriceBehind(state, instrument, side, out var behind) ||
            NewOrderChecks.CheckQuantity(state, instrument, record, behind, quantity, out _) != default)
        {
            return RejectCode.WouldTrade;
        }

        price = behind;
        return default;
    }

    /// <summary>The first price behind the best opposite order, which there is.</summary>
    public static bool TryFindPriceBehind(VenueState state, uint instrument, Side side, out long price)
    {
        state.Book(instrument).TryGetBest(side == Side.Buy ? Side.Sell : Side.Buy, out var best);
        ref readonly var rules = ref state.Markets.Rules.Read(instrument);
        price = side == Side.Buy
            ? PriceIncrements.NotAbove(rules, best.Value - 1)
            : PriceIncrements.NotBelow(rules, best.Value + 1);
        return price is >= 1 and <= NewOrderChecks.PriceMax;
    }
}
