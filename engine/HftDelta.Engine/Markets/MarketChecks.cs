using HftDelta.Engine.Accounts;
using HftDelta.Engine.Instruments;
using HftDelta.Engine.Orders;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Engine.Markets;

/// <summary>
/// What an instrument's rules and its market state ask of an order (docs/matching-rules.md, section 2). Reads state, changes
/// nothing. Callers ask for rules only when <see cref="InstrumentRecord.Rules"/> is not zero.
/// </summary>
internal static class MarketChecks
{
    /// <summary>The mark in price ticks, rounded down.</summary>
    public static long MarkTicks(in InstrumentRecord instrument)
    {
        var tick = (Int128)instrument.AtomsPerTick << Scale.SubAtomBits;
        var ticks = instrument.Mark / tick;
        return (long)(ticks * tick > instrument.Mark ? ticks - 1 : ticks);
    }

    /// <summary>Whether the market state takes an order that can rest, or one that can only take.</summary>
    /// <param name="instrument">One that exists.</param>
    /// <param name="canGather">The order may wait for an auction with others.</param>
    /// <param name="limit">The state, where it does not.</param>
    public static RejectCode CheckState(in InstrumentRecord instrument, bool canGather, out long limit)
    {
        limit = 0;
        if (!instrument.IsLive)
        {
            return RejectCode.InstrumentNotOpen;
        }

        if (instrument.State == InstrumentState.Open || (canGather && instrument.IsCall))
        {
            return default;
        }

        limit = (long)instrument.State;
        return RejectCode.NotInThisState;
    }

    /// <summary>A price of 1 or more is a multiple of its increment.</summary>
    public static RejectCode CheckIncrement(VenueState state, uint instrument, long price, out long limit)
    {
        limit = 0;
        ref readonly var rules = ref state.Markets.Rules.Read(instrument);
        if (PriceIncrements.Allow(rules, price))
        {
            return default;
        }

        limit = PriceIncrements.At(rules, price);
        return RejectCode.PriceOffTick;
    }

    /// <summary>Lot size and largest order.</summary>
    public static RejectCode CheckLots(VenueState state, uint instrument, long lots, out long limit)
    {
        ref readonly var rules = ref state.Markets.Rules.Read(instrument);
        if (rules.LotSize > 1 && lots % rules.LotSize != 0)
        {
            limit = rules.LotSize;
            return RejectCode.QuantityOffLot;
        }

        if (rules.OrderLotsMax != 0 && lots > rules.OrderLotsMax)
        {
            limit = rules.OrderLotsMax;
            return RejectCode.OrderTooLarge;
        }

        limit = 0;
        return default;
    }

    /// <summary>The quantities that an instrument trades are multiples of this.</summary>
    public static long LotSize(VenueState state, uint instrument)
    {
        var lots = state.Markets.Rules.Read(instrument).LotSize;
        return lots > 1 ? lots : 1;
    }

    /// <summary>A limit or protection price does not go beyond the static band on the side where it takes.</summary>
    public static RejectCode CheckStaticBand(VenueState state, uint instrument, Side side, long price, out long limit)
    {
        limit = 0;
        if (!TryGetStaticBand(state, instrument, out var band) || (side == Side.Buy ? price <= band.High : price >= band.Low))
        {
            return default;
        }

        limit = side == Side.Buy ? band.High : band.Low;
        return RejectCode.OutsidePriceBand;
    }

    /// <summary>How far an order without a price may take: the edge of the static band, where there is one.</summary>
    public static bool TryGetProtectionPrice(VenueState state, uint instrument, Side side, out long price)
    {
        price = 0;
        if (!TryGetStaticBand(state, instrument, out var band))
        {
            return false;
        }

        var edge = side == Side.Buy ? band.High : band.Low;
        price = edge < 1 ? 1 : edge > NewOrderChecks.PriceMax ? NewOrderChecks.PriceMax : edge;
        return true;
    }

    /// <summary>Room for one more order of the account in the instrument.</summary>
    public static RejectCode CheckAccountOrders(VenueState state, uint account, uint instrument, out long limit)
    {
        limit = 0;
        var most = state.Markets.Rules.Read(instrument).AccountOrdersMax;
        var position = state.Positions.Find(account, instrument);
        if (most == 0 || position == 0 || state.Positions.Read(position).OpenOrders < most)
        {
            return default;
        }

        limit = most;
        return RejectCode.TooManyOrders;
    }

    /// <summary>
    /// Position with all open buys, and less all open sells, stays within the limit; a sum that comes nearer to zero, or
    /// stays, is let pass.
    /// </summary>
    public static RejectCode CheckPosition(
        VenueState state, uint instrument, in PositionRecord before, in PositionRecord after, out long limit)
    {
        limit = state.Markets.Rules.Read(instrument).PositionLotsMax;
        if (limit == 0 ||
            (IsWithin(before.Quantity + before.OpenBuyLots, after.Quantity + after.OpenBuyLots, limit) &&
            IsWithin(before.Quantity - before.OpenSellLots, after.Quantity - after.OpenSellLots, limit)))
        {
            limit = 0;
            return default;
        }

        return RejectCode.PositionLimit;
    }

    /// <summary>Where trades of a sweep may be at present; everywhere without the rule.</summary>
    public static PriceBand DynamicBand(VenueState state, uint instrument)
    {
        ref readonly var rules = ref state.Markets.Rules.Read(instrument);
        return rules.DynamicBandPpm == 0
            ? PriceBand.Everything
            : PriceBand.Around(BandMiddle(state, instrument), rules.DynamicBandPpm, rules.BandMinimumTicks);
    }

    /// <summary>The last trade of this phase, as it was before the sweep that is under way; before the first the mark.</summary>
    public static long BandMiddle(VenueState state, uint instrument)
    {
        var middle = state.Markets.Records.Read(instrument).BandMiddle;
        return middle != 0 ? middle : MarkTicks(state.Instruments.Read(instrument));
    }

    private static bool TryGetStaticBand(VenueState state, uint instrument, out PriceBand band)
    {
        ref readonly var rules = ref state.Markets.Rules.Read(instrument);
        band = rules.StaticBandPpm == 0
            ? PriceBand.Everything
            : PriceBand.Around(
                MarkTicks(state.Instruments.Read(instrument)), rules.StaticBandPpm, rules.BandMinimumTicks);
        return rules.StaticBandPpm != 0;
    }

    private static bool IsWithin(long before, long after, long most)
    {
        var size = after < 0 ? -after : after;
        return size <= most || size <= (before < 0 ? -before : before);
    }
}
