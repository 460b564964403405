using HftDelta.Wire;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Orders;

/// <summary>The longer message for new orders: what both can say, both mean.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class ExtendedOrderTests : VenueFixture
{
    [Test]
    public void A_limit_order_in_the_longer_message_is_reported_like_one_in_the_shorter()
    {
        Venue.Order(Alice, Perpetual, Side.Sell, 100_010, 5);
        var accepted = OrderAcceptedDecoder.Trusted(Engine.Single(OrderAcceptedDecoder.TemplateId));
        Assert.That(accepted.Quantity, Is.EqualTo(5));
        Venue.Extended(Bob, Perpetual, Side.Buy, 100_020, 7);

        Assert.That(Engine.Words(), Is.EqualTo(new[]
        {
            OrderAcceptedDecoder.TemplateId, OrderFilledDecoder.TemplateId, OrderFilledDecoder.TemplateId,
            TradeDecoder.TemplateId, BookTopDecoder.TemplateId,
        }));
        Assert.That(PositionOf(Bob), Is.EqualTo(5));
        Assert.That(Engine.View.OrderCount, Is.EqualTo(1));
    }

    [Test]
    public void A_longer_message_is_refused_by_the_same_rules_in_the_same_words()
    {
        Venue.Extended(Bob, Perpetual, Side.Buy, 0, 7);
        var reject = OrderRejectedDecoder.Trusted(Engine.Single(OrderRejectedDecoder.TemplateId));
        Assert.That(reject.Code, Is.EqualTo(RejectCode.BadPrice));
        Assert.That(reject.Bound, Is.EqualTo(1));
        Assert.That(reject.ClientOrderId, Is.EqualTo(Venue.LastClientOrderId));
        Venue.Extended(Bob, Perpetual, (Side)4, 100_000, 7);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.BadSide));
        Venue.Extended(Bob, Perpetual, Side.Buy, 100_000, 7, terms => terms.Flags = (ExecutionFlags)0x80);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.UnknownFlags));
        Venue.Extended(Bob, 9, Side.Buy, 100_000, 7);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.UnknownInstrument));
    }

    [Test]
    public void A_good_till_date_of_the_longer_message_falls_due()
    {
        var date = Engine.TimeNanos + 5;
        Venue.Extended(Alice, Perpetual, Side.Buy, 99_000, 1, terms =>
        {
            terms.TimeInForce = TimeInForce.GoodTillDate;
            terms.ExpireTime = date;
        });
        Engine.TimeNanos = date;
        Engine.Tick();
        var canceled = OrderCanceledDecoder.Trusted(Engine.Single(OrderCanceledDecoder.TemplateId));
        Assert.That(canceled.Reason, Is.EqualTo(CancelReason.GoodTillDateReached));
    }
}
