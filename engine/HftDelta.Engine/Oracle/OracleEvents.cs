using HftDelta.Engine.Output;
using HftDelta.Wire;

namespace HftDelta.Engine.Oracle;

/// <summary>What the public hears of staleness, settlement windows and the forward curve. Owner: the engine agent.</summary>
internal sealed class OracleEvents(VenueState state, EventEmitter events)
{
    public void Status(uint underlying, StalenessClass previous)
    {
        ref readonly var record = ref state.Underlyings.Read(underlying);
        var message = OracleStatusEncoder.Wrap(events.Open(OracleStatusDecoder.FrameLength));
        events.WriteHeader(message.Header);
        message.SetUnderlyingId(underlying).SetStalenessClass(record.Staleness).SetPreviousClass(previous)
            .SetPrice(record.Price).SetPriceTime(record.PriceTime).SetBufferPpm(record.BufferPpm)
            .SetFreshSources(record.FreshSources);
        events.Publish(message.EncodedLength);
    }

    public void Window(in ExpiryPoint point, WindowPhase phase, long price)
    {
        var message = SettlementWindowEncoder.Wrap(events.Open(SettlementWindowDecoder.FrameLength));
        events.WriteHeader(message.Header);
        message.SetUnderlyingId(point.Underlying).SetPhase(phase).SetStartTime(point.WindowStart)
            .SetExpiryTime(point.ExpiryTime).SetPrice(price).SetAveragedNanos(point.AveragedNanos);
        events.Publish(message.EncodedLength);
    }

    public void Forward(in ExpiryPoint point)
    {
        var message = ForwardPointEncoder.Wrap(events.Open(ForwardPointDecoder.FrameLength));
        events.WriteHeader(message.Header);
        message.SetUnderlyingId(point.Underlying).SetExpiryTime(point.ExpiryTime).SetBasis(point.Basis);
        events.Publish(message.EncodedLength);
    }
}
