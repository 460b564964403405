using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;
using InstrumentKind = HftDelta.Wire.Internal.InstrumentKind;
using OptionKind = HftDelta.Wire.Internal.OptionKind;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Settlement;

/// <summary>Which input moves the index, and by which delta.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class OracleAndTriggerTests
{
    private static readonly InstrumentId _perpetual = new(1);
    private static readonly InstrumentId _call = new(2);

    [Test]
    public void The_threshold_decides_when_the_index_moves()
    {
        using var engine = new EngineHarness();
        var venue = Open(engine, thresholdTicks: 100);
        var start = engine.View.DeltaIndex(_perpetual).Value;
        venue.Oracle(100_099);
        Assert.That(engine.View.DeltaIndex(_perpetual).Value, Is.EqualTo(start));
        venue.Oracle(100_100);
        Assert.That(engine.View.DeltaIndex(_perpetual).Value - start, Is.EqualTo((Int128)100 << 32));
        venue.Oracle(100_001);
        Assert.That(engine.View.SettlementPrice(_perpetual).Value, Is.EqualTo(100_100), "99 back is below it");
    }

    [Test]
    public void The_interval_settles_a_move_that_is_below_the_threshold()
    {
        using var engine = new EngineHarness();
        var venue = Open(engine, thresholdTicks: 1_000, intervalNanos: 5 * VenueScript.Second);
        venue.Oracle(100_010);
        engine.TimeNanos += (5 * VenueScript.Second) - 1;
        engine.Tick();
        Assert.That(engine.View.SettlementPrice(_perpetual).Value, Is.EqualTo(100_000));
        engine.TimeNanos += 1;
        engine.Tick();
        Assert.That(engine.View.SettlementPrice(_perpetual).Value, Is.EqualTo(100_010));
        var notice = DeltaSettlementDecoder.Trusted(engine.Single(DeltaSettlementDecoder.TemplateId));
        Assert.That(notice.Trigger, Is.EqualTo(SettlementTrigger.Interval));
    }

    [Test]
    public void Another_parameter_leaves_the_interval_as_it_runs_and_a_new_length_begins_anew()
    {
        using var engine = new EngineHarness();
        var venue = Open(engine, thresholdTicks: 1_000, intervalNanos: 5 * VenueScript.Second);
        venue.Wait(4 * VenueScript.Second);
        venue.Activate(HftDelta.Wire.Internal.ParameterId.SettlementThresholdTicks, 900);
        venue.Wait(VenueScript.Second);
        var notice = DeltaSettlementDecoder.Trusted(engine.Single(DeltaSettlementDecoder.TemplateId));
        Assert.That(notice.Trigger, Is.EqualTo(SettlementTrigger.Interval));
        venue.Wait(4 * VenueScript.Second);
        venue.Activate(HftDelta.Wire.Internal.ParameterId.SettlementIntervalNanos, (long)(3 * VenueScript.Second));
        venue.Wait((3 * VenueScript.Second) - 1);
        Assert.That(engine.Count(DeltaSettlementDecoder.TemplateId), Is.Zero);
        venue.Wait(1);
        Assert.That(engine.Count(DeltaSettlementDecoder.TemplateId), Is.EqualTo(1));
    }

    [Test]
    public void A_move_is_settled_with_the_delta_that_was_known_before_it()
    {
        using var engine = new EngineHarness();
        var venue = Open(engine, thresholdTicks: 1);
        var before = engine.View.Delta(_call).Value;
        venue.Oracle(110_000);
        Assert.That(engine.View.DeltaIndex(_call).Value, Is.EqualTo((Int128)before * 10_000), "left point");
        var after = engine.View.Delta(_call).Value;
        Assert.That(after, Is.GreaterThan(before), "the marker brought the new delta");
        venue.Oracle(109_000);
        Assert.That(engine.View.DeltaIndex(_call).Value, Is.EqualTo(((Int128)before * 10_000) - ((Int128)after * 1_000)));
    }

    [Test]
    public void While_no_marker_comes_ticks_settle_with_the_old_delta()
    {
        using var engine = new EngineHarness();
        var venue = Open(engine, thresholdTicks: 1);
        engine.AnswerRisk = false;
        var delta = engine.View.Delta(_call).Value;
        venue.Oracle(101_000);
        var inputs = RiskInputsDecoder.Trusted(engine.Events.Single(IsInputs).Frame);
        var frozenAt = inputs.InputSequence;
        venue.Oracle(102_000);
        Assert.That(engine.Events.Any(IsInputs), Is.False, "one computation at a time");
        Assert.That(engine.View.DeltaIndex(_call).Value, Is.EqualTo((Int128)delta * 2_000));

        engine.SendGreeksReady(1, frozenAt);
        Assert.That(engine.View.Delta(_call).Value, Is.Not.EqualTo(delta));
        Assert.That(engine.Events.Any(IsInputs), Is.True, "what changed meanwhile is frozen next");
    }

    [Test]
    public void A_marker_of_another_instrument_list_is_ignored()
    {
        using var engine = new EngineHarness();
        var venue = Open(engine, thresholdTicks: 1);
        engine.AnswerRisk = false;
        var delta = engine.View.Delta(_call).Value;
        venue.Oracle(101_000);
        var frozenAt = RiskInputsDecoder.Trusted(engine.Events.Single(IsInputs).Frame).InputSequence;
        venue.ListOption(3, isCall: false, 90_000, engine.TimeNanos + (3_600 * VenueScript.Second));
        engine.SendGreeksReady(1, frozenAt);
        Assert.That(engine.View.Delta(_call).Value, Is.EqualTo(delta));
        Assert.That(engine.Events.Any(IsInputs), Is.True, "asked again with the new list");
    }

    [Test]
    public void The_price_is_the_median_of_fresh_sources_and_needs_a_quorum()
    {
        using var engine = new EngineHarness();
        var venue = new VenueScript(engine);
        venue.ListUnderlying(quorum: 2);
        venue.Oracle(100, source: 1, sourceSequence: 1);
        Assert.That(engine.View.OraclePrice(new UnderlyingId(1)).Value, Is.Zero);
        venue.Oracle(300, source: 2, sourceSequence: 1);
        Assert.That(engine.View.OraclePrice(new UnderlyingId(1)).Value, Is.EqualTo(100), "lower middle of two");
        venue.Oracle(200, source: 3, sourceSequence: 1);
        Assert.That(engine.View.OraclePrice(new UnderlyingId(1)).Value, Is.EqualTo(200));
        venue.Oracle(1_000_000, source: 3, sourceSequence: 2);
        Assert.That(engine.View.OraclePrice(new UnderlyingId(1)).Value, Is.EqualTo(300), "one liar moves it to an honest one");
    }

    [Test]
    public void A_source_that_went_silent_no_longer_counts()
    {
        using var engine = new EngineHarness();
        var venue = new VenueScript(engine);
        venue.ListUnderlying(quorum: 1);
        venue.Oracle(100, source: 1, sourceSequence: 1);
        engine.TimeNanos += (3_600 * VenueScript.Second) + 1;
        venue.Oracle(500, source: 2, sourceSequence: 1);
        Assert.That(engine.View.OraclePrice(new UnderlyingId(1)).Value, Is.EqualTo(500));
    }

    [TestCase(0L, 1u, 1u, RejectCode.OracleReportOutOfRange)]
    [TestCase(-1L, 1u, 1u, RejectCode.OracleReportOutOfRange)]
    [TestCase((1L << 40) + 1, 1u, 1u, RejectCode.OracleReportOutOfRange)]
    [TestCase(100L, 9u, 1u, RejectCode.UnknownUnderlying)]
    [TestCase(100L, 1u, 0u, RejectCode.UnknownOracleSource)]
    [TestCase(100L, 1u, 9u, RejectCode.UnknownOracleSource)]
    public void A_refused_report_moves_nothing_and_says_why(long price, uint underlying, uint source, RejectCode code)
    {
        using var engine = new EngineHarness();
        var venue = Open(engine, thresholdTicks: 1);
        var index = engine.View.DeltaIndex(_perpetual).Value;
        venue.Oracle(price, underlying, source);
        var refused = OracleReportRefusedDecoder.Trusted(engine.Single(OracleReportRefusedDecoder.TemplateId));
        Assert.That(refused.Code, Is.EqualTo(code));
        Assert.That(engine.View.DeltaIndex(_perpetual).Value, Is.EqualTo(index));
    }

    [Test]
    public void A_price_that_would_make_a_lot_worth_more_than_the_index_can_carry_is_refused()
    {
        using var engine = new EngineHarness();
        var venue = Open(engine, thresholdTicks: 1);
        venue.List(3, 1, InstrumentKind.Perpetual, OptionKind.None, 0, 0, 0, 0, 0, 1, 1 << 20);
        venue.Oracle((1 << 18) + 1);
        var refused = OracleReportRefusedDecoder.Trusted(engine.Single(OracleReportRefusedDecoder.TemplateId));
        Assert.That(refused.Code, Is.EqualTo(RejectCode.OracleReportOutOfRange));
        venue.Oracle(1 << 18);
        Assert.That(engine.View.OraclePrice(new UnderlyingId(1)).Value, Is.EqualTo(1 << 18));
    }

    [Test]
    public void An_index_that_would_leave_its_bound_stays_and_nothing_is_lost()
    {
        using var engine = new EngineHarness();
        var venue = Open(engine, thresholdTicks: 1);
        var deltas = new GivenDeltas(engine);
        venue.ListOption(3, isCall: true, 100_000, engine.TimeNanos + (86_400 * VenueScript.Second));
        deltas.Each = _ => 1L << 62;
        venue.Oracle(100_001);
        for (var swing = 1; swing <= 4; swing++)
        {
            venue.Oracle(100_001 + (swing * 100_000));
        }

        var index = engine.View.DeltaIndex(new InstrumentId(3)).Value;
        Assert.That(index, Is.GreaterThan(Int128.One << 78));
        Assert.That(index, Is.LessThan(Int128.One << 80));
        Assert.That(engine.View.ConservationError.Value, Is.EqualTo((Int128)0));
    }

    [Test]
    public void A_repeated_or_older_report_of_a_source_is_stale()
    {
        using var engine = new EngineHarness();
        var venue = Open(engine, thresholdTicks: 1);
        venue.Oracle(100_500, sourceSequence: 50);
        venue.Oracle(90_000, sourceSequence: 50);
        Assert.That(OracleReportRefusedDecoder.Trusted(engine.Single(OracleReportRefusedDecoder.TemplateId)).Code,
            Is.EqualTo(RejectCode.OracleReportStale));
        venue.Oracle(90_000, sourceSequence: 49);
        Assert.That(engine.View.OraclePrice(new UnderlyingId(1)).Value, Is.EqualTo(100_500));
    }

    [Test]
    public void A_session_without_the_role_cannot_report_prices()
    {
        using var engine = new EngineHarness();
        var venue = Open(engine, thresholdTicks: 1);
        venue.OpenTrader(30, 1_000);
        var length = OracleReportEncoder.Wrap(engine.Buffer).SetSourceId(1).SetUnderlyingId(1).SetSourceSequence(1_000)
            .SetSourceTime(engine.TimeNanos).SetPrice(1).SetSignature([]).EncodedLength;
        engine.SendRequest(30, length);
        Assert.That(OracleReportRefusedDecoder.Trusted(engine.Single(OracleReportRefusedDecoder.TemplateId)).Code,
            Is.EqualTo(RejectCode.RoleNotHeld));
        Assert.That(engine.View.OraclePrice(new UnderlyingId(1)).Value, Is.EqualTo(100_000));
    }

    [Test]
    public void Equity_does_not_change_by_settlement_only_by_marks()
    {
        using var engine = new EngineHarness();
        var venue = Open(engine, thresholdTicks: 1);
        var deltas = new GivenDeltas(engine);
        venue.OpenTrader(30, 10_000_000);
        venue.OpenTrader(31, 10_000_000);
        venue.Order(30, 2, Side.Sell, 2_000, 10);
        venue.Order(31, 2, Side.Buy, 2_000, 10);
        var before = engine.View.Equity(new AccountId(31)).Value + engine.View.Equity(new AccountId(30)).Value;
        deltas.Each = _ => 3L << 32;
        venue.Oracle(100_500);
        venue.Oracle(101_000);
        venue.Deposit(31, 1);
        var after = engine.View.Equity(new AccountId(31)).Value + engine.View.Equity(new AccountId(30)).Value;
        Assert.That(after - before, Is.EqualTo((Int128)1 << 32));
        Assert.That(engine.View.ConservationError.Value, Is.EqualTo((Int128)0));
    }

    [Test]
    public void A_late_risk_computation_widens_margins_in_a_line_up_to_twice()
    {
        using var engine = new EngineHarness();
        var venue = Open(engine, thresholdTicks: 1);
        venue.OpenTrader(30, 10_000_000);
        venue.OpenTrader(31, 10_000_000);
        venue.Order(30, 1, Side.Sell, 100_000, 10);
        venue.Order(31, 1, Side.Buy, 100_000, 10);
        engine.AnswerRisk = false;
        venue.Oracle(100_001);
        var requirement = Requirement(engine);
        engine.TimeNanos += 10 * VenueScript.Second;
        engine.Tick();
        Assert.That(Requirement(engine), Is.EqualTo(requirement));
        engine.TimeNanos += 5 * VenueScript.Second;
        engine.Tick();
        Assert.That((double)Requirement(engine), Is.EqualTo(1.5 * (double)requirement).Within(1e-6 * (double)requirement));
        engine.TimeNanos += 500 * VenueScript.Second;
        engine.Tick();
        Assert.That(Requirement(engine) - (2 * requirement), Is.InRange((Int128)0, (Int128)1_000_000), "rounded up");
    }

    private static Int128 Requirement(EngineHarness engine) =>
        engine.View.Equity(new AccountId(31)).Value - engine.View.FreeEquity(new AccountId(31)).Value;

    private static bool IsInputs(EngineEvent record) =>
        record.SchemaId == InternalSchema.Id && record.TemplateId == RiskInputsDecoder.TemplateId;

    private static VenueScript Open(EngineHarness engine, long thresholdTicks, ulong intervalNanos = 0)
    {
        var venue = new VenueScript(engine);
        venue.ListUnderlying(thresholdTicks: thresholdTicks, intervalNanos: intervalNanos);
        venue.Oracle(100_000);
        venue.ListPerpetual(1);
        venue.ListOption(2, isCall: true, 100_000, engine.TimeNanos + (86_400 * VenueScript.Second));
        return venue;
    }
}
