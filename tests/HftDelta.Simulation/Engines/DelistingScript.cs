using HftDelta.Wire.Internal;

namespace HftDelta.Simulation.Engines;

/// <summary>How a test ends a perpetual kind.</summary>
public static class DelistingScript
{
    public static void Delist(this VenueScript venue, uint instrument, ulong settleTime) =>
        venue.Engine.SendInternal(DelistInstrumentEncoder.Wrap(venue.Engine.Buffer).SetInstrumentId(instrument)
            .SetSettleTime(settleTime).EncodedLength);
}
