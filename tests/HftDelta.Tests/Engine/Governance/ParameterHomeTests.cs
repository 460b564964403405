using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Governance;

/// <summary>A parameter that is in force is the one that the engine uses: settlement, margin, rules, the lock itself.</summary>
[TestFixture]
[CancelAfter(30_000)]
public sealed class ParameterHomeTests : GovernanceFixture
{
    private static readonly InstrumentId _perpetual = new(Perpetual);

    // Index of the perpetual, whose delta is 1, in whole ticks above where it began.
    private long Moved => (long)((Engine.View.DeltaIndex(_perpetual).Value >> 32) - 100_000);

    [Test]
    public void Moves_are_settled_by_the_old_threshold_up_to_the_activation_and_by_the_new_one_from_it_on()
    {
        var activation = Engine.TimeNanos + Minute;
        Governance.Propose(ParameterId.SettlementThresholdTicks, 60, ThresholdModule, activation);

        Engine.TimeNanos = activation - 1;
        Venue.Oracle(100_070);
        Assert.That(Moved, Is.Zero, "70 is below 100: a tick early it would be settled");
        Assert.That(Reports(), Is.Empty);

        // The activation settles what had moved, then the report is judged by the new threshold.
        Engine.TimeNanos = activation;
        Venue.Oracle(100_129);
        Assert.That(Settlements(), Is.EqualTo(new[] { (SettlementTrigger.ParameterActivation, 100_070L) }));
        Assert.That(Moved, Is.EqualTo(70), "59 more are below 60");
        Venue.Oracle(100_130);
        Assert.That(Settlements(), Is.EqualTo(new[] { (SettlementTrigger.Threshold, 100_130L) }));
        Assert.That(Moved, Is.EqualTo(130), "60 are not below 100: a tick late they would wait");
    }

    [Test]
    public void A_report_at_the_activation_is_judged_by_the_new_threshold()
    {
        var activation = Engine.TimeNanos + Minute;
        Governance.Propose(ParameterId.SettlementThresholdTicks, 60, ThresholdModule, activation);
        Engine.TimeNanos = activation;
        Venue.Oracle(100_060);
        Assert.That(
            Settlements(),
            Is.EqualTo(new[] { (SettlementTrigger.ParameterActivation, 100_000L), (SettlementTrigger.Threshold, 100_060L) }));
    }

    [Test]
    public void An_interval_runs_from_its_activation_on()
    {
        var activation = Engine.TimeNanos + Hour;
        Governance.Propose(ParameterId.SettlementIntervalNanos, (long)Minute);
        Engine.TimeNanos = activation - 1;
        Engine.Tick();
        Wait(1);
        Venue.Oracle(100_001);
        Assert.That(Moved, Is.Zero);
        Engine.TimeNanos = activation + Minute - 1;
        Engine.Tick();
        Assert.That(Moved, Is.Zero);
        Wait(1);
        Assert.That(Moved, Is.EqualTo(1));
        Assert.That(Settlements(), Is.EqualTo(new[] { (SettlementTrigger.Interval, 100_001L) }));
    }

    [Test]
    public void A_margin_buffer_widens_every_requirement_and_rounds_it_up()
    {
        Venue.Order(Bob, Perpetual, Side.Sell, 100_000, 1);
        Venue.Order(Alice, Perpetual, Side.Buy, 100_000, 1);
        var free = Free(Alice);
        Governance.Propose(ParameterId.MarginBufferPpm, 250_001);
        Wait(Hour);

        // A tenth of 100,000 atoms, and 250,001 millionths of that, in 2^-32 of an atom.
        var requirement = (Int128)10_000 << 32;
        var buffer = ((requirement * 250_001) + 999_999) / 1_000_000;
        Assert.That(free - Free(Alice), Is.EqualTo(buffer));
        Assert.That(Free(Bob), Is.EqualTo(Free(Alice)));
    }

