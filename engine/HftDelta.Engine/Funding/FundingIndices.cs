using HftDelta.Engine.Accounts;
using HftDelta.Engine.Fees;
using HftDelta.Engine.Instruments;
using HftDelta.Wire;

namespace HftDelta.Engine.Funding;

/// <summary>
/// Keeps the funding indices of perpetual kinds. Between intervals what is due gathers at the marks as they were (the left-point
/// rule); F itself moves at interval ticks alone, so that everything that applies to a lot is public then. Time in which the
/// price is dead is not funded. Owner: the engine agent.
/// </summary>
internal sealed class FundingIndices(VenueState state)
{
    /// <summary>A perpetual's book is looked at so often.</summary>
    public const ulong SampleNanos = 1_000_000_000;

    /// <summary>Perpetuals of one underlying whose book is looked at, so that one command can.</summary>
    public const int SampledPerUnderlyingMax = 8;

    public void List(uint id, in FundingRecord terms)
    {
        ref var instrument = ref state.Instruments.Write(id);
        instrument.IsFunded = 1;
        ref var funding = ref state.Funding.Write(id);
        funding = terms;
        funding.IsFunded = 1;
        funding.AccruedTime = state.TimeNanos;
        state.Underlyings.Write(instrument.Underlying).FundedCount++;
        ScheduleSample(instrument.Underlying, terms.ImpactLots);
        Observe(id, instrument);
    }

    /// <summary>From now on; what has gathered by the old number has been moved.</summary>
    public void SetImpactLots(uint id, long lots)
    {
        ref var funding = ref state.Funding.Write(id);
        funding.ImpactLots = lots;
        funding.PremiumPpb = lots == 0 ? 0 : funding.PremiumPpb;
        ScheduleSample(state.Instruments.Read(id).Underlying, lots);
    }

    /// <summary>Of all instruments of an underlying. Call it before its price becomes dead, or lives again.</summary>
    public void AccrueAll(uint underlying)
    {
        ref readonly var record = ref state.Underlyings.Read(underlying);
        if (record.FundedCount == 0)
        {
            return;
        }

        for (var id = record.FirstInstrument; id != 0; id = state.Instruments.Read(id).NextOfUnderlying)
        {
            if (state.Instruments.Read(id).IsFunding)
            {
                Accrue(id, state.Instruments.Read(id), record);
            }
        }
    }

    /// <summary>Gathers what the time since the last call costs at the present mark. Call it before mark or S change.</summary>
    public void Accrue(uint id, in InstrumentRecord instrument, in UnderlyingRecord underlying)
    {
        ref var funding = ref state.Funding.Write(id);

        // A delisted instrument is funded through its end, also where the command that ends it comes later.
        var through = instrument.ExpiryTime != 0 && instrument.ExpiryTime < state.TimeNanos
            ? instrument.ExpiryTime
            : state.TimeNanos;
        var timeNanos = through - funding.AccruedTime;
        funding.AccruedTime = through;
        if (timeNanos == 0 || underlying.Staleness == StalenessClass.Dead)
        {
            return;
        }

        if (instrument.Kind == InstrumentKind.Perpetual)
        {
            funding.PremiumNanos += (Int128)funding.PremiumPpb * timeNanos;
            funding.PremiumTimeNanos += timeNanos;
            return;
        }

        funding.Accrued += FundingArithmetic.ShareOfPeriodFloor(funding.PerPeriod, timeNanos, instrument.FundingPeriodNanos);
    }

    /// <summary>Mark or S have changed: what a lot pays from now on.</summary>
    public void Observe(uint id, in InstrumentRecord instrument)
    {
        if (instrument.Kind != InstrumentKind.Perpetual)
        {
            state.Funding.Write(id).PerPeriod = FundingArithmetic.PerPeriod(instrument);
        }
    }

    private void ScheduleSample(uint underlying, long impactLots)
    {
        if (impactLots != 0 && state.Underlyings.Read(underlying).NextSampleTime == ulong.MaxValue)
        {
            state.Underlyings.Write(underlying).NextSampleTime = state.TimeNanos + SampleNanos;
        }
    }

    /// <summary>Looks at the books of perpetuals when that is due.</summary>
    public void Sample(uint underlying)
    {
        ref var record = ref state.Underlyings.Write(underlying);
        if (state.TimeNanos < record.NextSampleTime)
        {
            return;
        }

        record.NextSampleTime = ulong.MaxValue;
        for (var id = record.FirstInstrument; id != 0; id = state.Instruments.Read(id).NextOfUnderlying)
        {
            ref readonly var instrument = ref state.Instruments.Read(id);
            if (!instrument.IsFunding || state.Funding.Read(id).ImpactLots == 0)
            {
                continue;
            }

            record.NextSampleTime = state.TimeNanos + SampleNanos;
            Accrue(id, instrument, record);
            ref var funding = ref state.Funding.Write(id);
            funding.PremiumPpb = ImpactPremium.Of(state, id, funding.ImpactLots);
        }
    }

    /// <summary>F moves by what has gathered. The sums have been accrued, and S is the price before the tick.</summary>
    /// <returns>By how much, in sub-atoms per lot.</returns>
    public Int128 Move(uint id, ref InstrumentRecord instrument)
    {
        ref var funding = ref state.Funding.Write(id);
        var change = funding.Accrued;
        if (instrument.Kind == InstrumentKind.Perpetual)
        {
            change = funding.PremiumTimeNanos == 0 ? 0 : FundingArithmetic.OfPremium(funding, instrument);
            funding.PremiumNanos = 0;
            funding.PremiumTimeNanos = 0;
        }

        funding.Accrued = 0;
        var index = funding.Index + change;
        if (index >= Ledger.IndexBound || index <= -Ledger.IndexBound)
        {
            // Only marks of the largest lots held against each other for many periods come here: longs stop paying.
            return 0;
        }

        funding.Index = index;
        state.Fees.Accrue(id, ref instrument, change, FeeCause.Funding);
        return change;
    }
}
