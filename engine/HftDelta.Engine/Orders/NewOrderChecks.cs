using HftDelta.Engine.Books;
using HftDelta.Engine.Instruments;
using HftDelta.Engine.Markets;
using HftDelta.Engine.Strategies;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Engine.Orders;

/// <summary>
/// What a new order must satisfy before risk is asked, in the order of docs/matching-rules.md section 2, whose steps are named
/// here; the first rule that is broken decides. Reads state and changes nothing but the terms' price. Terms beyond a plain
/// limit order's are judged by <see cref="SpecialTerms"/>.
/// </summary>
internal static class NewOrderChecks
{
    /// <summary>Prices are from 1 to this, in ticks.</summary>
    public const long PriceMax = 1L << 40;

    /// <summary>Quantities of one order are from 1 to this, in lots.</summary>
    public const long QuantityMax = 1L << 32;

    /// <summary>Price x quantity of one order is at most this, in atoms: 7.2e10 USD.</summary>
    public const long NotionalMax = 1L << 56;

    /// <param name="state">The venue.</param>
    /// <param name="session">An open session.</param>
    /// <param name="terms">Of a validated frame; its price is the order's afterwards.</param>
    /// <param name="bound">The bound that was broken, for the report.</param>
    /// <returns>The first rule that is broken, or none.</returns>
    public static RejectCode Check(VenueState state, uint session, ref OrderTerms terms, out long bound)
    {
        var code = CheckOwner(state, session, terms);
        if (code != default)
        {
            bound = 0;
            return code;
        }

        ref readonly var instrument = ref state.Instruments.Read(terms.Instrument);
        if (instrument.Kind == InstrumentKind.Strategy)
        {
            return StrategyChecks.Check(state, session, instrument, ref terms, out bound);
        }

        code = CheckTerms(state, ref terms, out bound);
        code = code != default ? code : CheckClientOrderId(state, session, terms.ClientOrderId, out bound);
        code = code != default ? code : CheckRoom(state, session, terms, out bound);
        if (code == default)
        {
            code = terms.IsPlain ? CheckBook(state, terms) : SpecialTerms.CheckBook(state, ref terms, out bound);
        }

        return code;
    }

    /// <summary>A side of a mass quote, which was checked as a whole before.</summary>
    /// <param name="state">The venue.</param>
    /// <param name="session">An open session.</param>
    /// <param name="terms">Of the side.</param>
    /// <param name="isKept">It is an order already and stays where it is.</param>
    public static RejectCode CheckQuote(VenueState state, uint session, ref OrderTerms terms, bool isKept)
    {
        ref readonly var instrument = ref state.Instruments.Read(terms.Instrument);
        if (instrument.Kind == InstrumentKind.Strategy)
        {
            var refusal = StrategyChecks.CheckState(state, terms.Instrument, instrument, out _);
            return refusal != default ? refusal : RejectCode.BadFlagCombination;
        }

        var code = CheckTerms(state, ref terms, out _);
        code = code != default || isKept ? code : CheckRoom(state, session, terms, out _);
        code = code != default ? code : SpecialTerms.CheckBook(state, ref terms, out _);
        return code != default || isKept ? code : CheckLevel(state, terms);
    }

    /// <summary>
    /// Whether the book has a level for a price. An order is told that it ended when there is none; a quote's order would end
    /// before anybody knew its id.
    /// </summary>
    private static RejectCode CheckLevel(VenueState state, in OrderTerms terms) =>
        state.Book(terms.Instrument).CanRest((Primitives.Units.Side)terms.Side, new PriceTicks(terms.Price)) == BookResult.Ok
            ? default
            : RejectCode.CapacityExhausted;

    /// <summary>Step 15.</summary>
    public static RejectCode CheckClientOrderId(VenueState state, uint session, ulong clientOrderId, out long bound)
    {
        var last = state.Sessions.Read(session).LastClientOrderId;
        bound = clientOrderId <= last ? (long)last : 0;
        return clientOrderId <= last ? RejectCode.ClientOrderIdNotIncreasing : default;
    }

    /// <summary>Steps 4 to 6: whether the instrument takes new orders and replacements now.</summary>
    /// <param name="instrument">One that exists.</param>
    /// <param name="canGather">The order can wait with others for an auction.</param>
    /// <param name="bound">The state, where it is the state that refuses.</param>
    public static RejectCode CheckState(in InstrumentRecord instrument, bool canGather, out long bound)
    {
        bound = 0;
        if (instrument.State != InstrumentState.Open)
        {
            var code = MarketChecks.CheckState(instrument, canGather, out bound);
            if (code != default)
            {
                return code;
            }
        }

        return instrument.Busy != 0 ? RejectCode.InstrumentBusy : default;
    }

    /// <summary>Step 9.</summary>
    public static RejectCode CheckPrice(
        VenueState state, uint id, in InstrumentRecord instrument, long price, out long bound)
    {
        bound = price < 1 ? 1 : PriceMax;
        if (price is < 1 or > PriceMax)
        {
            return RejectCode.BadPrice;
        }

        bound = 0;
        return (instrument.Rules & RuleFlags.Increments) != 0
            ? MarketChecks.CheckIncrement(state, id, price, out bound)
            : default;
    }

