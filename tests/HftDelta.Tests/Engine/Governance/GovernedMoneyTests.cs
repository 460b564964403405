using HftDelta.Engine;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Markets;
using HftDelta.Tests.Engine.Money;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Governance;

/// <summary>
/// Fee schedules, assets and oracle rules as governed values: what gathers up to an activation is charged by the old value, to
/// the sub-atom, and what comes after by the new.
/// </summary>
[TestFixture]
[CancelAfter(30_000)]
public sealed class GovernedMoneyTests : GovernanceFixture
{
    private const ushort Schedule = 1;
    private const uint Underlyings = 46;
    private const long Start = 100_000;

    private readonly HftDelta.Engine.Accounts.AppliedPosition[] _scratch = new HftDelta.Engine.Accounts.AppliedPosition[256];

    // A schedule of so many underlyings moves in slices: a command looks at some of them.
    protected override EngineLimits Limits => base.Limits with
    {
        Underlyings = EngineLimits.UnderlyingsMax,
        PendingUnitsPerCommand = 1,
    };

    protected override void ListBeforeSeal()
    {
        Venue.SetFees(Schedule, FeeBasis.TradedValue, 0, new TierRates(Maker: -20, Taker: 50, Settlement: 1_000));
        Venue.SetInstrumentFees(Perpetual, Schedule);
        for (uint underlying = 2; underlying <= Underlyings; underlying++)
        {
            Venue.ListUnderlying(underlying, thresholdTicks: 100);
            Venue.Oracle(Start, underlying);
            Venue.ListPerpetual(underlying + 1, underlying);
            Venue.SetInstrumentFees(underlying + 1, Schedule);
        }

        Venue.ListAsset(1, haircutPpm: 100_000);
        Assert.That(Engine.IsRefused(), Is.False);
    }

    [Test]
    public void What_an_index_moved_before_an_activation_is_charged_by_the_old_rate_and_what_it_moves_after_by_the_new()
    {
        Trade(Perpetual);
        var before = Together();
        Venue.Oracle(Start + 50);
        ProposeFee(ParameterId.FeeSettlementPpm, 3_000);
        Wait(Hour);
        Venue.Oracle(Start + 150);
        Assert.That(before - Together(), Is.EqualTo(2 * (Ceiling(50, 1_000) + Ceiling(100, 3_000))), "one long, one short");
    }

    [Test]
    public void A_schedule_moves_underlying_by_underlying_and_each_pays_the_old_rate_up_to_its_own_turn()
    {
        for (uint instrument = 3; instrument <= Underlyings + 1; instrument++)
        {
            Trade(instrument);
            Venue.Oracle(Start + 50, instrument - 1);
        }

        var before = Together();
        Engine.AnswerRisk = false;
        var activation = Engine.TimeNanos + Hour;
        ProposeFee(ParameterId.FeeSettlementPpm, 3_000, activation);
        ProposeFee(ParameterId.FeeSettlementPpm, 5_000, activation);
        Engine.TimeNanos = activation;
        Engine.Tick();
        Assert.That(Outcomes(), Is.EqualTo(new[] { GovernanceOutcome.Activated }), "the second waits until the first is through");
        Assert.That(Engine.Processor.HasPendingWork, Is.True, "no command has room for all of them");
        Assert.That(SettledAt(2), Is.EqualTo(Start + 50), "the first ones had their turn");
        Assert.That(SettledAt(Underlyings), Is.EqualTo(Start), "the last one not");

        // Its turn comes at the head of this command, before the report; what that moves waits for the second change.
        Venue.Oracle(Start + 80, Underlyings);
        Engine.DrainPendingWork();
        Assert.That(Engine.View.Parameter(ParameterId.FeeSettlementPpm, Schedule), Is.EqualTo(5_000));
        for (uint underlying = 2; underlying <= Underlyings; underlying++)
        {
            Assert.That(SettledAt(underlying), Is.EqualTo(underlying == Underlyings ? Start + 80 : Start + 50));
            Venue.Oracle(Start + 200, underlying);
        }

        var each = Ceiling(50, 1_000) + Ceiling(150, 5_000);
        var last = Ceiling(50, 1_000) + Ceiling(30, 3_000) + Ceiling(120, 5_000);
        Assert.That(before - Together(), Is.EqualTo(2 * (((Underlyings - 2) * each) + last)));
    }

