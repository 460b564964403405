using HftDelta.Wire;

namespace HftDelta.Simulation.Engines;

/// <summary>Section 2: what a new order must satisfy, in the order of its table.</summary>
public sealed partial class ModelVenue
{
    private const long PriceMax = 1L << 40;
    private const long QuantityMax = 1L << 32;
    private const long NotionalMax = 1L << 56;
    private const int ConditionalMax = 256;

    private const ExecutionFlags KnownFlags = ExecutionFlags.PostOnly | ExecutionFlags.ReduceOnly |
        ExecutionFlags.Reprice | ExecutionFlags.AllOrNone | ExecutionFlags.MarketMakerProtection;

    /// <summary>A broken rule with its bound; code 0 is none.</summary>
    private readonly record struct Broken(RejectCode Code, long Bound = 0)
    {
        public bool Is => Code != default;
    }

    private Broken CheckNew(NewOrder terms)
    {
        var broken = CheckAccess(terms.Session, terms.Account, terms.Instrument);
        if (broken.Is)
        {
            return broken;
        }

        var instrument = _instruments[terms.Instrument];
        broken = CheckState(instrument, terms);
        broken = broken.Is ? broken : CheckValues(instrument, terms);
        broken = broken.Is ? broken : CheckCombination(instrument, terms);
        broken = broken.Is || (terms.Flags & ExecutionFlags.MarketMakerProtection) == 0
            ? broken
            : CheckProtection(_accounts[terms.Account], instrument.Underlying.Id);
        broken = broken.Is ? broken : CheckPrice(instrument, terms);
        broken = broken.Is ? broken : CheckQuantity(instrument, EffectivePrice(instrument, terms), terms.Quantity);
        broken = broken.Is ? broken : CheckParts(instrument, terms);
        broken = broken.Is ? broken : CheckTriggerTerms(instrument, terms);
        broken = broken.Is ? broken : CheckExpireTime(terms);
        broken = broken.Is ? broken : CheckStaticBand(instrument, terms.Side, EffectivePrice(instrument, terms));
        broken = broken.Is ? broken : CheckClientOrderId(terms.Session, terms.ClientOrderId);
        broken = broken.Is ? broken : CheckRoom(terms);
        broken = broken.Is ? broken : CheckTriggerReached(instrument, terms);
        broken = broken.Is ? broken : CheckConditional(instrument, terms);
        broken = broken.Is || terms.OrderType == OrderType.Pegged
            ? broken
            : CheckPostOnly(instrument, terms);
        broken = broken.Is ? broken : CheckMakers(instrument, terms);
        return broken.Is ? broken : CheckExposure(
            _accounts[terms.Account], instrument, null, terms.Side, MarginPrice(instrument, terms), terms.Quantity,
            (terms.Flags & ExecutionFlags.ReduceOnly) != 0);
    }

    private Broken CheckAccess(uint session, uint account, uint instrument)
    {
        if (!_accounts.TryGetValue(account, out var owner))
        {
            return new Broken(RejectCode.UnknownAccount);
        }

        if (_sessions[session].Account != account)
        {
            return new Broken(RejectCode.AccountNotOfSession);
        }

        if (!_instruments.ContainsKey(instrument))
        {
            return new Broken(RejectCode.UnknownInstrument);
        }

        return new Broken(_isVenueKilled || owner.IsKilled ? RejectCode.KillSwitch : default);
    }

    private static Broken CheckState(ModelInstrument instrument, NewOrder? terms)
    {
        var takesOnly = terms is not null && (terms.OrderType is OrderType.Market or OrderType.MarketToLimit ||
            terms.TimeInForce is TimeInForce.ImmediateOrCancel or TimeInForce.FillOrKill || terms.MinimumQuantity != 0);
        var isTaken = instrument.State == InstrumentState.Open || (instrument.IsCall && !takesOnly);
        return isTaken ? CheckLegStates(instrument) : new Broken(RejectCode.NotInThisState, (long)instrument.State);
    }

    private static Broken CheckValues(ModelInstrument instrument, NewOrder terms)
    {
        if (terms.Side is not (Side.Buy or Side.Sell))
        {
            return new Broken(RejectCode.BadSide);
        }

        if (terms.OrderType is < OrderType.Limit or > OrderType.Pegged ||
            (instrument.IsStrategy && terms.OrderType is not (OrderType.Limit or OrderType.Market)))
        {
            return new Broken(RejectCode.BadOrderType);
        }

        if (terms.TimeInForce > TimeInForce.FillOrKill)
        {
            return new Broken(RejectCode.BadTimeInForce);
        }

        if ((terms.Flags & ~KnownFlags) != 0)
        {
            return new Broken(RejectCode.UnknownFlags);
        }

        if ((terms.Flags & ExecutionFlags.AllOrNone) != 0)
        {
            return new Broken(RejectCode.AllOrNoneNotOffered);
        }

        return new Broken(
            terms.SelfTradePrevention > SelfTradePrevention.Decrement ? RejectCode.BadSelfTradePrevention : default);
    }

