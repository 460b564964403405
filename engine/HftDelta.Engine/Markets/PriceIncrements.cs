using HftDelta.Engine.Orders;

namespace HftDelta.Engine.Markets;

/// <summary>
/// Which prices the increments of an instrument allow. A row's range need not begin at a multiple of its increment: its first
/// price is then the first multiple inside it. Reads at most <see cref="IncrementRows.Most"/> rows.
/// </summary>
internal static class PriceIncrements
{
    /// <summary>The increment at a price of 1 or more; 1 without a table.</summary>
    public static long At(in RulesRecord rules, long price) =>
        rules.IncrementCount == 0 ? 1 : rules.Increments[RowOf(rules, price)].Increment;

    public static bool Allow(in RulesRecord rules, long price) => price % At(rules, price) == 0;

    /// <summary>The highest allowed price that is not above the given one; 0 if there is none.</summary>
    public static long NotAbove(in RulesRecord rules, long price)
    {
        if (price < 1 || rules.IncrementCount == 0)
        {
            return price < 1 ? 0 : price;
        }

        for (var row = RowOf(rules, price); row >= 0; row--)
        {
            var found = price - (price % rules.Increments[row].Increment);
            if (found >= rules.Increments[row].FromPrice)
            {
                return found;
            }

            price = rules.Increments[row].FromPrice - 1;
        }

        return 0;
    }

    /// <summary>The lowest allowed price of 1 or more that is not below the given one; 0 if there is none.</summary>
    public static long NotBelow(in RulesRecord rules, long price)
    {
        price = price < 1 ? 1 : price;
        if (rules.IncrementCount == 0)
        {
            return price <= NewOrderChecks.PriceMax ? price : 0;
        }

        for (var row = RowOf(rules, price); row < (int)rules.IncrementCount; row++)
        {
            var increment = rules.Increments[row].Increment;
            var from = price > rules.Increments[row].FromPrice ? price : rules.Increments[row].FromPrice;
            var found = (from + increment - 1) / increment * increment;
            var end = row + 1 < (int)rules.IncrementCount ? rules.Increments[row + 1].FromPrice - 1 : NewOrderChecks.PriceMax;
            if (found <= end)
            {
                return found;
            }
        }

        return 0;
    }

    private static int RowOf(in RulesRecord rules, long price)
    {
        var row = (int)rules.IncrementCount - 1;
        while (row > 0 && rules.Increments[row].FromPrice > price)
        {
            row--;
        }

        return row;
    }
}
