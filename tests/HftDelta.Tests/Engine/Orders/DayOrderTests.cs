using HftDelta.Engine;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Orders;

/// <summary>Day orders end with the trading day that the venue ends, as pending work in a known order.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class DayOrderTests : VenueFixture
{
    protected override EngineLimits Limits => EngineLimits.Small with
    {
        Accounts = 64,
        Orders = 4_096,
        EventSlotsPerCommand = EngineLimits.EventSlotsPerCommandMin,
        PendingUnitsPerCommand = 2,
    };

    [Test]
    public void Day_orders_end_by_session_and_the_newest_first_and_others_stay()
    {
        var bob = Day(Bob, 99_000);
        var first = Day(Alice, 99_001);
        Venue.Order(Alice, Perpetual, Side.Buy, 99_002, 1);
        var second = Day(Alice, 99_003);
        Venue.EndDay(1);
        Assert.That(Engine.Reports(), Is.Empty, "the command itself cancels nothing");
        var ticks = Engine.DrainPendingWork();

        Assert.That(Engine.Reports(), Is.EqualTo(new[]
        {
            $"{second} canceled 1 EndOfDay", $"{first} canceled 1 EndOfDay", $"{bob} canceled 1 EndOfDay",
        }));
        Assert.That(ticks, Is.EqualTo(2), "two units a command");
        Assert.That(Engine.View.OrderCount, Is.EqualTo(1));
    }

    [Test]
    public void An_order_entered_after_the_end_belongs_to_the_next_day()
    {
        Day(Alice, 99_000);
        Venue.EndDay(1);
        Day(Carol, 99_000);
        Day(Alice, 99_001);
        Engine.DrainPendingWork();
        Assert.That(Engine.View.OrderCount, Is.EqualTo(2));
        Venue.EndDay(2);
        Engine.DrainPendingWork();
        Assert.That(Engine.View.OrderCount, Is.Zero);
    }

    [Test]
    public void Orders_that_go_while_the_day_ends_do_not_disturb_the_walk()
    {
        var ids = Enumerable.Range(0, 12).Select(order => Day(Alice, 99_000 + order)).ToArray();
        var last = Day(Bob, 98_000);
        Venue.EndDay(1);
        Engine.Tick(TickReason.PendingWork);
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{ids[11]} canceled 1 EndOfDay", $"{ids[10]} canceled 1 EndOfDay" }));
        Venue.Cancel(Alice, Perpetual, ids[7]);
        Venue.Cancel(Alice, Perpetual, ids[5]);
        Engine.DrainPendingWork();
        Assert.That(Engine.Reports()[^1], Is.EqualTo($"{last} canceled 1 EndOfDay"));
        Assert.That(Engine.View.OrderCount, Is.Zero);
    }

    [Test]
    public void Days_end_one_after_the_other_and_not_while_the_last_is_ending()
    {
        Venue.EndDay(2);
        Assert.That(Refusal(), Is.EqualTo(RejectCode.BadParameter));
        foreach (var price in new[] { 1, 2, 3 })
        {
            Day(Alice, 99_000 + price);
        }

        Venue.EndDay(1);
        Venue.EndDay(2);
        Assert.That(Refusal(), Is.EqualTo(RejectCode.RequestOutstanding));
        Engine.DrainPendingWork();
        Venue.EndDay(1);
        Assert.That(Refusal(), Is.EqualTo(RejectCode.BadParameter));
        Venue.EndDay(2);
        Assert.That(Engine.DrainPendingWork(), Is.EqualTo(1));
    }

    [Test]
    public void A_day_order_still_taking_ends_after_its_sweep()
    {
        for (var order = 0; order < 30; order++)
        {
            Venue.Order(Alice, Perpetual, Side.Sell, 100_000 + order, 1);
        }

        var id = Venue.Order(Bob, Perpetual, Side.Buy, 101_000, 35, TimeInForce.Day);
        Venue.EndDay(1);
        Engine.DrainPendingWork();
        Assert.That(Engine.Reports()[^1], Is.EqualTo($"{id} canceled 5 EndOfDay"));
    }

    [Test]
    public void Looking_at_many_orders_that_stay_is_cut_into_slices_too()
    {
        for (var order = 0; order < 400; order++)
        {
            Venue.Order(Alice, Perpetual, Side.Buy, 90_000 + order, 1);
        }

        Venue.EndDay(1);
        Assert.That(Engine.DrainPendingWork(), Is.GreaterThan(2));
        Assert.That(Engine.View.OrderCount, Is.EqualTo(400));
    }

    [Test]
    public void A_day_order_has_no_expire_time()
    {
        Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 1, TimeInForce.Day, expireTime: Engine.TimeNanos + 5);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.BadExpireTime));
    }

    private ulong Day(uint account, long price) =>
        Venue.Order(account, Perpetual, Side.Buy, price, 1, TimeInForce.Day);

    private RejectCode Refusal() => (RejectCode)CommandRefusedDecoder.Trusted(Engine.Events.Single(record =>
        record.SchemaId == CommandRefusedDecoder.SchemaId &&
        record.TemplateId == CommandRefusedDecoder.TemplateId).Frame).Code;
}
