using HftDelta.Engine;
using HftDelta.Simulation.Engines;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Orders;

/// <summary>Orders with a date have a record more than others: it decides nothing but whether there is room.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class GoodTillDateTests : VenueFixture
{
    protected override EngineLimits Limits => EngineLimits.Small with { Accounts = 64, Orders = 64, ExtendedOrders = 3 };

    [Test]
    public void Orders_with_a_date_find_room_among_those_with_further_terms_only()
    {
        for (var round = 0; round < 3; round++)
        {
            var ids = Enumerable.Range(0, 3).Select(_ => Dated(99_000, 1)).ToArray();
            Dated(99_000, 1);
            Assert.That(Engine.Reports()[0], Does.EndWith("rejected TooManyOrders 3"));
            Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 1);
            Assert.That(Engine.Reports()[0], Does.Contain("accepted"), "an order without a date needs none of it");
            foreach (var id in ids)
            {
                Venue.Cancel(Alice, Perpetual, id);
                Assert.That(Engine.Reports()[0], Does.Contain("canceled 1"));
            }
        }
    }

    [Test]
    public void A_replacement_of_a_partly_filled_order_with_a_date_counts_what_was_filled()
    {
        var id = Dated(99_000, 10);
        Venue.Order(Bob, Perpetual, Side.Sell, 99_000, 4);
        var refused = Venue.Replace(Alice, Perpetual, id, 99_000, 4);
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{refused} cancel-rejected QuantityNotAboveFilled 4" }));
        var kept = Venue.Replace(Alice, Perpetual, id, 99_000, 9);
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{kept} replaced 9 @ 99000 leaves 5 kept" }));
        var moved = Venue.Replace(Alice, Perpetual, kept, 99_001, 12);
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{moved} replaced 12 @ 99001 leaves 8 lost" }));
    }

    [Test]
    public void Orders_that_are_due_at_once_end_in_the_order_of_their_entry()
    {
        var first = Dated(99_000, 1);
        var plain = Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 1);
        var second = Dated(99_000, 1);

        // Lies where the plain order lay, before the second in memory and behind it in time.
        Venue.Cancel(Alice, Perpetual, plain);
        var third = Dated(99_000, 1);
        Engine.TimeNanos = Date;
        Engine.Tick();
        var told = new[] { first, second, third }.Select(id => $"{id} canceled 1 GoodTillDateReached");
        Assert.That(Engine.Reports(), Is.EqualTo(told));
    }

    private ulong Date { get; set; }

    private ulong Dated(long price, long lots)
    {
        Date = Date == 0 ? Engine.TimeNanos + VenueScript.Second : Date;
        return Venue.Order(Alice, Perpetual, Side.Buy, price, lots, TimeInForce.GoodTillDate, expireTime: Date);
    }
}
