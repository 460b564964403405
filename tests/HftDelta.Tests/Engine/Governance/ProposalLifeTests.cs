using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Governance;

/// <summary>What becomes of proposals that wait: cancelled, frozen, overtaken, in force by time or by command.</summary>
[TestFixture]
[CancelAfter(30_000)]
public sealed class ProposalLifeTests : GovernanceFixture
{
    [Test]
    public void A_cancelled_proposal_never_comes_into_force()
    {
        Governance.Propose(ParameterId.OracleQuorum, 2);
        var number = Proposed();
        Cancel(number);
        Assert.That(Outcomes(), Is.EqualTo(new[] { GovernanceOutcome.Canceled }));
        Assert.That(Reports().Single().Proposal, Is.EqualTo(number));
        Wait(2 * Hour);
        Assert.That(Outcomes(), Is.Empty);
        Assert.That(Engine.View.Parameter(ParameterId.OracleQuorum, 1), Is.EqualTo(1));
        Cancel(number);
        Assert.That(Refused(), Is.EqualTo(RejectCode.UnknownProposal));
    }

    [TestCase(0u)]
    [TestCase(2u)]
    public void Only_a_proposal_that_waits_can_be_cancelled(uint number)
    {
        Governance.Propose(ParameterId.OracleQuorum, 2);
        Cancel(number);
        Assert.That(Refused(), Is.EqualTo(RejectCode.UnknownProposal));
        Assert.That(Engine.View.WaitingProposals, Is.EqualTo(1));
    }

    [Test]
    public void A_freeze_stops_proposals_and_what_waits_until_governance_unfreezes()
    {
        Governance.Propose(ParameterId.OracleQuorum, 2);
        Governance.Say(new GovernanceWords { Action = GovernanceActionKind.Freeze });
        Assert.That(Outcomes(), Is.EqualTo(new[] { GovernanceOutcome.Frozen }));
        Governance.Propose(ParameterId.OracleQuorum, 3);
        Assert.That(Refused(), Is.EqualTo(RejectCode.GovernanceFrozen));
        Governance.Propose(ParameterId.SettlementThresholdTicks, 110, ThresholdModule);
        Assert.That(Refused(), Is.EqualTo(RejectCode.GovernanceFrozen));

        Wait(2 * Hour);
        Assert.That(Engine.View.Parameter(ParameterId.OracleQuorum, 1), Is.EqualTo(1));
        Assert.That(Engine.Processor.HasPendingWork, Is.False, "nobody is kept busy by what may not happen");

        Governance.Say(new GovernanceWords { Action = GovernanceActionKind.Unfreeze });
        Assert.That(Outcomes(), Is.EqualTo(new[] { GovernanceOutcome.Unfrozen }));
        Assert.That(Engine.View.Parameter(ParameterId.OracleQuorum, 1), Is.EqualTo(1));
        Engine.Tick();
        Assert.That(Engine.View.Parameter(ParameterId.OracleQuorum, 1), Is.EqualTo(2));
    }

    [Test]
    public void What_waits_can_be_cancelled_while_everything_is_frozen()
    {
        Governance.Propose(ParameterId.OracleQuorum, 2);
        var number = Proposed();
        Governance.Say(new GovernanceWords { Action = GovernanceActionKind.Freeze });
        Cancel(number);
        Governance.Say(new GovernanceWords { Action = GovernanceActionKind.Unfreeze });
        Wait(2 * Hour);
        Assert.That(Engine.View.Parameter(ParameterId.OracleQuorum, 1), Is.EqualTo(1));
    }

    [Test]
    public void A_proposal_bound_to_a_command_comes_into_force_at_its_head()
    {
        Engine.AnswerRisk = false;
        var at = (ulong)Engine.Processor.LastSequence.Value + 4;
        Governance.Say(new GovernanceWords
        {
            KeyId = ThresholdModule,
            Parameter = ParameterId.SettlementThresholdTicks,
            Scope = 1,
            Value = 120,
            ActivationSequence = at,
        });
        while ((ulong)Engine.Processor.LastSequence.Value < at - 1)
        {
            Engine.Tick();
            Assert.That(Threshold, Is.EqualTo(100));
        }

        Engine.Tick();
        Assert.That((ulong)Engine.Processor.LastSequence.Value, Is.EqualTo(at));
        Assert.That(Threshold, Is.EqualTo(120));
    }

