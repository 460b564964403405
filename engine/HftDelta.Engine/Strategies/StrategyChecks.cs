using HftDelta.Engine.Instruments;
using HftDelta.Engine.Markets;
using HftDelta.Engine.Orders;
using HftDelta.Engine.Triggers;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Engine.Strategies;

/// <summary>
/// Steps 4 to 20 of docs/matching-rules.md section 2 as they are for a strategy. Reads state and changes nothing but the terms'
/// ending.
/// </summary>
internal static class StrategyChecks
{
    /// <summary>Prices are from minus this to this, in ticks; 0 is one of them.</summary>
    private const long PriceMax = NewOrderChecks.PriceMax;

    public static RejectCode Check(
        VenueState state, uint session, in InstrumentRecord instrument, ref OrderTerms terms, out long bound)
    {
        var code = CheckState(state, terms.Instrument, instrument, out bound);
        code = code != default ? code : SpecialTerms.CheckValues(instrument, terms);
        code = code != default ? code : CheckCombination(terms);
        code = code != default ? code : CheckPrice(terms.Price, out bound);
        code = code != default
            ? code
            : CheckQuantity(state, terms.Instrument, instrument, terms.Price, terms.Quantity, out bound);
        code = code != default ? code : SpecialTerms.CheckParts(state, terms, out bound);
        code = code != default ? code : TriggerTerms.Check(state, terms);
        code = code != default ? code : NewOrderChecks.CheckTime(state, terms, out bound);
        code = code != default
            ? code
            : NewOrderChecks.CheckClientOrderId(state, session, terms.ClientOrderId, out bound);
        code = code != default ? code : NewOrderChecks.CheckRoom(state, session, terms, out bound);
        code = code != default ? code : CheckAccountOrders(state, terms.Account, terms.Instrument, out bound);
        if (code != default)
        {
            return code;
        }

        if ((terms.ExecutionFlags & ExecutionFlags.PostOnly) != 0)
        {
            return WouldTrade(state, terms.Instrument, terms.BookSide, terms.Price) ? RejectCode.WouldTrade : default;
        }

        return terms.NeededAtOnce == 0
            ? default
            : AllAtOnce.Check(state, ref terms, state.Limits.AllAtOnceStrategyMakersMax, out bound);
    }

    /// <summary>Steps 4 to 6: the strategy and all its legs trade.</summary>
    public static RejectCode CheckState(VenueState state, uint strategy, in InstrumentRecord instrument, out long bound)
    {
        var code = NewOrderChecks.CheckState(instrument, canGather: false, out bound);
        if (code == RejectCode.InstrumentNotOpen)
        {
            return code;
        }

        ref readonly var record = ref state.Strategies.Read(strategy);
        for (var leg = 0; code != RejectCode.NotInThisState && leg < record.LegCount; leg++)
        {
            ref readonly var listed = ref state.Instruments.Read(record.Legs[leg]);
            if (listed.State != InstrumentState.Open)
            {
                bound = (long)listed.State;
                return RejectCode.NotInThisState;
            }
        }

        return code;
    }

    /// <summary>Step 9.</summary>
    public static RejectCode CheckPrice(long price, out long bound)
    {
        bound = price < -PriceMax ? -PriceMax : price > PriceMax ? PriceMax : 0;
        return bound == 0 ? default : RejectCode.BadPrice;
    }

    /// <summary>Step 10: the size of the strategy's price counts, and that of each leg's.</summary>
    public static RejectCode CheckQuantity(
        VenueState state, uint strategy, in InstrumentRecord instrument, long price, long quantity, out long bound)
    {
        var size = price < 0 ? -price : price == 0 ? 1 : price;
        ref readonly var record = ref state.Strategies.Read(strategy);
        var prices = StrategyLegs.PricesAt(state, record, price);
        var most = StrategyLegs.LotsWithinNotional(record, prices, instrument.AtomsPerTick);
        if (quantity > most && quantity <= NewOrderChecks.QuantityMax)
        {
            var ofPrice = (long)(NewOrderChecks.NotionalMax / ((Int128)size * instrument.AtomsPerTick));
            bound = ofPrice < most ? ofPrice : most;
            return RejectCode.BadQuantity;
        }

        return NewOrderChecks.CheckQuantity(state, strategy, instrument, size, quantity, out bound);
    }

    /// <summary>An order of this price could take something at once, from its own book or from the legs'.</summary>
    public static bool WouldTrade(VenueState state, uint strategy, Side side, long price) =>
        state.Book(strategy).BestMaker(side, new PriceTicks(price)) != 0 ||
        ImpliedPrices.TryFind(state, strategy, side, price, 0, out _);

    /// <summary>Step 8: what a strategy's orders cannot ask for at all, and what does not go together.</summary>
    private static RejectCode CheckCombination(in OrderTerms terms)
    {
        const ExecutionFlags never = ~(ExecutionFlags.PostOnly | ExecutionFlags.AllOrNone);
        return (terms.ExecutionFlags & never) != 0 || terms.DisplayQuantity != 0
            ? RejectCode.BadFlagCombination
            : TermCombinations.Check(terms);
    }

    /// <summary>The rest of step 16: an order of the strategy is an open order in each leg.</summary>
    private static RejectCode CheckAccountOrders(VenueState state, uint account, uint strategy, out long bound)
    {
        bound = 0;
        ref readonly var record = ref state.Strategies.Read(strategy);
        for (var leg = 0; leg < record.LegCount; leg++)
        {
            var id = record.Legs[leg];
            if ((state.Instruments.Read(id).Rules & RuleFlags.AccountOrders) != 0 &&
                MarketChecks.CheckAccountOrders(state, account, id, out bound) is var code && code != default)
            {
                return code;
            }
        }

        return default;
    }
}
