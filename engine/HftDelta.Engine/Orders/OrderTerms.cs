using HftDelta.Wire;

namespace HftDelta.Engine.Orders;

/// <summary>
/// What a new order asks for, whichever message brought it: checks and acceptance read this and no frame. The checks fill in
/// the price of an order that names none. Owner: the engine agent, on the stack of one command.
/// </summary>
internal struct OrderTerms
{
    public ulong ClientOrderId;

    /// <summary>As asked for; from the checks on the price that the order has, up to which it takes and is margined.</summary>
    public long Price;
    public long Quantity;
    public ulong ExpireTime;
    public uint Account;
    public uint Instrument;
    public Side Side;
    public OrderType OrderType;
    public TimeInForce TimeInForce;
    public ExecutionFlags ExecutionFlags;
    public SelfTradePrevention SelfTradePrevention;
    public TriggerSource TriggerSource;
    public TrailingUnit TrailingUnit;

    /// <summary>A limit order as version 0 had it: none of the rules for other terms apply.</summary>
    public bool IsPlain;

    /// <summary>A side of a mass quote.</summary>
    public bool IsQuote;

    public long MinimumQuantity;
    public long DisplayQuantity;
    public long TriggerPrice;
    public long TrailingAmount;
    public long PegOffset;

    /// <summary>Set by the checks of a pegged order: where the oracle puts it, and where it stands in the book.</summary>
    public long PegTarget;
    public long PegPrice;

    /// <summary>Set by the checks: the order is accepted and ends at once with this; none for any other order.</summary>
    public CancelReason EndsWith;

    /// <summary>The same side for the book; the checks have passed.</summary>
    public readonly Primitives.Units.Side BookSide => (Primitives.Units.Side)Side;

    /// <summary>It can wait with others for an auction: nothing about it asks to trade at once.</summary>
    public readonly bool CanGather =>
        OrderType is not (OrderType.Market or OrderType.MarketToLimit) &&
        TimeInForce is not (TimeInForce.ImmediateOrCancel or TimeInForce.FillOrKill) && MinimumQuantity == 0;

    public readonly bool IsStop => OrderType is OrderType.Stop or OrderType.StopLimit or OrderType.TrailingStop;

    public readonly bool NeedsExtra =>
        TimeInForce == TimeInForce.GoodTillDate || (!IsPlain && (DisplayQuantity != 0 || OrderType >= OrderType.Stop));

    /// <summary>Lots that must be filled at once for the order not to end; 0: none.</summary>
    public readonly long NeededAtOnce => TimeInForce == TimeInForce.FillOrKill ? Quantity : MinimumQuantity;

    public static OrderTerms Of(in NewOrderSingleDecoder message)
    {
        var terms = new OrderTerms
        {
            ClientOrderId = message.ClientOrderId,
            Price = message.Price,
            Quantity = message.Quantity,
            ExpireTime = message.ExpireTime,
            Account = message.AccountId,
            Instrument = message.InstrumentId,
            Side = message.Side,
            OrderType = message.OrderType,
            TimeInForce = message.TimeInForce,
            ExecutionFlags = message.ExecutionFlags,
            SelfTradePrevention = message.SelfTradePrevention,
        };
        terms.IsPlain = terms.OrderType == OrderType.Limit && terms.TimeInForce <= TimeInForce.GoodTillDate &&
            terms.ExecutionFlags <= (ExecutionFlags.PostOnly | ExecutionFlags.ReduceOnly) &&
            (terms.TimeInForce != TimeInForce.ImmediateOrCancel || (terms.ExecutionFlags & ExecutionFlags.PostOnly) == 0) &&
            terms.SelfTradePrevention == SelfTradePrevention.Off;
        return terms;
    }

    public static OrderTerms Of(in NewOrderExtendedDecoder message) => new()
    {
        ClientOrderId = message.ClientOrderId,
        Price = message.Price,
        Quantity = message.Quantity,
        ExpireTime = message.ExpireTime,
        Account = message.AccountId,
        Instrument = message.InstrumentId,
        Side = message.Side,
        OrderType = message.OrderType,
        TimeInForce = message.TimeInForce,
        ExecutionFlags = message.ExecutionFlags,
        SelfTradePrevention = message.SelfTradePrevention,
        TriggerSource = message.TriggerSource,
        TrailingUnit = message.TrailingUnit,
        MinimumQuantity = message.MinimumQuantity,
        DisplayQuantity = message.DisplayQuantity,
        TriggerPrice = message.TriggerPrice,
        TrailingAmount = message.TrailingAmount,
        PegOffset = message.PegOffset,
    };
}
