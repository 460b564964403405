using HftDelta.Engine.Books;
using HftDelta.Engine.Funding;
using HftDelta.Engine.Instruments;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using InstrumentKind = HftDelta.Wire.InstrumentKind;

namespace HftDelta.Engine.Settlement;

/// <summary>What funding an instrument may have. Pure.</summary>
internal static class FundingTerms
{
    public static FundingRecord Of(in ListInstrumentDecoder message) => new()
    {
        BasePpb = message.HasFundingBasePpb ? message.FundingBasePpb : 0,
        CapPpb = message.HasFundingCapPpb ? message.FundingCapPpb : 0,
        ImpactLots = message.HasImpactLots ? message.ImpactLots : 0,
    };

    public static RejectCode Check(VenueState state, in ListInstrumentDecoder message, in InstrumentRecord record)
    {
        var terms = Of(message);
        var hasPremium = record.Kind == InstrumentKind.Perpetual && record.FundingPeriodNanos != 0;
        var isValid = hasPremium
            ? terms.BasePpb is >= -FundingArithmetic.Billion and <= FundingArithmetic.Billion &&
                terms.CapPpb is >= 1 and <= FundingArithmetic.Billion &&
                terms.ImpactLots is >= 0 and <= OrderBook.QuantityMaxLots
            : terms is { BasePpb: 0, CapPpb: 0, ImpactLots: 0 };
        ref readonly var underlying = ref state.Underlyings.Read(message.UnderlyingId);
        if (!isValid || !IsIntervalOf(record, underlying.IntervalNanos))
        {
            return RejectCode.BadParameter;
        }

        return terms.ImpactLots != 0 && !CanSample(state, underlying) ? RejectCode.CapacityExhausted : default;
    }

    /// <summary>Whether one more perpetual of an underlying can have its book looked at.</summary>
    public static bool CanSample(VenueState state, in UnderlyingRecord underlying) =>
        SampledOf(state, underlying) < FundingIndices.SampledPerUnderlyingMax;

    /// <summary>Whether an underlying's parameters suit the funded instruments that it has.</summary>
    public static bool AreValid(VenueState state, in UnderlyingRecord underlying)
    {
        for (var id = underlying.FirstInstrument; id != 0; id = state.Instruments.Read(id).NextOfUnderlying)
        {
            if (state.Instruments.Read(id).IsLive && !IsIntervalOf(state.Instruments.Read(id), underlying.IntervalNanos))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Funding is paid, and an index follows its mark, at intervals: there must be some, and no longer than T.</summary>
    private static bool IsIntervalOf(in InstrumentRecord record, ulong intervalNanos) =>
        (record.FundingPeriodNanos == 0 || (intervalNanos != 0 && intervalNanos <= record.FundingPeriodNanos)) &&
        (record.TrueUpEvery == 0 || intervalNanos != 0 || record.Kind == InstrumentKind.Perpetual);

    private static int SampledOf(VenueState state, in UnderlyingRecord underlying)
    {
        var count = 0;
        for (var id = underlying.FirstInstrument; id != 0; id = state.Instruments.Read(id).NextOfUnderlying)
        {
            count += state.Instruments.Read(id).IsFunding && state.Funding.Read(id).ImpactLots != 0 ? 1 : 0;
        }

        return count;
    }
}
