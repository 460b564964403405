using HftDelta.Wire;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Orders;

/// <summary>Orders that never take: refused, or put behind the best opposite.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class PostOnlyTests : VenueFixture
{
    private const ExecutionFlags Behind = ExecutionFlags.PostOnly | ExecutionFlags.Reprice;

    [Test]
    public void With_reprice_a_crossing_order_rests_behind_the_best_opposite_and_says_so()
    {
        Venue.Order(Alice, Perpetual, Side.Sell, 100_010, 5);
        var buy = Venue.Order(Bob, Perpetual, Side.Buy, 100_500, 3, flags: Behind);
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{buy} accepted 3 @ 100009" }));
        var sell = Venue.Order(Carol, Perpetual, Side.Sell, 90_000, 3, flags: Behind);
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{sell} accepted 3 @ 100010" }));
        Assert.That(Engine.View.LastTradeId, Is.Zero);
    }

    [Test]
    public void With_reprice_an_order_that_crosses_nobody_keeps_its_price()
    {
        Venue.Order(Alice, Perpetual, Side.Sell, 100_010, 5);
        var id = Venue.Order(Bob, Perpetual, Side.Buy, 100_009, 3, flags: Behind);
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{id} accepted 3 @ 100009" }));
    }

    [Test]
    public void Where_no_price_is_behind_the_order_is_refused()
    {
        Venue.Order(Alice, Perpetual, Side.Sell, 1, 5);
        Venue.Order(Bob, Perpetual, Side.Buy, 100, 3, flags: Behind);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.WouldTrade));
    }

    [Test]
    public void It_is_margined_at_the_price_that_it_gets()
    {
        Venue.OpenTrader(30, 10_000);
        Venue.Order(Alice, Perpetual, Side.Sell, 100_001, 5);
        Venue.Order(30, Perpetual, Side.Buy, 150_000, 1, flags: Behind);
        Assert.That(Engine.Count(OrderAcceptedDecoder.TemplateId), Is.EqualTo(1), "10 % of 100,000 and no loss");
    }

    [Test]
    public void Reprice_alone_says_nothing()
    {
        Venue.Order(Bob, Perpetual, Side.Buy, 100_000, 3, flags: ExecutionFlags.Reprice);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.BadFlagCombination));
    }

    [Test]
    public void A_replacement_is_put_behind_the_best_opposite_too()
    {
        Venue.Order(Alice, Perpetual, Side.Sell, 100_010, 5);
        var id = Venue.Order(Bob, Perpetual, Side.Buy, 99_000, 3, flags: Behind);
        id = Venue.Replace(Bob, Perpetual, id, 100_100, 3);
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{id} replaced 3 @ 100009 leaves 3 lost" }));
        id = Venue.Replace(Bob, Perpetual, id, 100_200, 2);
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{id} replaced 2 @ 100009 leaves 2 kept" }), "the price stays");
    }

    [Test]
    public void A_replacement_of_a_plain_post_only_order_that_would_trade_is_refused()
    {
        Venue.Order(Alice, Perpetual, Side.Sell, 100_010, 5);
        var id = Venue.Order(Bob, Perpetual, Side.Buy, 99_000, 3, flags: ExecutionFlags.PostOnly);
        Venue.Replace(Bob, Perpetual, id, 100_010, 3);
        Assert.That(Engine.CancelReject(), Is.EqualTo(RejectCode.WouldTrade));
    }

    [Test]
    public void Post_only_and_reprice_go_with_a_hidden_part()
    {
        Venue.Order(Alice, Perpetual, Side.Sell, 100_010, 5);
        var id = Venue.Extended(Bob, Perpetual, Side.Buy, 100_010, 9, terms =>
        {
            terms.Flags = Behind;
            terms.DisplayQuantity = 2;
        });
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{id} accepted 9 @ 100009" }));
    }
}