    [Test]
    public void Trades_pay_by_the_schedule_that_is_in_force_and_a_new_tier_begins_as_the_last_one()
    {
        ProposeFee(ParameterId.FeeTakerPpm, 100);
        ProposeFee(ParameterId.FeeTierCount, 2);
        Trade(Perpetual);
        Assert.That(Engine.Fees(), Is.EqualTo(new[] { -Floor(Start, 20), Ceiling(Start, 50) }));
        Wait(Hour);
        Engine.DrainPendingWork();
        Venue.SetTier(Alice, 1);
        Trade(Perpetual);
        Assert.That(Engine.Fees(), Is.EqualTo(new[] { -Floor(Start, 20), Ceiling(Start, 100) }), "tier 1 as tier 0 was");
        Propose(ParameterId.FeeTakerPpm, 30, Schedule, row: 1);
        Wait(Hour);
        Trade(Perpetual);
        Assert.That(Engine.Fees()[1], Is.EqualTo(Ceiling(Start, 30)));
        Propose(ParameterId.FeeTakerPpm, 30, Schedule, row: 2);
        Assert.That(Refused(), Is.EqualTo(RejectCode.UnknownParameter), "there is no third tier");
        Propose(ParameterId.FeeMakerPpm, -31, Schedule);
        Assert.That(Refused(), Is.EqualTo(RejectCode.ParameterConflict), "the venue never pays for a trade");
        Propose(ParameterId.FeeTakerPpm, 30, 7);
        Assert.That(Refused(), Is.EqualTo(RejectCode.UnknownParameter), "there is no such schedule");
    }

    [Test]
    public void An_instrument_gets_another_schedule_once_what_it_moved_is_charged_by_its_own()
    {
        Venue.SetFees(2, FeeBasis.TradedValue, 0, new TierRates(Settlement: 7_000));
        Assert.That(Engine.IsRefused(), Is.False, "a new schedule begins with the operator's rates");
        Trade(Perpetual);
        var before = Together();
        Venue.Oracle(Start + 60);
        Propose(ParameterId.InstrumentFeeSchedule, 2, Perpetual);
        Propose(ParameterId.InstrumentFeeSchedule, 3, Perpetual);
        Assert.That(Refused(), Is.EqualTo(RejectCode.ParameterConflict), "there is no such schedule");
        Wait(Hour);
        Venue.Oracle(Start + 160);
        Assert.That(before - Together(), Is.EqualTo(2 * (Ceiling(60, 1_000) + Ceiling(100, 7_000))));
        Assert.That(Engine.View.Parameter(ParameterId.InstrumentFeeSchedule, Perpetual), Is.EqualTo(2));
    }

