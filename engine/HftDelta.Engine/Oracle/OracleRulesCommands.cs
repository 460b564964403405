using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Oracle;

/// <summary>Takes the oracle rules of an underlying; they bind what comes after them. Owner: the engine agent.</summary>
internal sealed class OracleRulesCommands(VenueState state, Staleness staleness, ForwardCurves curves)
{
    /// <summary>Durations are below this, so that a time plus a duration never wraps: 146 years.</summary>
    private const ulong DurationMaxNanos = 1UL << 62;

    /// <summary>A day and a half: price x time of a window fits 128 bits many times over.</summary>
    private const ulong WindowMaxNanos = 1UL << 47;

    private const uint Million = 1_000_000;

    public RejectCode Set(in OracleRulesDecoder message)
    {
        if (!state.Underlyings.Exists(message.UnderlyingId))
        {
            return RejectCode.UnknownUnderlying;
        }

        var rules = new OracleRulesRecord
        {
            ReportJumpPpm = message.ReportJumpPpm,
            MedianDeviationPpm = message.MedianDeviationPpm,
            DisabledSources = message.DisabledSources,
            ClockSkewMaxNanos = message.ClockSkewMaxNanos,
            ReportAgeMaxNanos = message.ReportAgeMaxNanos,
            LateAfterNanos = message.LateAfterNanos,
            StaleAfterNanos = message.StaleAfterNanos,
            DeadAfterNanos = message.DeadAfterNanos,
            RecoveryNanos = message.RecoveryNanos,
            SettlementWindowNanos = message.SettlementWindowNanos,
        };
        if (!AreValid(rules))
        {
            return RejectCode.BadParameter;
        }

        curves.Accrue(message.UnderlyingId);
        state.OracleRules.Write(message.UnderlyingId) = rules;
        state.Oracle.Silence(message.UnderlyingId, rules);
        ref var underlying = ref state.Underlyings.Write(message.UnderlyingId);
        var recoveryEnd = state.TimeNanos + rules.RecoveryNanos;
        underlying.RecoveryEnd = underlying.RecoveryEnd < recoveryEnd ? underlying.RecoveryEnd : recoveryEnd;
        staleness.Judge(message.UnderlyingId);
        curves.MoveWindows(message.UnderlyingId);
        return default;
    }

    private static bool AreValid(in OracleRulesRecord rules) =>
        rules.ReportJumpPpm <= Million &&
        rules.MedianDeviationPpm <= Million &&
        rules.ClockSkewMaxNanos <= DurationMaxNanos &&
        rules.ReportAgeMaxNanos <= DurationMaxNanos &&
        (rules.ReportAgeMaxNanos == 0 || rules.ClockSkewMaxNanos != 0) &&
        rules.RecoveryNanos <= DurationMaxNanos &&
        rules.SettlementWindowNanos <= WindowMaxNanos &&
        rules.DeadAfterNanos <= DurationMaxNanos &&
        (rules.HasClasses
            ? rules.LateAfterNanos < rules.StaleAfterNanos && rules.StaleAfterNanos < rules.DeadAfterNanos
            : rules.StaleAfterNanos == 0 && rules.DeadAfterNanos == 0 && rules.RecoveryNanos == 0);
}
