using HftDelta.Engine.Instruments;
using HftDelta.Engine.Oracle;
using HftDelta.Engine.Risk;
using HftDelta.Engine.Settlement;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Governance;

/// <summary>
/// Reads and changes the parameters of underlyings. A change settles with the old value first, then switches: no move is settled
/// by a rule that came after it. Owner: the engine agent.
/// </summary>
internal sealed class UnderlyingParameters(VenueState state, DeltaSettlement settlement, RiskFreezer freezer)
{
    private const ulong IntervalMinNanos = 1_000_000;
    private const ulong DurationMaxNanos = (ulong)ParameterCatalog.DurationMaxNanos;

    public static long Read(in UnderlyingRecord record, ParameterId parameter) => parameter switch
    {
        ParameterId.SettlementThresholdTicks => record.ThresholdTicks,
        ParameterId.SettlementThresholdPpm => record.ThresholdPpm,
        ParameterId.SettlementIntervalNanos => (long)record.IntervalNanos,
        ParameterId.OracleMaxAgeNanos => (long)record.OracleMaxAgeNanos,
        ParameterId.RiskTimeoutNanos => (long)record.RiskTimeoutNanos,
        ParameterId.InitialMarginPpm => record.InitialMarginPpm,
        ParameterId.ShortOptionMarginPpm => record.ShortOptionMarginPpm,
        ParameterId.ShortOptionMinimumPpm => record.ShortOptionMinimumPpm,
        ParameterId.OracleQuorum => record.OracleQuorum,
        ParameterId.MarginBufferPpm => record.MarginBufferPpm,
        _ => 0,
    };

    /// <summary>Whether an underlying can have these parameters together.</summary>
    public static bool AreValid(in UnderlyingRecord record) =>
        record.OracleQuorum is >= 1 and <= OracleSources.PerUnderlying &&
        record.ThresholdTicks >= 1 &&
        record.ThresholdPpm <= ParameterCatalog.PartsPerMillionMax &&
        record.InitialMarginPpm is >= ParameterCatalog.MarginMinPpm and <= ParameterCatalog.PartsPerMillionMax &&
        record.ShortOptionMinimumPpm is >= ParameterCatalog.MarginMinPpm and <= ParameterCatalog.PartsPerMillionMax &&
        record.ShortOptionMarginPpm <= ParameterCatalog.PartsPerMillionMax &&
        record.ShortOptionMarginPpm >= record.ShortOptionMinimumPpm &&
        record.MarginBufferPpm <= ParameterCatalog.BufferMaxPpm &&
        record.OracleMaxAgeNanos is >= 1 and <= DurationMaxNanos &&
        record.RiskTimeoutNanos is >= 1 and <= DurationMaxNanos &&
        record.IntervalNanos is 0 or (>= IntervalMinNanos and <= DurationMaxNanos);

    /// <summary>Whether the underlying, which there is, can have this value beside its others.</summary>
    public bool CanHave(uint underlying, ParameterId parameter, long value)
    {
        var changed = state.Underlyings.Read(underlying);
        return TrySet(ref changed, parameter, value) && AreValid(changed) && FundingTerms.AreValid(state, changed);
    }

    /// <summary>A value that it can have.</summary>
    public void Set(uint underlying, ParameterId parameter, long value)
    {
        if (state.Underlyings.Read(underlying).Price != 0)
        {
            settlement.Tick(underlying, SettlementTrigger.ParameterActivation);
        }

        ref var record = ref state.Underlyings.Write(underlying);
        var intervalNanos = record.IntervalNanos;
        TrySet(ref record, parameter, value);
        record.Version++;
        if (record.IntervalNanos != intervalNanos)
        {
            record.NextIntervalTime = record.IntervalNanos == 0 || record.Price == 0
                ? ulong.MaxValue
                : state.TimeNanos + record.IntervalNanos;
        }

        for (var id = record.FirstInstrument; id != 0; id = state.Instruments.Read(id).NextOfUnderlying)
        {
            if (state.Instruments.Read(id).IsLive)
            {
                Margin.SetRequirements(ref state.Instruments.Write(id), record);
            }
        }

        state.MarkVersion++;
        freezer.UpdateDeadline();
    }

    private static bool TrySet(ref UnderlyingRecord record, ParameterId parameter, long value)
    {
        if (value < 0)
        {
            return false;
        }

        var small = value > uint.MaxValue ? uint.MaxValue : (uint)value;
        switch (parameter)
        {
            case ParameterId.SettlementThresholdTicks: record.ThresholdTicks = value; return true;
            case ParameterId.SettlementThresholdPpm: record.ThresholdPpm = small; return true;
            case ParameterId.SettlementIntervalNanos: record.IntervalNanos = (ulong)value; return true;
            case ParameterId.OracleMaxAgeNanos: record.OracleMaxAgeNanos = (ulong)value; return true;
            case ParameterId.RiskTimeoutNanos: record.RiskTimeoutNanos = (ulong)value; return true;
            case ParameterId.InitialMarginPpm: record.InitialMarginPpm = small; return true;
            case ParameterId.ShortOptionMarginPpm: record.ShortOptionMarginPpm = small; return true;
            case ParameterId.ShortOptionMinimumPpm: record.ShortOptionMinimumPpm = small; return true;
            case ParameterId.OracleQuorum: record.OracleQuorum = small; return true;
            case ParameterId.MarginBufferPpm: record.MarginBufferPpm = small; return true;
            default: return false;
        }
    }
}