    [Test]
    public void A_haircut_counts_in_equity_from_its_activation_on()
    {
        Venue.DepositAsset(Alice, 1, 100_000_000, 7);
        var with = Engine.View.Equity(new AccountId(Alice)).Value;
        Propose(ParameterId.AssetHaircutPpm, 400_000, 1);
        Wait(Hour);

        // One unit at 100,000 ticks of one atom: three tenths of it more are cut off.
        Assert.That(with - Engine.View.Equity(new AccountId(Alice)).Value, Is.EqualTo((Int128)30_000 << 32));
        Propose(ParameterId.AssetAccountMaxAtoms, 100_000_000, 1);
        Wait(Hour);
        Venue.DepositAsset(Alice, 1, 1, 8);
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.AssetLimit));
    }

    [Test]
    public void Classes_of_a_price_are_set_from_the_last_one_to_the_first()
    {
        Propose(ParameterId.OracleDeadAfterNanos, (long)(3 * Minute), 1);
        Propose(ParameterId.OracleStaleAfterNanos, (long)(2 * Minute), 1);
        Propose(ParameterId.OracleLateAfterNanos, (long)Minute, 1);
        Assert.That(Refused(), Is.EqualTo(RejectCode.ParameterConflict), "the others are not in force yet");
        Wait(Hour);
        Assert.That(Class(), Is.EqualTo(StalenessClass.None));
        Propose(ParameterId.OracleLateAfterNanos, (long)Minute, 1);
        Wait(Hour - Minute);
        Venue.Oracle(Start);
        Wait(Minute);
        Assert.That(Class(), Is.EqualTo(StalenessClass.Late));
        Propose(ParameterId.OracleStaleAfterNanos, (long)Minute, 1);
        Assert.That(Refused(), Is.EqualTo(RejectCode.ParameterConflict), "late would not come before stale");
        Propose(ParameterId.OracleLateAfterNanos, 0, 1);
        Wait(Hour);
        Assert.That(Class(), Is.EqualTo(StalenessClass.None), "the first one taken away takes all away");
    }

    [Test]
    public void A_source_that_is_disabled_is_not_listened_to()
    {
        Propose(ParameterId.OracleDisabledSources, 0b1, 1);
        Wait(Hour);
        Venue.Oracle(Start + 500);
        Assert.That(
            OracleReportRefusedDecoder.Trusted(Engine.Single(OracleReportRefusedDecoder.TemplateId)).Code,
            Is.EqualTo(RejectCode.OracleSourceDisabled));
    }

    [Test]
    public void After_the_seal_the_operator_changes_none_of_it_and_may_set_what_is_new()
    {
        Venue.SetFees(Schedule, FeeBasis.TradedValue, 0, new TierRates());
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.ParametersGoverned));
        Venue.SetInstrumentFees(Perpetual, 0);
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.ParametersGoverned));
        Venue.SetAssetTerms(1, 0);
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.ParametersGoverned));
        new OracleScript(Engine).Rules(new OracleRulesWords());
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.ParametersGoverned));

        Venue.ListUnderlying(Underlyings + 1);
        Venue.Oracle(Start, Underlyings + 1);
        Venue.ListPerpetual(Underlyings + 2, Underlyings + 1);
        Venue.SetInstrumentFees(Underlyings + 2, Schedule);
        Assert.That(Engine.IsRefused(), Is.False, "its first schedule");
        Venue.SetInstrumentFees(Underlyings + 2, 0);
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.ParametersGoverned));
        var oracle = new OracleScript(Engine, Underlyings + 1);
        oracle.Rules(new OracleRulesWords { JumpPpm = 1 });
        Assert.That(Engine.IsRefused(), Is.False, "its first rules");
        oracle.Rules(new OracleRulesWords());
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.ParametersGoverned));
    }

    [Test]
    public void Every_command_on_money_and_rules_is_answered_to_who_sent_it()
    {
        Venue.SetFees(5, FeeBasis.TradedValue, 0, new TierRates(Taker: 1));
        Assert.That(Applied(), Is.EqualTo((FeeScheduleDecoder.TemplateId, 5u)));
        Venue.SetTier(Alice, 3);
        Assert.That(Applied(), Is.EqualTo((AccountTierDecoder.TemplateId, Alice)));
        Venue.ListAsset(2);
        Assert.That(Applied(), Is.EqualTo((ListAssetDecoder.TemplateId, 2u)));
        Venue.ListUnderlying(Underlyings + 1);
        Assert.That(Applied(), Is.EqualTo((ListUnderlyingDecoder.TemplateId, Underlyings + 1)));
        Venue.SetVolatility(Call, VenueScript.FullVolatility / 2);
        Assert.That(Applied(), Is.EqualTo((VolatilityUpdateDecoder.TemplateId, 1u)));
        new OracleScript(Engine, Underlyings + 1).Rules(new OracleRulesWords { JumpPpm = 1 });
        Assert.That(Applied(), Is.EqualTo((OracleRulesDecoder.TemplateId, Underlyings + 1)));
    }

    private (ushort Template, uint Reference) Applied()
    {
        var told = CommandAppliedDecoder.Trusted(Engine.Events.Single(record =>
            record.SchemaId == InternalSchema.Id && record.TemplateId == CommandAppliedDecoder.TemplateId).Frame);
        return (told.CommandTemplateId, told.Reference);
    }

    private StalenessClass Class() => Engine.View.Staleness(new UnderlyingId(1));

    // The perpetual of an underlying has delta 1: where its index stands tells up to which price it has been settled.
    private long SettledAt(uint underlying) => (long)(Engine.View.DeltaIndex(new InstrumentId(underlying + 1)).Value >> 32);

    private void Trade(uint instrument)
    {
        Venue.Order(Bob, instrument, Side.Sell, Start, 1);
        Venue.Order(Alice, instrument, Side.Buy, Start, 1);
    }

    private void ProposeFee(ParameterId parameter, long value, ulong activation = 0) =>
        Governance.Propose(parameter, value, activationTime: activation, scope: Schedule);

    private void Propose(ParameterId parameter, long value, uint scope, ushort row = 0) =>
        Governance.Say(new GovernanceWords { Parameter = parameter, Scope = scope, Row = row, Value = value });

    /// <summary>Of both traders as applied: what they pay each other drops out, what they pay the venue is missing.</summary>
    private Int128 Together() => Applied(Alice) + Applied(Bob);

    private Int128 Applied(uint account) => Engine.View.AsApplied(new AccountId(account), _scratch).Cash.Value;

    private static Int128 Ceiling(Int128 atoms, int ppm) => (((atoms << 32) * ppm) + 999_999) / 1_000_000;

    private static Int128 Floor(Int128 atoms, int ppm) => (atoms << 32) * ppm / 1_000_000;
}
