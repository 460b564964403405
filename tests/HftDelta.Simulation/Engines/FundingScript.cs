using System.Text;
using HftDelta.Wire.Internal;

namespace HftDelta.Simulation.Engines;

/// <summary>Terms of an instrument of any kind, as a test lists it.</summary>
public sealed record ListingWords
{
    public required uint Instrument { get; init; }

    public required InstrumentKind Kind { get; init; }

    public uint Underlying { get; init; } = 1;

    public OptionKind OptionKind { get; init; }

    public long Strike { get; init; }

    public ulong ExpiryTime { get; init; }

    public ulong Volatility { get; init; }

    public long AtomsPerTick { get; init; } = 1;

    public long AtomsPerUnderlyingTick { get; init; } = 1;

    public ulong FundingPeriod { get; init; }

    public ulong PowerScale { get; init; }

    public ushort PowerScaleBits { get; init; }

    public PowerDegree Degree { get; init; }

    public long BasePpb { get; init; }

    public long CapPpb { get; init; }

    public long ImpactLots { get; init; }

    public uint TrueUpEvery { get; init; }

    public bool IsPhysical { get; init; }

    public ulong DeliveryNanos { get; init; }

    public uint DeliveryPenaltyPpm { get; init; }
}

/// <summary>What tests say of perpetual kinds.</summary>
public static class FundingScript
{
    public static void List(this VenueScript venue, ListingWords words) =>
        venue.Engine.SendInternal(ListInstrumentEncoder.Wrap(venue.Engine.Buffer).SetInstrumentId(words.Instrument)
            .SetUnderlyingId(words.Underlying).SetKind(words.Kind).SetOptionKind(words.OptionKind).SetStrike(words.Strike)
            .SetExpiryTime(words.ExpiryTime).SetVolatility(words.Volatility).SetAtomsPerTick(words.AtomsPerTick)
            .SetAtomsPerUnderlyingTick(words.AtomsPerUnderlyingTick).SetSymbol(Encoding.ASCII.GetBytes($"I{words.Instrument}"))
            .SetFundingPeriodNanos(words.FundingPeriod).SetPowerScale(words.PowerScale).SetPowerScaleBits(words.PowerScaleBits)
            .SetPowerDegree(words.Degree).SetFundingBasePpb(words.BasePpb).SetFundingCapPpb(words.CapPpb)
            .SetImpactLots(words.ImpactLots).SetTrueUpEvery(words.TrueUpEvery)
            .SetDeliveryNanos(words.DeliveryNanos).SetDeliveryPenaltyPpm(words.DeliveryPenaltyPpm)
            .SetIsPhysical(words.IsPhysical ? (byte)1 : (byte)0).EncodedLength);

    /// <summary>Lets time pass and tells the venue so.</summary>
    public static void Wait(this VenueScript venue, ulong nanos)
    {
        venue.Engine.TimeNanos += nanos;
        venue.Engine.Tick();
    }
}
