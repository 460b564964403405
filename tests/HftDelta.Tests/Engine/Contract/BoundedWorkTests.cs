using HftDelta.Engine;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Randomness;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;
using SessionRoles = HftDelta.Wire.Internal.SessionRoles;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Contract;

/// <summary>
/// A command that would emit more than its bound is cut into slices that later commands perform first; the fixture replays
/// every test's commands and compares states and events.
/// </summary>
[TestFixture]
[CancelAfter(30_000)]
public sealed class BoundedWorkTests : VenueFixture
{
    private const int Makers = 200;

    protected override EngineLimits Limits => EngineLimits.Small with
    {
        Accounts = 64,
        Orders = 4_096,
        EventSlotsPerCommand = EngineLimits.EventSlotsPerCommandMin,
        PendingUnitsPerCommand = 10,
    };

    [Test]
    public void A_sweep_beyond_the_bound_goes_on_at_the_head_of_the_next_commands()
    {
        RestMany(Side.Sell);
        Venue.Order(Bob, Perpetual, Side.Buy, 101_000, Makers);
        var first = Engine.Count(TradeDecoder.TemplateId);
        Assert.That(first, Is.InRange(1, Makers - 1), "the first slice");
        Assert.That(Engine.Processor.HasPendingWork, Is.True);

        Engine.Tick(TickReason.PendingWork);
        Assert.That(Engine.Count(TradeDecoder.TemplateId), Is.InRange(1, 10), "at most ten units of pending work");
        Engine.DrainPendingWork();

        Assert.That(PositionOf(Bob), Is.EqualTo(Makers));
        Assert.That(PositionOf(Alice), Is.EqualTo(-Makers));
        Assert.That(Engine.View.OrderCount, Is.Zero);
        Assert.That(Engine.SlotsMost, Is.LessThanOrEqualTo(Limits.EventSlotsPerCommand + EventSlotsOfPadding));
    }

