using HftDelta.Simulation.Engines;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Governance;

/// <summary>Who may change what, how far, how fast and when.</summary>
[TestFixture]
[CancelAfter(30_000)]
public sealed class ProposalRuleTests : GovernanceFixture
{
    [Test]
    public void A_module_moves_its_parameter_with_the_next_command()
    {
        Governance.Propose(ParameterId.SettlementThresholdTicks, 150, ThresholdModule);
        Assert.That(Outcomes(), Is.EqualTo(new[] { GovernanceOutcome.Proposed }));
        Assert.That(Threshold, Is.EqualTo(100), "nothing changes in the command that proposes");
        Assert.That(Engine.Processor.HasPendingWork, Is.True, "so the sequencer keeps ticks coming");
        Engine.Tick();
        Assert.That(Threshold, Is.EqualTo(150));
        var told = Reports().Single();
        Assert.That((told.Outcome, told.Previous, told.Value), Is.EqualTo((GovernanceOutcome.Activated, 100L, 150L)));
        Assert.That(Engine.Processor.HasPendingWork, Is.False);
    }

    [TestCase(9, 10)]
    [TestCase(1_001, 1_000)]
    public void Outside_its_envelope_a_module_is_refused(long value, long bound)
    {
        Governance.Propose(ParameterId.SettlementThresholdTicks, value, ThresholdModule);
        Assert.That(Refused(), Is.EqualTo(RejectCode.ParameterOutsideEnvelope));
        Assert.That(RefusedBound(), Is.EqualTo(bound));
    }

    [TestCase(151)]
    [TestCase(49)]
    public void A_step_beyond_the_largest_is_refused(long value)
    {
        Governance.Propose(ParameterId.SettlementThresholdTicks, value, ThresholdModule);
        Assert.That(Refused(), Is.EqualTo(RejectCode.ParameterStepTooLarge));
        Assert.That(RefusedBound(), Is.EqualTo(50));
    }

    [Test]
    public void A_change_within_the_cooldown_is_refused_and_one_at_its_end_is_taken()
    {
        Governance.Propose(ParameterId.SettlementThresholdTicks, 150, ThresholdModule);
        Engine.Tick();
        var end = Engine.TimeNanos + Minute;
        Engine.TimeNanos = end - 1;
        Governance.Propose(ParameterId.SettlementThresholdTicks, 160, ThresholdModule);
        Assert.That(Refused(), Is.EqualTo(RejectCode.ParameterCoolingDown));
        Assert.That((ulong)RefusedBound(), Is.EqualTo(end));
        Governance.Propose(ParameterId.SettlementThresholdTicks, 160, ThresholdModule, activationTime: end);
        Assert.That(Outcomes(), Is.EqualTo(new[] { GovernanceOutcome.Proposed }), "what is meant for its end can be said before");
        Wait(1);
        Assert.That(Threshold, Is.EqualTo(160));
    }

    [Test]
    public void A_module_moves_nothing_but_its_own()
    {
        Governance.Propose(ParameterId.OracleQuorum, 2, ThresholdModule);
        Assert.That(Refused(), Is.EqualTo(RejectCode.ParameterNotOfModule));
    }

    [Test]
    public void Without_an_envelope_only_governance_moves_a_parameter()
    {
        Governance.Propose(ParameterId.SettlementIntervalNanos, 1_000_000_000, IntervalModule);
        Assert.That(Refused(), Is.EqualTo(RejectCode.ParameterHasNoEnvelope));
        Governance.Propose(ParameterId.SettlementIntervalNanos, 1_000_000_000);
        Assert.That(Outcomes(), Is.EqualTo(new[] { GovernanceOutcome.Proposed }));
    }

