using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Orders;

[TestFixture]
[CancelAfter(20_000)]
public sealed class OrderTests : VenueFixture
{
    [Test]
    public void A_resting_order_is_accepted_and_becomes_the_top_of_the_book()
    {
        Venue.Order(Alice, Perpetual, Side.Buy, 99_900, 5);

        Assert.That(Engine.Words(), Is.EqualTo(new[] { OrderAcceptedDecoder.TemplateId, BookTopDecoder.TemplateId }));
        var top = BookTopDecoder.Trusted(Engine.Single(BookTopDecoder.TemplateId));
        Assert.That(top.BidPrice, Is.EqualTo(99_900));
        Assert.That(top.BidQuantity, Is.EqualTo(5));
        Assert.That(top.AskPrice, Is.EqualTo(BookTopDecoder.AskPriceNull));
    }

    [Test]
    public void A_trade_is_at_the_makers_price_and_told_to_maker_taker_and_public_in_this_order()
    {
        Venue.Order(Alice, Perpetual, Side.Sell, 100_010, 5);
        Venue.Order(Bob, Perpetual, Side.Buy, 100_050, 3);

        Assert.That(Engine.Words(), Is.EqualTo(new[]
        {
            OrderAcceptedDecoder.TemplateId, OrderFilledDecoder.TemplateId, OrderFilledDecoder.TemplateId,
            TradeDecoder.TemplateId, BookTopDecoder.TemplateId,
        }));
        var fills = Engine.Events.Where(record => record.TemplateId == OrderFilledDecoder.TemplateId).ToArray();
        var maker = OrderFilledDecoder.Trusted(fills[0].Frame);
        Assert.That(maker.AccountId, Is.EqualTo(Alice));
        Assert.That(maker.Liquidity, Is.EqualTo(Liquidity.Maker));
        Assert.That(maker.Price, Is.EqualTo(100_010));
        Assert.That(maker.Leaves, Is.EqualTo(2));
        var taker = OrderFilledDecoder.Trusted(fills[1].Frame);
        Assert.That(taker.AccountId, Is.EqualTo(Bob));
        Assert.That(taker.Leaves, Is.Zero);
        Assert.That(PositionOf(Alice), Is.EqualTo(-3));
        Assert.That(PositionOf(Bob), Is.EqualTo(3));
    }

    [Test]
    public void The_rest_of_an_immediate_order_is_cancelled_and_never_rests()
    {
        Venue.Order(Alice, Perpetual, Side.Sell, 100_010, 2);
        Venue.Order(Bob, Perpetual, Side.Buy, 100_010, 5, TimeInForce.ImmediateOrCancel);

        var cancelled = OrderCanceledDecoder.Trusted(Engine.Single(OrderCanceledDecoder.TemplateId));
        Assert.That(cancelled.Quantity, Is.EqualTo(3));
        Assert.That(cancelled.Reason, Is.EqualTo(CancelReason.ImmediateRemainder));
        Assert.That(Engine.View.OrderCount, Is.Zero);
        Assert.That(Engine.View.TryGetTop(new InstrumentId(Perpetual), HftDelta.Primitives.Units.Side.Buy, out _), Is.False);
    }

    [Test]
    public void Price_then_time_decides_who_is_filled()
    {
        Venue.Order(Alice, Perpetual, Side.Sell, 100_020, 1);
        Venue.Order(Bob, Perpetual, Side.Sell, 100_010, 1);
        Venue.Order(Carol, Perpetual, Side.Sell, 100_010, 1);
        Venue.Order(Alice, Perpetual, Side.Buy, 100_010, 1);

        Assert.That(PositionOf(Bob), Is.EqualTo(-1));
        Assert.That(PositionOf(Carol), Is.Zero);
    }

    [Test]
    public void A_sweep_stops_at_its_limit_and_the_rest_rests_there()
    {
        Venue.Order(Alice, Perpetual, Side.Sell, 100_010, 1);
        Venue.Order(Alice, Perpetual, Side.Sell, 100_030, 1);
        Venue.Order(Bob, Perpetual, Side.Buy, 100_020, 5);

        Assert.That(PositionOf(Bob), Is.EqualTo(1));
        Engine.View.TryGetTop(new InstrumentId(Perpetual), HftDelta.Primitives.Units.Side.Buy, out var bid);
        Assert.That(bid.Price.Value, Is.EqualTo(100_020));
        Assert.That(bid.Volume.Value, Is.EqualTo(4));
    }

