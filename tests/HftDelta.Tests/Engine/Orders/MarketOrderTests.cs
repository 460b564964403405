using HftDelta.Primitives.Units;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Orders;

/// <summary>Orders that take at the market: up to a protection price, or at the best opposite price.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class MarketOrderTests : VenueFixture
{
    [Test]
    public void A_market_order_takes_up_to_its_protection_price_and_never_rests()
    {
        var near = Venue.Order(Alice, Perpetual, Side.Sell, 100_010, 2);
        var far = Venue.Order(Alice, Perpetual, Side.Sell, 100_020, 2);
        Venue.Order(Alice, Perpetual, Side.Sell, 100_021, 2);
        var id = Market(Bob, Side.Buy, 100_020, 9);

        Assert.That(Engine.Reports(), Is.EqualTo(new[]
        {
            $"{id} accepted 9 @ 100020",
            $"{near} filled 2 @ 100010 Maker leaves 0", $"{id} filled 2 @ 100010 Taker leaves 7",
            $"{far} filled 2 @ 100020 Maker leaves 0", $"{id} filled 2 @ 100020 Taker leaves 5",
            $"{id} canceled 5 ImmediateRemainder",
        }));
        Assert.That(Engine.View.OrderCount, Is.EqualTo(1));
    }

    [Test]
    public void A_market_order_without_protection_is_refused_where_no_band_gives_one()
    {
        Venue.Order(Alice, Perpetual, Side.Sell, 100_010, 2);
        var id = Market(Bob, Side.Buy, 0, 1);
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{id} rejected BadPrice 1" }));
    }

    [Test]
    public void A_market_order_is_margined_at_its_protection_price()
    {
        Venue.OpenTrader(30, 100_000);
        Venue.Order(Alice, Perpetual, Side.Sell, 100_000, 2);
        Market(30, Side.Buy, 190_001, 1);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.InsufficientMargin));
        Market(30, Side.Buy, 190_000, 1);
        Assert.That(PositionOf(30), Is.EqualTo(1));
    }

    [Test]
    public void A_market_order_fits_the_short_message()
    {
        Venue.Order(Alice, Perpetual, Side.Buy, 99_990, 2);
        var length = NewOrderSingleEncoder.Wrap(Engine.Buffer).SetAccountId(Bob).SetInstrumentId(Perpetual)
            .SetClientOrderId(77).SetPrice(99_000).SetQuantity(3).SetSide(Side.Sell).SetOrderType(OrderType.Market)
            .SetTimeInForce(TimeInForce.ImmediateOrCancel).EncodedLength;
        Engine.SendRequest(Bob, length);

        Assert.That(Engine.Reports()[^1], Is.EqualTo("77 canceled 1 ImmediateRemainder"));
        Assert.That(PositionOf(Bob), Is.EqualTo(-2));
    }

    [Test]
    public void Market_to_limit_takes_the_best_price_only_and_rests_there()
    {
        var best = Venue.Order(Alice, Perpetual, Side.Sell, 100_010, 2);
        Venue.Order(Alice, Perpetual, Side.Sell, 100_020, 2);
        var id = ToLimit(Bob, Side.Buy, 0, 5);

        Assert.That(Engine.Reports(), Is.EqualTo(new[]
        {
            $"{id} accepted 5 @ 100010",
            $"{best} filled 2 @ 100010 Maker leaves 0", $"{id} filled 2 @ 100010 Taker leaves 3",
        }));
        Engine.View.TryGetTop(new InstrumentId(Perpetual), HftDelta.Primitives.Units.Side.Buy, out var bid);
        Assert.That(bid.Price.Value, Is.EqualTo(100_010));
        Assert.That(bid.Volume.Value, Is.EqualTo(3));
    }

    [Test]
    public void Market_to_limit_within_its_protection_price_takes_the_best_price_and_not_that_one()
    {
        Venue.Order(Alice, Perpetual, Side.Buy, 99_990, 2);
        var id = ToLimit(Bob, Side.Sell, 99_000, 3);
        Assert.That(Engine.Reports()[0], Is.EqualTo($"{id} accepted 3 @ 99990"));
    }

    [Test]
    public void Market_to_limit_with_nobody_within_its_protection_is_accepted_and_ends()
    {
        var id = ToLimit(Bob, Side.Buy, 100_000, 3);
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{id} accepted 3 @ 100000", $"{id} canceled 3 NoOpposite" }));
        Venue.Order(Alice, Perpetual, Side.Sell, 100_001, 2);
        id = ToLimit(Bob, Side.Buy, 100_000, 3);
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{id} accepted 3 @ 100000", $"{id} canceled 3 NoOpposite" }));
        Assert.That(Engine.View.OrderCount, Is.EqualTo(1));
        Assert.That(Engine.View.FreeEquity(new AccountId(Bob)), Is.EqualTo(Engine.View.Equity(new AccountId(Bob))));
    }

    [Test]
    public void Market_to_limit_without_a_price_and_with_nobody_opposite_is_refused()
    {
        Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 1);
        var id = ToLimit(Bob, Side.Buy, 0, 3);
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{id} rejected BadPrice 1" }));
    }

    [Test]
    public void What_rests_of_a_market_to_limit_order_is_replaced_like_a_limit_order()
    {
        Venue.Order(Alice, Perpetual, Side.Sell, 100_010, 2);
        var id = ToLimit(Bob, Side.Buy, 0, 5);
        var renamed = Venue.Replace(Bob, Perpetual, id, 100_005, 6);
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{renamed} replaced 6 @ 100005 leaves 4 lost" }));
    }

    private ulong Market(uint account, Side side, long protection, long lots) =>
        Venue.Extended(account, Perpetual, side, protection, lots, terms =>
        {
            terms.OrderType = OrderType.Market;
            terms.TimeInForce = TimeInForce.ImmediateOrCancel;
        });

    private ulong ToLimit(uint account, Side side, long protection, long lots) =>
        Venue.Extended(account, Perpetual, side, protection, lots, terms => terms.OrderType = OrderType.MarketToLimit);
}
