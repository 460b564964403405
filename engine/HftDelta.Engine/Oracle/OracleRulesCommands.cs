using HftDelta.Engine.Governance;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Oracle;

/// <summary>Takes the oracle rules of an underlying; they bind what comes after them. Owner: the engine agent.</summary>
internal sealed class OracleRulesCommands(VenueState state, Staleness staleness, ForwardCurves curves)
{
    /// <summary>Durations are below this, so that a time plus a duration never wraps: 146 years.</summary>
    private const ulong DurationMaxNanos = 1UL << 62;

    /// <summary>A day and a half: price x time of a window fits 128 bits many times over.</summary>
    public const long WindowMaxNanos = 1L << 47;

    private const uint Million = 1_000_000;

    public RejectCode Set(in OracleRulesDecoder message)
    {
        if (!state.Underlyings.Exists(message.UnderlyingId))
        {
            return RejectCode.UnknownUnderlying;
        }

        // With a listing come its first rules, and the next ones from those who govern.
        if (state.Governance.IsSealed && (message.UnderlyingId < state.Governance.All.UnderlyingsBefore ||
            state.OracleRules.Read(message.UnderlyingId) is not { IsNone: true } || HasChanged(message.UnderlyingId)))
        {
            return RejectCode.ParametersGoverned;
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

        Apply(message.UnderlyingId, rules);
        return default;
    }

    /// <summary>Rules that the underlying can have come into force. Tells at most that the class of its price changed.</summary>
    public void Apply(uint underlyingId, in OracleRulesRecord rules)
    {
        curves.Accrue(underlyingId);
        state.OracleRules.Write(underlyingId) = rules;
        state.Oracle.Silence(underlyingId, rules);
        ref var underlying = ref state.Underlyings.Write(underlyingId);
        var recoveryEnd = state.TimeNanos + rules.RecoveryNanos;
        underlying.RecoveryEnd = underlying.RecoveryEnd < recoveryEnd ? underlying.RecoveryEnd : recoveryEnd;
        staleness.Judge(underlyingId);
        curves.MoveWindows(underlyingId);
    }

    /// <summary>
    /// Whether rules that change one by one can stand so: bounds of classes are compared while there are classes, so that they
    /// can be set from the last one to the first and taken away the other way round.
    /// </summary>
    public static bool CanHave(in OracleRulesRecord rules) =>
        AreBounded(rules) &&
        (!rules.HasClasses || (rules.LateAfterNanos < rules.StaleAfterNanos && rules.StaleAfterNanos < rules.DeadAfterNanos));

    private bool HasChanged(uint underlying)
    {
        var hasChanged = false;
        for (var kind = ParameterId.OracleReportJumpPpm; kind <= ParameterId.SettlementWindowNanos; kind++)
        {
            hasChanged |= state.Governance.HasChanged(new ParameterKey(kind, underlying, 0));
        }

        return hasChanged;
    }

    private static bool AreValid(in OracleRulesRecord rules) =>
        CanHave(rules) &&
        (rules.HasClasses || (rules.StaleAfterNanos == 0 && rules.DeadAfterNanos == 0 && rules.RecoveryNanos == 0));

    private static bool AreBounded(in OracleRulesRecord rules) =>
        rules.ReportJumpPpm <= Million &&
        rules.MedianDeviationPpm <= Million &&
        rules.ClockSkewMaxNanos <= DurationMaxNanos &&
        rules.ReportAgeMaxNanos <= DurationMaxNanos &&
        (rules.ReportAgeMaxNanos == 0 || rules.ClockSkewMaxNanos != 0) &&
        rules.RecoveryNanos <= DurationMaxNanos &&
        rules.SettlementWindowNanos <= (ulong)WindowMaxNanos &&
        rules.LateAfterNanos <= DurationMaxNanos &&
        rules.StaleAfterNanos <= DurationMaxNanos &&
        rules.DeadAfterNanos <= DurationMaxNanos;
}
