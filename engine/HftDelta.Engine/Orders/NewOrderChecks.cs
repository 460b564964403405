using HftDelta.Engine.Instruments;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Engine.Orders;

/// <summary>What a new order must satisfy before risk is asked. Reads state, changes nothing.</summary>
internal static class NewOrderChecks
{
    /// <summary>Prices are from 1 to this, in ticks.</summary>
    public const long PriceMax = 1L << 40;

    /// <summary>Quantities of one order are from 1 to this, in lots.</summary>
    public const long QuantityMax = 1L << 32;

    /// <summary>Price x quantity of one order is at most this, in atoms: 7.2e10 USD.</summary>
    public const long NotionalMax = 1L << 56;

    private const ExecutionFlags KnownFlags = ExecutionFlags.PostOnly | ExecutionFlags.ReduceOnly;

    /// <param name="state">The venue.</param>
    /// <param name="session">An open session.</param>
    /// <param name="message">A validated frame.</param>
    /// <param name="limit">The bound that was broken, for the report.</param>
    /// <returns>The first rule that is broken, or none.</returns>
    public static RejectCode Check(VenueState state, uint session, in NewOrderSingleDecoder message, out long limit)
    {
        limit = 0;
        ref readonly var owner = ref state.Sessions.Read(session);
        if (!state.Accounts.IsOpen(message.AccountId))
        {
            return RejectCode.UnknownAccount;
        }

        if (owner.Account != message.AccountId)
        {
            return RejectCode.AccountNotOfSession;
        }

        if (!state.Instruments.Exists(message.InstrumentId))
        {
            return RejectCode.UnknownInstrument;
        }

        ref readonly var instrument = ref state.Instruments.Read(message.InstrumentId);
        var code = CheckTerms(instrument, message.Price, message.Quantity, out limit);
        code = code != default ? code : CheckEnumerations(message);
        code = code != default ? code : CheckTime(state, message, out limit);
        if (code != default)
        {
            return code;
        }

        if (message.ClientOrderId <= owner.LastClientOrderId)
        {
            limit = (long)owner.LastClientOrderId;
            return RejectCode.ClientOrderIdNotIncreasing;
        }

        if (!state.Orders.HasRoom)
        {
            limit = state.Orders.Slab.Capacity;
            return RejectCode.TooManyOrders;
        }

        if (owner.OrderCount >= (uint)state.Limits.OrdersPerSession)
        {
            limit = state.Limits.OrdersPerSession;
            return RejectCode.TooManyOrders;
        }

        var side = (Primitives.Units.Side)message.Side;
        var price = new PriceTicks(message.Price);
        var crosses = state.Book(message.InstrumentId).BestMaker(side, price) != 0;
        return crosses && (message.ExecutionFlags & ExecutionFlags.PostOnly) != 0 ? RejectCode.WouldTrade : default;
    }

    /// <summary>State of the instrument, price and quantity.</summary>
    public static RejectCode CheckTerms(in InstrumentRecord instrument, long price, long quantity, out long limit)
    {
        limit = 0;
        if (instrument.State != InstrumentState.Open)
        {
            return RejectCode.InstrumentNotOpen;
        }

        if (instrument.Busy != 0)
        {
            return RejectCode.InstrumentBusy;
        }

        if (price is < 1 or > PriceMax)
        {
            limit = price < 1 ? 1 : PriceMax;
            return RejectCode.BadPrice;
        }

        if (quantity is < 1 or > QuantityMax)
        {
            limit = quantity < 1 ? 1 : QuantityMax;
            return RejectCode.BadQuantity;
        }

        var perLot = (Int128)price * instrument.AtomsPerTick;
        if (perLot * quantity <= NotionalMax)
        {
            return default;
        }

        limit = (long)(NotionalMax / perLot);
        return RejectCode.BadQuantity;
    }

    private static RejectCode CheckEnumerations(in NewOrderSingleDecoder message)
    {
        if (message.Side is not (Side.Buy or Side.Sell))
        {
            return RejectCode.BadSide;
        }

        if (message.OrderType != OrderType.Limit)
        {
            return RejectCode.BadOrderType;
        }

        if (message.TimeInForce is not
            (TimeInForce.GoodTillCancel or TimeInForce.ImmediateOrCancel or TimeInForce.GoodTillDate))
        {
            return RejectCode.BadTimeInForce;
        }

        if ((message.ExecutionFlags & ~KnownFlags) != 0)
        {
            return RejectCode.UnknownFlags;
        }

        return message.SelfTradePrevention == SelfTradePrevention.Off ? default : RejectCode.BadSelfTradePrevention;
    }

    private static RejectCode CheckTime(VenueState state, in NewOrderSingleDecoder message, out long limit)
    {
        limit = 0;
        if (message.TimeInForce != TimeInForce.GoodTillDate)
        {
            return message.ExpireTime == 0 ? default : RejectCode.BadExpireTime;
        }

        limit = (long)state.TimeNanos;
        return message.ExpireTime > state.TimeNanos ? default : RejectCode.BadExpireTime;
    }
}