    /// <summary>Step 10, at a price that is in its range.</summary>
    public static RejectCode CheckQuantity(
        VenueState state, uint id, in InstrumentRecord instrument, long price, long quantity, out long bound)
    {
        if (quantity is < 1 or > QuantityMax)
        {
            bound = quantity < 1 ? 1 : QuantityMax;
            return RejectCode.BadQuantity;
        }

        var perLot = (Int128)price * instrument.AtomsPerTick;
        if (perLot * quantity > NotionalMax)
        {
            bound = (long)(NotionalMax / perLot);
            return RejectCode.BadQuantity;
        }

        bound = 0;
        return (instrument.Rules & (RuleFlags.LotSize | RuleFlags.OrderLots)) != 0
            ? MarketChecks.CheckLots(state, id, quantity, out bound)
            : default;
    }

    /// <summary>Step 13.</summary>
    public static RejectCode CheckTime(VenueState state, in OrderTerms terms, out long bound)
    {
        bound = 0;
        if (terms.TimeInForce != TimeInForce.GoodTillDate)
        {
            return terms.ExpireTime == 0 ? default : RejectCode.BadExpireTime;
        }

        bound = (long)state.TimeNanos;
        return terms.ExpireTime > state.TimeNanos ? default : RejectCode.BadExpireTime;
    }

    private static RejectCode CheckOwner(VenueState state, uint session, in OrderTerms terms)
    {
        if (!state.Accounts.IsOpen(terms.Account))
        {
            return RejectCode.UnknownAccount;
        }

        if (state.Sessions.Read(session).Account != terms.Account)
        {
            return RejectCode.AccountNotOfSession;
        }

        if (!state.Instruments.Exists(terms.Instrument))
        {
            return RejectCode.UnknownInstrument;
        }

        return state.Kills.RefusalOf(terms.Account);
    }

    /// <summary>Steps 4 to 14.</summary>
    private static RejectCode CheckTerms(VenueState state, ref OrderTerms terms, out long bound)
    {
        ref readonly var instrument = ref state.Instruments.Read(terms.Instrument);
        var code = CheckState(instrument, terms.CanGather, out bound);
        if (code == default)
        {
            code = terms.IsPlain
                ? CheckPlainTerms(state, instrument, terms, out bound)
                : SpecialTerms.Check(state, instrument, ref terms, out bound);
        }

        return code == default && (instrument.Rules & RuleFlags.StaticBand) != 0 && terms.Price != 0
            ? MarketChecks.CheckStaticBand(state, terms.Instrument, terms.BookSide, terms.Price, out bound)
            : code;
    }

    /// <summary>Steps 7 to 13 of a plain limit order.</summary>
    private static RejectCode CheckPlainTerms(
        VenueState state, in InstrumentRecord instrument, in OrderTerms terms, out long bound)
    {
        if (terms.Side is not (Side.Buy or Side.Sell))
        {
            bound = 0;
            return RejectCode.BadSide;
        }

        var code = CheckPrice(state, terms.Instrument, instrument, terms.Price, out bound);
        code = code != default
            ? code
            : CheckQuantity(state, terms.Instrument, instrument, terms.Price, terms.Quantity, out bound);
        return code != default ? code : CheckTime(state, terms, out bound);
    }

    /// <summary>Step 16.</summary>
    public static RejectCode CheckRoom(VenueState state, uint session, in OrderTerms terms, out long bound)
    {
        ref readonly var owner = ref state.Sessions.Read(session);
        if (!state.Orders.HasRoom)
        {
            bound = state.Orders.Slab.Capacity;
            return RejectCode.TooManyOrders;
        }

        if (terms.NeedsExtra && !state.Orders.Extras.HasRoom)
        {
            bound = state.Orders.Extras.Capacity;
            return RejectCode.TooManyOrders;
        }

        bound = state.Limits.OrdersPerSession;
        if (owner.OrderCount >= (uint)state.Limits.OrdersPerSession)
        {
            return RejectCode.TooManyOrders;
        }

        bound = 0;
        return (state.Instruments.Read(terms.Instrument).Rules & RuleFlags.AccountOrders) != 0
            ? MarketChecks.CheckAccountOrders(state, terms.Account, terms.Instrument, out bound)
            : default;
    }

    /// <summary>Step 19 of a plain limit order.</summary>
    private static RejectCode CheckBook(VenueState state, in OrderTerms terms) =>
        (terms.ExecutionFlags & ExecutionFlags.PostOnly) != 0 &&
        state.Instruments.Read(terms.Instrument).State == InstrumentState.Open &&
        state.Book(terms.Instrument).BestMaker(terms.BookSide, new PriceTicks(terms.Price)) != 0
            ? RejectCode.WouldTrade
            : default;
}
