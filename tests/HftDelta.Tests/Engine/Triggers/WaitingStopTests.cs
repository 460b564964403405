using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Triggers;

/// <summary>A stop that waits is a live order: it is refused, margined, replaced, cancelled and ended like one.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class WaitingStopTests : TriggerFixture
{
    [SetUp]
    public void FirstPrice() => Trade(100_000);

    [Test]
    public void Cancelled_before_its_trigger_it_never_comes_to_life()
    {
        var id = Stop(Alice, Side.Buy, 2, 100_005, 100_010);
        Venue.Cancel(Alice, Perpetual, id);
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{id} canceled 2 Requested" }));
        Trade(100_005);
        Assert.That(Repriced(), Is.Empty);
        Venue.Cancel(Alice, Perpetual, id);
        Assert.That(Engine.CancelReject(), Is.EqualTo(RejectCode.UnknownOrder));
        Assert.That((Engine.View.OrderCount, Reserved(Alice)), Is.EqualTo((0, (Int128)0)));
    }

    [Test]
    public void A_cancel_may_name_a_stop_in_the_middle_of_many()
    {
        var ids = Enumerable.Range(0, 50).Select(order => Stop(Alice, Side.Buy, 1, 100_001 + (order * 7 % 50), 99_000)).ToArray();
        foreach (var id in ids.Where((_, index) => index % 3 != 0))
        {
            Venue.Cancel(Alice, Perpetual, id);
        }

        Trade(100_060);
        var left = ids.Select((id, index) => (Id: id, Trigger: index * 7 % 50, Index: index)).Where(stop => stop.Index % 3 == 0)
            .OrderBy(stop => stop.Trigger).Select(stop => $"{stop.Id} Triggered 1 @ 99000");
        Assert.That(Repriced(), Is.EqualTo(left));
    }

    [Test]
    public void It_is_margined_at_its_price_from_its_acceptance_on()
    {
        Stop(Alice, Side.Buy, 10, 100_050, 100_100);
        Assert.That(Reserved(Alice), Is.EqualTo((Int128)101_000));
        Venue.OpenTrader(30, 10_000);
        Stop(30, Side.Buy, 1, 100_050, 100_100);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.InsufficientMargin));
    }

    [Test]
    public void A_replacement_changes_price_and_quantity_and_not_the_trigger()
    {
        var id = Stop(Alice, Side.Buy, 2, 100_050, 100_100);
        var renamed = Venue.Replace(Alice, Perpetual, id, 100_120, 5);
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{renamed} replaced 5 @ 100120 leaves 5 kept" }));
        Assert.That(Reserved(Alice), Is.EqualTo((Int128)50_600));
        Trade(100_049);
        Assert.That(Repriced(), Is.Empty);
        Trade(100_050);
        Assert.That(Repriced(), Is.EqualTo(new[] { $"{renamed} Triggered 5 @ 100120" }));
        Assert.That(Top(Side.Buy), Is.EqualTo(100_120));
    }

    [Test]
    public void A_good_till_date_ends_it_while_it_waits()
    {
        var id = Venue.Extended(Alice, Perpetual, Side.Sell, 99_000, 2, terms =>
        {
            terms.OrderType = OrderType.Stop;
            terms.TriggerSource = TriggerSource.LastTrade;
            terms.TriggerPrice = 99_990;
            terms.TimeInForce = TimeInForce.GoodTillDate;
            terms.ExpireTime = Engine.TimeNanos + VenueScript.Second;
        });
        Engine.TimeNanos += VenueScript.Second;
        Engine.Tick();
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{id} canceled 2 GoodTillDateReached" }));
        Assert.That(Engine.Processor.HasPendingWork, Is.False, "it does not look like a sweep that goes on");
    }

    [Test]
    public void The_end_of_the_day_ends_it()
    {
        var id = Venue.Extended(Alice, Perpetual, Side.Sell, 99_000, 2, terms =>
        {
            terms.OrderType = OrderType.TrailingStop;
            terms.TriggerSource = TriggerSource.LastTrade;
            terms.TrailingAmount = 5;
            terms.TrailingUnit = TrailingUnit.Ticks;
            terms.TimeInForce = TimeInForce.Day;
        });
        Venue.EndDay(1);
        Engine.DrainPendingWork();
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{id} canceled 2 EndOfDay" }));
        Trade(99_000);
        Assert.That(Repriced(), Is.Empty);
    }

    [Test]
    public void A_lost_session_and_a_kill_switch_end_all_kinds()
    {
        Stop(Alice, Side.Buy, 1, 100_050, 100_100);
        Trail(Alice, Side.Sell, 1, 50, 99_000);
        Peg(Alice, Side.Buy, 1, -10, 100_000);
        Venue.CloseSession(Alice);
        Engine.DrainPendingWork();
        Assert.That(Engine.Reports().Count(line => line.EndsWith("SessionClosed", StringComparison.Ordinal)), Is.EqualTo(3));
        Stop(Bob, Side.Buy, 1, 100_050, 100_100);
        Trail(Bob, Side.Sell, 1, 50, 99_000);
        Peg(Bob, Side.Buy, 1, -10, 100_000);
        Venue.Kill(Bob, cancelsOrders: true);
        Engine.DrainPendingWork();
        Assert.That(Engine.Reports().Count(line => line.EndsWith("KillSwitch", StringComparison.Ordinal)), Is.EqualTo(3));
        Assert.That(Engine.View.OrderCount, Is.Zero);
    }

    [Test]
    public void Stops_of_an_expired_instrument_end_with_it()
    {
        var stop = Stop(Alice, Side.Buy, 1, 900, 1_000, instrument: Call);
        var other = Stop(Bob, Side.Sell, 1, 1, 1, TriggerSource.Oracle, OrderType.Stop, Call);
        Engine.TimeNanos = Expiry;
        Engine.Tick();
        Engine.DrainPendingWork();
        Assert.That(Engine.Reports(), Is.EqualTo(new[]
        {
            $"{stop} canceled 1 InstrumentExpired", $"{other} canceled 1 InstrumentExpired",
        }));
        Assert.That(Engine.View.InstrumentState(new InstrumentId(Call)), Is.EqualTo(HftDelta.Wire.InstrumentState.Removed));
    }

    [Test]
    public void In_a_state_that_does_not_trade_it_waits_for_the_next_that_does()
    {
        var id = Stop(Alice, Side.Buy, 1, 100_050, 99_000, TriggerSource.Oracle);
        Venue.ChangeState(Perpetual, HftDelta.Wire.InstrumentState.Halted);
        Venue.Oracle(100_060);
        Venue.Oracle(100_010);
        Assert.That(Repriced(), Is.Empty);
        Venue.ChangeState(Perpetual, HftDelta.Wire.InstrumentState.PreOpen);
        Assert.That(Repriced(), Is.Empty);
        Stop(Bob, Side.Buy, 1, 100_055, 99_000, TriggerSource.Oracle);
        Assert.That(Engine.Reports()[0], Does.EndWith("rejected TriggerReached 100060"), "it would be activated by an old price");
        var beyond = Stop(Bob, Side.Buy, 1, 100_061, 99_000, TriggerSource.Oracle);
        Venue.ChangeState(Perpetual, HftDelta.Wire.InstrumentState.Open);
        Assert.That(Repriced(), Is.EqualTo(new[] { $"{id} Triggered 1 @ 99000" }), "what was observed is kept");
        Venue.Cancel(Bob, Perpetual, beyond);
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{beyond} canceled 1 Requested" }));
    }

    [Test]
    public void What_triggered_nothing_is_forgotten()
    {
        Stop(Alice, Side.Buy, 1, 100_090, 99_000, TriggerSource.Oracle);
        Venue.ChangeState(Perpetual, HftDelta.Wire.InstrumentState.PreOpen);
        Venue.Oracle(100_060);
        Venue.Oracle(100_010);
        var id = Stop(Bob, Side.Buy, 1, 100_050, 99_000, TriggerSource.Oracle);
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{id} accepted 1 @ 99000" }));
        Venue.ChangeState(Perpetual, HftDelta.Wire.InstrumentState.Open);
        Assert.That(Repriced(), Is.Empty);
    }

    [TestCase(Side.Buy, 100_000, 100_000)]
    [TestCase(Side.Buy, 99_000, 100_000)]
    [TestCase(Side.Sell, 100_000, 100_000)]
    [TestCase(Side.Sell, 101_000, 100_000)]
    public void A_trigger_that_is_reached_already_is_refused_with_the_price_that_reaches_it(Side side, long trigger, long bound)
    {
        Stop(Alice, side, 1, trigger, 100_000);
        Assert.That(Engine.Reports()[0], Does.EndWith($"rejected TriggerReached {bound}"));
    }

    [TestCase(OrderType.StopLimit, 0, TriggerSource.LastTrade, 0, TrailingUnit.None)]
    [TestCase(OrderType.Stop, 100_010, TriggerSource.None, 0, TrailingUnit.None)]
    [TestCase(OrderType.Stop, 100_010, TriggerSource.Oracle + 1, 0, TrailingUnit.None)]
    [TestCase(OrderType.Stop, 100_010, TriggerSource.Mark, 1, TrailingUnit.None)]
    [TestCase(OrderType.Stop, 100_010, TriggerSource.Mark, 0, TrailingUnit.Ticks)]
    [TestCase(OrderType.TrailingStop, 100_010, TriggerSource.Mark, 1, TrailingUnit.Ticks)]
    [TestCase(OrderType.Limit, 100_010, TriggerSource.None, 0, TrailingUnit.None)]
    [TestCase(OrderType.Limit, 0, TriggerSource.Mark, 0, TrailingUnit.None)]
    [TestCase(OrderType.Pegged, 0, TriggerSource.Oracle, 0, TrailingUnit.None)]
    public void Trigger_terms_that_do_not_belong_are_refused(
        OrderType type, long trigger, TriggerSource source, long amount, TrailingUnit unit)
    {
        Venue.Extended(Alice, Perpetual, Side.Buy, 100_000, 1, terms =>
        {
            terms.OrderType = type;
            terms.TriggerPrice = trigger;
            terms.TriggerSource = source;
            terms.TrailingAmount = amount;
            terms.TrailingUnit = unit;
        });
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.BadTrigger));
    }

    [TestCase(OrderType.Stop)]
    [TestCase(OrderType.StopLimit)]
    [TestCase(OrderType.TrailingStop)]
    public void A_stop_takes_once_it_is_activated_so_it_cannot_be_post_only(OrderType type)
    {
        Venue.Extended(Alice, Perpetual, Side.Buy, 100_000, 1, terms =>
        {
            terms.OrderType = type;
            terms.Flags = ExecutionFlags.PostOnly;
        });
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.BadFlagCombination));
    }
}
