using HftDelta.Engine;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Orders;

/// <summary>
/// Defects that users of other open matching engines have published, each as a test that it is none here. The cascade of stops
/// has its own beside the triggers.
/// </summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class PublishedDefectTests : VenueFixture
{
    private const long Price = 100_000;

    protected override EngineLimits Limits => EngineLimits.Small with { Accounts = 64, Orders = 64 };

    [TestCase(Side.Buy, 100_000, 100_400)]
    [TestCase(Side.Sell, 100_000, 99_600)]
    public void A_trade_is_at_the_price_of_the_maker_on_either_side(Side aggressor, long makerPrice, long takerPrice)
    {
        var maker = Venue.Order(Alice, Perpetual, aggressor == Side.Buy ? Side.Sell : Side.Buy, makerPrice, 4);
        var taker = Venue.Order(Bob, Perpetual, aggressor, takerPrice, 4);

        Assert.That(Engine.Reports()[1..], Is.EqualTo(new[]
        {
            $"{maker} filled 4 @ {makerPrice} Maker leaves 0", $"{taker} filled 4 @ {makerPrice} Taker leaves 0",
        }));
        Assert.That(TradeDecoder.Trusted(Engine.Single(TradeDecoder.TemplateId)).Price, Is.EqualTo(makerPrice));
    }

    [Test]
    public void The_residual_of_an_immediate_order_is_cancelled_once_and_trades_with_nobody_later()
    {
        Venue.Order(Alice, Perpetual, Side.Sell, Price, 2);
        var id = Venue.Order(Bob, Perpetual, Side.Buy, Price, 5, TimeInForce.ImmediateOrCancel);
        Assert.That(Engine.Reports()[^1], Is.EqualTo($"{id} canceled 3 ImmediateRemainder"));
        var sell = Venue.Order(Carol, Perpetual, Side.Sell, 99_000, 3);
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{sell} accepted 3 @ 99000" }));
        Assert.That(PositionOf(Bob), Is.EqualTo(2));
    }

    [Test]
    public void An_immediate_order_that_meets_nobody_is_accepted_and_cancelled_whole()
    {
        var id = Venue.Order(Bob, Perpetual, Side.Buy, Price, 5, TimeInForce.ImmediateOrCancel);
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{id} accepted 5 @ 100000", $"{id} canceled 5 ImmediateRemainder" }));
    }

    [Test]
    public void A_partial_fill_keeps_the_makers_place()
    {
        var first = Venue.Order(Alice, Perpetual, Side.Sell, Price, 5);
        Venue.Order(Bob, Perpetual, Side.Sell, Price, 5);
        Venue.Order(Carol, Perpetual, Side.Buy, Price, 2);
        Venue.Order(Carol, Perpetual, Side.Buy, Price, 2);
        Assert.That(Engine.Reports()[1], Is.EqualTo($"{first} filled 2 @ 100000 Maker leaves 1"));
        Venue.Order(Carol, Perpetual, Side.Buy, Price, 2);
        Assert.That(PositionOf(Alice), Is.EqualTo(-5));
        Assert.That(PositionOf(Bob), Is.EqualTo(-1), "the next only when it is filled");
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void A_cancel_anywhere_in_a_queue_keeps_the_others_in_their_order(int cancelled)
    {
        var ids = Enumerable.Range(0, 4).Select(order => Venue.Order(Alice, Perpetual, Side.Sell, Price, 1 + order)).ToList();
        Venue.Cancel(Alice, Perpetual, ids[cancelled]);
        ids.RemoveAt(cancelled);
        Venue.Order(Bob, Perpetual, Side.Buy, Price, 10);

        var makers = Engine.Reports().Where(line => line.Contains("Maker", StringComparison.Ordinal))
            .Select(line => ulong.Parse(line.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));
        Assert.That(makers, Is.EqualTo(ids));
    }

    [Test]
    public void An_order_id_is_never_given_again_though_its_place_in_memory_is()
    {
        var given = new HashSet<ulong>();
        for (var round = 0; round < 500; round++)
        {
            var id = Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 1);
            var orderId = OrderAcceptedDecoder.Trusted(Engine.Single(OrderAcceptedDecoder.TemplateId)).OrderId;
            Assert.That(given.Add(orderId), Is.True);
            Venue.Cancel(Alice, Perpetual, round % 2 == 0 ? id : 0, round % 2 == 0 ? 0 : orderId);
            Assert.That(Engine.Count(OrderCanceledDecoder.TemplateId), Is.EqualTo(1));
        }

        Venue.Order(Bob, Perpetual, Side.Buy, 99_000, 1);
        foreach (var old in given)
        {
            Venue.Cancel(Bob, Perpetual, 0, old);
            Assert.That(Engine.CancelReject(), Is.EqualTo(RejectCode.UnknownOrder));
        }

        Assert.That(Engine.View.OrderCount, Is.EqualTo(1));
    }

    [Test]
    public void A_second_cancel_and_a_cancel_of_a_filled_order_are_refused_and_change_nothing()
    {
        var canceled = Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 5);
        var filled = Venue.Order(Alice, Perpetual, Side.Sell, Price, 5);
        Venue.Order(Bob, Perpetual, Side.Buy, Price, 5);
        Venue.Cancel(Alice, Perpetual, canceled);
        var before = BookOf(Side.Buy);
        Venue.Cancel(Alice, Perpetual, canceled);
        Assert.That(Engine.CancelReject(), Is.EqualTo(RejectCode.UnknownOrder));
        Venue.Cancel(Alice, Perpetual, filled);
        Assert.That(Engine.CancelReject(), Is.EqualTo(RejectCode.UnknownOrder));
        Assert.That(BookOf(Side.Buy), Is.EqualTo(before));
        Assert.That(PositionOf(Alice), Is.EqualTo(-5));
    }

    [TestCase(Side.Buy, 1)]
    [TestCase(Side.Sell, -1)]
    public void A_sweep_stops_at_its_limit_and_rests_there(Side aggressor, int sign)
    {
        var opposite = aggressor == Side.Buy ? Side.Sell : Side.Buy;
        Venue.Order(Alice, Perpetual, opposite, Price, 1);
        Venue.Order(Alice, Perpetual, opposite, Price + (2 * sign), 1);
        Venue.Order(Alice, Perpetual, opposite, Price + (3 * sign), 1);
        Venue.Order(Bob, Perpetual, aggressor, Price + (2 * sign), 9);

        Assert.That(PositionOf(Bob), Is.EqualTo(2 * sign));
        Assert.That(BookOf(aggressor), Is.EqualTo(new[] { (Price + (2 * sign), 7L) }));
        Assert.That(BookOf(opposite), Is.EqualTo(new[] { (Price + (3 * sign), 1L) }));
    }

    [Test]
    public void A_duplicate_id_is_refused_before_anything_matches()
    {
        Venue.Order(Alice, Perpetual, Side.Sell, Price, 5);
        Venue.Order(Bob, Perpetual, Side.Buy, 99_000, 1, clientOrderId: 900);
        Venue.Order(Bob, Perpetual, Side.Buy, Price, 5, clientOrderId: 900);
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { "900 rejected ClientOrderIdNotIncreasing 900" }));
        Venue.Order(Bob, Perpetual, Side.Buy, Price, 5, clientOrderId: 899);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.ClientOrderIdNotIncreasing));
        Assert.That(Engine.View.LastTradeId, Is.Zero);
        Assert.That(BookOf(Side.Sell), Is.EqualTo(new[] { (Price, 5L) }));
    }

    [TestCase(SelfTradePrevention.CancelNewest, 0, 3)]
    [TestCase(SelfTradePrevention.CancelOldest, 8, 0)]
    [TestCase(SelfTradePrevention.CancelBoth, 0, 0)]
    [TestCase(SelfTradePrevention.Decrement, 5, 0)]
    public void Of_a_self_trade_exactly_what_the_mode_says_rests(SelfTradePrevention mode, long bought, long sold)
    {
        Venue.Order(Alice, Perpetual, Side.Sell, Price, 3);
        Venue.Extended(Alice, Perpetual, Side.Buy, Price, 8, terms => terms.SelfTradePrevention = mode);
        Assert.That(BookOf(Side.Buy), Is.EqualTo(bought == 0 ? [] : new[] { (Price, bought) }));
        Assert.That(BookOf(Side.Sell), Is.EqualTo(sold == 0 ? [] : new[] { (Price, sold) }));
        Assert.That(Engine.View.LastTradeId, Is.Zero);
    }

    private (long Price, long Lots)[] BookOf(Side side)
    {
        var levels = new HftDelta.Engine.Books.BookLevel[16];
        var count = Engine.View.ReadDepth(
            new HftDelta.Primitives.Units.InstrumentId(Perpetual), (HftDelta.Primitives.Units.Side)side, levels);
        return [.. levels.Take(count).Select(level => (level.Price.Value, level.Volume.Value))];
    }
}