    private static Broken CheckCombination(ModelInstrument instrument, NewOrder terms)
    {
        var isImmediate = terms.TimeInForce is TimeInForce.ImmediateOrCancel or TimeInForce.FillOrKill;
        var isStop = terms.OrderType is OrderType.Stop or OrderType.StopLimit or OrderType.TrailingStop;
        var takes = terms.OrderType is OrderType.Market or OrderType.MarketToLimit or OrderType.Stop or
            OrderType.TrailingStop;
        var isPostOnly = (terms.Flags & ExecutionFlags.PostOnly) != 0;
        var restsNever = terms.OrderType is OrderType.Market or OrderType.Stop or OrderType.TrailingStop || isImmediate;
        ReadOnlySpan<bool> bad =
        [
            isPostOnly && (isImmediate || terms.MinimumQuantity != 0 || takes || terms.OrderType == OrderType.StopLimit),
            (terms.Flags & ExecutionFlags.Reprice) != 0 && !isPostOnly,
            terms.OrderType == OrderType.Market && !isImmediate,
            terms.OrderType == OrderType.MarketToLimit && terms.TimeInForce == TimeInForce.FillOrKill,
            terms.DisplayQuantity != 0 && restsNever,
            terms.MinimumQuantity != 0 && (terms.TimeInForce == TimeInForce.FillOrKill ||
                terms.OrderType is OrderType.MarketToLimit or OrderType.Pegged || isStop),
            (isStop || terms.OrderType == OrderType.Pegged) && isImmediate,
            terms.PegOffset != 0 && terms.OrderType != OrderType.Pegged,
            (terms.Flags & ExecutionFlags.MarketMakerProtection) != 0 &&
                (terms.OrderType != OrderType.Limit || isImmediate),
            instrument.IsStrategy && (terms.DisplayQuantity != 0 || (terms.Flags & NotForStrategies) != 0),
        ];
        return new Broken(bad.Contains(true) ? RejectCode.BadFlagCombination : default);
    }

    private static Broken CheckPrice(ModelInstrument instrument, NewOrder terms)
    {
        if (!instrument.IsStrategy && terms.Price == 0 && terms.OrderType is OrderType.Market or OrderType.MarketToLimit)
        {
            // The band's edge, or the best opposite price: where there is none there is no price.
            return EffectivePrice(instrument, terms) == 0 ? new Broken(RejectCode.BadPrice, 1) : default;
        }

        return CheckPrice(instrument, terms.Price);
    }

    private static Broken CheckPrice(ModelInstrument instrument, long price)
    {
        var least = instrument.IsStrategy ? -PriceMax : 1;
        if (price < least || price > PriceMax)
        {
            return new Broken(RejectCode.BadPrice, price < least ? least : PriceMax);
        }

        var increment = IncrementAt(instrument, price);
        return price % increment == 0 ? default : new Broken(RejectCode.PriceOffTick, increment);
    }

    private static Broken CheckQuantity(ModelInstrument instrument, long price, long quantity)
    {
        if (quantity is < 1 or > QuantityMax)
        {
            return new Broken(RejectCode.BadQuantity, quantity < 1 ? 1 : QuantityMax);
        }

        var perLot = instrument.IsStrategy
            ? StrategyNotional(instrument, price)
            : (Int128)price * instrument.AtomsPerTick;
        if (perLot * quantity > NotionalMax)
        {
            return new Broken(RejectCode.BadQuantity, (long)(NotionalMax / perLot));
        }

        if (quantity % LotSize(instrument) != 0)
        {
            return new Broken(RejectCode.QuantityOffLot, LotSize(instrument));
        }

        var most = instrument.Rules.OrderLotsMax;
        return most != 0 && quantity > most ? new Broken(RejectCode.OrderTooLarge, most) : default;
    }

    private static Broken CheckParts(ModelInstrument instrument, NewOrder terms)
    {
        if (IsNoPart(instrument, terms.MinimumQuantity, terms.Quantity))
        {
            return new Broken(RejectCode.BadMinimumQuantity, terms.MinimumQuantity < 0 ? 0 : terms.Quantity);
        }

        return IsNoPart(instrument, terms.DisplayQuantity, terms.Quantity)
            ? new Broken(RejectCode.BadDisplayQuantity, terms.DisplayQuantity < 0 ? 0 : terms.Quantity)
            : default;
    }

    private static bool IsNoPart(ModelInstrument instrument, long part, long whole) =>
        part < 0 || part > whole || part % LotSize(instrument) != 0;