    [Test]
    public void While_a_sweep_is_unfinished_new_orders_wait_and_cancels_are_served()
    {
        RestMany(Side.Sell);
        Venue.Order(Bob, Perpetual, Side.Buy, 100_500, Makers + 5);
        Venue.Order(Carol, Perpetual, Side.Buy, 101_000, 1);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.InstrumentBusy));
        Venue.Cancel(Alice, Perpetual, Makers);
        Assert.That(Engine.Count(OrderCanceledDecoder.TemplateId), Is.EqualTo(1), "the last maker got away");
        Venue.Order(Carol, Call, Side.Buy, 10, 1);
        Assert.That(Engine.Count(OrderAcceptedDecoder.TemplateId), Is.EqualTo(1), "other books are free");

        Engine.DrainPendingWork();
        Assert.That(PositionOf(Bob), Is.EqualTo(Makers - 1));
        Venue.Order(Carol, Perpetual, Side.Sell, 100_500, 6);
        Assert.That(PositionOf(Carol), Is.EqualTo(-6), "the rest of the sweep rests at its limit");
    }

    [Test]
    public void The_order_that_sweeps_cannot_be_touched_until_it_rests()
    {
        RestMany(Side.Sell);
        var sweep = Venue.Order(Bob, Perpetual, Side.Buy, 100_500, Makers + 5);
        Venue.Cancel(Bob, Perpetual, sweep);
        Assert.That(Engine.CancelReject(), Is.EqualTo(RejectCode.InstrumentBusy));
        Venue.Replace(Bob, Perpetual, sweep, 100_400, Makers + 5);
        Assert.That(Engine.CancelReject(), Is.EqualTo(RejectCode.InstrumentBusy));
        Engine.DrainPendingWork();
        Venue.Cancel(Bob, Perpetual, sweep);
        Assert.That(Engine.Count(OrderCanceledDecoder.TemplateId), Is.EqualTo(1));
    }

    [Test]
    public void The_orders_of_a_lost_session_are_cancelled_in_slices_and_no_others()
    {
        RestMany(Side.Sell);
        Venue.Order(Bob, Perpetual, Side.Sell, 100_010, 1);
        Venue.CloseSession(Alice);
        Assert.That(Engine.View.OrderCount, Is.EqualTo(Makers + 1), "the command itself cancels nothing");
        var ticks = Engine.DrainPendingWork();

        Assert.That(ticks, Is.EqualTo((Makers + 9) / 10), "ten units a command");
        Assert.That(Engine.View.OrderCount, Is.EqualTo(1));
        Assert.That(Engine.Count(OrderCanceledDecoder.TemplateId), Is.EqualTo(Makers));
    }

    [Test]
    public void A_session_resumes_only_after_its_orders_are_gone()
    {
        RestMany(Side.Sell);
        Venue.CloseSession(Alice);
        Venue.OpenSession(Alice, Alice, SessionRoles.Trader);
        Assert.That(Refusal(), Is.EqualTo(RejectCode.AlreadyExists));
        Engine.DrainPendingWork();
        Venue.OpenSession(Alice, Alice, SessionRoles.Trader);
        Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 1);
        Assert.That(Engine.Count(OrderAcceptedDecoder.TemplateId), Is.EqualTo(1), "its sequences went on");
    }

    [Test]
    public void An_expiry_with_many_orders_and_holders_is_cut_into_slices()
    {
        for (uint account = 30; account < 60; account++)
        {
            Venue.OpenTrader(account, Money);
            Venue.Order(Alice, Call, Side.Sell, 3_000, 1);
            Venue.Order(account, Call, Side.Buy, 3_000, 1);
            Venue.Order(account, Call, Side.Buy, 1_000, 1);
        }

        Venue.Oracle(105_000);
        Engine.TimeNanos = Expiry;
        Engine.Tick();
        Engine.DrainPendingWork();

        Assert.That(Engine.View.InstrumentState(new InstrumentId(Call)), Is.EqualTo(InstrumentState.Removed));
        Assert.That(Engine.View.OrderCount, Is.Zero);
        for (uint account = 30; account < 60; account++)
        {
            Assert.That(Engine.View.Cash(new AccountId(account)).Value, Is.EqualTo(Money - 3_000 + 5_000));
        }

        Assert.That(Engine.View.Cash(new AccountId(Alice)).Value, Is.EqualTo(Money - (30 * 2_000)));
        Assert.That(Engine.SlotsMost, Is.LessThanOrEqualTo(Limits.EventSlotsPerCommand + EventSlotsOfPadding));
    }

    [Test]
    public void Random_commands_under_the_smallest_bound_never_exceed_it()
    {
        var random = new SeededRandom(99);
        for (var command = 0; command < 3_000; command++)
        {
            var account = 20 + (uint)random.NextBelow(3);
            var side = random.Chance(1, 2) ? Side.Buy : Side.Sell;
            var price = 99_950 + (long)random.NextBelow(100);
            var lots = random.Chance(1, 20) ? 2_000 : 1 + (long)random.NextBelow(5);
            Venue.Order(account, Perpetual, side, price, lots);
        }

        Engine.DrainPendingWork();
        Assert.That(Engine.View.LastTradeId, Is.GreaterThan(500UL));
        Assert.That(Engine.SlotsMost, Is.LessThanOrEqualTo(Limits.EventSlotsPerCommand + EventSlotsOfPadding));
    }

    private static int EventSlotsOfPadding => HftDelta.Engine.Output.EventWriter.PaddingSlotsMax;

    private void RestMany(Side side)
    {
        for (var order = 0; order < Makers; order++)
        {
            Venue.Order(Alice, Perpetual, side, 100_010 + order, 1);
        }
    }

    private RejectCode Refusal()
    {
        var refused = Engine.Events.Single(record =>
            record.SchemaId == CommandRefusedDecoder.SchemaId && record.TemplateId == CommandRefusedDecoder.TemplateId);
        return (RejectCode)CommandRefusedDecoder.Trusted(refused.Frame).Code;
    }
}
