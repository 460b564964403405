using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Triggers;

/// <summary>Stops whose triggers follow the price at a distance.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class TrailingStopTests : TriggerFixture
{
    [Test]
    public void A_sell_follows_the_highest_price_by_ticks_and_never_falls_back()
    {
        Trade(100_000);
        var id = Trail(Alice, Side.Sell, 3, 10, 99_000);
        foreach (var price in new[] { 99_991, 100_020, 100_015, 100_011 })
        {
            Trade(price);
            Assert.That(Repriced(), Is.Empty, $"at {price}");
        }

        Trade(100_010);
        Assert.That(Engine.Reports()[^2..], Is.EqualTo(new[]
        {
            $"{id} Triggered 3 @ 99000", $"{id} canceled 3 ImmediateRemainder",
        }));
    }

    [Test]
    public void A_buy_follows_the_lowest_price_by_ticks()
    {
        Trade(100_000);
        var id = Trail(Alice, Side.Buy, 3, 10, 101_000);
        foreach (var price in new[] { 100_009, 99_980, 99_989 })
        {
            Trade(price);
            Assert.That(Repriced(), Is.Empty, $"at {price}");
        }

        Trade(99_990);
        Assert.That(Repriced(), Is.EqualTo(new[] { $"{id} Triggered 3 @ 101000" }));
    }

    // 50 basis points of 100,000 are 500; of 100,199 they are 500.995, rounded down.
    [TestCase(100_000, 99_500)]
    [TestCase(100_199, 99_699)]
    public void Basis_points_are_of_the_price_that_is_followed_and_round_down(long highest, long trigger)
    {
        Trade(100_000);
        Trail(Alice, Side.Sell, 1, 50, 99_000, TrailingUnit.BasisPoints);
        Trade(highest);
        Trade(trigger + 1);
        Assert.That(Repriced(), Is.Empty);
        Trade(trigger);
        Assert.That(Repriced(), Has.Length.EqualTo(1));
    }

    [Test]
    public void Basis_points_of_a_buy_are_added_to_the_lowest_price()
    {
        Trade(100_000);
        Trail(Alice, Side.Buy, 1, 10, 101_000, TrailingUnit.BasisPoints);
        Trade(99_999);
        Trade(100_097);
        Assert.That(Repriced(), Is.Empty);
        Trade(100_098);
        Assert.That(Repriced(), Has.Length.EqualTo(1));
    }

    [Test]
    public void One_order_may_raise_the_trigger_by_its_first_price_and_reach_it_by_its_last()
    {
        Trade(100_000);
        var id = Trail(Alice, Side.Sell, 1, 10, 99_000);
        foreach (var price in new[] { 100_030, 100_025, 100_020 })
        {
            Venue.Order(Bob, Perpetual, Side.Buy, price, 1);
        }

        Venue.Order(Carol, Perpetual, Side.Sell, 100_025, 2);
        Assert.That(Repriced(), Is.Empty);
        Venue.Order(Carol, Perpetual, Side.Sell, 100_020, 1);
        Assert.That(Repriced(), Is.EqualTo(new[] { $"{id} Triggered 1 @ 99000" }));
    }

    [Test]
    public void Each_source_is_followed_by_itself()
    {
        Trade(100_000);
        var byOracle = Trail(Alice, Side.Sell, 1, 20, 99_000, source: TriggerSource.Oracle);
        var byMark = Trail(Bob, Side.Sell, 1, 20, 99_000, source: TriggerSource.Mark);
        Trade(99_500);
        Assert.That(Repriced(), Is.Empty);
        Venue.Oracle(100_060);
        Venue.Oracle(100_040);
        Assert.That(Repriced(), Is.EqualTo(new[] { $"{byOracle} Triggered 1 @ 99000" }), "the mark has not followed");
        Venue.Oracle(100_100);
        Venue.Oracle(100_000);
        Assert.That(Repriced(), Is.EqualTo(new[] { $"{byMark} Triggered 1 @ 99000" }));
    }

    [Test]
    public void It_needs_a_first_price_of_its_source()
    {
        Trail(Alice, Side.Sell, 1, 10, 99_000);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.BadTrigger));
        var id = Trail(Alice, Side.Sell, 1, 10, 99_000, source: TriggerSource.Mark);
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{id} accepted 1 @ 99000" }));
    }

    [TestCase(0L, TrailingUnit.Ticks)]
    [TestCase(10L, TrailingUnit.None)]
    [TestCase(10_000L, TrailingUnit.BasisPoints)]
    public void A_bad_amount_or_unit_is_refused(long amount, TrailingUnit unit)
    {
        Trade(100_000);
        Trail(Alice, Side.Sell, 1, amount, 99_000, unit);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.BadTrigger));
    }

    [Test]
    public void A_trigger_beyond_all_prices_is_never_reached()
    {
        Trade(100_000);
        Trail(Alice, Side.Buy, 1, long.MaxValue, 101_000);
        Trail(Alice, Side.Sell, 1, long.MaxValue, 99_000);
        Trade(100_500);
        Trade(99_500);
        Assert.That(Engine.View.OrderCount, Is.EqualTo(2));
        Assert.That(Repriced(), Is.Empty);
    }

    [Test]
    public void At_most_256_stand_in_one_instrument()
    {
        Trade(100_000);
        var first = Trail(Alice, Side.Sell, 1, 10, 99_000);
        for (var order = 1; order < 256; order++)
        {
            Trail(Alice, Side.Sell, 1, 10 + order, 99_000);
        }

        Trail(Bob, Side.Buy, 1, 10, 101_000);
        Assert.That(Engine.Reports()[0], Does.EndWith("rejected TooManyConditionalOrders 256"));
        Venue.Cancel(Alice, Perpetual, first);
        Trail(Bob, Side.Buy, 1, 10, 101_000);
        Assert.That(Engine.Reports()[0], Does.EndWith("accepted 1 @ 101000"));
    }

    [Test]
    public void They_are_activated_by_entry_whatever_their_triggers()
    {
        Trade(100_000);
        var near = Trail(Alice, Side.Sell, 1, 30, 110_000);
        var far = Trail(Bob, Side.Sell, 1, 20, 110_000);
        var other = Trail(Alice, Side.Sell, 1, 25, 110_000);
        Venue.Cancel(Alice, Perpetual, near);
        near = Trail(Alice, Side.Sell, 1, 5, 110_000);
        Trade(99_960);
        Assert.That(Repriced(), Is.EqualTo(new[] { far, other, near }.Select(id => $"{id} Triggered 1 @ 110000")));
    }
}