    private Broken CheckExpireTime(NewOrder terms)
    {
        if (terms.TimeInForce != TimeInForce.GoodTillDate)
        {
            return new Broken(terms.ExpireTime == 0 ? default : RejectCode.BadExpireTime);
        }

        return AbsoluteTime(terms.ExpireTime) > _time ? default : new Broken(RejectCode.BadExpireTime, (long)_time);
    }

    private static ulong AbsoluteTime(ulong expireTime) => expireTime == 0 ? 0 : VenueWorld.StartNanos + expireTime;

    private static Broken CheckStaticBand(ModelInstrument instrument, Side side, long price)
    {
        if (StaticBand(instrument) is not { } band)
        {
            return default;
        }

        var isOutside = price != 0 && (side == Side.Buy ? price > band.High : price < band.Low);
        return isOutside ? new Broken(RejectCode.OutsidePriceBand, side == Side.Buy ? band.High : band.Low) : default;
    }

    private Broken CheckClientOrderId(uint session, ulong clientOrderId)
    {
        var last = _sessions[session].LastClientOrderId;
        return clientOrderId > last ? default : new Broken(RejectCode.ClientOrderIdNotIncreasing, (long)last);
    }

    private static bool IsExtended(NewOrder terms) =>
        terms.DisplayQuantity != 0 || terms.OrderType is >= OrderType.Stop and <= OrderType.Pegged
        || terms.TimeInForce == TimeInForce.GoodTillDate;

    private Broken CheckRoom(NewOrder terms)
    {
        if (_orders.Count >= _world.OrdersMax)
        {
            return new Broken(RejectCode.TooManyOrders, _world.OrdersMax);
        }

        if (IsExtended(terms) && _orders.Values.Count(order => order.IsExtended) >= _world.ExtendedOrdersMax)
        {
            return new Broken(RejectCode.TooManyOrders, _world.ExtendedOrdersMax);
        }

        if (_sessions[terms.Session].Orders.Count >= _world.OrdersPerSessionMax)
        {
            return new Broken(RejectCode.TooManyOrders, _world.OrdersPerSessionMax);
        }

        foreach (var instrument in Legs(_instruments[terms.Instrument]).Select(leg => leg.Instrument))
        {
            var most = instrument.Rules.AccountOrdersMax;
            if (most != 0 && OrdersOf(terms.Account, instrument.Id).Count >= most)
            {
                return new Broken(RejectCode.TooManyOrders, most);
            }
        }

        return default;
    }

    /// <param name="instrument">Of the order.</param>
    /// <param name="terms">Side, price, quantity and flags are looked at.</param>
    private Broken CheckPostOnly(ModelInstrument instrument, NewOrder terms)
    {
        if ((terms.Flags & ExecutionFlags.PostOnly) == 0 || instrument.IsCall)
        {
            return default;
        }

        if (!Crosses(instrument, terms.Side, terms.Price))
        {
            var crossesLegs = ImpliedFor(instrument, terms.Side, 0, SelfTradePrevention.Off) is { } implied &&
                IsWithin(terms.Side, implied.Price, terms.Price);
            return new Broken(crossesLegs ? RejectCode.WouldTrade : default);
        }

        var behind = BehindOpposite(instrument, terms.Side);
        var isThere = (terms.Flags & ExecutionFlags.Reprice) != 0 && behind is >= 1 and <= PriceMax &&
            !CheckQuantity(instrument, behind, terms.Quantity).Is;
        return new Broken(isThere ? default : RejectCode.WouldTrade);
    }

    /// <summary>Where the order would stand or take if it is accepted; 0 is nowhere.</summary>
    private static long EffectivePrice(ModelInstrument instrument, NewOrder terms)
    {
        if (terms.OrderType == OrderType.Market && terms.Price == 0 && !instrument.IsStrategy)
        {
            return StaticBand(instrument) is { } band
                ? Math.Clamp(terms.Side == Side.Buy ? band.High : band.Low, 1, PriceMax)
                : 0;
        }

        return IsNobodyOpposite(instrument, terms) || terms.OrderType != OrderType.MarketToLimit
            ? terms.Price
            : instrument.Book.Best(Opposite(terms.Side))!.Value;
    }

    /// <summary>Nobody stands opposite within the protection price of an order at market.</summary>
    private static bool IsNobodyOpposite(ModelInstrument instrument, NewOrder terms) => terms.Price == 0
        ? instrument.Book.First(Opposite(terms.Side)) is null
        : !Crosses(instrument, terms.Side, terms.Price);

    private static Side Opposite(Side side) => side == Side.Buy ? Side.Sell : Side.Buy;

    private static bool Crosses(ModelInstrument instrument, Side side, long price) =>
        instrument.Book.Best(Opposite(side)) is { } best && (side == Side.Buy ? best <= price : best >= price);

    private static long LotSize(ModelInstrument instrument) => Math.Max(instrument.Rules.LotSize, 1);
}
