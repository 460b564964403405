using HftDelta.Primitives.Units;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Tests.Client;

/// <summary>Orders beyond a plain limit order: how they are sent, and what the venue says of them.</summary>
[CancelAfter(20_000)]
internal sealed class OrderKindTests
{
    [Test]
    public void What_the_short_message_has_room_for_goes_in_it()
    {
        using var world = new ClientWorld().Establish();
        world.Send(ClientWorld.Order(Side.Sell, 101, 7) with
        {
            Type = OrderType.Market,
            TimeInForce = TimeInForce.FillOrKill,
            SelfTradePrevention = SelfTradePrevention.CancelOldest,
        });
        var order = NewOrderSingleDecoder.Trusted(world.Venue.Last(NewOrderSingleDecoder.TemplateId).Frame);
        Assert.That(
            (order.OrderType, order.TimeInForce, order.SelfTradePrevention),
            Is.EqualTo((OrderType.Market, TimeInForce.FillOrKill, SelfTradePrevention.CancelOldest)));
    }

    [Test]
    public void Further_terms_go_in_the_longer_message_and_its_outcome_comes_the_same_way()
    {
        using var world = new ClientWorld(options => options with { RequestLifetimeNanos = 5_000_000 }).Establish();
        var now = world.Clock.Now.Value;
        var sent = world.Send(ClientWorld.Order(Side.Buy, 101, 70) with
        {
            MinimumQuantity = new QuantityLots(3),
            DisplayQuantity = new QuantityLots(9),
            TriggerPrice = new PriceTicks(55),
            TriggerSource = TriggerSource.Oracle,
            TrailingAmount = 66,
            TrailingUnit = TrailingUnit.BasisPoints,
            PegOffset = -8,
            Flags = ExecutionFlags.ReduceOnly,
        });
        var order = NewOrderExtendedDecoder.Trusted(world.Venue.Last(NewOrderExtendedDecoder.TemplateId).Frame);
        Assert.That((order.Header.Sequence, order.Header.Deadline), Is.EqualTo((1, now + 5_000_000)));
        Assert.That((order.AccountId, order.ClientOrderId), Is.EqualTo((ScriptedVenue.Account, sent.Order.Value)));
        Assert.That((order.Price, order.Quantity, order.OrderType), Is.EqualTo((101, 70, OrderType.Limit)));
        Assert.That((order.MinimumQuantity, order.DisplayQuantity, order.PegOffset), Is.EqualTo((3, 9, -8)));
        Assert.That((order.TriggerPrice, order.TriggerSource), Is.EqualTo((55, TriggerSource.Oracle)));
        Assert.That((order.TrailingAmount, order.TrailingUnit), Is.EqualTo((66, TrailingUnit.BasisPoints)));
        Assert.That(order.ExecutionFlags, Is.EqualTo(ExecutionFlags.ReduceOnly));

        world.Venue.Accepted(request: 1, order: 900, price: 99);
        world.Until(() => world.Told.Outcomes.Count == 1);
        Assert.That(world.Told.Outcomes[0].Price.Value, Is.EqualTo(99), "the price that it got");
        Assert.That(world.Told.Outcomes[0].Order, Is.EqualTo(sent.Order));
    }

    [Test]
    public void A_decrement_and_a_new_price_are_events_of_their_own()
    {
        using var world = new ClientWorld().Establish();
        world.Venue.Decremented(900, 1, lots: 4, leaves: 6, request: 0);
        world.Venue.Report(0, 0, buffer => OrderRepricedEncoder.Wrap(buffer).SetAccountId(ScriptedVenue.Account)
            .SetOrderId(901).SetClientOrderId(2).SetPrice(77).SetLeaves(5).SetSide(HftDelta.Wire.Side.Sell)
            .SetReason(RepriceReason.OracleMoved).EncodedLength);
        world.Until(() => world.Told.OrderLines.Count() == 2);
        Assert.That(world.Told.OrderLines, Is.EqualTo(new[]
        {
            "decremented 900 by 4 leaves 6", "repriced 901 OracleMoved Sell 77 leaves 5",
        }));
    }

    [Test]
    public void A_quote_knows_where_the_venue_put_it_and_asks_for_nothing_more()
    {
        using var world = new ClientWorld().Establish();
        var quote = world.Client.Orders.Quotes.Add(
            new InstrumentId(3), ExecutionFlags.PostOnly | ExecutionFlags.Reprice);
        quote.Set(new PriceTicks(99), new QuantityLots(10), default, default);
        world.Until(() => world.Venue.Requests.Count() == 1);
        world.Venue.Accepted(request: 1, order: 900, price: 97);
        world.Until(() => quote.BidQuantity.Value == 10);
        Assert.That(quote.BidPrice.Value, Is.EqualTo(97));
        quote.Set(new PriceTicks(99), new QuantityLots(10), default, default);
        world.Pass(1_000_000);
        Assert.That(world.Venue.Requests.Count(), Is.EqualTo(1), "what it wants is what it asked for");
    }

    [Test]
    public void What_prevention_takes_from_a_quote_is_gone_from_it()
    {
        using var world = new ClientWorld().Establish();
        var quote = world.Client.Orders.Quotes.Add(new InstrumentId(3));
        quote.Set(new PriceTicks(99), new QuantityLots(10), default, default);
        world.Until(() => world.Venue.Requests.Count() == 1);
        world.Venue.Accepted(request: 1, order: 900, price: 99);
        world.Until(() => quote.BidQuantity.Value == 10);
        world.Venue.Decremented(900, world.Venue.NameOf(1), lots: 4, leaves: 6, request: 1);
        world.Until(() => quote.BidQuantity.Value == 6);
        world.Venue.Decremented(900, world.Venue.NameOf(1), lots: 6, leaves: 0, request: 1);
        world.Until(() => quote.BidQuantity.Value == 0);
    }
}
