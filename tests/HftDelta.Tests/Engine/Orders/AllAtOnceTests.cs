using HftDelta.Engine;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Orders;

/// <summary>Fill or kill and minimum quantity: counted before the first fill, promised within one command.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class AllAtOnceTests : VenueFixture
{
    // (256 / 2 - 64) / 12
    private const int MakersMax = 5;

    protected override EngineLimits Limits => EngineLimits.Small with
    {
        Accounts = 64, Orders = 4_096, EventSlotsPerCommand = EngineLimits.EventSlotsPerCommandMin,
    };

    [Test]
    public void Fill_or_kill_fills_whole_or_not_at_all()
    {
        var first = Venue.Order(Alice, Perpetual, Side.Sell, 100_010, 2);
        var second = Venue.Order(Alice, Perpetual, Side.Sell, 100_020, 3);
        var id = FillOrKill(Bob, 100_020, 6);
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{id} accepted 6 @ 100020", $"{id} canceled 6 MinimumNotMet" }));
        id = FillOrKill(Bob, 100_019, 5);
        Assert.That(Engine.Reports()[^1], Is.EqualTo($"{id} canceled 5 MinimumNotMet"), "only within its price");
        id = FillOrKill(Bob, 100_020, 5);

        Assert.That(Engine.Reports(), Is.EqualTo(new[]
        {
            $"{id} accepted 5 @ 100020",
            $"{first} filled 2 @ 100010 Maker leaves 0", $"{id} filled 2 @ 100010 Taker leaves 3",
            $"{second} filled 3 @ 100020 Maker leaves 0", $"{id} filled 3 @ 100020 Taker leaves 0",
        }));
        Assert.That(Engine.View.OrderCount, Is.Zero);
    }

    [Test]
    public void A_market_order_may_be_fill_or_kill()
    {
        Venue.Order(Alice, Perpetual, Side.Sell, 100_010, 2);
        var id = Venue.Extended(Bob, Perpetual, Side.Buy, 101_000, 3, terms =>
        {
            terms.OrderType = OrderType.Market;
            terms.TimeInForce = TimeInForce.FillOrKill;
        });
        Assert.That(Engine.Reports()[^1], Is.EqualTo($"{id} canceled 3 MinimumNotMet"));
    }

    [TestCase(TimeInForce.GoodTillCancel, "")]
    [TestCase(TimeInForce.ImmediateOrCancel, "canceled 2 ImmediateRemainder")]
    public void After_its_minimum_the_rest_follows_the_time_in_force(TimeInForce timeInForce, string last)
    {
        Venue.Order(Alice, Perpetual, Side.Sell, 100_010, 10);
        var id = Minimum(Bob, 12, 10, timeInForce);
        Assert.That(Engine.Count(OrderFilledDecoder.TemplateId), Is.EqualTo(2));
        Assert.That(Engine.View.OrderCount, Is.EqualTo(last.Length == 0 ? 1 : 0));
        Assert.That(last.Length == 0 || Engine.Reports()[^1] == $"{id} {last}", Is.True);
    }

    [Test]
    public void A_minimum_that_is_not_there_ends_the_order_unfilled()
    {
        Venue.Order(Alice, Perpetual, Side.Sell, 100_010, 9);
        var id = Minimum(Bob, 12, 10, TimeInForce.GoodTillCancel);
        Assert.That(Engine.Reports()[^1], Is.EqualTo($"{id} canceled 12 MinimumNotMet"));
        Assert.That(PositionOf(Bob), Is.Zero);
        Assert.That(Engine.View.OrderCount, Is.EqualTo(1));
    }

    [Test]
    public void More_makers_than_one_command_fills_are_too_many()
    {
        for (var maker = 0; maker <= MakersMax; maker++)
        {
            Venue.Order(Alice, Perpetual, Side.Sell, 100_010 + maker, 1);
        }

        FillOrKill(Bob, 101_000, MakersMax + 1);
        Assert.That(Engine.Reports()[0], Does.EndWith($"rejected TooManyMakers {MakersMax}"));
        FillOrKill(Bob, 101_000, MakersMax);
        Assert.That(Engine.Count(TradeDecoder.TemplateId), Is.EqualTo(MakersMax), "and what is promised is done at once");
        Assert.That(Engine.Processor.HasPendingWork, Is.False);
        FillOrKill(Bob, 101_000, 2);
        Assert.That(Engine.Reports()[^1], Does.EndWith("canceled 2 MinimumNotMet"));
    }

    [Test]
    public void Reduce_only_orders_are_met_but_not_counted()
    {
        Venue.Order(Alice, Perpetual, Side.Sell, 100_000, 5);
        Venue.Order(Bob, Perpetual, Side.Buy, 100_000, 5);
        Venue.Order(Bob, Perpetual, Side.Sell, 100_010, 5, flags: ExecutionFlags.ReduceOnly);
        Venue.Order(Alice, Perpetual, Side.Sell, 100_010, 4);
        FillOrKill(Carol, 100_010, 5);
        Assert.That(Engine.Reports()[^1], Does.EndWith("MinimumNotMet"));
        FillOrKill(Carol, 100_010, 4);
        Assert.That(PositionOf(Carol), Is.EqualTo(4));
    }

    [TestCase(-1, 0)]
    [TestCase(11, 10)]
    public void A_minimum_beyond_the_quantity_is_refused_with_its_bound(long minimum, long bound)
    {
        Minimum(Bob, 10, minimum, TimeInForce.GoodTillCancel);
        Assert.That(Engine.Reports()[0], Does.EndWith($"rejected BadMinimumQuantity {bound}"));
    }

    private ulong FillOrKill(uint account, long price, long lots) =>
        Venue.Order(account, Perpetual, Side.Buy, price, lots, TimeInForce.FillOrKill);

    private ulong Minimum(uint account, long lots, long minimum, TimeInForce timeInForce) =>
        Venue.Extended(account, Perpetual, Side.Buy, 100_010, lots, terms =>
        {
            terms.MinimumQuantity = minimum;
            terms.TimeInForce = timeInForce;
        });
}
