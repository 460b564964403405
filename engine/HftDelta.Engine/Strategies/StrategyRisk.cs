using HftDelta.Engine.Accounts;
using HftDelta.Engine.Orders;
using HftDelta.Engine.Risk;
using HftDelta.Wire;

namespace HftDelta.Engine.Strategies;

/// <summary>
/// Whether an account can carry a strategy's order, as one open order in each leg: step 21 of docs/matching-rules.md section 2.
/// Reads state, changes nothing.
/// </summary>
internal static class StrategyRisk
{
    public static RejectCode Check(VenueState state, Margin margin, in OrderTerms terms, out long bound)
    {
        bound = 0;
        ref readonly var strategy = ref state.Strategies.Read(terms.Instrument);
        var missing = 0;
        for (var leg = 0; leg < strategy.LegCount; leg++)
        {
            missing += state.Positions.Find(terms.Account, strategy.Legs[leg]) == 0 ? 1 : 0;
        }

        if (missing > state.Positions.Room ||
            state.Accounts.Read(terms.Account).PositionCount + missing > state.Limits.PositionsPerAccount)
        {
            return RejectCode.TooManyPositions;
        }

        Span<PositionRecord> before = stackalloc PositionRecord[StrategyRecord.LegsMax];
        Span<PositionRecord> after = stackalloc PositionRecord[StrategyRecord.LegsMax];
        ReadPositions(state, strategy, terms.Account, before, after);
        var prices = StrategyLegs.MarginPricesAt(state, strategy, terms.Price, terms.BookSide);
        AddOpen(state, strategy, prices, terms.BookSide, terms.Quantity, after);
        return CheckExposure(state, margin, terms.Account, before[..strategy.LegCount], after[..strategy.LegCount], out bound);
    }

    /// <summary>A live order with another price and other open lots, at leg prices of now.</summary>
    public static RejectCode CheckReplacement(
        VenueState state, Margin margin, uint slot, long price, long openLots, out long bound)
    {
        ref readonly var hot = ref state.Orders.Slab.Hot(slot);
        ref readonly var strategy = ref state.Strategies.Read(hot.Instrument.Value);
        Span<PositionRecord> before = stackalloc PositionRecord[StrategyRecord.LegsMax];
        Span<PositionRecord> after = stackalloc PositionRecord[StrategyRecord.LegsMax];
        ReadPositions(state, strategy, hot.Account, before, after);
        AddOpen(state, strategy, state.Strategies.ReadOrder(slot).Prices, hot.Side, -hot.LeavesLots, after);
        AddOpen(state, strategy, StrategyLegs.MarginPricesAt(state, strategy, price, hot.Side), hot.Side, openLots, after);
        return CheckExposure(state, margin, hot.Account, before[..strategy.LegCount], after[..strategy.LegCount], out bound);
    }

    private static void ReadPositions(
        VenueState state, in StrategyRecord strategy, uint account, Span<PositionRecord> before, Span<PositionRecord> after)
    {
        for (var leg = 0; leg < strategy.LegCount; leg++)
        {
            var slot = state.Positions.Find(account, strategy.Legs[leg]);
            before[leg] = slot == 0
                ? new PositionRecord { Account = account, Instrument = strategy.Legs[leg] }
                : state.Positions.Read(slot);
            after[leg] = before[leg];
        }
    }

    private static void AddOpen(
        VenueState state, in StrategyRecord strategy, in LegPrices prices, Primitives.Units.Side side, long lots,
        Span<PositionRecord> positions)
    {
        for (var leg = 0; leg < strategy.LegCount; leg++)
        {
            var ratio = strategy.Ratios[leg];
            Matching.AddOpen(
                ref positions[leg], state.Instruments.Read(strategy.Legs[leg]).AtomsPerTick, StrategyLegs.SideOf(side, ratio),
                StrategyLegs.Lots(lots, ratio), prices[leg]);
        }
    }

    private static RejectCode CheckExposure(
        VenueState state, Margin margin, uint account, ReadOnlySpan<PositionRecord> before, ReadOnlySpan<PositionRecord> after,
        out long bound)
    {
        bound = 0;
        for (var leg = 0; leg < after.Length; leg++)
        {
            var rules = state.Instruments.Read(after[leg].Instrument).Rules;
            if ((rules & Markets.RuleFlags.ReduceOnly) != 0)
            {
                // Its legs may open and reduce at once: none of it is taken while a leg's price is stale.
                return RejectCode.OraclePriceStale;
            }

            var code = OrderRisk.CheckPosition(state, rules, before[leg], after[leg], out bound);
            if (code != default)
            {
                return code;
            }
        }

        var refusal = margin.Check(account, before, after);
        bound = refusal == RejectCode.SettlementPoolExhausted ? state.Pool.Terms.CapAtoms : 0;
        return refusal;
    }
}
