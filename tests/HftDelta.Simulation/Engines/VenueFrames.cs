using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Simulation.Engines;

/// <summary>Decoded commands as the frames that a client or the operator would send.</summary>
internal static class VenueFrames
{
    public static int Encode(Span<byte> buffer, NewOrder order)
    {
        var expire = order.ExpireTime == 0 ? 0 : VenueWorld.StartNanos + order.ExpireTime;
        if (!order.IsExtended && !order.NeedsExtended)
        {
            return NewOrderSingleEncoder.Wrap(buffer).SetAccountId(order.Account).SetInstrumentId(order.Instrument)
                .SetClientOrderId(order.ClientOrderId).SetPrice(order.Price).SetQuantity(order.Quantity)
                .SetExpireTime(expire).SetSide(order.Side).SetOrderType(order.OrderType)
                .SetTimeInForce(order.TimeInForce).SetExecutionFlags(order.Flags)
                .SetSelfTradePrevention(order.SelfTradePrevention).EncodedLength;
        }

        return NewOrderExtendedEncoder.Wrap(buffer).SetAccountId(order.Account).SetInstrumentId(order.Instrument)
            .SetClientOrderId(order.ClientOrderId).SetPrice(order.Price).SetQuantity(order.Quantity)
            .SetMinimumQuantity(order.MinimumQuantity).SetDisplayQuantity(order.DisplayQuantity)
            .SetExpireTime(expire).SetTriggerPrice(order.TriggerPrice).SetTrailingAmount(order.TrailingAmount)
            .SetPegOffset(order.PegOffset).SetSide(order.Side).SetOrderType(order.OrderType)
            .SetTimeInForce(order.TimeInForce).SetExecutionFlags(order.Flags)
            .SetSelfTradePrevention(order.SelfTradePrevention).SetTriggerSource(order.TriggerSource)
            .SetTrailingUnit(order.TrailingUnit).EncodedLength;
    }

    public static int Encode(Span<byte> buffer, CancelOrder cancel, ulong orderId) =>
        OrderCancelRequestEncoder.Wrap(buffer).SetAccountId(cancel.Account).SetInstrumentId(cancel.Instrument)
            .SetOrderId(orderId).SetOriginalClientOrderId(cancel.Original).SetClientOrderId(cancel.ClientOrderId)
            .EncodedLength;

    public static int Encode(Span<byte> buffer, ReplaceOrder replace, ulong orderId) =>
        OrderReplaceRequestEncoder.Wrap(buffer).SetAccountId(replace.Account).SetInstrumentId(replace.Instrument)
            .SetOrderId(orderId).SetOriginalClientOrderId(replace.Original).SetClientOrderId(replace.ClientOrderId)
            .SetPrice(replace.Price).SetQuantity(replace.Quantity).EncodedLength;

    public static int Encode(Span<byte> buffer, MassCancel cancel) =>
        MassCancelRequestEncoder.Wrap(buffer).SetAccountId(cancel.Account).SetInstrumentId(cancel.Instrument)
            .SetUnderlyingId(cancel.Underlying).SetSide(cancel.Side).SetClientOrderId(cancel.ClientOrderId)
            .SetLowestPrice(cancel.LowestPrice).SetHighestPrice(cancel.HighestPrice).EncodedLength;

    public static int Encode(Span<byte> buffer, QuoteMass quote)
    {
        var message = MassQuoteEncoder.Wrap(buffer).SetAccountId(quote.Account).SetUnderlyingId(quote.Underlying)
            .SetClientOrderId(quote.ClientOrderId).SetExecutionFlags(quote.Flags)
            .SetSelfTradePrevention(quote.SelfTradePrevention);
        var group = message.SetQuotes(quote.Entries.Length);
        foreach (var entry in quote.Entries)
        {
            group.Next().SetInstrumentId(entry.Instrument).SetBidPrice(entry.BidPrice).SetBidQuantity(entry.BidQuantity)
                .SetAskPrice(entry.AskPrice).SetAskQuantity(entry.AskQuantity);
        }

        return message.EncodedLength;
    }

    public static int Encode(Span<byte> buffer, Protect protect) =>
        ProtectionRequestEncoder.Wrap(buffer).SetAccountId(protect.Account).SetUnderlyingId(protect.Underlying)
            .SetClientOrderId(protect.ClientOrderId).SetWindowNanos(protect.WindowNanos)
            .SetFreezeNanos(protect.FreezeNanos).SetQuantityLimit(protect.QuantityLimit)
            .SetDeltaLimit(protect.DeltaLimit).SetCountLimit(protect.CountLimit).EncodedLength;

    public static int EncodeInternal(Span<byte> buffer, VenueCommand command) => command switch
    {
        SetRules rules => Encode(buffer, rules),
        ChangeState change => InstrumentStateChangeEncoder.Wrap(buffer).SetInstrumentId(change.Instrument)
            .SetUnderlyingId(change.Underlying).SetState((byte)change.State).EncodedLength,
        Kill kill => KillSwitchEncoder.Wrap(buffer).SetAccountId(kill.Account).SetOn(kill.IsOn ? (byte)1 : (byte)0)
            .SetCancelOrders(kill.CancelsOrders ? (byte)1 : (byte)0).EncodedLength,
        SetGroup group => AccountGroupEncoder.Wrap(buffer).SetAccountId(group.Account).SetGroup(group.Group).EncodedLength,
        CloseSession close => SessionClosedEncoder.Wrap(buffer).SetSessionHandle(close.Session)
            .SetReason(CloseReason.Disconnected).EncodedLength,
        EndDay end => EndOfDayEncoder.Wrap(buffer).SetDay(end.Day).EncodedLength,
        _ => throw new ArgumentException($"no frame for {command}"),
    };

    private static int Encode(Span<byte> buffer, SetRules rules)
    {
        var message = InstrumentRulesEncoder.Wrap(buffer).SetInstrumentId(rules.Instrument)
            .SetStaticBandPpm(rules.StaticBandPpm).SetDynamicBandPpm(rules.DynamicBandPpm)
            .SetBandMinimumTicks(rules.BandMinimumTicks).SetLotSize(rules.LotSize).SetOrderLotsMax(rules.OrderLotsMax)
            .SetPositionLotsMax(rules.PositionLotsMax).SetAccountOrdersMax(rules.AccountOrdersMax)
            .SetOpeningAuctionNanos(rules.OpeningAuctionNanos).SetVolatilityAuctionNanos(rules.VolatilityAuctionNanos);
        var group = message.SetIncrements(rules.Increments.Length);
        foreach (var entry in rules.Increments)
        {
            group.Next().SetFromPrice(entry.FromPrice).SetIncrement(entry.Increment);
        }

        return message.EncodedLength;
    }
}
