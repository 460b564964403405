using HftDelta.Engine.Oracle;
using HftDelta.Engine.Settlement;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Governance;

/// <summary>
/// Reads and changes the oracle rules of underlyings. A change settles by the old rules first, then switches; what it does to
/// open windows, silenced sources and the class of the price is what the operator's command does. Owner: the engine agent.
/// </summary>
internal sealed class OracleParameters(VenueState state, DeltaSettlement settlement, OracleRulesCommands rules)
{
    public static long Read(in OracleRulesRecord record, ParameterId parameter) => parameter switch
    {
        ParameterId.OracleReportJumpPpm => record.ReportJumpPpm,
        ParameterId.OracleMedianDeviationPpm => record.MedianDeviationPpm,
        ParameterId.OracleDisabledSources => record.DisabledSources,
        ParameterId.OracleClockSkewMaxNanos => (long)record.ClockSkewMaxNanos,
        ParameterId.OracleReportAgeMaxNanos => (long)record.ReportAgeMaxNanos,
        ParameterId.OracleLateAfterNanos => (long)record.LateAfterNanos,
        ParameterId.OracleStaleAfterNanos => (long)record.StaleAfterNanos,
        ParameterId.OracleDeadAfterNanos => (long)record.DeadAfterNanos,
        ParameterId.OracleRecoveryNanos => (long)record.RecoveryNanos,
        ParameterId.SettlementWindowNanos => (long)record.SettlementWindowNanos,
        _ => 0,
    };

    public bool CanHave(uint underlying, ParameterId parameter, long value)
    {
        var changed = state.OracleRules.Read(underlying);
        Set(ref changed, parameter, value);
        return OracleRulesCommands.CanHave(changed);
    }

    /// <summary>A value that it can have.</summary>
    public void Set(uint underlying, ParameterId parameter, long value)
    {
        if (state.Underlyings.Read(underlying).Price != 0)
        {
            settlement.Tick(underlying, SettlementTrigger.ParameterActivation);
        }

        var changed = state.OracleRules.Read(underlying);
        Set(ref changed, parameter, value);
        rules.Apply(underlying, changed);
    }

    private static void Set(ref OracleRulesRecord record, ParameterId parameter, long value)
    {
        switch (parameter)
        {
            case ParameterId.OracleReportJumpPpm: record.ReportJumpPpm = (uint)value; break;
            case ParameterId.OracleMedianDeviationPpm: record.MedianDeviationPpm = (uint)value; break;
            case ParameterId.OracleDisabledSources: record.DisabledSources = (byte)value; break;
            case ParameterId.OracleClockSkewMaxNanos: record.ClockSkewMaxNanos = (ulong)value; break;
            case ParameterId.OracleReportAgeMaxNanos: record.ReportAgeMaxNanos = (ulong)value; break;
            case ParameterId.OracleLateAfterNanos: record.LateAfterNanos = (ulong)value; break;
            case ParameterId.OracleStaleAfterNanos: record.StaleAfterNanos = (ulong)value; break;
            case ParameterId.OracleDeadAfterNanos: record.DeadAfterNanos = (ulong)value; break;
            case ParameterId.OracleRecoveryNanos: record.RecoveryNanos = (ulong)value; break;
            default: record.SettlementWindowNanos = (ulong)value; break;
        }
    }
}
