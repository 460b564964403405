using HftDelta.Engine;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;
using SessionRoles = HftDelta.Wire.Internal.SessionRoles;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Markets;

/// <summary>Nobody trades through a kill switch, and everybody may still cancel.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class KillSwitchTests : VenueFixture
{
    private const uint SecondSession = 10;

    protected override EngineLimits Limits => EngineLimits.Small with
    {
        Accounts = 64,
        Orders = 4_096,
        EventSlotsPerCommand = EngineLimits.EventSlotsPerCommandMin,
        PendingUnitsPerCommand = 10,
    };

    [Test]
    public void A_killed_account_cannot_enter_or_change_orders_and_can_cancel_them()
    {
        var order = Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 5);
        Venue.Kill(Alice);
        Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 5);
        Assert.That(Engine.Reject(), Is.EqualTo("KillSwitch 0"));
        Venue.Replace(Alice, Perpetual, order, 99_000, 4);
        Assert.That(Engine.CancelReject(), Is.EqualTo(RejectCode.KillSwitch));
        Venue.Order(Bob, Perpetual, Side.Sell, 99_000, 2);
        Assert.That(PositionOf(Alice), Is.EqualTo(2), "its orders stay unless told otherwise");
        Venue.Cancel(Alice, Perpetual, order);
        Assert.That(Engine.Count(OrderCanceledDecoder.TemplateId), Is.EqualTo(1));
        Venue.Kill(Alice, isOn: false);
        Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 5);
        Assert.That(Engine.Count(OrderAcceptedDecoder.TemplateId), Is.EqualTo(1));
    }

    [Test]
    public void The_venues_switch_is_everybodys()
    {
        Venue.Kill(0);
        foreach (var account in new[] { Alice, Bob, Carol })
        {
            Venue.Order(account, Perpetual, Side.Buy, 99_000, 5);
            Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.KillSwitch));
        }

        Venue.Kill(Alice);
        Venue.Kill(0, isOn: false);
        Venue.Order(Bob, Perpetual, Side.Buy, 99_000, 5);
        Assert.That(Engine.Count(OrderAcceptedDecoder.TemplateId), Is.EqualTo(1));
        Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 5);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.KillSwitch), "the account's own is another one");
    }

    [Test]
    public void Orders_of_all_sessions_end_by_handle_and_newest_first()
    {
        Venue.OpenSession(SecondSession, Alice, SessionRoles.Trader);
        var first = Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 1);
        var other = Venue.Order(Alice, Perpetual, Side.Buy, 99_100, 2, session: SecondSession);
        var second = Venue.Order(Alice, Call, Side.Buy, 5, 3);
        Venue.Order(Bob, Perpetual, Side.Buy, 98_000, 4);
        Venue.Kill(Alice, cancelsOrders: true);
        Assert.That(Engine.Reports(), Is.Empty, "the command itself ends nothing");
        Engine.DrainPendingWork();

        Assert.That(Engine.Reports(), Is.EqualTo(new[]
        {
            $"{other} canceled 2 KillSwitch", $"{second} canceled 3 KillSwitch", $"{first} canceled 1 KillSwitch",
        }));
        Assert.That(Engine.View.OrderCount, Is.EqualTo(1));
    }

    [Test]
    public void While_they_end_none_is_filled_and_the_switch_stays_on()
    {
        for (var order = 0; order < 100; order++)
        {
            Venue.Order(Alice, Perpetual, Side.Sell, 100_000 + order, 1);
        }

        var other = Venue.Order(Carol, Perpetual, Side.Sell, 100_001, 3);
        Venue.Kill(Alice, cancelsOrders: true);
        Venue.Order(Bob, Perpetual, Side.Buy, 100_001, 2);
        Assert.That(Engine.Reports().Where(line => line.Contains("filled")).First(), Does.StartWith($"{other} filled 2"));
        Assert.That(PositionOf(Alice), Is.Zero);
        Venue.Kill(Alice, isOn: false);
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.RequestOutstanding));
        Engine.DrainPendingWork();
        Assert.That(Engine.View.OrderCount, Is.EqualTo(1));
        Venue.Kill(Alice, isOn: false);
        Assert.That(Engine.IsRefused(), Is.False);
        Venue.Order(Alice, Perpetual, Side.Sell, 100_000, 1);
        Venue.Order(Bob, Perpetual, Side.Buy, 100_000, 1);
        Assert.That(PositionOf(Alice), Is.EqualTo(-1), "nothing is left of the walk");
    }

    [Test]
    public void A_second_account_killed_in_between_is_ended_too()
    {
        for (var order = 0; order < 40; order++)
        {
            Venue.Order(Bob, Perpetual, Side.Buy, 99_000, 1);
            Venue.Order(Alice, Perpetual, Side.Buy, 98_000, 1);
        }

        Venue.Kill(Bob, cancelsOrders: true);
        Engine.Tick(TickReason.PendingWork);
        Venue.Kill(Alice, cancelsOrders: true);
        Engine.DrainPendingWork();
        Assert.That(Engine.View.OrderCount, Is.Zero);
    }

    [Test]
    public void The_venues_switch_ends_every_order_and_a_sweep_under_way()
    {
        for (var order = 0; order < 100; order++)
        {
            Venue.Order(Alice, Perpetual, Side.Sell, 100_000, 1);
        }

        var sweep = Venue.Order(Bob, Perpetual, Side.Buy, 100_000, 200);
        var filled = PositionOf(Bob);
        Assert.That(filled, Is.InRange(1, 99), "the test's own premise");
        Venue.Kill(0, cancelsOrders: true);
        var before = PositionOf(Bob);
        Engine.DrainPendingWork();

        Assert.That(PositionOf(Bob), Is.EqualTo(before), "not one more fill");
        Assert.That(Engine.View.OrderCount, Is.Zero);
        Assert.That(Engine.Reports(), Has.Some.EqualTo($"{sweep} canceled {200 - before} KillSwitch"));
    }

    [Test]
    public void An_uncross_ends_the_orders_of_a_killed_account_unfilled()
    {
        Venue.ChangeState(Perpetual, InstrumentState.PreOpen);
        var killed = Venue.Order(Alice, Perpetual, Side.Buy, 100_100, 1);
        for (var order = 0; order < 60; order++)
        {
            Venue.Order(Alice, Call, Side.Buy, 5, 1);
        }

        var buy = Venue.Order(Bob, Perpetual, Side.Buy, 100_050, 1);
        var sell = Venue.Order(Carol, Perpetual, Side.Sell, 100_050, 1);
        Venue.Kill(Alice, cancelsOrders: true);
        Venue.ChangeState(Perpetual, InstrumentState.Open);
        Assert.That(Engine.Reports().Where(line => !line.EndsWith("canceled 1 KillSwitch", StringComparison.Ordinal)),
            Is.EqualTo(new[] { $"{buy} filled 1 @ 100050 Maker leaves 0", $"{sell} filled 1 @ 100050 Maker leaves 0" }));
        Assert.That(Engine.Reports(), Has.Some.EqualTo($"{killed} canceled 1 KillSwitch"));
    }

    [TestCase(99u, (byte)1, (byte)0, RejectCode.UnknownAccount)]
    [TestCase(1u, (byte)1, (byte)0, RejectCode.UnknownAccount)]
    [TestCase(Alice, (byte)2, (byte)0, RejectCode.BadParameter)]
    [TestCase(Alice, (byte)1, (byte)2, RejectCode.BadParameter)]
    [TestCase(Alice, (byte)0, (byte)1, RejectCode.BadParameter)]
    public void What_means_nothing_is_refused(uint account, byte isOn, byte cancels, RejectCode code)
    {
        Engine.SendInternal(KillSwitchEncoder.Wrap(Engine.Buffer).SetAccountId(account).SetOn(isOn)
            .SetCancelOrders(cancels).EncodedLength);
        Assert.That(Engine.Refusal(), Is.EqualTo(code));
    }
}