    [Test]
    public void Prices_outside_the_band_trade_like_those_inside()
    {
        Venue.Order(Alice, Perpetual, Side.Sell, 150_000, 1);
        Venue.Order(Alice, Perpetual, Side.Sell, 100_010, 1);
        Venue.Order(Bob, Perpetual, Side.Buy, 150_000, 2);

        Assert.That(PositionOf(Bob), Is.EqualTo(2));
    }

    [Test]
    public void A_cancel_by_the_clients_own_id_takes_the_order_out()
    {
        var id = Venue.Order(Alice, Perpetual, Side.Buy, 99_900, 5);
        Venue.Cancel(Alice, Perpetual, id);

        var cancelled = OrderCanceledDecoder.Trusted(Engine.Single(OrderCanceledDecoder.TemplateId));
        Assert.That(cancelled.Reason, Is.EqualTo(CancelReason.Requested));
        Assert.That(cancelled.RequestClientOrderId, Is.EqualTo(id));
        Assert.That(Engine.View.OrderCount, Is.Zero);
    }

    [Test]
    public void A_second_cancel_finds_nothing_and_removes_nobody_elses_order()
    {
        var id = Venue.Order(Alice, Perpetual, Side.Buy, 99_900, 5);
        var orderId = OrderAcceptedDecoder.Trusted(Engine.Single(OrderAcceptedDecoder.TemplateId)).OrderId;
        Venue.Cancel(Alice, Perpetual, id);
        Venue.Order(Alice, Perpetual, Side.Buy, 99_900, 7);
        Venue.Cancel(Alice, Perpetual, 0, orderId);

        Assert.That(Engine.CancelReject(), Is.EqualTo(RejectCode.UnknownOrder), "the slot is used again, the id is not");
        Assert.That(Engine.View.OrderCount, Is.EqualTo(1));
    }

    [Test]
    public void Nobody_cancels_an_order_of_another_account()
    {
        Venue.Order(Alice, Perpetual, Side.Buy, 99_900, 5);
        var orderId = OrderAcceptedDecoder.Trusted(Engine.Single(OrderAcceptedDecoder.TemplateId)).OrderId;
        Venue.Cancel(Bob, Perpetual, 0, orderId);

        Assert.That(Engine.CancelReject(), Is.EqualTo(RejectCode.OrderNotOfAccount));
        Assert.That(Engine.View.OrderCount, Is.EqualTo(1));
    }

    [Test]
    public void A_smaller_quantity_keeps_the_place_in_the_queue()
    {
        var id = Venue.Order(Alice, Perpetual, Side.Sell, 100_010, 5);
        Venue.Order(Bob, Perpetual, Side.Sell, 100_010, 5);
        Venue.Replace(Alice, Perpetual, id, 100_010, 3);
        Assert.That(OrderReplacedDecoder.Trusted(Engine.Single(OrderReplacedDecoder.TemplateId)).PriorityKept, Is.EqualTo(1));
        Venue.Order(Carol, Perpetual, Side.Buy, 100_010, 3);

        Assert.That(PositionOf(Alice), Is.EqualTo(-3));
        Assert.That(PositionOf(Bob), Is.Zero);
    }

    [Test]
    public void A_larger_quantity_loses_the_place_in_the_queue()
    {
        var id = Venue.Order(Alice, Perpetual, Side.Sell, 100_010, 5);
        Venue.Order(Bob, Perpetual, Side.Sell, 100_010, 5);
        Venue.Replace(Alice, Perpetual, id, 100_010, 6);
        Venue.Order(Carol, Perpetual, Side.Buy, 100_010, 3);

        Assert.That(PositionOf(Bob), Is.EqualTo(-3));
        Assert.That(PositionOf(Alice), Is.Zero);
    }

    [Test]
    public void A_replacement_that_crosses_trades_at_once_under_its_new_id()
    {
        var id = Venue.Order(Alice, Perpetual, Side.Buy, 99_900, 5);
        Venue.Order(Bob, Perpetual, Side.Sell, 100_010, 2);
        var renamed = Venue.Replace(Alice, Perpetual, id, 100_010, 5);

        Assert.That(PositionOf(Alice), Is.EqualTo(2));
        Venue.Cancel(Alice, Perpetual, id);
        Assert.That(Engine.CancelReject(), Is.EqualTo(RejectCode.UnknownOrder));
        Venue.Cancel(Alice, Perpetual, renamed);
        Assert.That(OrderCanceledDecoder.Trusted(Engine.Single(OrderCanceledDecoder.TemplateId)).Quantity, Is.EqualTo(3));
    }

