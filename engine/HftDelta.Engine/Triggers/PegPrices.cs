using HftDelta.Engine.Markets;
using HftDelta.Engine.Orders;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Engine.Triggers;

/// <summary>Where the oracle puts a pegged order: docs/matching-rules.md section 8. Reads state, changes nothing.</summary>
internal static class PegPrices
{
    /// <summary>The oracle's price with the offset, within the limit and on its increment; the book is not looked at.</summary>
    /// <returns>0 where there is none.</returns>
    public static long Target(VenueState state, uint instrument, Side side, long offset, long limit)
    {
        ref readonly var listed = ref state.Instruments.Read(instrument);
        var oracle = (Int128)state.Underlyings.Read(listed.Underlying).Price;
        var wanted = (oracle * listed.AtomsPerUnderlyingTick / listed.AtomsPerTick) + offset;
        var isLimited = side == Side.Buy ? wanted > limit : wanted < limit;
        var price = isLimited ? limit : wanted;
        if (price < 1 || price > NewOrderChecks.PriceMax)
        {
            return 0;
        }

        ref readonly var rules = ref state.Markets.Rules.Read(instrument);
        return side == Side.Buy
            ? PriceIncrements.NotAbove(rules, (long)price)
            : PriceIncrements.NotBelow(rules, (long)price);
    }

    /// <summary>The price at which it can stand: while the instrument trades, not one that crosses.</summary>
    /// <returns>0 where there is none, or the order would be worth more than any order may be.</returns>
    public static long Standing(VenueState state, uint instrument, Side side, long target, long lots)
    {
        ref readonly var listed = ref state.Instruments.Read(instrument);
        var price = target;
        if (price != 0 && listed.State == InstrumentState.Open &&
            state.Book(instrument).BestMaker(side, new PriceTicks(price)) != 0 &&
            !PostOnly.TryFindPriceBehind(state, instrument, side, out price))
        {
            return 0;
        }

        return (Int128)price * listed.AtomsPerTick * lots <= NewOrderChecks.NotionalMax ? price : 0;
    }
}
