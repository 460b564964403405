using HftDelta.Engine.Instruments;
using HftDelta.Engine.Markets;
using HftDelta.Engine.Triggers;
using HftDelta.Wire;

namespace HftDelta.Engine.Orders;

/// <summary>
/// The checks of orders that are more than a plain limit order, as <see cref="NewOrderChecks"/> says. Reads state and changes
/// nothing but the terms' price and ending.
/// </summary>
internal static class SpecialTerms
{
    private const ExecutionFlags KnownFlags =
        ExecutionFlags.PostOnly | ExecutionFlags.ReduceOnly | ExecutionFlags.Reprice | ExecutionFlags.AllOrNone |
        ExecutionFlags.MarketMakerProtection;

    /// <summary>Steps 7 to 13.</summary>
    public static RejectCode Check(VenueState state, in InstrumentRecord instrument, ref OrderTerms terms, out long bound)
    {
        bound = 0;
        var code = CheckValues(instrument, terms);
        code = code != default ? code : TermCombinations.Check(terms);
        if (code == default && (terms.ExecutionFlags & ExecutionFlags.MarketMakerProtection) != 0)
        {
            code = state.Protections.CheckFrozen(terms.Account, instrument.Underlying, state.TimeNanos, out bound);
        }

        code = code != default ? code : SetPrice(state, instrument, ref terms, out bound);
        code = code != default ? code : NewOrderChecks.CheckQuantity(
            state, terms.Instrument, instrument, terms.Price, terms.Quantity, out bound);
        code = code != default ? code : CheckParts(state, terms, out bound);
        code = code != default ? code : TriggerTerms.Check(state, terms);
        return code != default ? code : NewOrderChecks.CheckTime(state, terms, out bound);
    }

    /// <summary>Steps 17 to 20.</summary>
    public static RejectCode CheckBook(VenueState state, ref OrderTerms terms, out long bound)
    {
        if (terms.OrderType >= OrderType.Stop)
        {
            return TriggerTerms.CheckNow(state, ref terms, out bound);
        }

        bound = 0;
        if ((terms.ExecutionFlags & ExecutionFlags.PostOnly) != 0)
        {
            return PostOnly.Check(
                state, terms.Instrument, terms.BookSide, terms.ExecutionFlags, terms.Quantity, ref terms.Price);
        }

        return terms.NeededAtOnce == 0 || terms.EndsWith != default
            ? default
            : AllAtOnce.Check(state, ref terms, state.Limits.AllAtOnceMakersMax, out bound);
    }

    /// <summary>Step 7.</summary>
    public static RejectCode CheckValues(in InstrumentRecord instrument, in OrderTerms terms)
    {
        if (terms.Side is not (Side.Buy or Side.Sell))
        {
            return RejectCode.BadSide;
        }

        if (terms.OrderType is < OrderType.Limit or > OrderType.Pegged ||
            (terms.OrderType == OrderType.Pegged && instrument.IsModelled) ||
            (terms.OrderType > OrderType.Market && instrument.Kind == InstrumentKind.Strategy))
        {
            return RejectCode.BadOrderType;
        }

        if (terms.TimeInForce > TimeInForce.FillOrKill)
        {
            return RejectCode.BadTimeInForce;
        }

        if ((terms.ExecutionFlags & ~KnownFlags) != 0)
        {
            return RejectCode.UnknownFlags;
        }

        if ((terms.ExecutionFlags & ExecutionFlags.AllOrNone) != 0)
        {
            return RejectCode.AllOrNoneNotOffered;
        }

        return terms.SelfTradePrevention <= SelfTradePrevention.Decrement ? default : RejectCode.BadSelfTradePrevention;
    }

    /// <summary>Step 9: the price up to which the order takes and is margined.</summary>
    private static RejectCode SetPrice(
        VenueState state, in InstrumentRecord instrument, ref OrderTerms terms, out long bound)
    {
        if (terms.OrderType != OrderType.MarketToLimit)
        {
            if (terms.OrderType == OrderType.Market && terms.Price == 0 &&
                MarketChecks.TryGetProtectionPrice(state, terms.Instrument, terms.BookSide, out terms.Price))
            {
                bound = 0;
                return default;
            }

            return NewOrderChecks.CheckPrice(state, terms.Instrument, instrument, terms.Price, out bound);
        }

        var protection = terms.Price;
        bound = 0;
        if (protection != 0 &&
            NewOrderChecks.CheckPrice(state, terms.Instrument, instrument, protection, out bound) is var code && code != default)
        {
            return code;
        }

        var opposite = terms.BookSide == Primitives.Units.Side.Buy ? Primitives.Units.Side.Sell : Primitives.Units.Side.Buy;
        if (state.Book(terms.Instrument).TryGetBest(opposite, out var best) &&
            (protection == 0 || IsWithin(best.Value, protection, terms.BookSide)))
        {
            terms.Price = best.Value;
            return default;
        }

        // Without a price of its own and without one to take there is nothing to margin it at.
        terms.EndsWith = CancelReason.NoOpposite;
        return NewOrderChecks.CheckPrice(state, terms.Instrument, instrument, protection, out bound);
    }

    /// <summary>Step 11.</summary>
    public static RejectCode CheckParts(VenueState state, in OrderTerms terms, out long bound)
    {
        if (!IsPart(state, terms, terms.MinimumQuantity, out bound))
        {
            return RejectCode.BadMinimumQuantity;
        }

        return IsPart(state, terms, terms.DisplayQuantity, out bound) ? default : RejectCode.BadDisplayQuantity;
    }

    /// <summary>From 0 to the quantity, and a multiple of the lot size.</summary>
    private static bool IsPart(VenueState state, in OrderTerms terms, long part, out long bound)
    {
        bound = 0;
        if (part >= 0 && part <= terms.Quantity && part % MarketChecks.LotSize(state, terms.Instrument) == 0)
        {
            return true;
        }

        bound = part < 0 ? 0 : terms.Quantity;
        return false;
    }

    private static bool IsWithin(long price, long limit, Primitives.Units.Side side) =>
        side == Primitives.Units.Side.Buy ? price <= limit : price >= limit;
}
