using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Markets;

/// <summary>Increments, lots, largest orders, orders of an account, positions: what an instrument's rules let in.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class TradingRulesTests : VenueFixture
{
    [Test]
    public void Prices_are_multiples_of_the_increment_of_their_range()
    {
        Venue.SetRules(Perpetual, new TradingRules { Increments = [(1, 5), (100_000, 10), (100_100, 25)] });
        Assert.That(Engine.IsRefused(), Is.False);

        Venue.Order(Alice, Perpetual, Side.Buy, 99_993, 1);
        Assert.That(Engine.Reject(), Is.EqualTo("PriceOffTick 5"));
        Venue.Order(Alice, Perpetual, Side.Buy, 99_995, 1);
        Assert.That(Engine.Count(OrderAcceptedDecoder.TemplateId), Is.EqualTo(1));
        Venue.Order(Alice, Perpetual, Side.Sell, 100_005, 1);
        Assert.That(Engine.Reject(), Is.EqualTo("PriceOffTick 10"));
        var id = Venue.Order(Alice, Perpetual, Side.Sell, 100_090, 1);
        Assert.That(Engine.Count(OrderAcceptedDecoder.TemplateId), Is.EqualTo(1));
        Venue.Order(Alice, Perpetual, Side.Sell, 100_110, 1);
        Assert.That(Engine.Reject(), Is.EqualTo("PriceOffTick 25"));

        Venue.Replace(Alice, Perpetual, id, 100_095, 1);
        Assert.That(Engine.CancelReject(), Is.EqualTo(RejectCode.PriceOffTick));
    }

    [Test]
    public void Without_rules_and_after_they_are_taken_back_every_price_and_quantity_goes()
    {
        Venue.SetRules(Perpetual, new TradingRules { Increments = [(1, 7)], LotSize = 10 });
        Venue.SetRules(Perpetual, new TradingRules());

        Venue.Order(Alice, Perpetual, Side.Buy, 99_993, 3);
        Assert.That(Engine.Count(OrderAcceptedDecoder.TemplateId), Is.EqualTo(1));
    }

    [Test]
    public void Rules_bind_one_instrument_and_only_what_comes_after_them()
    {
        var old = Venue.Order(Alice, Perpetual, Side.Sell, 100_003, 5);
        Venue.SetRules(Perpetual, new TradingRules { Increments = [(1, 10)], LotSize = 2 });
        Venue.Order(Bob, Call, Side.Buy, 3, 1);
        Assert.That(Engine.Count(OrderAcceptedDecoder.TemplateId), Is.EqualTo(1));

        Venue.Order(Bob, Perpetual, Side.Buy, 100_010, 2);
        Assert.That(Engine.Reports(), Has.Some.EqualTo($"{old} filled 2 @ 100003 Maker leaves 3"));
    }

    [Test]
    public void Quantities_are_whole_lots_and_not_above_the_largest_order()
    {
        Venue.SetRules(Perpetual, new TradingRules { LotSize = 5, OrderLotsMax = 20 });

        Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 12);
        Assert.That(Engine.Reject(), Is.EqualTo("QuantityOffLot 5"));
        Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 25);
        Assert.That(Engine.Reject(), Is.EqualTo("OrderTooLarge 20"));
        var id = Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 20);
        Assert.That(Engine.Count(OrderAcceptedDecoder.TemplateId), Is.EqualTo(1));
        Venue.Replace(Alice, Perpetual, id, 99_000, 25);
        Assert.That(Engine.CancelReject(), Is.EqualTo(RejectCode.OrderTooLarge));
    }

    [Test]
    public void An_account_has_so_many_live_orders_in_the_instrument_and_each_that_ends_makes_room()
    {
        var first = Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 4);
        Venue.SetRules(Perpetual, new TradingRules { AccountOrdersMax = 2 });
        Venue.Order(Alice, Perpetual, Side.Sell, 101_000, 3);
        Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 1);
        Assert.That(Engine.Reject(), Is.EqualTo("TooManyOrders 2"), "one from before the rule, one after");
        Venue.Order(Alice, Call, Side.Buy, 3, 1);
        Venue.Order(Bob, Perpetual, Side.Buy, 98_900, 1);
        Assert.That(Engine.Count(OrderAcceptedDecoder.TemplateId), Is.EqualTo(1), "of others");

        Venue.Order(Bob, Perpetual, Side.Sell, 99_000, 3);
        Venue.Order(Alice, Perpetual, Side.Buy, 98_000, 1);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.TooManyOrders), "partly filled");
        first = Venue.Replace(Alice, Perpetual, first, 98_500, 6);
        Venue.Order(Alice, Perpetual, Side.Buy, 98_000, 1);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.TooManyOrders), "replaced");
        Venue.Cancel(Alice, Perpetual, first);
        Venue.Order(Alice, Perpetual, Side.Buy, 98_000, 1);
        Assert.That(Engine.Count(OrderAcceptedDecoder.TemplateId), Is.EqualTo(1), "cancelled");
        Venue.Order(Bob, Perpetual, Side.Buy, 101_000, 3);
        Venue.Order(Alice, Perpetual, Side.Buy, 98_000, 1);
        Assert.That(Engine.Count(OrderAcceptedDecoder.TemplateId), Is.EqualTo(1), "filled");
    }

    [Test]
    public void A_position_with_all_open_orders_of_a_side_stays_in_its_limit()
    {
        Venue.SetRules(Perpetual, new TradingRules { PositionLotsMax = 10 });
        Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 6);
        Venue.Order(Alice, Perpetual, Side.Sell, 101_000, 10);
        Assert.That(Engine.Count(OrderAcceptedDecoder.TemplateId), Is.EqualTo(1), "the other side is a sum of its own");
        Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 5);
        Assert.That(Engine.Reject(), Is.EqualTo("PositionLimit 10"));
        Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 4);
        Assert.That(Engine.Count(OrderAcceptedDecoder.TemplateId), Is.EqualTo(1));
    }

    [Test]
    public void Who_is_beyond_a_new_limit_may_come_nearer_to_it_and_no_further_away()
    {
        Venue.Order(Alice, Perpetual, Side.Buy, 100_000, 20);
        Venue.Order(Bob, Perpetual, Side.Sell, 100_000, 20);
        Venue.SetRules(Perpetual, new TradingRules { PositionLotsMax = 10 });

        Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 1);
        Assert.That(Engine.Reject(), Is.EqualTo("PositionLimit 10"));
        var id = Venue.Order(Alice, Perpetual, Side.Sell, 101_000, 5);
        Assert.That(Engine.Count(OrderAcceptedDecoder.TemplateId), Is.EqualTo(1), "15 is above 10, but nearer");
        Venue.Replace(Alice, Perpetual, id, 101_000, 30);
        Assert.That(Engine.Count(OrderReplacedDecoder.TemplateId), Is.EqualTo(1), "from 20 long to 10 short");
        Venue.Order(Alice, Perpetual, Side.Sell, 101_000, 1);
        Assert.That(Engine.Reject(), Is.EqualTo("PositionLimit 10"), "11 short");
    }

    [TestCase(99u, RejectCode.UnknownInstrument)]
    [TestCase(0u, RejectCode.UnknownInstrument)]
    public void Rules_of_no_instrument_are_refused(uint instrument, RejectCode code)
    {
        Venue.SetRules(instrument, new TradingRules { LotSize = 2 });
        Assert.That(Engine.Refusal(), Is.EqualTo(code));
    }

    [Test]
    public void Malformed_rules_are_refused_and_change_nothing()
    {
        Venue.SetRules(Perpetual, new TradingRules { LotSize = 10 });
        foreach (var rules in new[]
        {
            new TradingRules { LotSize = -1 },
            new TradingRules { OrderLotsMax = -1 },
            new TradingRules { PositionLotsMax = -1 },
            new TradingRules { LotSize = 10, OrderLotsMax = 5 },
            new TradingRules { OpeningAuctionNanos = ulong.MaxValue },
            new TradingRules { VolatilityAuctionNanos = ulong.MaxValue },
            new TradingRules { Increments = [(2, 1)] },
            new TradingRules { Increments = [(1, 0)] },
            new TradingRules { Increments = [(1, 1), (1, 2)] },
            new TradingRules { Increments = [(1, 1), (10, 2), (5, 3)] },
            new TradingRules { Increments = [.. Enumerable.Range(0, 9).Select(row => ((long)row + 1, 1L))] },
        })
        {
            Venue.SetRules(Perpetual, rules);
            Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.BadParameter), rules.ToString());
        }

        Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 11);
        Assert.That(Engine.Reject(), Is.EqualTo("QuantityOffLot 10"));
    }

    [Test]
    public void Rules_of_an_expired_instrument_are_refused()
    {
        Engine.TimeNanos = Expiry;
        Engine.Tick();
        Venue.SetRules(Call, new TradingRules { LotSize = 2 });
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.InstrumentNotOpen));
    }
}
