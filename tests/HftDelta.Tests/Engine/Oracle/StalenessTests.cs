using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Oracle;

/// <summary>How a price ages by input time, what each class does, and how it comes back.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class StalenessTests : OracleFixture
{
    private static readonly OracleRulesWords _rules = new()
    {
        LateNanos = 2 * Second,
        StaleNanos = 18 * Second,
        DeadNanos = 60 * Second,
        RecoveryNanos = 16 * Second,
    };

    [Test]
    public void A_price_that_nobody_confirms_ages_class_by_class_at_the_stated_times_and_each_is_an_event()
    {
        Oracle.Rules(_rules);
        Assert.That(Class, Is.EqualTo(StalenessClass.Fresh));
        foreach (var (after, reached) in new[]
        {
            (2 * Second, StalenessClass.Late), (18 * Second, StalenessClass.Stale), (60 * Second, StalenessClass.Dead),
        })
        {
            var before = Class;
            var passed = Engine.TimeNanos - Engine.View.OraclePriceTime(Underlying).Value;
            Oracle.Wait(after - passed - 1);
            Assert.That(Class, Is.EqualTo(before), "a nanosecond before");
            Oracle.Wait(1);
            Assert.That((Status.StalenessClass, Status.PreviousClass), Is.EqualTo((reached, before)));
            Assert.That(Class, Is.EqualTo(reached));
        }
    }

    [Test]
    public void While_late_margin_grows_in_a_line_from_once_to_twice()
    {
        Trade();
        Oracle.Rules(_rules);
        var once = Requirement();
        Oracle.Wait(2 * Second);
        Assert.That(Requirement(), Is.EqualTo(once), "the line begins at once");
        for (var step = 1; step <= 16; step++)
        {
            Oracle.Wait(Second - 1);
            Assert.That(Engine.View.MarginBufferPpm(Underlying), Is.EqualTo((uint)((step - 1) * 1_000_000 / 16)));
            Oracle.Wait(1);
            Assert.That(Requirement() * 16, Is.EqualTo(once * (16 + step)), $"step {step}");
        }

        Assert.That(Class, Is.EqualTo(StalenessClass.Stale));
        Oracle.Wait(100 * Second);
        Assert.That(Requirement(), Is.EqualTo(2 * once), "and never more");
    }

    [Test]
    public void Stale_and_dead_prices_take_only_orders_that_reduce()
    {
        Trade();
        Oracle.Rules(_rules);
        Oracle.Wait(17 * Second);
        Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 1);
        Assert.That(Engine.Count(OrderRejectedDecoder.TemplateId), Is.Zero, "late still opens");
        foreach (var wait in new[] { Second, Minute })
        {
            Oracle.Wait(wait);
            Venue.Order(Bob, Perpetual, Side.Buy, 99_000, 1);
            Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.OraclePriceStale), "he holds 10: this opens");
            Venue.Order(Bob, Perpetual, Side.Sell, 101_000, 11);
            Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.OraclePriceStale), "this turns");
            var reducing = Venue.Order(Bob, Perpetual, Side.Sell, 101_000, 10);
            Assert.That(Engine.Count(OrderRejectedDecoder.TemplateId), Is.Zero, "this reduces");
            Venue.Replace(Bob, Perpetual, reducing, 101_000, 11);
            Assert.That(Engine.CancelReject(), Is.EqualTo(RejectCode.OraclePriceStale));
            Venue.Cancel(Bob, Perpetual, reducing);
            Assert.That(Engine.Count(OrderCanceledDecoder.TemplateId), Is.EqualTo(1), "cancels are always served");
        }

        All(100_000);
        Venue.Order(Bob, Perpetual, Side.Buy, 99_000, 1);
        Assert.That(Engine.Count(OrderRejectedDecoder.TemplateId), Is.Zero, "back");
    }

    [Test]
    public void A_dead_price_settles_nothing_until_it_returns_and_then_the_whole_move()
    {
        Venue.Activate(HftDelta.Wire.Internal.ParameterId.SettlementIntervalNanos, (long)Second);
        Oracle.Rules(_rules);
        Oracle.Wait(60 * Second);
        var index = Index;
        Assert.That(Class, Is.EqualTo(StalenessClass.Dead));
        for (var second = 0; second < 5; second++)
        {
            Oracle.Wait(Second);
            Assert.That(Engine.Count(DeltaSettlementDecoder.TemplateId), Is.Zero, "no interval ticks");
        }

        Oracle.Report(1, 90_000);
        Assert.That(Index, Is.EqualTo(index), "one source of a quorum of two");
        Oracle.Report(2, 90_000);
        Assert.That(Engine.View.SettlementPrice(new InstrumentId(Perpetual)).Value, Is.EqualTo(90_000));
        Assert.That(Index - index, Is.EqualTo((Int128)(-10_000) << 32));
    }

    [Test]
    public void A_price_that_returns_is_late_for_the_recovery_time_while_margin_shrinks()
    {
        Trade();
        Oracle.Rules(_rules);
        var once = Requirement();
        Oracle.Wait(30 * Second);
        Assert.That(Class, Is.EqualTo(StalenessClass.Stale));
        All(100_000);
        Assert.That((Class, Requirement()), Is.EqualTo((StalenessClass.Late, 2 * once)));
        for (var step = 1; step <= 15; step++)
        {
            Oracle.Wait(Second);
            All(100_000);
            Assert.That(Requirement() * 16, Is.EqualTo(once * (32 - step)), $"step {step}");
            Assert.That(Class, Is.EqualTo(StalenessClass.Late));
        }

        Oracle.Wait(Second);
        Assert.That((Status.StalenessClass, Status.BufferPpm), Is.EqualTo((StalenessClass.Fresh, 0u)));
        Assert.That(Requirement(), Is.EqualTo(once));
    }

    [Test]
    public void A_late_price_is_fresh_at_once_when_a_quorum_confirms_it()
    {
        Oracle.Rules(_rules);
        Oracle.Wait(10 * Second);
        Assert.That(Class, Is.EqualTo(StalenessClass.Late));
        Oracle.Report(1, 100_000);
        Assert.That(Class, Is.EqualTo(StalenessClass.Fresh), "the other reports are younger than their own limit");
        Assert.That(Engine.View.MarginBufferPpm(Underlying), Is.Zero);
    }

    [Test]
    public void Only_the_underlying_that_is_late_costs_more()
    {
        Trade();
        Venue.ListUnderlying(2);
        Venue.Oracle(50_000, underlying: 2);
        new OracleScript(Engine, 2).Rules(_rules);
        var once = Requirement();
        Oracle.Wait(Minute);
        Assert.That(Engine.View.Staleness(new UnderlyingId(2)), Is.EqualTo(StalenessClass.Dead));
        Assert.That(Requirement(), Is.EqualTo(once));
        Venue.Order(Bob, Perpetual, Side.Buy, 99_000, 1);
        Assert.That(Engine.Count(OrderRejectedDecoder.TemplateId), Is.Zero);
    }

    private void Trade()
    {
        Venue.Order(Alice, Perpetual, Side.Sell, 100_000, 10);
        Venue.Order(Bob, Perpetual, Side.Buy, 100_000, 10);
        Assert.That(Engine.View.Position(new AccountId(Bob), new InstrumentId(Perpetual)).Value, Is.EqualTo(10));
    }

    private Int128 Requirement() =>
        Engine.View.Equity(new AccountId(Bob)).Value - Engine.View.FreeEquity(new AccountId(Bob)).Value;
}
