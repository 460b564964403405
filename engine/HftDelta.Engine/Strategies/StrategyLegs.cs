using HftDelta.Engine.Markets;
using HftDelta.Engine.Orders;
using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Strategies;

/// <summary>Arithmetic of a strategy's legs: docs/matching-rules.md section 14. Reads state, changes nothing.</summary>
internal static class StrategyLegs
{
    /// <summary>Leg prices of a trade in the strategy's own book: marks, but for one leg that makes the sum right.</summary>
    public static LegPrices PricesAt(VenueState state, in StrategyRecord strategy, long price)
    {
        LegPrices prices = default;
        long sum = 0;
        for (var leg = 0; leg < strategy.LegCount; leg++)
        {
            if (leg != strategy.UnitLeg)
            {
                prices[leg] = MarketChecks.MarkTicks(state.Instruments.Read(strategy.Legs[leg]));
                sum += strategy.Ratios[leg] * prices[leg];
            }
        }

        prices[strategy.UnitLeg] = (price - sum) * strategy.Ratios[strategy.UnitLeg];
        return prices;
    }

    /// <summary>
    /// The leg prices at which an open order is margined: those of a trade at its price, but none better than the mark. So no
    /// order far away sets off what another one pays above the mark.
    /// </summary>
    public static LegPrices MarginPricesAt(VenueState state, in StrategyRecord strategy, long price, Side side)
    {
        var prices = PricesAt(state, strategy, price);
        var unit = strategy.UnitLeg;
        var mark = MarketChecks.MarkTicks(state.Instruments.Read(strategy.Legs[unit]));
        var isBetter = SideOf(side, strategy.Ratios[unit]) == Side.Buy ? prices[unit] < mark : prices[unit] > mark;
        prices[unit] = isBetter ? mark : prices[unit];
        return prices;
    }

    /// <summary>The side in a leg of an order that is on a side of the strategy.</summary>
    public static Side SideOf(Side side, int ratio) => ratio > 0 ? side : Opposite(side);

    public static Side Opposite(Side side) => side == Side.Buy ? Side.Sell : Side.Buy;

    /// <summary>Lots of a leg for lots of the strategy.</summary>
    public static long Lots(long lots, int ratio) => lots * Size(ratio);

    public static int Size(int ratio) => ratio < 0 ? -ratio : ratio;

    /// <summary>Lots of the strategy that no leg's notional forbids at these prices; at least one.</summary>
    public static long LotsWithinNotional(in StrategyRecord strategy, in LegPrices prices, long atomsPerTick)
    {
        Int128 largest = 1;
        for (var leg = 0; leg < strategy.LegCount; leg++)
        {
            var atoms = (Int128)prices[leg] * atomsPerTick * strategy.Ratios[leg];
            atoms = atoms < 0 ? -atoms : atoms;
            largest = atoms > largest ? atoms : largest;
        }

        var lots = (long)(NewOrderChecks.NotionalMax / largest);
        return lots < 1 ? 1 : lots;
    }
}
