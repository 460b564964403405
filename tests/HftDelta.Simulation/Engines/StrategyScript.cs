using System.Text;
using HftDelta.Wire.Internal;

namespace HftDelta.Simulation.Engines;

/// <summary>What tests say of strategies as the operator.</summary>
public static class StrategyScript
{
    public static void ListStrategy(
        this VenueScript venue, uint instrument, uint bandTicks, long bandBase, params (uint Instrument, int Ratio)[] legs) =>
        ListStrategy(venue, instrument, bandTicks, bandBase, 1, legs);

    public static void ListStrategy(
        this VenueScript venue, uint instrument, uint bandTicks, long bandBase, uint underlying,
        (uint Instrument, int Ratio)[] legs)
    {
        var message = ListStrategyEncoder.Wrap(venue.Engine.Buffer).SetInstrumentId(instrument).SetUnderlyingId(underlying)
            .SetBandTicks(bandTicks).SetBandBase(bandBase).SetSymbol(Encoding.ASCII.GetBytes($"S{instrument}"));
        var group = message.SetLegs(legs.Length);
        foreach (var (leg, ratio) in legs)
        {
            group.Next().SetInstrumentId(leg).SetRatio(ratio);
        }

        venue.Engine.SendInternal(message.EncodedLength);
    }
}
