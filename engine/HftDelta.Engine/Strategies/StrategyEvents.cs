using HftDelta.Engine.Output;
using HftDelta.Wire;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Engine.Strategies;

/// <summary>The words that only strategies have. Owner: the engine agent.</summary>
internal static class StrategyEvents
{
    public static void Definition(VenueState state, EventEmitter events, uint strategy)
    {
        ref readonly var record = ref state.Strategies.Read(strategy);
        var message = StrategyDefinitionEncoder.Wrap(events.Open(Primitives.Records.RecordEnvelope.FrameLengthMaxBytes));
        events.WriteHeader(message.Header);
        message.SetInstrumentId(strategy);
        var group = message.SetLegs(record.LegCount);
        for (var leg = 0; leg < record.LegCount; leg++)
        {
            group.Next().SetInstrumentId(record.Legs[leg]).SetRatio(record.Ratios[leg]);
        }

        events.Publish(message.EncodedLength);
    }

    /// <summary>One leg of a fill of a strategy's order.</summary>
    public static void LegFilled(
        VenueState state, EventEmitter events, uint slot, uint leg, Side side, in TradeFacts trade, Liquidity liquidity)
    {
        ref readonly var hot = ref state.Orders.Slab.Hot(slot);
        var session = state.Orders.Slab.SessionOf(slot);
        var message = StrategyLegFilledEncoder.Wrap(events.Open(StrategyLegFilledDecoder.FrameLength));
        var sequence = events.WriteHeader(message.Header, session);
        message.SetAccountId(hot.Account).SetInstrumentId(leg).SetOrderId(state.Orders.Slab.IdOf(slot).Value)
            .SetClientOrderId(state.Orders.Slab.Cold(slot).ClientOrderId).SetTradeId(trade.TradeId)
            .SetPrice(trade.Price).SetQuantity(trade.Lots)
            .SetCash(state.Accounts.Read(hot.Account).CashAtoms).SetSide((Wire.Side)side).SetLiquidity(liquidity);
        EventEmitter.Write(message.DeltaIndex, trade.DeltaIndex);
        EventEmitter.Write(message.Fee, trade.Fees.Of(liquidity));
        events.Report(message.EncodedLength, session, sequence);
    }
}
