using HftDelta.Engine.Output;
using HftDelta.Wire;

namespace HftDelta.Engine.Markets;

/// <summary>What the public hears of market states and auctions. Owner: the engine agent.</summary>
internal sealed class MarketEvents(VenueState state, EventEmitter events)
{
    public void InstrumentStatus(uint instrument)
    {
        var message = InstrumentStatusEncoder.Wrap(events.Open(InstrumentStatusDecoder.FrameLength));
        events.WriteHeader(message.Header);
        message.SetInstrumentId(instrument).SetState(state.Instruments.Read(instrument).State)
            .SetEndTime(state.Markets.Records.Read(instrument).EndTime);
        events.Publish(message.EncodedLength);
    }

    /// <summary>What an uncross would do now, or with state Open what it did.</summary>
    /// <param name="instrument">In a call phase, or just uncrossed.</param>
    /// <param name="price">0: nothing crosses.</param>
    /// <param name="volume">Lots that trade.</param>
    /// <param name="imbalance">Demand less supply within the price.</param>
    public void AuctionIndication(uint instrument, long price, long volume, long imbalance)
    {
        var message = AuctionIndicationEncoder.Wrap(events.Open(AuctionIndicationDecoder.FrameLength));
        events.WriteHeader(message.Header);
        message.SetInstrumentId(instrument).SetState(state.Instruments.Read(instrument).State)
            .SetImbalanceSide(imbalance < 0 ? Side.Sell : Side.Buy).SetVolume(volume)
            .SetImbalance(imbalance < 0 ? -imbalance : imbalance)
            .SetEndTime(state.Markets.Records.Read(instrument).EndTime);
        if (price != 0)
        {
            message.SetPrice(price);
        }

        events.Publish(message.EncodedLength);
    }
}