    [Test]
    public void A_trading_rule_binds_orders_from_its_activation_on()
    {
        Governance.Propose(ParameterId.OrderLotsMax, 5, scope: Perpetual);
        Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 6);
        Assert.That(Engine.Events.Any(record => record.TemplateId == OrderAcceptedDecoder.TemplateId), Is.True);
        Engine.TimeNanos += Hour;
        Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 6);
        var rejected = OrderRejectedDecoder.Trusted(Engine.Single(OrderRejectedDecoder.TemplateId));
        Assert.That((rejected.Code, rejected.Bound), Is.EqualTo((RejectCode.OrderTooLarge, 5L)));
    }

    [Test]
    public void Rows_of_price_increments_come_at_the_end_and_go_from_there()
    {
        SetRow(ParameterId.IncrementFromPrice, 1, 500);
        Assert.That(Refused(), Is.EqualTo(RejectCode.ParameterConflict), "there is no row before it");
        SetRow(ParameterId.IncrementFromPrice, 0, 1);
        Wait(Hour);
        SetRow(ParameterId.Increment, 0, 10);
        SetRow(ParameterId.IncrementFromPrice, 1, 500);
        Wait(Hour);
        Assert.That(Row(0), Is.EqualTo((1, 10)));
        Assert.That(Row(1), Is.EqualTo((500, 1)));
        SetRow(ParameterId.IncrementFromPrice, 0, 0);
        Assert.That(Refused(), Is.EqualTo(RejectCode.ParameterConflict), "it is not the last");
        SetRow(ParameterId.IncrementFromPrice, 1, 0);
        Wait(Hour);
        Assert.That(Row(1), Is.EqualTo((0, 0)));
        Assert.That(Row(0), Is.EqualTo((1, 10)));
    }

    [Test]
    public void The_time_lock_of_the_venue_is_a_parameter_like_others()
    {
        Governance.Propose(ParameterId.GovernanceTimeLockNanos, (long)Minute, scope: 0);
        Wait(Hour - 1);
        Assert.That(Engine.View.Parameter(ParameterId.GovernanceTimeLockNanos), Is.EqualTo((long)Hour));
        Wait(1);
        Governance.Propose(ParameterId.OracleQuorum, 2);
        Wait(Minute);
        Assert.That(Engine.View.Parameter(ParameterId.OracleQuorum, 1), Is.EqualTo(2));
    }

    [Test]
    public void Every_parameter_is_told_with_its_envelope_and_what_waits_with_it()
    {
        Governance.Propose(ParameterId.SettlementThresholdTicks, 140, ThresholdModule, Engine.TimeNanos + Minute);
        Governance.TellParameters();
        Engine.DrainPendingWork();
        var told = Engine.Events.Where(record => record.SchemaId == InternalSchema.Id).ToList();
        var threshold = told.Where(record => record.TemplateId == ParameterStateDecoder.TemplateId)
            .Select(record => ReadState(record.Frame)).ToDictionary(each => (each.Parameter, each.Scope));
        const int Underlyings = 10 + 10;
        const int Instruments = (2 * 10) + 1;
        const int Venue = 1 + 6;
        Assert.That(threshold, Has.Count.EqualTo(Underlyings + Instruments + Venue), "a true-up of the option alone");
        var one = threshold[(ParameterId.SettlementThresholdTicks, 1)];
        Assert.That(one, Is.EqualTo((ParameterId.SettlementThresholdTicks, 1u, 100L, ThresholdLimits, true)));
        Assert.That(threshold[(ParameterId.OracleQuorum, 1)].Limits, Is.EqualTo(new ParameterLimits(1, 8, 0, 0, Hour)));
        var proposal = told.Single(record => record.TemplateId == ProposalStateDecoder.TemplateId);
        Assert.That(ProposalStateDecoder.Trusted(proposal.Frame).Value, Is.EqualTo(140));
        Assert.That(told.Count(record => record.TemplateId == GovernanceKeyStateDecoder.TemplateId), Is.EqualTo(3));
        Assert.That(told[^1].TemplateId, Is.EqualTo(CommandCompletedDecoder.TemplateId));
    }

    private Int128 Free(uint account) => Engine.View.FreeEquity(new AccountId(account)).Value;

    private static (ParameterId Parameter, uint Scope, long Value, ParameterLimits Limits, bool HasEnvelope) ReadState(
        byte[] frame)
    {
        var told = ParameterStateDecoder.Trusted(frame);
        return ((ParameterId)told.Parameter, told.Scope, told.Value,
            new ParameterLimits(told.Minimum, told.Maximum, told.StepMax, told.CooldownNanos, told.TimeLockNanos),
            told.HasEnvelope != 0);
    }

    private void SetRow(ParameterId parameter, ushort row, long value) =>
        Governance.Say(new GovernanceWords { Parameter = parameter, Scope = Perpetual, Row = row, Value = value });

    private (long FromPrice, long Increment) Row(uint row) => (
        Engine.View.Parameter(ParameterId.IncrementFromPrice, Perpetual, row),
        Engine.View.Parameter(ParameterId.Increment, Perpetual, row));

    private IReadOnlyList<(SettlementTrigger Trigger, long Price)> Settlements() =>
    [
        .. Engine.Events
            .Where(record => record.SchemaId == HftDeltaSchema.Id && record.TemplateId == DeltaSettlementDecoder.TemplateId)
            .Select(Read),
    ];

    private static (SettlementTrigger Trigger, long Price) Read(EngineEvent record)
    {
        var notice = DeltaSettlementDecoder.Trusted(record.Frame);
        return (notice.Trigger, notice.Price);
    }
}
