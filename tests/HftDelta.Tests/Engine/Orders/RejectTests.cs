using HftDelta.Engine.Orders;
using HftDelta.Engine.State;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using NUnit.Framework;
using SessionRoles = HftDelta.Wire.Internal.SessionRoles;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Orders;

/// <summary>Every reject names its rule, and changes nothing but the session's sequences.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class RejectTests : VenueFixture
{
    private const uint Poor = 30;

    [TestCase(0L, 1L, RejectCode.BadPrice, 1L)]
    [TestCase(-5L, 1L, RejectCode.BadPrice, 1L)]
    [TestCase((1L << 40) + 1, 1L, RejectCode.BadPrice, 1L << 40)]
    [TestCase(100_000L, 0L, RejectCode.BadQuantity, 1L)]
    [TestCase(100_000L, -1L, RejectCode.BadQuantity, 1L)]
    [TestCase(100_000L, (1L << 32) + 1, RejectCode.BadQuantity, 1L << 32)]
    [TestCase(1L << 40, 1L << 17, RejectCode.BadQuantity, 1L << 16)]
    public void A_price_or_quantity_out_of_range_is_told_with_its_bound(
        long price, long quantity, RejectCode code, long limit)
    {
        Venue.Order(Alice, Perpetual, Side.Buy, price, quantity);

        Assert.That(Engine.OrderReject(), Is.EqualTo(code));
        Assert.That(OrderRejectedDecoder.Trusted(Engine.Single(OrderRejectedDecoder.TemplateId)).Bound, Is.EqualTo(limit));
    }

    [Test]
    public void An_unknown_instrument_is_refused()
    {
        Venue.Order(Alice, 9, Side.Buy, 100_000, 1);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.UnknownInstrument));
        Venue.Order(Alice, 0, Side.Buy, 100_000, 1);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.UnknownInstrument));
        Venue.Order(Alice, uint.MaxValue, Side.Buy, 100_000, 1);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.UnknownInstrument));
    }

    [Test]
    public void A_session_trades_for_its_own_account_only()
    {
        Venue.Order(Bob, Perpetual, Side.Buy, 100_000, 1, session: Alice);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.AccountNotOfSession));
        Venue.Order(63, Perpetual, Side.Buy, 100_000, 1, session: Alice);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.UnknownAccount));
    }

    [Test]
    public void A_client_order_id_that_does_not_increase_is_refused_before_anything_matches()
    {
        Venue.Order(Bob, Perpetual, Side.Sell, 100_010, 1);
        Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 1, clientOrderId: 50);
        Venue.Order(Alice, Perpetual, Side.Buy, 100_010, 1, clientOrderId: 50);

        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.ClientOrderIdNotIncreasing));
        Assert.That(PositionOf(Alice), Is.Zero);
        Assert.That(OrderRejectedDecoder.Trusted(Engine.Single(OrderRejectedDecoder.TemplateId)).Bound, Is.EqualTo(50));
    }

    [Test]
    public void Unknown_enumeration_values_are_refused_each_by_its_code()
    {
        Venue.Order(Alice, Perpetual, (Side)7, 100_000, 1);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.BadSide));
        Venue.Order(Alice, Perpetual, Side.Buy, 100_000, 1, (TimeInForce)9);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.BadTimeInForce));
        Venue.Order(Alice, Perpetual, Side.Buy, 100_000, 1, flags: (ExecutionFlags)0x80);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.UnknownFlags));
        Venue.Order(Alice, Perpetual, Side.Buy, 100_000, 1, expireTime: 5);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.BadExpireTime));
        Venue.Order(Alice, Perpetual, Side.Buy, 100_000, 1, TimeInForce.GoodTillDate, expireTime: Engine.TimeNanos);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.BadExpireTime));
    }

    [Test]
    public void An_order_whose_deadline_has_passed_is_not_applied()
    {
        Venue.Order(Alice, Perpetual, Side.Buy, 100_000, 1, deadline: Engine.TimeNanos);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.DeadlinePassed));
        Venue.Order(Alice, Perpetual, Side.Buy, 100_000, 1, deadline: Engine.TimeNanos + 1);
        Assert.That(Engine.Count(OrderAcceptedDecoder.TemplateId), Is.EqualTo(1));
    }

    [Test]
    public void A_session_without_the_traders_role_cannot_trade()
    {
        Venue.OpenSession(40, Alice, SessionRoles.OracleSource);
        Venue.Order(Alice, Perpetual, Side.Buy, 100_000, 1, session: 40);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.RoleNotHeld));
    }

    [Test]
    public void Nobody_trades_an_expired_instrument()
    {
        Engine.TimeNanos = Expiry;
        Engine.Tick();
        Venue.Order(Alice, Call, Side.Buy, 100, 1);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.InstrumentNotOpen));
    }

    [Test]
    public void Margin_bounds_what_an_account_can_open()
    {
        Venue.OpenTrader(Poor, 100_000);
        Venue.Order(Poor, Perpetual, Side.Buy, 100_000, 10);
        Assert.That(Engine.Count(OrderAcceptedDecoder.TemplateId), Is.EqualTo(1), "10 % of 10 x 100,000 is the whole deposit");
        Venue.Order(Poor, Perpetual, Side.Buy, 90_000, 1);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.InsufficientMargin));
        Venue.Order(Poor, Perpetual, Side.Sell, 110_000, 10);
        Assert.That(Engine.Count(OrderAcceptedDecoder.TemplateId), Is.EqualTo(1), "the worse side counts, not both");
    }

    [Test]
    public void A_buy_far_above_the_mark_must_cover_what_it_would_lose()
    {
        Venue.OpenTrader(Poor, 100_000);
        Venue.Order(Poor, Perpetual, Side.Buy, 190_000, 1);
        Assert.That(Engine.Count(OrderAcceptedDecoder.TemplateId), Is.EqualTo(1), "10,000 margin and 90,000 loss are covered");
        Venue.Order(Poor, Perpetual, Side.Buy, 100_001, 1);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.InsufficientMargin));
    }

    [Test]
    public void An_account_without_free_equity_may_still_reduce()
    {
        Venue.OpenTrader(Poor, 100_000);
        Venue.Order(Alice, Perpetual, Side.Sell, 100_000, 10);
        Venue.Order(Poor, Perpetual, Side.Buy, 100_000, 10);
        Venue.Oracle(95_000);
        Assert.That(Engine.View.FreeEquity(new AccountId(Poor)).Value, Is.LessThan((Int128)0));
        Venue.Order(Poor, Perpetual, Side.Buy, 94_000, 1);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.InsufficientMargin));
        Venue.Order(Poor, Perpetual, Side.Sell, 96_000, 5);
        Assert.That(Engine.Count(OrderAcceptedDecoder.TemplateId), Is.EqualTo(1));
    }

    [Test]
    public void A_short_option_is_charged_by_how_far_it_is_in_the_money()
    {
        Venue.OpenTrader(Poor, 20_000);
        Venue.Order(Poor, Call, Side.Sell, 2_500, 1);
        Assert.That(Engine.Count(OrderAcceptedDecoder.TemplateId), Is.EqualTo(1), "15 % of 100,000 is 15,000");
        Venue.Order(Poor, Call, Side.Sell, 2_500, 1);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.InsufficientMargin));
    }

    [Test]
    public void A_reject_leaves_the_state_as_it_was_but_for_the_sessions_sequences()
    {
        Venue.Order(Bob, Perpetual, Side.Sell, 100_010, 1);
        var before = Balances();
        Venue.Order(Alice, Perpetual, Side.Buy, 100_010, 1L << 33);
        Venue.Order(Alice, 9, Side.Buy, 100_010, 1);
        Venue.Cancel(Alice, Perpetual, 999);
        Assert.That(Balances(), Is.EqualTo(before));
        Assert.That(Engine.View.OrderCount, Is.EqualTo(1));
    }

    [Test]
    public void The_outcome_of_each_request_is_kept_for_its_duplicate()
    {
        Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 1);
        var orderId = OrderAcceptedDecoder.Trusted(Engine.Single(OrderAcceptedDecoder.TemplateId)).OrderId;
        Venue.Order(Alice, 9, Side.Buy, 99_000, 1);

        Assert.That(Engine.View.TryGetOutcome(new SessionHandle(Alice), 1, out var order, out var code), Is.True);
        Assert.That(order.Value, Is.EqualTo(orderId));
        Assert.That((int)code, Is.Zero);
        Assert.That(Engine.View.TryGetOutcome(new SessionHandle(Alice), 2, out order, out code), Is.True);
        Assert.That(order.Value, Is.Zero);
        Assert.That(code, Is.EqualTo(RejectCode.UnknownInstrument));
        Assert.That(Engine.View.TryGetOutcome(new SessionHandle(Alice), 3, out _, out _), Is.False);
    }

    [Test]
    public void Reports_are_kept_byte_for_byte_for_retransmission()
    {
        Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 1);
        var frame = Engine.Single(OrderAcceptedDecoder.TemplateId);
        var sequence = OrderAcceptedDecoder.Trusted(frame).Header.Sequence;

        Assert.That(Engine.View.RetainedReport(new SessionHandle(Alice), sequence).ToArray(), Is.EqualTo(frame));
        Assert.That(Engine.View.RetainedReport(new SessionHandle(Alice), sequence + 1).IsEmpty, Is.True);
    }

    [Test]
    public void Reports_of_a_session_are_numbered_without_gaps()
    {
        for (var order = 0; order < 5; order++)
        {
            Venue.Order(Bob, Perpetual, Side.Sell, 100_010, 1);
            Venue.Order(Alice, Perpetual, Side.Buy, 100_010, 1);
        }

        for (ulong sequence = 1; sequence <= 10; sequence++)
        {
            var report = Engine.View.RetainedReport(new SessionHandle(Alice), sequence);
            Assert.That(OrderAcceptedDecoder.FrameLength <= report.Length, $"report {sequence} of ten");
        }

        Assert.That(Engine.View.RetainedReport(new SessionHandle(Alice), 11).IsEmpty, Is.True);
    }

    [Test]
    public void Every_report_of_the_schema_fits_its_place_of_retention()
    {
        int[] lengths =
        [
            OrderAcceptedDecoder.FrameLength, OrderRejectedDecoder.FrameLength, OrderFilledDecoder.FrameLength,
            OrderCanceledDecoder.FrameLength, OrderReplacedDecoder.FrameLength, OrderCancelRejectedDecoder.FrameLength,
            AccountSettledDecoder.FrameLength, OracleReportRefusedDecoder.FrameLength, OrderDecrementedDecoder.FrameLength,
            OrderRepricedDecoder.FrameLength, MassCancelReportDecoder.FrameLength, ProtectionReportDecoder.FrameLength,
            StrategyLegFilledDecoder.FrameLength,
        ];
        Assert.That(lengths, Is.All.LessThanOrEqualTo(HftDelta.Engine.Sessions.SessionTable.ReportRoomBytes));
        Assert.That(LargestQuoteReport(), Is.LessThanOrEqualTo(HftDelta.Engine.Sessions.SessionTable.ReportLengthMaxBytes));
        Assert.That(NewOrderChecks.NotionalMax, Is.LessThan(long.MaxValue >> 6), "128-bit sums of it never overflow");
        Assert.That(Hash256.LengthBytes, Is.EqualTo(32));
    }

    private static int LargestQuoteReport()
    {
        var message = MassQuoteReportEncoder.Wrap(new byte[2_048]);
        var entries = message.SetQuotes(HftDelta.Engine.EngineLimits.QuoteEntriesMax);
        for (var entry = 0; entry < HftDelta.Engine.EngineLimits.QuoteEntriesMax; entry++)
        {
            entries.Next();
        }

        return message.EncodedLength;
    }

    private string Balances() => string.Join(' ', new[] { Alice, Bob, Carol }.Select(account =>
        $"{Engine.View.Cash(new AccountId(account)).Value}/{Engine.View.Equity(new AccountId(account))}"));
}
