using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Wire.Internal;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Orders;

/// <summary>What one participant could do to others, or an operator to the venue, if a rule were missing.</summary>
[TestFixture]
[CancelAfter(30_000)]
public sealed class ProtectionTests : VenueFixture
{
    private const uint Distressed = 40;

    [Test]
    public void A_resting_reduce_only_order_is_cancelled_when_its_position_is_gone()
    {
        Venue.Order(Alice, Perpetual, Side.Sell, 100_000, 10);
        Venue.Order(Bob, Perpetual, Side.Buy, 100_000, 10);
        Venue.Order(Bob, Perpetual, Side.Sell, 100_050, 10, flags: ExecutionFlags.ReduceOnly);
        Venue.Order(Carol, Perpetual, Side.Buy, 99_990, 10);
        Venue.Order(Bob, Perpetual, Side.Sell, 99_990, 10);
        Venue.Order(Carol, Perpetual, Side.Buy, 100_050, 10);

        Assert.That(PositionOf(Bob), Is.Zero, "it never turns the position");
        var cancelled = OrderCanceledDecoder.Trusted(Engine.Single(OrderCanceledDecoder.TemplateId));
        Assert.That(cancelled.Reason, Is.EqualTo(CancelReason.WouldNotReduce));
        Assert.That(cancelled.AccountId, Is.EqualTo(Bob));
    }

    [Test]
    public void A_resting_reduce_only_order_trades_no_more_than_what_is_left_of_its_position()
    {
        Venue.Order(Alice, Perpetual, Side.Sell, 100_000, 10);
        Venue.Order(Bob, Perpetual, Side.Buy, 100_000, 10);
        Venue.Order(Bob, Perpetual, Side.Sell, 100_050, 10, flags: ExecutionFlags.ReduceOnly);
        Venue.Order(Carol, Perpetual, Side.Buy, 99_990, 6);
        Venue.Order(Bob, Perpetual, Side.Sell, 99_990, 6);
        Venue.Order(Carol, Perpetual, Side.Buy, 100_050, 10);

        Assert.That(PositionOf(Bob), Is.Zero);
        Assert.That(PositionOf(Carol), Is.EqualTo(10), "six, and the four that were left");
        Assert.That(OrderCanceledDecoder.Trusted(Engine.Single(OrderCanceledDecoder.TemplateId)).Quantity, Is.EqualTo(6));
    }

    [Test]
    public void An_account_in_distress_cannot_sell_what_is_left_of_it_below_value()
    {
        Venue.OpenTrader(Distressed, 1_100_000);
        Venue.Order(Alice, Perpetual, Side.Sell, 100_000, 100);
        Venue.Order(Distressed, Perpetual, Side.Buy, 100_000, 100);
        Venue.Oracle(90_000);
        Venue.Order(Bob, Perpetual, Side.Buy, 81_500, 100);
        Venue.Order(Distressed, Perpetual, Side.Sell, 81_500, 100);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.InsufficientMargin), "850,000 would go, 100,000 are there");

        Venue.Order(Distressed, Perpetual, Side.Sell, 89_500, 100);
        Assert.That(Engine.Count(OrderAcceptedDecoder.TemplateId), Is.EqualTo(1), "50,000 below value are covered");
    }

    [Test]
    public void A_source_reports_through_one_session_and_a_session_as_one_source()
    {
        Venue.Oracle(100_000, source: 2, sourceSequence: 1, through: VenueScript.OracleSession);
        Assert.That(Refused(), Is.EqualTo(RejectCode.OracleSourceOfOtherSession), "session of source 1");
        Venue.Oracle(1, source: 1, sourceSequence: ulong.MaxValue, through: 9);
        Assert.That(Refused(), Is.EqualTo(RejectCode.OracleSourceOfOtherSession), "nobody speaks for another");
        Venue.Oracle(100_200);
        Assert.That(Engine.View.OraclePrice(new UnderlyingId(1)).Value, Is.EqualTo(100_200));
    }

    [Test]
    public void Deposits_beyond_what_the_venue_can_hold_are_refused()
    {
        for (var deposit = 0; deposit < 130; deposit++)
        {
            Venue.Deposit(Alice, 1L << 56);
        }

        Assert.That(Engine.View.Cash(new AccountId(Alice)).Value, Is.InRange(1L << 59, 1L << 60));
    }

    [Test]
    public void Only_the_session_that_sent_an_order_may_change_it()
    {
        Venue.OpenSession(41, Alice, HftDelta.Wire.Internal.SessionRoles.Trader);
        Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 1);
        var orderId = OrderAcceptedDecoder.Trusted(Engine.Single(OrderAcceptedDecoder.TemplateId)).OrderId;
        Venue.Cancel(Alice, Perpetual, 0, orderId, session: 41);
        Assert.That(Engine.CancelReject(), Is.EqualTo(RejectCode.UnknownOrder));
        Assert.That(Engine.View.OrderCount, Is.EqualTo(1));
    }

    [Test]
    public void A_duration_that_would_wrap_is_refused()
    {
        Venue.ListUnderlying(2, intervalNanos: ulong.MaxValue);
        var refused = CommandRefusedDecoder.Trusted(Engine.Events.Single(record =>
            record.SchemaId == InternalSchema.Id && record.TemplateId == CommandRefusedDecoder.TemplateId).Frame);
        Assert.That((RejectCode)refused.Code, Is.EqualTo(RejectCode.BadParameter));
    }

    private RejectCode Refused() =>
        OracleReportRefusedDecoder.Trusted(Engine.Single(OracleReportRefusedDecoder.TemplateId)).Code;
}
