using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using NUnit.Framework;
using SessionRoles = HftDelta.Wire.Internal.SessionRoles;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Quotes;

/// <summary>What a mass cancel covers, in which order, and who is told; every command has room for it.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class MassCancelTests : VenueFixture
{
    private const uint SecondSession = 10;
    private const uint OtherPerpetual = 3;

    [TestCase(0u, 0u, SideFilter.Both, 0, 0, "6 5 4 3 2 1")]
    [TestCase(Perpetual, 0u, SideFilter.Both, 0, 0, "4 3 2 1")]
    [TestCase(Call, 0u, SideFilter.Both, 0, 0, "5")]
    [TestCase(0u, 1u, SideFilter.Both, 0, 0, "5 4 3 2 1")]
    [TestCase(0u, 2u, SideFilter.Both, 0, 0, "6")]
    [TestCase(Perpetual, 2u, SideFilter.Both, 0, 0, "")]
    [TestCase(0u, 0u, SideFilter.Buy, 0, 0, "6 5 2 1")]
    [TestCase(0u, 0u, SideFilter.Sell, 0, 0, "4 3")]
    [TestCase(0u, 0u, SideFilter.Both, 99_000, 101_000, "3 2")]
    [TestCase(0u, 0u, SideFilter.Both, 0, 99_000, "6 5 2 1")]
    [TestCase(0u, 0u, SideFilter.Both, -5, -5, "")]
    [TestCase(Perpetual, 1u, SideFilter.Buy, 98_500, 98_500, "1")]
    public void An_order_must_pass_every_filter(
        uint instrument, uint underlying, SideFilter side, long lowest, long highest, string gone)
    {
        Venue.ListUnderlying(2);
        Venue.Oracle(500, underlying: 2, source: 1, sourceSequence: 99);
        Venue.ListPerpetual(OtherPerpetual, underlying: 2);
        ulong[] orders =
        [
            0,
            Venue.Order(Alice, Perpetual, Side.Buy, 98_500, 1),
            Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 1),
            Venue.Order(Alice, Perpetual, Side.Sell, 101_000, 1),
            Venue.Order(Alice, Perpetual, Side.Sell, 101_500, 1),
            Venue.Order(Alice, Call, Side.Buy, 5, 1),
            Venue.Order(Alice, OtherPerpetual, Side.Buy, 450, 1),
        ];
        Venue.Order(Bob, Perpetual, Side.Buy, 98_500, 1);
        var before = Engine.View.OrderCount;
        Venue.CancelMany(Alice, instrument, underlying, side, lowest, highest);

        var expected = gone.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(name => $"{orders[int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)]} canceled 1 MassCancel")
            .ToList();
        Assert.That(before, Is.EqualTo(7), "the test's own premise");
        Assert.That(Engine.View.OrderCount, Is.EqualTo(7 - expected.Count));
        expected.Add($"7 mass-canceled {expected.Count}");
        Assert.That(Engine.Told(), Is.EqualTo(expected));
    }

    [Test]
    public void Orders_of_all_sessions_go_by_handle_and_each_session_is_told_of_its_own()
    {
        Venue.OpenSession(SecondSession, Alice, SessionRoles.Trader);
        var first = Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 1);
        var other = Venue.Order(Alice, Perpetual, Side.Buy, 99_100, 2, session: SecondSession);
        var second = Venue.Order(Alice, Perpetual, Side.Buy, 98_900, 3);
        Venue.CancelMany(Alice, request: 55);

        Assert.That(Engine.Told(), Is.EqualTo(new[]
        {
            $"{other} canceled 2 MassCancel", $"{second} canceled 3 MassCancel", $"{first} canceled 1 MassCancel",
            "55 mass-canceled 3",
        }));
        var canceled = Engine.Events.Where(record => record.TemplateId == OrderCanceledDecoder.TemplateId)
            .Select(record => Whom(record.Frame)).ToArray();
        Assert.That(canceled, Is.EqualTo(new[] { (SecondSession, 55UL), (Alice, 55UL), (Alice, 55UL) }));
        Assert.That(Engine.View.FreeEquity(new AccountId(Alice)), Is.EqualTo(Engine.View.Equity(new AccountId(Alice))));
    }

    [Test]
    public void A_waiting_stop_and_an_order_with_hidden_quantity_are_covered()
    {
        var stop = Venue.Extended(Alice, Perpetual, Side.Sell, 98_000, 4, terms =>
        {
            terms.OrderType = OrderType.StopLimit;
            terms.TriggerSource = TriggerSource.Mark;
            terms.TriggerPrice = 98_500;
        });
        var iceberg = Venue.Extended(Alice, Perpetual, Side.Buy, 99_000, 10, terms => terms.DisplayQuantity = 3);
        Venue.CancelMany(Alice, lowest: 98_000, highest: 98_000);
        Assert.That(Engine.Told(), Is.EqualTo(new[] { $"{stop} canceled 4 MassCancel", "7 mass-canceled 1" }));
        Venue.CancelMany(Alice);
        Assert.That(Engine.Told(), Is.EqualTo(new[] { $"{iceberg} canceled 10 MassCancel", "7 mass-canceled 1" }));
    }

    [Test]
    public void A_killed_account_may_still_cancel()
    {
        Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 1);
        Venue.Kill(Alice);
        Venue.CancelMany(Alice);
        Assert.That(Engine.Answer(), Is.EqualTo("7 mass-canceled 1"));
    }

    [Test]
    public void What_makes_no_sense_is_refused_and_ends_nothing()
    {
        Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 1);
        Venue.CancelMany(63, session: Alice);
        Assert.That(Engine.Answer(), Is.EqualTo("7 not mass-canceled UnknownAccount"));
        Venue.CancelMany(Bob, session: Alice);
        Assert.That(Engine.Answer(), Is.EqualTo("7 not mass-canceled AccountNotOfSession"));
        Venue.CancelMany(Alice, instrument: 9);
        Assert.That(Engine.Answer(), Is.EqualTo("7 not mass-canceled UnknownInstrument"));
        Venue.CancelMany(Alice, underlying: 9);
        Assert.That(Engine.Answer(), Is.EqualTo("7 not mass-canceled UnknownUnderlying"));
        Venue.CancelMany(Alice, side: (SideFilter)3);
        Assert.That(Engine.Answer(), Is.EqualTo("7 not mass-canceled BadSide"));
        Venue.CancelMany(Alice, lowest: 2, highest: 1);
        Assert.That(Engine.Answer(), Is.EqualTo("7 not mass-canceled BadRange"));
        Venue.CancelMany(VenueScript.OracleSession, session: VenueScript.OracleSession);
        Assert.That(Engine.Answer(), Is.EqualTo("7 not mass-canceled RoleNotHeld"));
        Assert.That(Engine.View.OrderCount, Is.EqualTo(1));
    }

    private static (uint Session, ulong Request) Whom(byte[] frame)
    {
        var report = OrderCanceledDecoder.Trusted(frame);
        return (report.Header.SessionHandle, report.RequestClientOrderId);
    }
}
