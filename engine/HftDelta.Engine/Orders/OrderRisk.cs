using System.Runtime.CompilerServices;
using HftDelta.Engine.Accounts;
using HftDelta.Engine.Markets;
using HftDelta.Engine.Risk;
using HftDelta.Engine.Strategies;
using HftDelta.Wire;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Engine.Orders;

/// <summary>
/// Whether an account can carry an order, whichever of its orders fill: step 21 of docs/matching-rules.md section 2, for new
/// orders and for replacements. Reads state, changes nothing. Owner: the engine agent.
/// </summary>
[SkipLocalsInit]
internal sealed class OrderRisk(VenueState state, Margin margin)
{
    /// <summary>A new order at the price that its checks gave it.</summary>
    public RejectCode Check(in OrderTerms terms, out long bound)
    {
        bound = 0;
        var account = terms.Account;
        ref readonly var instrument = ref state.Instruments.Read(terms.Instrument);
        if (instrument.Kind == InstrumentKind.Strategy)
        {
            return StrategyRisk.Check(state, margin, terms, out bound);
        }

        var slot = state.Positions.Find(account, terms.Instrument);
        if (slot == 0 && (!state.Positions.HasRoom ||
            state.Accounts.Read(account).PositionCount >= (uint)state.Limits.PositionsPerAccount))
        {
            return RejectCode.TooManyPositions;
        }

        // Slot 0 is an empty position.
        ref readonly var before = ref state.Positions.Read(slot);
        var side = terms.BookSide;
        if ((terms.ExecutionFlags & ExecutionFlags.ReduceOnly) != 0 && !Reduces(before, side, terms.Quantity))
        {
            return RejectCode.WouldNotReduce;
        }

        if ((instrument.Rules & RuleFlags.ReduceOnly) != 0 && !Reduces(before, side, terms.Quantity))
        {
            return RejectCode.OraclePriceStale;
        }

        var after = before;
        after.Instrument = terms.Instrument;
        Matching.AddOpen(ref after, instrument.AtomsPerTick, side, terms.Quantity, terms.Price);
        return CheckExposure(account, instrument.Rules, before, after, out bound);
    }

    /// <summary>A live order with another price and other open lots.</summary>
    public RejectCode CheckReplacement(uint slot, long price, long openLots, out long bound)
    {
        bound = 0;
        ref readonly var hot = ref state.Orders.Slab.Hot(slot);
        var instrument = hot.Instrument.Value;
        ref readonly var listed = ref state.Instruments.Read(instrument);
        if (listed.Kind == InstrumentKind.Strategy)
        {
            return StrategyRisk.CheckReplacement(state, margin, slot, price, openLots, out bound);
        }

        ref readonly var before = ref state.Positions.Read(state.Positions.Find(hot.Account, instrument));
        var after = before;
        Matching.AddOpen(ref after, listed.AtomsPerTick, hot.Side, -state.Orders.OpenLots(slot), state.Orders.MarginPrice(slot));
        if (hot.Has(ExecutionFlags.ReduceOnly) &&
            !Reduces(after, hot.Side, openLots))
        {
            return RejectCode.WouldNotReduce;
        }

        if ((listed.Rules & RuleFlags.ReduceOnly) != 0 && !Reduces(after, hot.Side, openLots))
        {
            return RejectCode.OraclePriceStale;
        }

        Matching.AddOpen(ref after, listed.AtomsPerTick, hot.Side, openLots, price);
        return CheckExposure(hot.Account, listed.Rules, before, after, out bound);
    }

    private RejectCode CheckExposure(
        uint account, RuleFlags rules, in PositionRecord before, in PositionRecord after, out long bound)
    {
        var code = CheckPosition(state, rules, before, after, out bound);
        if (code != default)
        {
            return code;
        }

        code = margin.Check(account, before, after);
        bound = code == RejectCode.SettlementPoolExhausted ? state.Pool.Terms.CapAtoms : 0;
        return code;
    }

    /// <summary>The position stays in its bounds whichever of its open orders fill.</summary>
    public static RejectCode CheckPosition(
        VenueState state, RuleFlags rules, in PositionRecord before, in PositionRecord after, out long bound)
    {
        bound = state.Instruments.Read(after.Instrument).LotsMax;
        if (after.Quantity + after.OpenBuyLots > bound || after.OpenSellLots - after.Quantity > bound)
        {
            return RejectCode.PositionLimit;
        }

        bound = 0;
        return (rules & RuleFlags.PositionLots) != 0
            ? MarketChecks.CheckPosition(state, after.Instrument, before, after, out bound)
            : default;
    }

    private static bool Reduces(in PositionRecord position, Side side, long lots) => side == Side.Buy
        ? position.Quantity < 0 && position.OpenBuyLots + lots <= -position.Quantity
        : position.Quantity > 0 && position.OpenSellLots + lots <= position.Quantity;
}
