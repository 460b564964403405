using HftDelta.Engine;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Markets;

/// <summary>
/// Pending work that ends orders can meet one whose sweep began later and is pending behind it: the sweep is finished first.
/// </summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class SweepInTheWayTests : VenueFixture
{
    private const int Many = 150;

    protected override EngineLimits Limits => EngineLimits.Small with
    {
        Accounts = 64,
        Orders = 4_096,
        EventSlotsPerCommand = EngineLimits.EventSlotsPerCommandMin,
        PendingUnitsPerCommand = 5,
    };

    [Test]
    public void A_kill_switch_waits_for_the_sweep_of_an_account_that_was_killed_later()
    {
        RestMany(TimeInForce.GoodTillCancel);
        Venue.Kill(Alice, cancelsOrders: true);
        var sweep = Venue.Order(Bob, Perpetual, Side.Buy, 100_000, 2 * Many);
        Venue.Kill(Bob, cancelsOrders: true);
        var before = PositionOf(Bob);
        Assert.That(before, Is.InRange(1, Many - 1), "the test's own premise");
        Engine.DrainPendingWork();

        Assert.That(PositionOf(Bob), Is.EqualTo(before));
        Assert.That(Engine.Reports(), Has.Some.EqualTo($"{sweep} canceled {(2 * Many) - before} KillSwitch"));
        Assert.That(Engine.View.OrderCount, Is.EqualTo(Many - before), "Carol's");
    }

    [Test]
    public void The_end_of_a_day_waits_for_an_order_that_takes_again()
    {
        var replaced = Venue.Order(Bob, Perpetual, Side.Buy, 90_000, 1, TimeInForce.Day);
        RestMany(TimeInForce.Day);
        Engine.SendInternal(EndOfDayEncoder.Wrap(Engine.Buffer).SetDay(1).EncodedLength);
        var sweep = Venue.Replace(Bob, Perpetual, replaced, 100_000, Many + 5);
        Assert.That(Engine.Reports(), Has.Some.EqualTo($"{sweep} replaced {Many + 5} @ 100000 leaves {Many + 5} lost"));
        Assert.That(PositionOf(Bob), Is.LessThan(Many), "the test's own premise");
        Engine.DrainPendingWork();

        Assert.That(PositionOf(Bob), Is.EqualTo(Many));
        Assert.That(Engine.Reports(), Has.Some.EqualTo($"{sweep} canceled 5 EndOfDay"));
        Assert.That(Engine.View.OrderCount, Is.Zero);
    }

    /// <summary>Alice's orders keep the walk busy; Carol's are there to be taken.</summary>
    private void RestMany(TimeInForce timeInForce)
    {
        for (var order = 0; order < Many; order++)
        {
            Venue.Order(Alice, Perpetual, Side.Buy, 98_500, 1, timeInForce);
            Venue.Order(Carol, Perpetual, Side.Sell, 100_000, 1);
        }
    }
}
