using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Governance;

/// <summary>
/// A governed venue: governor 1 waits an hour; module 2 may move the settlement threshold from 10 to 1,000 ticks by at most 50 at
/// once and once a minute; module 3 has the settlement interval, which has no envelope.
/// </summary>
public abstract class GovernanceFixture : VenueFixture
{
    protected const uint Governor = GovernanceScript.Governor;
    protected const uint ThresholdModule = 2;
    protected const uint IntervalModule = 3;
    protected const ulong Minute = 60 * VenueScript.Second;
    protected const ulong Hour = 60 * Minute;

    protected static readonly ParameterLimits ThresholdLimits = new(10, 1_000, StepMax: 50, Minute, TimeLockNanos: 2 * Minute);

    internal GovernanceScript Governance { get; private set; } = null!;

    [SetUp]
    public void SetUpGovernance()
    {
        Governance = new GovernanceScript(Engine);
        Governance.SetKey(Governor, GovernanceRole.Governance);
        Governance.SetKey(ThresholdModule, GovernanceRole.Module, ParameterId.SettlementThresholdTicks);
        Governance.SetKey(IntervalModule, GovernanceRole.Module, ParameterId.SettlementIntervalNanos);
        Governance.SetEnvelope(ParameterId.SettlementThresholdTicks, 1, ThresholdLimits);
        ListBeforeSeal();
        Governance.Seal(Hour);
        Assert.That(Engine.View.AreParametersGoverned, Is.True);
    }

    protected long Threshold => Engine.View.Parameter(ParameterId.SettlementThresholdTicks, 1);

    /// <summary>What the operator sets up beside.</summary>
    protected virtual void ListBeforeSeal()
    {
    }

    protected RejectCode Refused()
    {
        var told = Reports().Single(report => report.Outcome == GovernanceOutcome.Refused);
        if (told.Proposal == 0)
        {
            var answer = Engine.Events.Single(
                record => record.SchemaId == InternalSchema.Id && record.TemplateId == CommandRefusedDecoder.TemplateId);
            Assert.That(CommandRefusedDecoder.Trusted(answer.Frame).Code, Is.EqualTo((ushort)told.Code), "the operator's answer");
        }

        return told.Code;
    }

    protected long RefusedBound() => Reports().Single(report => report.Outcome == GovernanceOutcome.Refused).Bound;

    /// <summary>The number of the proposal that was just taken.</summary>
    protected uint Proposed() => Reports().Single(report => report.Outcome == GovernanceOutcome.Proposed).Proposal;

    protected IReadOnlyList<GovernanceOutcome> Outcomes() => [.. Reports().Select(report => report.Outcome)];

    /// <summary>Time passes, and a clock tick tells so.</summary>
    protected void Wait(ulong nanos)
    {
        Engine.TimeNanos += nanos;
        Engine.Tick();
    }

    internal IReadOnlyList<Told> Reports() =>
    [
        .. Engine.Events
            .Where(record => record.SchemaId == InternalSchema.Id && record.TemplateId == GovernanceReportDecoder.TemplateId)
            .Select(record => Told.Of(GovernanceReportDecoder.Trusted(record.Frame))),
    ];

    /// <summary>What a report says.</summary>
    internal sealed record Told(
        GovernanceOutcome Outcome, uint KeyId, uint Proposal, RejectCode Code, long Bound, long Value, long Previous)
    {
        public static Told Of(in GovernanceReportDecoder report) => new(
            report.Outcome, report.KeyId, report.Proposal, (RejectCode)report.Code, report.Bound, report.Value, report.Previous);
    }
}