    [Test]
    public void An_envelope_of_scope_zero_holds_for_all_that_have_none_of_their_own()
    {
        Governance.Say(new GovernanceWords
        {
            Action = GovernanceActionKind.SetEnvelope,
            Parameter = ParameterId.SettlementIntervalNanos,
            Limits = new ParameterLimits(1_000_000, 2_000_000),
        });
        Wait(Hour);
        Governance.Propose(ParameterId.SettlementIntervalNanos, 2_000_001, IntervalModule);
        Assert.That(Refused(), Is.EqualTo(RejectCode.ParameterOutsideEnvelope));
        Governance.Propose(ParameterId.SettlementIntervalNanos, 2_000_000, IntervalModule);
        Engine.Tick();
        Assert.That(Engine.View.Parameter(ParameterId.SettlementIntervalNanos, 1), Is.EqualTo(2_000_000));
    }

    [Test]
    public void Governance_goes_beyond_the_envelope_after_the_time_lock_and_not_a_nanosecond_earlier()
    {
        var proposedAt = Engine.TimeNanos;
        Governance.Propose(ParameterId.SettlementThresholdTicks, 5_000);
        Engine.TimeNanos = proposedAt + (2 * Minute) - 1;
        Engine.Tick();
        Assert.That(Threshold, Is.EqualTo(100));
        Wait(1);
        Assert.That(Threshold, Is.EqualTo(5_000));
    }

    [Test]
    public void An_activation_before_the_end_of_the_time_lock_is_refused()
    {
        var end = Engine.TimeNanos + (2 * Minute);
        Governance.Propose(ParameterId.SettlementThresholdTicks, 5_000, activationTime: end - 1);
        Assert.That(Refused(), Is.EqualTo(RejectCode.ActivationTooEarly));
        Assert.That((ulong)RefusedBound(), Is.EqualTo(end));
        Governance.Propose(ParameterId.SettlementThresholdTicks, 5_000, activationTime: end);
        Assert.That(Outcomes(), Is.EqualTo(new[] { GovernanceOutcome.Proposed }));
    }

    [Test]
    public void A_parameter_without_envelope_waits_for_the_time_lock_of_the_venue()
    {
        Governance.Propose(ParameterId.OracleQuorum, 2);
        Wait(Hour - 1);
        Assert.That(Engine.View.Parameter(ParameterId.OracleQuorum, 1), Is.EqualTo(1));
        Wait(1);
        Assert.That(Engine.View.Parameter(ParameterId.OracleQuorum, 1), Is.EqualTo(2));
    }

    [Test]
    public void An_envelope_that_says_no_time_lock_has_that_of_the_venue()
    {
        Governance.Say(Envelope(ThresholdLimits with { TimeLockNanos = 0 }));
        Wait(Hour);
        Governance.Propose(ParameterId.SettlementThresholdTicks, 5_000, activationTime: Engine.TimeNanos + Hour - 1);
        Assert.That(Refused(), Is.EqualTo(RejectCode.ActivationTooEarly));
        Assert.That((ulong)RefusedBound(), Is.EqualTo(Engine.TimeNanos + Hour));
    }

    [Test]
    public void The_time_lock_of_an_envelope_cannot_be_taken_off_faster_than_the_venues()
    {
        Governance.Say(new GovernanceWords
        {
            Action = GovernanceActionKind.SetEnvelope,
            Parameter = ParameterId.SettlementThresholdTicks,
            Scope = 1,
            Limits = ThresholdLimits with { TimeLockNanos = 1 },
        });
        Wait(Hour - 1);
        Governance.Propose(ParameterId.SettlementThresholdTicks, 5_000, activationTime: Engine.TimeNanos + 1);
        Assert.That(Refused(), Is.EqualTo(RejectCode.ActivationTooEarly));
        Wait(1);
        Governance.Propose(ParameterId.SettlementThresholdTicks, 5_000, activationTime: Engine.TimeNanos + 1);
        Assert.That(Outcomes(), Is.EqualTo(new[] { GovernanceOutcome.Proposed }));
    }

