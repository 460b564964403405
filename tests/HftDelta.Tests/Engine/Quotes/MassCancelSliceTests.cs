using HftDelta.Engine;
using HftDelta.Simulation.Engines;
using HftDelta.Simulation.Randomness;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;
using SessionRoles = HftDelta.Wire.Internal.SessionRoles;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Quotes;

/// <summary>Mass cancels that one command has no room for. The fixture replays every one of these histories.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class MassCancelSliceTests : VenueFixture
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
    public void It_covers_what_was_live_and_orders_that_come_after_it_stay()
    {
        Enter(Alice, 300);
        Venue.CancelMany(Alice);
        Assert.That(Engine.View.OrderCount, Is.InRange(1, 299), "the test's own premise");
        var late = Venue.Order(Alice, Perpetual, Side.Buy, 98_000, 1);
        Venue.CancelMany(Alice, request: 8);
        Assert.That(Engine.Answer(), Is.EqualTo("8 not mass-canceled RequestOutstanding"));
        Engine.DrainPendingWork();

        Assert.That(Engine.Told()[^1], Is.EqualTo("7 mass-canceled 300"));
        Assert.That(Engine.View.OrderCount, Is.EqualTo(1));
        Venue.Cancel(Alice, Perpetual, late);
        Assert.That(Engine.Count(OrderCanceledDecoder.TemplateId), Is.EqualTo(1), "the late one is the one that stayed");
        Venue.CancelMany(Alice, request: 9);
        Assert.That(Engine.Answer(), Is.EqualTo("9 mass-canceled 0"));
        Assert.That(Engine.SlotsMost, Is.LessThanOrEqualTo(
            Limits.EventSlotsPerCommand + HftDelta.Engine.Output.EventWriter.PaddingSlotsMax));
    }

    [Test]
    public void Another_session_of_the_account_has_a_request_of_its_own()
    {
        Venue.OpenSession(SecondSession, Alice, SessionRoles.Trader);
        Enter(Alice, 200);
        Venue.CancelMany(Alice, side: SideFilter.Buy);
        Venue.CancelMany(Alice, session: SecondSession, request: 8);
        Engine.DrainPendingWork();
        Assert.That(Engine.View.OrderCount, Is.Zero);
    }

    [Test]
    public void Its_place_survives_the_end_of_the_order_that_it_stands_on()
    {
        var random = new SplitMix64(20_271);
        for (var round = 0; round < 20; round++)
        {
            var orders = Enter(Alice, 120);
            Enter(Bob, 20);
            Venue.CancelMany(Alice);
            var ended = Count(OrderCanceledDecoder.TemplateId);
            while (Engine.Processor.HasPendingWork)
            {
                // The ones that come next are about in the middle of what is left, from the newest on.
                var left = orders.Length - ended - 10 - (int)(random.Next() % 6);
                Venue.Cancel(Alice, Perpetual, orders[Math.Max(0, left)]);
                ended += Count(OrderCanceledDecoder.TemplateId);
            }

            Assert.That(Engine.View.OrderCount, Is.EqualTo(20), $"round {round}: every order of the account is gone");
            Assert.That(ended, Is.EqualTo(120), $"round {round}: each ended once");
            Venue.CancelMany(Bob);
            Engine.DrainPendingWork();
        }
    }

    [Test]
    public void Orders_that_are_not_covered_cost_looks_and_not_units()
    {
        Enter(Alice, 1_500);
        var rare = Venue.Order(Alice, Perpetual, Side.Sell, 101_000, 1);
        Enter(Alice, 1_500);
        Venue.CancelMany(Alice, side: SideFilter.Sell);
        Assert.That(Engine.Told(), Is.Empty, "640 looks are not enough");
        var ticks = Engine.DrainPendingWork();
        Assert.That(ticks, Is.InRange(4, 6));
        Assert.That(Engine.Told(), Is.EqualTo(new[] { $"{rare} canceled 1 MassCancel", "7 mass-canceled 1" }));
    }

    [Test]
    public void An_order_that_is_still_taking_ends_after_its_sweep()
    {
        Enter(Alice, 100, Side.Sell, 100_000);
        var resting = Venue.Order(Bob, Perpetual, Side.Buy, 98_000, 1);
        var sweep = Venue.Order(Bob, Perpetual, Side.Buy, 100_000, 150);
        Assert.That(PositionOf(Bob), Is.InRange(1, 99), "the test's own premise");
        Venue.CancelMany(Bob);
        Engine.DrainPendingWork();
        Assert.That(PositionOf(Bob), Is.EqualTo(100));
        Assert.That(Engine.Told()[^3..], Is.EqualTo(new[]
        {
            $"{sweep} canceled 50 MassCancel", $"{resting} canceled 1 MassCancel", "7 mass-canceled 2",
        }));
    }

    [Test]
    public void It_goes_on_beside_the_end_of_the_day_and_a_kill_switch()
    {
        for (var order = 0; order < 60; order++)
        {
            Venue.Order(Bob, Perpetual, Side.Buy, 98_000, 1, TimeInForce.GoodTillCancel);
            Venue.Extended(Bob, Perpetual, Side.Buy, 98_100, 1, terms => terms.TimeInForce = TimeInForce.Day);
            Venue.Extended(Alice, Perpetual, Side.Buy, 98_100, 1, terms => terms.TimeInForce = TimeInForce.Day);
        }

        Enter(Carol, 60);
        Venue.EndDay(1);
        Engine.Tick(TickReason.PendingWork);
        Venue.CancelMany(Bob);
        Venue.Kill(Carol, cancelsOrders: true);
        Engine.DrainPendingWork();
        Assert.That(Engine.View.OrderCount, Is.Zero);
        Assert.That(Engine.Processor.HasPendingWork, Is.False);
    }

    [Test]
    public void A_session_whose_mass_cancel_is_not_finished_does_not_give_its_handle_away()
    {
        Venue.OpenSession(SecondSession, Alice, SessionRoles.Trader, cancelOnDisconnect: false);
        Enter(Alice, 200);
        Venue.CancelMany(Alice, session: SecondSession);
        Venue.CloseSession(SecondSession);
        Span<byte> name = stackalloc byte[16];
        name.Fill(0xAA);
        Engine.SendInternal(SessionOpenedEncoder.Wrap(Engine.Buffer).SetSessionHandle(SecondSession).SetAccountId(Alice)
            .SetSessionId(name).SetRoles(SessionRoles.Trader).EncodedLength);
        Assert.That(Engine.Events.Any(record => record.SchemaId == CommandRefusedDecoder.SchemaId &&
            record.TemplateId == CommandRefusedDecoder.TemplateId), Is.True);
        Engine.DrainPendingWork();
        Assert.That(Engine.Answer(), Is.EqualTo("7 mass-canceled 200"), "whoever comes back is told");
    }

    private ulong[] Enter(uint account, int count, Side side = Side.Buy, long price = 99_000) =>
        Enumerable.Range(0, count).Select(_ => Venue.Order(account, Perpetual, side, price, 1)).ToArray();

    private int Count(ushort templateId) => Engine.Count(templateId);
}