    [Test]
    public void Both_time_and_command_must_have_come()
    {
        var at = (ulong)Engine.Processor.LastSequence.Value + 6;
        Governance.Say(new GovernanceWords
        {
            KeyId = ThresholdModule,
            Parameter = ParameterId.SettlementThresholdTicks,
            Scope = 1,
            Value = 120,
            ActivationSequence = at,
            ActivationTime = Engine.TimeNanos + Minute,
        });
        Wait(Minute);
        Assert.That(Threshold, Is.EqualTo(100), "its command has not come");
        while ((ulong)Engine.Processor.LastSequence.Value < at - 1)
        {
            Engine.Tick();
        }

        Assert.That(Threshold, Is.EqualTo(100));
        Engine.Tick();
        Assert.That(Threshold, Is.EqualTo(120));
    }

    [Test]
    public void A_report_that_is_the_command_is_judged_by_the_new_value()
    {
        Engine.AnswerRisk = false;
        Governance.Say(new GovernanceWords
        {
            KeyId = ThresholdModule,
            Parameter = ParameterId.SettlementThresholdTicks,
            Scope = 1,
            Value = 60,
            ActivationSequence = (ulong)Engine.Processor.LastSequence.Value + 3,
        });
        Venue.Oracle(100_070);
        Assert.That(Settled, Is.EqualTo(100_000), "a command early");
        Venue.Oracle(100_129);
        Assert.That(Settled, Is.EqualTo(100_070), "by the old value first");
        Venue.Oracle(100_130);
        Assert.That(Settled, Is.EqualTo(100_130), "a command late");
    }

    [Test]
    public void What_falls_due_together_comes_into_force_by_time_and_then_by_number()
    {
        Governance.Propose(ParameterId.OracleQuorum, 2, activationTime: Engine.TimeNanos + (2 * Hour));
        Governance.Propose(ParameterId.OracleQuorum, 3, activationTime: Engine.TimeNanos + (2 * Hour));
        Governance.Propose(ParameterId.OracleQuorum, 4, activationTime: Engine.TimeNanos + Hour);
        Wait(3 * Hour);
        Assert.That(Reports().Select(report => report.Value), Is.EqualTo(new[] { 4L, 2L, 3L }));
        Assert.That(Engine.View.Parameter(ParameterId.OracleQuorum, 1), Is.EqualTo(3));
    }

    [Test]
    public void A_change_in_between_may_make_a_waiting_step_too_large()
    {
        Governance.Propose(ParameterId.SettlementThresholdTicks, 140, ThresholdModule, Engine.TimeNanos + (3 * Minute));
        Governance.Propose(ParameterId.SettlementThresholdTicks, 500);
        Wait(2 * Minute);
        Assert.That(Threshold, Is.EqualTo(500));
        Wait(Minute);
        Assert.That(Refused(), Is.EqualTo(RejectCode.ParameterStepTooLarge));
        Assert.That(Threshold, Is.EqualTo(500));
    }

    [Test]
    public void An_envelope_that_shrinks_stops_a_waiting_proposal()
    {
        Governance.Propose(ParameterId.SettlementThresholdTicks, 140, ThresholdModule, Engine.TimeNanos + (2 * Hour));
        Governance.Say(new GovernanceWords
        {
            Action = GovernanceActionKind.SetEnvelope,
            Parameter = ParameterId.SettlementThresholdTicks,
            Scope = 1,
            Limits = ThresholdLimits with { Maximum = 120 },
        });
        Wait(2 * Hour);
        Assert.That(Refused(), Is.EqualTo(RejectCode.ParameterOutsideEnvelope));
        Assert.That(Threshold, Is.EqualTo(100));
    }