    [Test]
    public void A_number_that_the_key_has_used_is_refused_also_when_its_word_was_refused()
    {
        Governance.Say(new GovernanceWords { Sequence = 7, Parameter = ParameterId.OracleQuorum, Scope = 9, Value = 1 });
        Assert.That(Refused(), Is.EqualTo(RejectCode.UnknownParameter));
        Governance.Say(new GovernanceWords { Sequence = 7, Parameter = ParameterId.OracleQuorum, Scope = 1, Value = 1 });
        Assert.That(Refused(), Is.EqualTo(RejectCode.GovernanceSequenceUsed));
        Assert.That(RefusedBound(), Is.EqualTo(7));
        Governance.Say(new GovernanceWords { Sequence = 6, Parameter = ParameterId.OracleQuorum, Scope = 1, Value = 1 });
        Assert.That(Refused(), Is.EqualTo(RejectCode.GovernanceSequenceUsed));
        Governance.Say(new GovernanceWords { Sequence = 8, Parameter = ParameterId.OracleQuorum, Scope = 1, Value = 1 });
        Assert.That(Outcomes(), Is.EqualTo(new[] { GovernanceOutcome.Proposed }));
    }

    [TestCase(0u)]
    [TestCase(4u)]
    [TestCase(64u)]
    [TestCase(uint.MaxValue)]
    public void An_unknown_key_is_refused(uint key)
    {
        Governance.Propose(ParameterId.OracleQuorum, 2, key);
        Assert.That(Refused(), Is.EqualTo(RejectCode.UnknownGovernanceKey));
    }

    [TestCase(11, 1u, 0)]
    [TestCase(127, 1u, 0)]
    [TestCase(65_535, 1u, 0)]
    [TestCase((int)ParameterId.OracleQuorum, 2u, 0)]
    [TestCase((int)ParameterId.OracleQuorum, 0u, 0)]
    [TestCase((int)ParameterId.OracleQuorum, 1u, 1)]
    [TestCase((int)ParameterId.LotSize, 3u, 0)]
    [TestCase((int)ParameterId.Increment, 1u, 8)]
    [TestCase((int)ParameterId.GovernanceTimeLockNanos, 1u, 0)]
    public void An_unknown_parameter_is_refused(int parameter, uint scope, int row)
    {
        Governance.Say(new GovernanceWords { Parameter = (ParameterId)parameter, Scope = scope, Row = (ushort)row, Value = 1 });
        Assert.That(Refused(), Is.EqualTo(RejectCode.UnknownParameter));
    }

    [Test]
    public void Governance_stays_inside_what_the_engine_can_compute_with()
    {
        Governance.Propose(ParameterId.OracleQuorum, 9);
        Assert.That(Refused(), Is.EqualTo(RejectCode.ParameterOutsideEnvelope));
        Assert.That(RefusedBound(), Is.EqualTo(8));
        Governance.Propose(ParameterId.InitialMarginPpm, 999);
        Assert.That(RefusedBound(), Is.EqualTo(1_000));
    }

    [Test]
    public void A_value_that_does_not_go_with_the_others_is_refused()
    {
        Governance.Propose(ParameterId.ShortOptionMinimumPpm, 150_001);
        Assert.That(Refused(), Is.EqualTo(RejectCode.ParameterConflict), "above the full margin");
        Governance.Propose(ParameterId.SettlementIntervalNanos, 999_999);
        Assert.That(Refused(), Is.EqualTo(RejectCode.ParameterConflict), "neither none nor a millisecond");
    }

    [Test]
    public void A_value_that_has_stopped_going_with_the_others_is_refused_at_its_activation()
    {
        Governance.Propose(ParameterId.ShortOptionMinimumPpm, 150_000);
        Governance.Propose(ParameterId.ShortOptionMarginPpm, 140_000);
        var later = Proposed();
        Wait(Hour);
        Assert.That(Outcomes(), Is.EqualTo(new[] { GovernanceOutcome.Activated, GovernanceOutcome.Refused }));
        Assert.That(Refused(), Is.EqualTo(RejectCode.ParameterConflict));
        Assert.That(Reports()[1].Proposal, Is.EqualTo(later));
        Assert.That(Engine.View.Parameter(ParameterId.ShortOptionMarginPpm, 1), Is.EqualTo(150_000));
        Assert.That(Engine.View.WaitingProposals, Is.Zero);
    }

