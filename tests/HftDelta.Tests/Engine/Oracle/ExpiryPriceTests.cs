using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Oracle;

/// <summary>The averaged expiry price, the delta that fades on the way to it, and the forward curve.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class ExpiryPriceTests : OracleFixture
{
    private const uint Future = 2;
    private const uint CallOption = 3;

    private static readonly InstrumentId _future = new(Future);
    private static readonly OracleRulesWords _halfHour = new() { WindowNanos = 30 * Minute };

    private ulong _expiry;

    [Test]
    public void Delta_fades_in_a_line_as_on_Deribit_from_one_to_a_half_after_15_of_30_minutes()
    {
        Open(_halfHour);
        Oracle.Wait(30 * Minute);
        Assert.That(Moved(+1_000), Is.EqualTo(1_000), "the window begins: delta 1.0");
        Oracle.Wait(15 * Minute);
        Assert.That(Moved(+1_000), Is.EqualTo(500), "after 15 of 30 minutes: 0.5");
        Oracle.Wait(9 * Minute);
        Assert.That(Moved(-1_000), Is.EqualTo(-200), "after 24: 0.2");
        Oracle.Wait(6 * Minute);
        Engine.DrainPendingWork();

        // 15 minutes at 101,000, 9 at 102,000 and 6 at 101,000.
        Assert.That(Fixed().Price, Is.EqualTo(101_300));
        Assert.That(Fixed().AveragedNanos, Is.EqualTo(30 * Minute));
        Assert.That(Engine.View.InstrumentState(_future), Is.EqualTo(InstrumentState.Removed));
    }

    [Test]
    public void Holders_are_paid_the_average_to_the_atom_whatever_the_last_price_was()
    {
        Open(_halfHour);
        Venue.Order(Alice, Future, Side.Sell, 100_000, 7);
        Venue.Order(Bob, Future, Side.Buy, 100_000, 7);
        Venue.Order(Alice, CallOption, Side.Sell, 3_000, 5);
        Venue.Order(Bob, CallOption, Side.Buy, 3_000, 5);
        Oracle.Wait(30 * Minute);
        All(104_000);
        Oracle.Wait(10 * Minute);
        All(98_000);
        Oracle.Wait((20 * Minute) - 1);
        All(200_000);
        Oracle.Wait(1);
        Engine.DrainPendingWork();

        // (10 x 104,000 + 20 x 98,000) / 30, and one nanosecond of 200,000 moves nothing.
        Assert.That(Fixed().Price, Is.EqualTo(100_000));
        Assert.That(Engine.View.Cash(new AccountId(Bob)).Value, Is.EqualTo(1_000_000_000 - (5 * 3_000)));
        Assert.That(Engine.View.Cash(new AccountId(Alice)).Value, Is.EqualTo(1_000_000_000 + (5 * 3_000)));
    }

    [Test]
    public void Without_a_window_the_price_at_expiry_settles()
    {
        Open(new OracleRulesWords());
        All(100_777);
        Oracle.Wait(60 * Minute);
        Assert.That(Fixed().Price, Is.EqualTo(100_777));
    }

    [Test]
    public void A_window_opens_with_an_event_at_its_time()
    {
        Open(_halfHour);
        Oracle.Wait((30 * Minute) - 1);
        Assert.That(Engine.Count(SettlementWindowDecoder.TemplateId), Is.Zero);
        Oracle.Wait(1);
        var opened = SettlementWindowDecoder.Trusted(Engine.Single(SettlementWindowDecoder.TemplateId));
        Assert.That((opened.Phase, opened.StartTime, opened.ExpiryTime),
            Is.EqualTo((WindowPhase.Open, _expiry - (30 * Minute), _expiry)));
    }

    [Test]
    public void Time_in_which_the_price_was_dead_is_not_averaged_and_an_expiry_waits_for_its_end()
    {
        Open(_halfHour with { LateNanos = 2 * Second, StaleNanos = 10 * Second, DeadNanos = Minute });
        Confirm(30 * Minute, 100_000);
        Confirm(9 * Minute, 100_000);
        Confirm(0, 130_000);
        Oracle.Wait(Minute);
        Assert.That(Class, Is.EqualTo(StalenessClass.Dead));
        Oracle.Wait(25 * Minute);
        Assert.That(Engine.View.InstrumentState(_future), Is.EqualTo(InstrumentState.Open), "past its expiry, and waiting");
        Assert.That(Engine.Processor.HasPendingWork, Is.False, "and not busily");
        Venue.Order(Bob, Future, Side.Buy, 100_000, 1);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.OraclePriceStale));
        Oracle.Report(1, 90_000);
        Oracle.Report(2, 90_000);
        Assert.That((Fixed().Price, Fixed().AveragedNanos), Is.EqualTo((103_000L, 10 * Minute)), "9 and 1 of 10 minutes");
    }

    [Test]
    public void A_refused_report_moves_no_average()
    {
        Open(_halfHour with { JumpPpm = 10_000 });
        Oracle.Wait(30 * Minute);
        All(100_000);
        for (var minute = 0; minute < 30; minute++)
        {
            Assert.That(Oracle.Report(1, 150_000), Is.EqualTo(RejectCode.OracleReportJumps));
            Assert.That(Oracle.Report(2, 150_000), Is.EqualTo(RejectCode.OracleReportJumps));
            Oracle.Wait(Minute);
        }

        Assert.That(Fixed().Price, Is.EqualTo(100_000));
    }

    [Test]
    public void Dated_instruments_settle_to_the_forward_of_their_expiry_and_perpetuals_to_the_price()
    {
        Open(new OracleRulesWords());
        var start = Engine.View.DeltaIndex(_future).Value;
        var perpetual = Index;
        Oracle.Forward(_expiry, basis: 250);
        Assert.That(Engine.View.SettlementPrice(_future).Value, Is.EqualTo(100_000), "a curve moves nothing by itself");
        All(100_010);
        Assert.That(Engine.View.SettlementPrice(_future).Value, Is.EqualTo(100_260));
        Assert.That(Engine.View.DeltaIndex(_future).Value - start, Is.EqualTo((Int128)260 << 32));
        Assert.That(Index - perpetual, Is.EqualTo((Int128)10 << 32));
    }

    [Test]
    public void A_forward_that_is_given_outright_follows_the_price_from_then_on()
    {
        Open(new OracleRulesWords());
        Oracle.Forward(_expiry, basis: 0, forward: 99_400);
        Assert.That(ForwardPointDecoder.Trusted(Engine.Single(ForwardPointDecoder.TemplateId)).Basis, Is.EqualTo(-600));
        All(101_000);
        Assert.That(Engine.View.SettlementPrice(_future).Value, Is.EqualTo(100_400));
    }

    [Test]
    public void The_threshold_is_judged_on_the_underlying_and_not_on_the_forward()
    {
        Venue.Activate(HftDelta.Wire.Internal.ParameterId.SettlementThresholdTicks, 100);
        Open(new OracleRulesWords());
        Oracle.Forward(_expiry, basis: 5_000);
        All(100_099);
        Assert.That(Engine.View.SettlementPrice(_future).Value, Is.EqualTo(100_000), "99 of the underlying");
        All(100_100);
        Assert.That(Engine.View.SettlementPrice(_future).Value, Is.EqualTo(105_100));
    }

    [Test]
    public void An_option_is_priced_on_the_forward()
    {
        Open(new OracleRulesWords());
        var atSpot = Engine.View.Mark(new InstrumentId(CallOption)).Value;
        Oracle.Forward(_expiry, basis: 4_000);
        All(100_001);
        var basis = Engine.View.Mark(new InstrumentId(CallOption)).Value - atSpot;
        Assert.That((double)basis / (1L << 32), Is.InRange(3_000, 4_001), "an hour before expiry delta is near 1 there");
    }

    [Test]
    public void In_the_window_the_basis_fades_away_and_is_nothing_at_expiry()
    {
        Open(_halfHour);
        Oracle.Forward(_expiry, basis: 3_000);
        Oracle.Wait(45 * Minute);
        All(100_001);
        Assert.That(Engine.View.SettlementPrice(_future).Value, Is.EqualTo(101_501), "half of it is left, and half of the 1");
        Oracle.Wait(15 * Minute);
        Assert.That(Fixed().Price, Is.EqualTo(100_001), "100,000.5 to the nearest, half up");
    }

    [TestCase(-1L, 0L)]
    [TestCase(1L << 40, 0L)]
    [TestCase(0L, -5L)]
    [TestCase(0L, 1L << 41)]
    public void A_point_out_of_range_is_refused(long basis, long forward)
    {
        Open(new OracleRulesWords());
        Oracle.Forward(basis == -1 ? Engine.TimeNanos : _expiry, basis, forward);
        Assert.That(Engine.Count(ForwardPointDecoder.TemplateId), Is.Zero);
    }

    private void Open(OracleRulesWords rules)
    {
        _expiry = Engine.TimeNanos + (60 * Minute);
        Oracle.Rules(rules);
        Venue.ListFuture(Future, _expiry);
        Venue.ListOption(CallOption, isCall: true, 100_000, _expiry, VenueScript.FullVolatility);
    }

    /// <summary>Moves the price and tells how far the future's index went, in atoms.</summary>
    private long Moved(long ticks)
    {
        var before = Engine.View.DeltaIndex(_future).Value;
        All(Price + ticks);
        return (long)((Engine.View.DeltaIndex(_future).Value - before) >> 32);
    }

    /// <summary>Time passes with a confirmation every second; the last one brings the price.</summary>
    private void Confirm(ulong nanos, long price)
    {
        for (ulong passed = 0; passed < nanos; passed += Second)
        {
            Oracle.Report(1, 100_000);
            Oracle.Report(2, 100_000);
            Oracle.Wait(Second);
        }

        All(price);
    }

    private SettlementWindowDecoder Fixed()
    {
        var last = SettlementWindowDecoder.Trusted(Engine.Last(SettlementWindowDecoder.TemplateId));
        Assert.That(last.Phase, Is.EqualTo(WindowPhase.Fixed));
        return last;
    }
}