    [Test]
    public void What_a_key_proposed_dies_with_it()
    {
        Governance.Propose(ParameterId.SettlementThresholdTicks, 140, ThresholdModule, Engine.TimeNanos + (2 * Hour));
        SetKey(ThresholdModule, GovernanceRole.None);
        Wait(Hour);
        Governance.Propose(ParameterId.SettlementThresholdTicks, 140, ThresholdModule);
        Assert.That(Refused(), Is.EqualTo(RejectCode.UnknownGovernanceKey));
        Wait(Hour);
        Assert.That(Refused(), Is.EqualTo(RejectCode.UnknownGovernanceKey));
        Assert.That(Threshold, Is.EqualTo(100));
    }

    [Test]
    public void A_key_is_set_after_the_venues_time_lock_and_its_numbers_go_on()
    {
        SetKey(ThresholdModule, GovernanceRole.Module, ParameterId.SettlementThresholdTicks);
        Governance.Propose(ParameterId.SettlementThresholdTicks, 140, ThresholdModule);
        Wait(Hour);
        var told = Engine.Events.Single(
            record => record.SchemaId == InternalSchema.Id && record.TemplateId == GovernanceKeyStateDecoder.TemplateId);
        var key = GovernanceKeyStateDecoder.Trusted(told.Frame);
        Assert.That((key.KeyId, key.LastSequence, key.Address[19]), Is.EqualTo((ThresholdModule, 1UL, (byte)77)));
        var word = new GovernanceWords
        {
            KeyId = ThresholdModule,
            Sequence = 1,
            Parameter = ParameterId.SettlementThresholdTicks,
            Scope = 1,
            Value = 150,
            Signer = 77,
        };
        Governance.Say(word);
        Assert.That(Refused(), Is.EqualTo(RejectCode.GovernanceSequenceUsed), "the last holder's words stay used");
        Governance.Say(word with { Sequence = 2, Signer = (byte)ThresholdModule });
        Assert.That(Refused(), Is.EqualTo(RejectCode.UnknownGovernanceKey), "verified before the key changed hands");
        Wait(Minute);
        Governance.Say(word with { Sequence = 2 });
        Assert.That(Outcomes(), Is.EqualTo(new[] { GovernanceOutcome.Proposed }));
    }

    [Test]
    public void The_last_key_of_governance_stays()
    {
        SetKey(Governor, GovernanceRole.Module);
        Assert.That(Refused(), Is.EqualTo(RejectCode.LastGovernanceKey));
        SetKey(9, GovernanceRole.Governance);
        SetKey(Governor, GovernanceRole.None);
        Assert.That(Refused(), Is.EqualTo(RejectCode.LastGovernanceKey), "the other one is not in force yet");
        Wait(Hour);
        SetKey(Governor, GovernanceRole.None);
        Assert.That(Outcomes(), Is.EqualTo(new[] { GovernanceOutcome.Proposed }));
    }

    [Test]
    public void The_rules_of_an_instrument_that_has_expired_change_no_more()
    {
        Governance.Propose(ParameterId.OrderLotsMax, 5, scope: Call, activationTime: Expiry + Hour);
        Engine.TimeNanos = Expiry;
        Engine.Tick();
        Engine.DrainPendingWork();
        Wait(Hour);
        Assert.That(Refused(), Is.EqualTo(RejectCode.InstrumentNotOpen));
    }

    private long Settled => Engine.View.SettlementPrice(new InstrumentId(Perpetual)).Value;

    private void Cancel(uint number) =>
        Governance.Say(new GovernanceWords { Action = GovernanceActionKind.Cancel, Subject = number });

    private void SetKey(uint key, GovernanceRole role, params ParameterId[] parameters) => Governance.Say(new GovernanceWords
    {
        Action = GovernanceActionKind.SetKey,
        Subject = key,
        Role = role,
        Parameters = parameters,
        Address = 77,
    });
}
