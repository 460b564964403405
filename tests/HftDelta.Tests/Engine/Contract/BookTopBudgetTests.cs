using HftDelta.Engine;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Contract;

/// <summary>What a command sets aside for the tops of books is its own: the next command has its whole bound again.</summary>
[TestFixture]
[CancelAfter(30_000)]
public sealed class BookTopBudgetTests : VenueFixture
{
    protected override EngineLimits Limits => EngineLimits.Small with
    {
        Accounts = 64,
        EventSlotsPerCommand = EngineLimits.EventSlotsPerCommandMin,
    };

    [Test]
    public void Timers_have_room_after_more_book_changes_than_one_command_has_slots()
    {
        for (var change = 0; change < EngineLimits.EventSlotsPerCommandMin; change++)
        {
            var order = Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 1);
            Venue.Cancel(Alice, Perpetual, order);
        }

        var expireTime = Engine.TimeNanos + 1_000;
        Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 1, TimeInForce.GoodTillDate, expireTime: expireTime);
        Engine.TimeNanos = expireTime;
        Engine.Tick();
        Assert.That(Engine.Processor.HasPendingWork, Is.False);
        Assert.That(Engine.Count(OrderCanceledDecoder.TemplateId), Is.EqualTo(1));
        Assert.That(Engine.View.OrderCount, Is.Zero);
    }

    [Test]
    public void Sweeps_have_room_after_more_book_changes_than_one_command_has_slots()
    {
        for (var change = 0; change < EngineLimits.EventSlotsPerCommandMin; change++)
        {
            Venue.Order(Alice, Perpetual, Side.Sell, 100_000, 1);
            Venue.Order(Bob, Perpetual, Side.Buy, 100_000, 1);
            Assert.That(PositionOf(Bob), Is.EqualTo(change + 1));
        }
    }
}
