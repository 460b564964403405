using HftDelta.Engine.Funding;
using HftDelta.Engine.Instruments;
using HftDelta.Engine.Settlement;
using HftDelta.Wire.Internal;
using InstrumentKind = HftDelta.Wire.InstrumentKind;

namespace HftDelta.Engine.Governance;

/// <summary>
/// Reads and changes those terms of an instrument that do not make it another one: how its funding is measured, how often its
/// index follows its mark, and what it costs. Where money gathers by a term, all that has gathered is moved by the old one first.
/// Owner: the engine agent.
/// </summary>
internal sealed class InstrumentTermParameters(VenueState state, DeltaSettlement settlement, FundingIndices funding)
{
    /// <summary>Whether an instrument has such a term at all.</summary>
    public static bool Has(in InstrumentRecord record, ParameterId parameter) => parameter switch
    {
        ParameterId.FundingBasePpb or ParameterId.FundingCapPpb or ParameterId.FundingImpactLots =>
            record.Kind == InstrumentKind.Perpetual && record.FundingPeriodNanos != 0,

        // Perpetual kinds have no expiry at which the rest comes due: theirs follows at every interval.
        ParameterId.TrueUpIntervals => record.Kind is InstrumentKind.EuropeanOption or InstrumentKind.Future,
        _ => record.Kind != InstrumentKind.Strategy,
    };

    public static long Read(VenueState venue, uint instrument, ParameterId parameter) => parameter switch
    {
        ParameterId.FundingBasePpb => venue.Funding.Read(instrument).BasePpb,
        ParameterId.FundingCapPpb => venue.Funding.Read(instrument).CapPpb,
        ParameterId.FundingImpactLots => venue.Funding.Read(instrument).ImpactLots,
        ParameterId.TrueUpIntervals => venue.Instruments.Read(instrument).TrueUpEvery,
        _ => Fees.FeeTable.IdOf(venue.Instruments.Read(instrument).FeeSchedule),
    };

    public bool CanHave(uint instrument, ParameterId parameter, long value)
    {
        ref readonly var record = ref state.Instruments.Read(instrument);
        ref readonly var underlying = ref state.Underlyings.Read(record.Underlying);
        switch (parameter)
        {
            case ParameterId.FundingImpactLots:
                return value == 0 || state.Funding.Read(instrument).ImpactLots != 0 || FundingTerms.CanSample(state, underlying);
            case ParameterId.TrueUpIntervals:
                return value == 0 || underlying.IntervalNanos != 0;
            case ParameterId.InstrumentFeeSchedule:
                return value == 0 || state.Fees.Exists((uint)value);
            default:
                return true;
        }
    }

    /// <summary>A value that it can have.</summary>
    public void Set(uint instrument, ParameterId parameter, long value)
    {
        if (parameter == ParameterId.TrueUpIntervals)
        {
            ref var record = ref state.Instruments.Write(instrument);
            record.TrueUpEvery = (uint)value;
            record.TrueUpIn = (uint)value;
            return;
        }

        settlement.SettleAll(state.Instruments.Read(instrument).Underlying);
        switch (parameter)
        {
            case ParameterId.FundingBasePpb: state.Funding.Write(instrument).BasePpb = value; break;
            case ParameterId.FundingCapPpb: state.Funding.Write(instrument).CapPpb = value; break;
            case ParameterId.FundingImpactLots: funding.SetImpactLots(instrument, value); break;
            default:
                state.Instruments.Write(instrument).FeeSchedule = (byte)state.Fees.SlotOf((uint)value);
                state.MarkVersion++;
                break;
        }
    }
}
