using HftDelta.Engine;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Markets;

/// <summary>Static bands that refuse, dynamic bands that call an auction. The mark is 100,000.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class PriceBandTests : VenueFixture
{
    protected override EngineLimits Limits => EngineLimits.Small with
    {
        Accounts = 64,
        Orders = 4_096,
        EventSlotsPerCommand = EngineLimits.EventSlotsPerCommandMin,
        PendingUnitsPerCommand = 10,
    };

    [Test]
    public void Limits_beyond_the_static_band_are_refused_on_the_side_that_takes()
    {
        Venue.SetRules(Perpetual, new TradingRules { StaticBandPpm = 10_000 });
        Venue.Order(Alice, Perpetual, Side.Buy, 101_001, 1);
        Assert.That(Engine.Reject(), Is.EqualTo("OutsidePriceBand 101000"));
        Venue.Order(Alice, Perpetual, Side.Sell, 98_999, 1);
        Assert.That(Engine.Reject(), Is.EqualTo("OutsidePriceBand 99000"));
        var id = Venue.Order(Alice, Perpetual, Side.Buy, 90_000, 1);
        Venue.Order(Alice, Perpetual, Side.Sell, 101_500, 1);
        Assert.That(Engine.Count(OrderAcceptedDecoder.TemplateId), Is.EqualTo(1), "passive, however far");
        Venue.Replace(Alice, Perpetual, id, 101_001, 1);
        Assert.That(Engine.CancelReject(), Is.EqualTo(RejectCode.OutsidePriceBand));
        Venue.Oracle(100_200);
        Venue.Order(Bob, Perpetual, Side.Buy, 101_202, 1);
        Assert.That(Engine.Count(OrderAcceptedDecoder.TemplateId), Is.EqualTo(1), "the band follows the mark");
    }

    [Test]
    public void No_band_is_narrower_than_its_minimum()
    {
        Venue.SetRules(Perpetual, new TradingRules { StaticBandPpm = 1, BandMinimumTicks = 50 });
        Venue.Order(Alice, Perpetual, Side.Buy, 100_051, 1);
        Assert.That(Engine.Reject(), Is.EqualTo("OutsidePriceBand 100050"));
        Venue.Order(Alice, Perpetual, Side.Buy, 100_050, 1);
        Assert.That(Engine.Count(OrderAcceptedDecoder.TemplateId), Is.EqualTo(1));
    }

    [Test]
    public void A_market_order_without_a_price_takes_to_the_edge_of_the_band_and_needs_one()
    {
        Market(Bob, Side.Buy, 5);
        Assert.That(Engine.Reject(), Is.EqualTo("BadPrice 1"));
        Venue.SetRules(Perpetual, new TradingRules { StaticBandPpm = 10_000 });
        Venue.Order(Alice, Perpetual, Side.Sell, 101_000, 2);
        Venue.Order(Alice, Perpetual, Side.Sell, 101_001, 2);
        var id = Market(Bob, Side.Buy, 5);
        Assert.That(Engine.Reports(), Does.Contain($"{id} accepted 5 @ 101000"));
        Assert.That(PositionOf(Bob), Is.EqualTo(2));
        Assert.That(Engine.Reports()[^1], Is.EqualTo($"{id} canceled 3 ImmediateRemainder"));
        Venue.SetRules(Perpetual, new TradingRules { StaticBandPpm = 1_500_000 });
        id = Market(Bob, Side.Sell, 1);
        Assert.That(Engine.Reports(), Does.Contain($"{id} accepted 1 @ 1"), "a band that reaches below 1");
    }

    [Test]
    public void A_sweep_that_would_leave_the_dynamic_band_stops_and_calls_an_auction()
    {
        Venue.SetRules(Perpetual, new TradingRules
        {
            DynamicBandPpm = 1_000, VolatilityAuctionNanos = 30 * VenueScript.Second,
        });
        var near = Venue.Order(Alice, Perpetual, Side.Sell, 100_100, 2);
        var far = Venue.Order(Alice, Perpetual, Side.Sell, 100_101, 2);
        var sweep = Venue.Order(Bob, Perpetual, Side.Buy, 100_500, 5);

        Assert.That(Engine.Reports(), Is.EqualTo(new[]
        {
            $"{sweep} accepted 5 @ 100500",
            $"{near} filled 2 @ 100100 Maker leaves 0", $"{sweep} filled 2 @ 100100 Taker leaves 3",
        }));
        Assert.That(Engine.Market(), Is.EqualTo(new[]
        {
            "1 traded 2 @ 100100", "1 is VolatilityAuction", "1 VolatilityAuction 2 @ 100101 Buy 1",
        }));
        Venue.Order(Carol, Perpetual, Side.Sell, 100_200, 1);
        Assert.That(Engine.Market(), Is.EqualTo(new[] { "1 VolatilityAuction 3 @ 100200 Buy 0" }));
        Engine.TimeNanos += 30 * VenueScript.Second;
        Engine.Tick();
        Assert.That(Engine.Market(), Is.EqualTo(new[]
        {
            "1 is Open", "1 traded 2 @ 100200", "1 traded 1 @ 100200", "1 Open 3 @ 100200 Buy 0",
        }), "outside the band, which does not bind an uncross");
        Assert.That(Engine.Reports(), Has.Some.EqualTo($"{far} filled 2 @ 100200 Maker leaves 0"));

        Venue.Order(Alice, Perpetual, Side.Sell, 100_300, 1);
        Venue.Order(Bob, Perpetual, Side.Buy, 100_300, 1);
        Assert.That(Engine.Market(), Is.EqualTo(new[] { "1 traded 1 @ 100300" }), "the price of the uncross is the middle now");
    }

    [Test]
    public void What_cannot_rest_ends_with_the_bands_reason()
    {
        Venue.SetRules(Perpetual, new TradingRules { DynamicBandPpm = 1_000 });
        Venue.Order(Alice, Perpetual, Side.Buy, 99_900, 2);
        Venue.Order(Alice, Perpetual, Side.Buy, 99_899, 2);
        var sweep = Venue.Order(Bob, Perpetual, Side.Sell, 99_000, 5, TimeInForce.ImmediateOrCancel);
        Assert.That(Engine.Reports()[^1], Is.EqualTo($"{sweep} canceled 3 PriceBand"));
        Assert.That(Engine.Market(), Is.EqualTo(new[] { "1 traded 2 @ 99900", "1 is VolatilityAuction" }));
        Engine.TimeNanos += 3_600 * VenueScript.Second;
        Engine.Tick();
        Assert.That(Engine.Market(), Is.Empty, "an auction without a length waits for the operator");
    }

    [Test]
    public void What_a_sweep_trades_moves_the_band_only_for_the_next_one()
    {
        Venue.SetRules(Perpetual, new TradingRules { DynamicBandPpm = 1_000 });
        Venue.Order(Alice, Perpetual, Side.Sell, 100_060, 1);
        Venue.Order(Alice, Perpetual, Side.Sell, 100_120, 1);
        Venue.Order(Bob, Perpetual, Side.Buy, 100_060, 1);
        Venue.Order(Bob, Perpetual, Side.Buy, 100_120, 1);
        Assert.That(PositionOf(Bob), Is.EqualTo(2), "two sweeps, each within reach of the last trade");
        Venue.Order(Alice, Perpetual, Side.Sell, 100_180, 1);
        Venue.Order(Alice, Perpetual, Side.Sell, 100_240, 1);
        Venue.Order(Bob, Perpetual, Side.Buy, 100_240, 2);
        Assert.That(PositionOf(Bob), Is.EqualTo(3), "one sweep over the same distance stops");
        Assert.That(Engine.Market(), Has.Some.EqualTo("1 is VolatilityAuction"));
    }

    [Test]
    public void A_sweep_in_slices_keeps_the_band_that_it_began_with()
    {
        Venue.SetRules(Perpetual, new TradingRules { DynamicBandPpm = 1_000 });
        for (var maker = 0; maker < 150; maker++)
        {
            Venue.Order(Alice, Perpetual, Side.Sell, 100_000 + maker, 1);
        }

        Venue.Order(Bob, Perpetual, Side.Buy, 101_000, 150);
        Assert.That(Engine.Processor.HasPendingWork, Is.True, "the test's own premise");
        Engine.DrainPendingWork();
        Assert.That(PositionOf(Bob), Is.EqualTo(101), "up to 100,100");
        Assert.That(Engine.Market(), Has.Some.EqualTo("1 is VolatilityAuction"));
    }

    [Test]
    public void What_is_needed_at_once_is_counted_inside_the_band()
    {
        Venue.SetRules(Perpetual, new TradingRules { DynamicBandPpm = 1_000 });
        Venue.Order(Alice, Perpetual, Side.Sell, 100_050, 2);
        Venue.Order(Alice, Perpetual, Side.Sell, 100_101, 2);
        var id = Venue.Order(Bob, Perpetual, Side.Buy, 100_500, 4, TimeInForce.FillOrKill);
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{id} accepted 4 @ 100500", $"{id} canceled 4 MinimumNotMet" }));
        Assert.That(Engine.Market(), Is.Empty);
    }

    private ulong Market(uint account, Side side, long lots) =>
        Venue.Extended(account, Perpetual, side, 0, lots, terms =>
        {
            terms.OrderType = OrderType.Market;
            terms.TimeInForce = TimeInForce.ImmediateOrCancel;
        });
}
