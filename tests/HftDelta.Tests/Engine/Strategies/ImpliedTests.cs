using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Strategies;

/// <summary>Orders of a strategy take from the books of the legs, all legs or none.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class ImpliedTests : StrategyFixture
{
    [Test]
    public void An_incoming_order_takes_the_first_orders_of_all_legs()
    {
        var offer = Sell(Bob, Perpetual, 10, 100_020);
        var bid = Buy(Carol, Future, 4, 100_015);
        var id = Buy(Alice, Spread, 6, 10);
        Assert.That(Told(), Is.EqualTo(new[]
        {
            $"{id} accepted 6 @ 10", Filled(id, 4, 5, "Taker", 2),
            Filled(offer, 4, 100_020, "Maker", 6), $"{id} leg 1 Buy 4 @ 100020 Taker", "trade 1 Buy 4 @ 100020",
            Filled(bid, 4, 100_015, "Maker", 0), $"{id} leg 3 Sell 4 @ 100015 Taker", "trade 3 Sell 4 @ 100015",
        }));
        Assert.That(PositionOf(Alice), Is.EqualTo(4));
        Assert.That(PositionOf(Alice, Future), Is.EqualTo(-4));
        Assert.That(PositionOf(Bob), Is.EqualTo(-4));
        Assert.That(PositionOf(Carol, Future), Is.EqualTo(4));
        Assert.That(Engine.View.OrderCount, Is.EqualTo(2), "the rest of both stays");
    }

    [Test]
    public void Without_every_leg_nothing_is_taken()
    {
        Sell(Bob, Perpetual, 10, 100_000);
        var id = Buy(Alice, Spread, 6, 1_000, TimeInForce.ImmediateOrCancel);
        Assert.That(Told(), Is.EqualTo(new[] { $"{id} accepted 6 @ 1000", $"{id} canceled 6 ImmediateRemainder" }));
        Assert.That(PositionOf(Bob), Is.Zero);
    }

    [Test]
    public void The_better_of_own_book_and_legs_goes_first_and_the_own_book_at_the_same_price()
    {
        Sell(Bob, Perpetual, 1, 100_005);
        Sell(Bob, Perpetual, 1, 100_007);
        Buy(Carol, Future, 9, 100_000);
        var cheap = Sell(Carol, Spread, 1, 4);
        var equal = Sell(Carol, Spread, 1, 7);
        var id = Buy(Alice, Spread, 5, 8);
        Assert.That(Told().Where(line => line.StartsWith($"{id} filled", StringComparison.Ordinal)), Is.EqualTo(new[]
        {
            Filled(id, 1, 4, "Taker", 4), Filled(id, 1, 5, "Taker", 3), Filled(id, 1, 7, "Taker", 2),
            Filled(id, 1, 7, "Taker", 1),
        }));
        Assert.That(Told(), Does.Contain(Filled(cheap, 1, 4, "Maker", 0)).And.Contain(Filled(equal, 1, 7, "Maker", 0)));
        Assert.That(Told().ToList().IndexOf(Filled(equal, 1, 7, "Maker", 0)),
            Is.LessThan(Told().ToList().IndexOf("trade 1 Buy 1 @ 100007")));
    }

    [Test]
    public void A_ratio_divides_what_the_first_order_shows()
    {
        var call = Buy(Bob, Call, 7, 2_000);
        Sell(Carol, Perpetual, 9, 100_100);
        var id = Buy(Alice, Cover, 5, 96_100);
        Assert.That(Told(), Does.Contain(Filled(id, 3, 96_100, "Taker", 2)).And.Contain(Filled(call, 6, 2_000, "Maker", 1))
            .And.Contain("trade 1 Buy 3 @ 100100"));
        Assert.That(Told().Count(line => line.StartsWith("trade", StringComparison.Ordinal)), Is.EqualTo(2));
        Assert.That(PositionOf(Alice, Call), Is.EqualTo(-6));
    }

    [Test]
    public void Only_what_is_shown_is_taken_and_hidden_parts_follow()
    {
        Venue.Extended(Bob, Perpetual, Side.Sell, 100_000, 9, terms => terms.DisplayQuantity = 4);
        Buy(Carol, Future, 9, 100_000);
        var id = Buy(Alice, Spread, 9, 0);
        Assert.That(Told().Where(line => line.StartsWith($"{id} filled", StringComparison.Ordinal)), Is.EqualTo(new[]
        {
            Filled(id, 4, 0, "Taker", 5), Filled(id, 4, 0, "Taker", 1), Filled(id, 1, 0, "Taker", 0),
        }));
    }

    [Test]
    public void A_maker_that_may_not_be_filled_makes_the_legs_unavailable()
    {
        Sell(Alice, Perpetual, 5, 100_000);
        Sell(Bob, Perpetual, 5, 100_000);
        Buy(Carol, Future, 5, 100_000);
        var id = Venue.Extended(Alice, Spread, Side.Buy, 0, 2, terms =>
            (terms.SelfTradePrevention, terms.TimeInForce) = (SelfTradePrevention.CancelOldest, TimeInForce.ImmediateOrCancel));
        Assert.That(Told(), Is.EqualTo(new[] { $"{id} accepted 2 @ 0", $"{id} canceled 2 ImmediateRemainder" }));
        Assert.That(Engine.View.OrderCount, Is.EqualTo(3), "nothing is cancelled");
        Buy(Alice, Spread, 2, 0);
        Assert.That(PositionOf(Alice, Future), Is.EqualTo(-2), "without prevention it trades with itself in that leg");
        Assert.That(PositionOf(Alice), Is.Zero);
    }

    [Test]
    public void Protection_counts_a_leg_and_keeps_what_it_pulls_from_the_legs()
    {
        Venue.SetProtection(Bob, VenueScript.Second, VenueScript.Second, count: 1);
        Venue.Quote(Bob, Perpetual, 0, 0, 100_000, 5, ExecutionFlags.MarketMakerProtection);
        var other = Venue.Order(Bob, Perpetual, Side.Sell, 100_001, 5, flags: ExecutionFlags.MarketMakerProtection);
        Buy(Carol, Future, 9, 100_000);
        var id = Buy(Alice, Spread, 9, 5);
        Assert.That(Told().Where(line => line.StartsWith($"{id} filled", StringComparison.Ordinal)),
            Is.EqualTo(new[] { Filled(id, 5, 0, "Taker", 4) }));
        Assert.That(Engine.Events.Count(record => record.TemplateId == ProtectionReportDecoder.TemplateId), Is.EqualTo(1));
        Engine.DrainPendingWork();
        Assert.That(Told(), Does.Contain($"{other} canceled 5 MarketMakerProtection"));
        Assert.That(PositionOf(Bob), Is.EqualTo(-5));
    }

    [Test]
    public void A_price_outside_the_dynamic_band_of_a_leg_is_not_taken()
    {
        Venue.SetRules(Perpetual, new TradingRules { DynamicBandPpm = 1_000, BandMinimumTicks = 1, VolatilityAuctionNanos = 1 });
        Sell(Bob, Perpetual, 5, 100_101);
        Buy(Carol, Future, 5, 100_100);
        var id = Buy(Alice, Spread, 5, 50);
        Assert.That(Told(), Is.EqualTo(new[] { $"{id} accepted 5 @ 50" }));
        Assert.That(Engine.View.InstrumentState(new InstrumentId(Perpetual)), Is.EqualTo(InstrumentState.Open));
        Sell(Bob, Perpetual, 5, 100_100);
        Assert.That(PositionOf(Alice), Is.EqualTo(5), "one inside it is");
    }

    [Test]
    public void Post_only_is_refused_when_the_legs_offer_its_price()
    {
        Sell(Bob, Perpetual, 5, 100_000);
        Buy(Carol, Future, 5, 100_000);
        var id = Venue.Order(Alice, Spread, Side.Buy, 0, 1, flags: ExecutionFlags.PostOnly);
        Assert.That(Told(), Is.EqualTo(new[] { $"{id} rejected WouldTrade 0" }));
        id = Venue.Order(Alice, Spread, Side.Buy, -1, 1, flags: ExecutionFlags.PostOnly);
        Assert.That(Told(), Is.EqualTo(new[] { $"{id} accepted 1 @ -1" }));
    }

    [Test]
    public void Trades_of_the_legs_trigger_their_stops()
    {
        var stop = Venue.Extended(Carol, Perpetual, Side.Buy, 100_030, 1, terms =>
            (terms.OrderType, terms.TriggerSource, terms.TriggerPrice) = (OrderType.StopLimit, TriggerSource.LastTrade, 100_020));
        Sell(Bob, Perpetual, 3, 100_020);
        Buy(Bob, Future, 2, 100_020);
        Buy(Alice, Spread, 2, 0);
        Assert.That(Told(), Does.Contain($"{stop} Triggered 1 @ 100030").And.Contain(Filled(stop, 1, 100_020, "Taker", 0)));
    }

    [Test]
    public void A_resting_order_takes_what_comes_to_a_leg()
    {
        var id = Buy(Alice, Spread, 6, 10);
        var behind = Buy(Carol, Spread, 5, 9);
        Sell(Bob, Perpetual, 20, 100_020);
        var bid = Buy(Bob, Future, 8, 100_011);
        Assert.That(Told(), Is.EqualTo(new[]
        {
            $"{bid} accepted 8 @ 100011", Filled(id, 6, 9, "Taker", 0),
            Filled(Venue.LastClientOrderId - 1, 6, 100_020, "Maker", 14), $"{id} leg 1 Buy 6 @ 100020 Taker",
            "trade 1 Buy 6 @ 100020",
            Filled(bid, 6, 100_011, "Maker", 2), $"{id} leg 3 Sell 6 @ 100011 Taker", "trade 3 Sell 6 @ 100011",
            Filled(behind, 2, 9, "Taker", 3),
            Filled(Venue.LastClientOrderId - 1, 2, 100_020, "Maker", 12), $"{behind} leg 1 Buy 2 @ 100020 Taker",
            "trade 1 Buy 2 @ 100020",
            Filled(bid, 2, 100_011, "Maker", 0), $"{behind} leg 3 Sell 2 @ 100011 Taker", "trade 3 Sell 2 @ 100011",
        }));
    }

    [Test]
    public void An_order_that_ends_before_it_changes_a_book_wakes_nobody()
    {
        Venue.Group(Alice, 1);
        Venue.Group(Bob, 1);
        Sell(Bob, Perpetual, 3, 100_000);
        Buy(Carol, Future, 3, 100_000);
        Venue.Extended(Alice, Spread, Side.Buy, 0, 2, terms => terms.SelfTradePrevention = SelfTradePrevention.CancelOldest);
        Venue.Group(Alice, 0);
        Venue.Extended(Bob, Perpetual, Side.Buy, 100_000, 1, terms =>
            terms.SelfTradePrevention = SelfTradePrevention.CancelNewest);
        Assert.That(PositionOf(Alice), Is.Zero, "nothing has changed in any book");
        Sell(Bob, Perpetual, 1, 100_005);
        Assert.That(PositionOf(Alice), Is.EqualTo(2));
    }

    [Test]
    public void A_resting_sell_takes_the_other_way_round()
    {
        var id = Sell(Alice, Spread, 2, -5);
        Buy(Bob, Perpetual, 2, 99_990);
        Sell(Carol, Future, 1, 99_995);
        Assert.That(Told(), Does.Contain(Filled(id, 1, -5, "Taker", 1)).And.Contain($"{id} leg 1 Sell 1 @ 99990 Taker")
            .And.Contain($"{id} leg 3 Buy 1 @ 99995 Taker"));
    }

    [Test]
    public void What_a_halt_kept_away_is_taken_when_the_leg_opens()
    {
        var id = Buy(Alice, Spread, 2, 0);
        Sell(Bob, Perpetual, 2, 100_000);
        Venue.ChangeState(Future, InstrumentState.PreOpen);
        Buy(Carol, Future, 2, 100_000);
        Assert.That(PositionOf(Alice), Is.Zero);
        Venue.ChangeState(Future, InstrumentState.Open);
        Assert.That(Told(), Does.Contain(Filled(id, 2, 0, "Taker", 0)));
    }

    [Test]
    public void What_rests_of_an_order_that_knew_its_own_book_alone_looks_at_the_legs()
    {
        Sell(Bob, Perpetual, 9, 100_000);
        Buy(Carol, Future, 9, 100_000);
        Sell(Bob, Spread, 2, 3);
        var id = Venue.Extended(Alice, Spread, Side.Buy, 5, 6, terms => terms.MinimumQuantity = 1);
        Assert.That(Told().Where(line => line.StartsWith($"{id} filled", StringComparison.Ordinal)), Is.EqualTo(new[]
        {
            Filled(id, 2, 3, "Taker", 4), Filled(id, 4, 0, "Taker", 0),
        }));
    }
}
