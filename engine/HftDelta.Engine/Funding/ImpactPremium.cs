using HftDelta.Engine.Books;
using HftDelta.Wire;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Engine.Funding;

/// <summary>
/// How far a perpetual's book stands from the price of its underlying: (max(impact bid - S, 0) - max(S - impact ask, 0)) / S,
/// where an impact price is the mean price at which the book takes or gives so many lots that it shows. A side without them
/// within <see cref="LevelsMax"/> levels has no impact price and adds nothing. In 1e-9, toward zero. Pure.
/// </summary>
internal static class ImpactPremium
{
    /// <summary>Prices of one side that are looked at.</summary>
    public const int LevelsMax = 64;

    /// <summary>From -1e9 to 1e9; 0 unless the instrument trades continuously.</summary>
    public static long Of(VenueState state, uint id, long lots)
    {
        ref readonly var instrument = ref state.Instruments.Read(id);
        if (lots == 0 || instrument.State != InstrumentState.Open)
        {
            return 0;
        }

        var book = state.Book(id);
        var value = (Int128)instrument.SettlementPrice * instrument.AtomsPerUnderlyingTick * lots;
        var above = TryValue(book, Side.Buy, lots, out var bid) ? (bid * instrument.AtomsPerTick) - value : 0;
        var below = TryValue(book, Side.Sell, lots, out var ask) ? value - (ask * instrument.AtomsPerTick) : 0;
        return Share(above, value) - Share(below, value);
    }

    private static long Share(Int128 difference, Int128 value) => difference <= 0
        ? 0
        : difference >= value ? FundingArithmetic.Billion : (long)(difference * FundingArithmetic.Billion / value);

    /// <summary>Sum of price x lots over the best levels.</summary>
    private static bool TryValue(OrderBook book, Side side, long lots, out Int128 value)
    {
        value = 0;
        var left = lots;
        var isFound = book.TryGetBest(side, out var price);
        for (var level = 0; isFound && level < LevelsMax; level++)
        {
            var volume = book.VolumeAt(side, price).Value;
            var taken = volume < left ? volume : left;
            value += (Int128)price.Value * taken;
            left -= taken;
            if (left == 0)
            {
                return true;
            }

            isFound = book.TryGetNext(side, price, out price);
        }

        return false;
    }
}