    [Test]
    public void A_word_that_comes_at_its_deadline_is_refused()
    {
        Governance.Say(new GovernanceWords
        {
            Parameter = ParameterId.OracleQuorum,
            Scope = 1,
            Value = 2,
            Deadline = Engine.TimeNanos,
        });
        Assert.That(Refused(), Is.EqualTo(RejectCode.DeadlinePassed));
    }

    [Test]
    public void A_module_has_one_proposal_on_a_parameter_at_a_time()
    {
        Governance.Propose(ParameterId.SettlementThresholdTicks, 140, ThresholdModule, Engine.TimeNanos + Minute);
        var first = Proposed();
        Governance.Propose(ParameterId.SettlementThresholdTicks, 150, ThresholdModule);
        Assert.That(Refused(), Is.EqualTo(RejectCode.ProposalOutstanding));
        Assert.That(RefusedBound(), Is.EqualTo(first));
    }

    [Test]
    public void Places_are_limited_and_the_last_ones_are_governances()
    {
        for (var number = 0; number < 64; number++)
        {
            Governance.Propose(ParameterId.OracleQuorum, 2);
            Assert.That(Outcomes(), Is.EqualTo(new[] { GovernanceOutcome.Proposed }));
            if (number == 48)
            {
                Governance.Propose(ParameterId.SettlementThresholdTicks, 140, ThresholdModule);
                Assert.That(Refused(), Is.EqualTo(RejectCode.CapacityExhausted));
            }
        }

        Governance.Propose(ParameterId.OracleQuorum, 2);
        Assert.That(Refused(), Is.EqualTo(RejectCode.CapacityExhausted));
    }

    [TestCase(GovernanceActionKind.SetEnvelope)]
    [TestCase(GovernanceActionKind.SetKey)]
    [TestCase(GovernanceActionKind.Cancel)]
    [TestCase(GovernanceActionKind.Freeze)]
    [TestCase(GovernanceActionKind.Unfreeze)]
    public void A_module_may_only_propose_values(GovernanceActionKind action)
    {
        Governance.Say(new GovernanceWords
        {
            KeyId = ThresholdModule,
            Action = action,
            Parameter = ParameterId.SettlementThresholdTicks,
            Scope = 1,
            Limits = ThresholdLimits,
            Subject = 1,
            Role = GovernanceRole.Governance,
            Address = 5,
        });
        Assert.That(Refused(), Is.EqualTo(RejectCode.NotGovernance));
    }

    [TestCase(0)]
    [TestCase(7)]
    [TestCase(255)]
    public void An_action_that_is_none_is_refused(int action)
    {
        Governance.Say(new GovernanceWords { Action = (GovernanceActionKind)action });
        Assert.That(Refused(), Is.EqualTo(RejectCode.BadParameter));
    }

    [Test]
    public void An_envelope_beyond_what_the_engine_can_compute_with_is_refused()
    {
        Governance.Say(Envelope(new ParameterLimits(0, 1_000)));
        Assert.That(Refused(), Is.EqualTo(RejectCode.ParameterOutsideEnvelope));
        Assert.That(RefusedBound(), Is.EqualTo(1));
        Governance.Say(Envelope(new ParameterLimits(20, 10)));
        Assert.That(Refused(), Is.EqualTo(RejectCode.BadParameter), "upside down");
        Governance.Say(Envelope(ThresholdLimits with { StepMax = -1 }));
        Assert.That(Refused(), Is.EqualTo(RejectCode.BadParameter));
        Governance.Say(Envelope(ThresholdLimits with { TimeLockNanos = ulong.MaxValue }));
        Assert.That(Refused(), Is.EqualTo(RejectCode.BadParameter), "nobody would live to see a change");
        Governance.Say(Envelope(ThresholdLimits with { CooldownNanos = ulong.MaxValue }));
        Assert.That(Refused(), Is.EqualTo(RejectCode.BadParameter));
    }

    private static GovernanceWords Envelope(ParameterLimits limits) => new()
    {
        Action = GovernanceActionKind.SetEnvelope,
        Parameter = ParameterId.SettlementThresholdTicks,
        Scope = 1,
        Limits = limits,
    };
}