    [Test]
    public void A_replacement_must_leave_something_open()
    {
        Venue.Order(Bob, Perpetual, Side.Sell, 100_010, 3);
        var id = Venue.Order(Alice, Perpetual, Side.Buy, 100_010, 5);
        Venue.Replace(Alice, Perpetual, id, 100_010, 3);

        var reject = OrderCancelRejectedDecoder.Trusted(Engine.Single(OrderCancelRejectedDecoder.TemplateId));
        Assert.That(reject.Code, Is.EqualTo(RejectCode.QuantityNotAboveFilled));
        Assert.That(reject.Bound, Is.EqualTo(3));
        Assert.That(reject.RequestTemplateId, Is.EqualTo(OrderReplaceRequestDecoder.TemplateId));
    }

    [Test]
    public void A_post_only_order_that_would_trade_is_refused()
    {
        Venue.Order(Alice, Perpetual, Side.Sell, 100_010, 5);
        Venue.Order(Bob, Perpetual, Side.Buy, 100_010, 1, flags: ExecutionFlags.PostOnly);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.WouldTrade));
        Venue.Order(Bob, Perpetual, Side.Buy, 100_009, 1, flags: ExecutionFlags.PostOnly);
        Assert.That(Engine.Count(OrderAcceptedDecoder.TemplateId), Is.EqualTo(1));
    }

    [Test]
    public void A_reduce_only_order_never_opens_or_turns_a_position()
    {
        Venue.Order(Alice, Perpetual, Side.Sell, 100_010, 5);
        Venue.Order(Bob, Perpetual, Side.Buy, 100_010, 2);
        Venue.Order(Bob, Perpetual, Side.Sell, 100_020, 3, flags: ExecutionFlags.ReduceOnly);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.WouldNotReduce));
        Venue.Order(Bob, Perpetual, Side.Buy, 99_000, 1, flags: ExecutionFlags.ReduceOnly);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.WouldNotReduce));
        Venue.Order(Bob, Perpetual, Side.Sell, 100_020, 2, flags: ExecutionFlags.ReduceOnly);
        Assert.That(Engine.Count(OrderAcceptedDecoder.TemplateId), Is.EqualTo(1));
        Venue.Order(Bob, Perpetual, Side.Sell, 100_020, 1, flags: ExecutionFlags.ReduceOnly);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.WouldNotReduce), "what is open counts");
    }

    [Test]
    public void A_good_till_date_order_leaves_at_its_time_and_not_before()
    {
        var date = Engine.TimeNanos + (10 * VenueScript.Second);
        Venue.Order(Alice, Perpetual, Side.Buy, 99_900, 5, TimeInForce.GoodTillDate, expireTime: date);
        Engine.TimeNanos = date - 1;
        Engine.Tick();
        Assert.That(Engine.View.OrderCount, Is.EqualTo(1));
        Engine.TimeNanos = date;
        Engine.Tick();

        var cancelled = OrderCanceledDecoder.Trusted(Engine.Single(OrderCanceledDecoder.TemplateId));
        Assert.That(cancelled.Reason, Is.EqualTo(CancelReason.GoodTillDateReached));
        Assert.That(Engine.View.OrderCount, Is.Zero);
    }

    [Test]
    public void Good_till_date_orders_leave_in_the_order_of_their_dates()
    {
        var dates = new ulong[] { 50, 10, 40, 20, 30 };
        foreach (var date in dates)
        {
            Venue.Order(Alice, Perpetual, Side.Buy, 99_000 + (long)date, 1, TimeInForce.GoodTillDate,
                expireTime: Engine.TimeNanos + date);
        }

        Engine.TimeNanos += 100;
        Engine.Tick();
        var ids = Engine.Events.Where(record => record.TemplateId == OrderCanceledDecoder.TemplateId)
            .Select(record => OrderCanceledDecoder.Trusted(record.Frame).ClientOrderId).ToArray();
        Assert.That(ids, Is.EqualTo(new ulong[] { 2, 4, 5, 3, 1 }));
    }

    [Test]
    public void A_trade_with_oneself_moves_no_money_and_no_position()
    {
        Venue.Order(Alice, Perpetual, Side.Sell, 100_010, 2);
        Venue.Order(Alice, Perpetual, Side.Buy, 100_010, 2);

        Assert.That(Engine.Count(TradeDecoder.TemplateId), Is.EqualTo(1));
        Assert.That(PositionOf(Alice), Is.Zero);
        Assert.That(Engine.View.Cash(new AccountId(Alice)).Value, Is.EqualTo(Money));
    }
}
