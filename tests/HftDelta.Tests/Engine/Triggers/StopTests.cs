using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Triggers;

/// <summary>Stops and stop-limits: what triggers them, and what they become.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class StopTests : TriggerFixture
{
    [Test]
    public void A_buy_waits_below_its_trigger_and_rests_at_its_limit_once_the_price_is_there()
    {
        Trade(100_000);
        var id = Stop(Alice, Side.Buy, 2, trigger: 100_005, price: 100_010);
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{id} accepted 2 @ 100010" }));
        Assert.That(Top(Side.Buy), Is.Zero, "no book holds it");
        Trade(100_004);
        Assert.That(Repriced(), Is.Empty);
        Trade(100_005);
        Assert.That(Repriced(), Is.EqualTo(new[] { $"{id} Triggered 2 @ 100010" }));
        Assert.That(Top(Side.Buy), Is.EqualTo(100_010));
    }

    [Test]
    public void A_sell_waits_above_its_trigger_and_takes_within_its_limit()
    {
        Trade(100_000);
        var bid = Venue.Order(Bob, Perpetual, Side.Buy, 99_990, 5);
        var id = Stop(Alice, Side.Sell, 7, trigger: 99_995, price: 99_990);
        Trade(99_996);
        Assert.That(Repriced(), Is.Empty);
        Trade(99_995);
        Assert.That(Engine.Reports()[^3..], Is.EqualTo(new[]
        {
            $"{id} Triggered 7 @ 99990", $"{bid} filled 5 @ 99990 Maker leaves 0", $"{id} filled 5 @ 99990 Taker leaves 2",
        }));
        Assert.That(Top(Side.Sell), Is.EqualTo(99_990));
    }

    [Test]
    public void A_stop_takes_up_to_its_protection_price_and_never_rests()
    {
        Trade(100_000);
        var near = Venue.Order(Bob, Perpetual, Side.Sell, 100_020, 2);
        Venue.Order(Bob, Perpetual, Side.Sell, 100_021, 9);
        var id = Stop(Alice, Side.Buy, 5, trigger: 100_010, price: 100_020, type: OrderType.Stop);
        Trade(100_010);
        Assert.That(Engine.Reports()[^4..], Is.EqualTo(new[]
        {
            $"{id} Triggered 5 @ 100020", $"{near} filled 2 @ 100020 Maker leaves 0",
            $"{id} filled 2 @ 100020 Taker leaves 3", $"{id} canceled 3 ImmediateRemainder",
        }));
        Assert.That(Engine.View.OrderCount, Is.EqualTo(1));
    }

    [Test]
    public void The_oracle_triggers_by_its_own_price_and_the_mark_only_when_it_follows()
    {
        var byMark = Stop(Alice, Side.Buy, 1, trigger: 100_040, price: 99_000, TriggerSource.Mark);
        var byOracle = Stop(Bob, Side.Buy, 1, trigger: 100_040, price: 99_000, TriggerSource.Oracle);
        Venue.Oracle(100_050);
        Assert.That(Repriced(), Is.EqualTo(new[] { $"{byOracle} Triggered 1 @ 99000" }), "the mark waits for a settlement");
        Venue.Oracle(100_100);
        Assert.That(Repriced(), Is.EqualTo(new[] { $"{byMark} Triggered 1 @ 99000" }));
    }

    [Test]
    public void A_settlement_interval_triggers_by_the_mark_before_the_command_that_comes_then()
    {
        Venue.Activate(HftDelta.Wire.Internal.ParameterId.SettlementIntervalNanos, (long)VenueScript.Second);
        Venue.Oracle(99_950);
        var id = Stop(Alice, Side.Sell, 1, trigger: 99_960, price: 101_000, TriggerSource.Mark);
        Assert.That(Repriced(), Is.Empty);
        Engine.TimeNanos += VenueScript.Second;
        Engine.Tick();
        Assert.That(Repriced(), Is.EqualTo(new[] { $"{id} Triggered 1 @ 101000" }));
    }

    [Test]
    public void The_first_and_the_last_price_of_a_sweep_are_observed()
    {
        Trade(100_010);
        var low = Stop(Alice, Side.Sell, 1, trigger: 100_000, price: 101_000);
        var high = Stop(Alice, Side.Buy, 1, trigger: 100_020, price: 99_000);
        foreach (var price in new[] { 100_000, 100_012, 100_020 })
        {
            Venue.Order(Bob, Perpetual, Side.Sell, price, 1);
        }

        Venue.Order(Carol, Perpetual, Side.Buy, 100_020, 3);
        Assert.That(Repriced(), Is.EqualTo(new[] { $"{high} Triggered 1 @ 99000", $"{low} Triggered 1 @ 101000" }));
    }

    [Test]
    public void Prices_of_another_instrument_trigger_nothing()
    {
        Trade(100_000);
        Stop(Alice, Side.Buy, 1, trigger: 200, price: 300, instrument: Call);
        Trade(100_001);
        Assert.That(Repriced(), Is.Empty);
        Venue.Order(Maker, Call, Side.Sell, 200, 1);
        Venue.Order(Taker, Call, Side.Buy, 200, 1);
        Assert.That(Repriced(), Has.Length.EqualTo(1));
    }

    [Test]
    public void A_triggered_order_shows_its_display_quantity_and_keeps_its_prevention()
    {
        Trade(100_000);
        var own = Venue.Order(Alice, Perpetual, Side.Sell, 100_010, 4);
        var id = Venue.Extended(Alice, Perpetual, Side.Buy, 100_010, 10, terms =>
        {
            terms.OrderType = OrderType.StopLimit;
            terms.TriggerSource = TriggerSource.LastTrade;
            terms.TriggerPrice = 100_005;
            terms.DisplayQuantity = 3;
            terms.SelfTradePrevention = SelfTradePrevention.CancelOldest;
        });
        Trade(100_005);
        Assert.That(Engine.Reports()[^2..], Is.EqualTo(new[]
        {
            $"{id} Triggered 10 @ 100010", $"{own} canceled 4 SelfTrade",
        }));
        Engine.View.TryGetTop(new(Perpetual), HftDelta.Primitives.Units.Side.Buy, out var top);
        Assert.That(top.Volume.Value, Is.EqualTo(3));
    }

    [Test]
    public void A_reduce_only_stop_whose_position_has_gone_ends_when_it_is_activated()
    {
        Venue.Order(Bob, Perpetual, Side.Sell, 100_000, 5);
        Venue.Order(Alice, Perpetual, Side.Buy, 100_000, 5);
        var id = Venue.Extended(Alice, Perpetual, Side.Sell, 99_000, 5, terms =>
        {
            terms.OrderType = OrderType.Stop;
            terms.TriggerSource = TriggerSource.LastTrade;
            terms.TriggerPrice = 99_990;
            terms.Flags = ExecutionFlags.ReduceOnly;
        });
        Venue.Order(Bob, Perpetual, Side.Buy, 100_000, 5);
        Venue.Order(Alice, Perpetual, Side.Sell, 100_000, 5);
        Venue.Order(Bob, Perpetual, Side.Buy, 99_900, 5);
        Venue.Order(Maker, Perpetual, Side.Buy, 99_990, 1);
        Venue.Order(Taker, Perpetual, Side.Sell, 99_990, 1);
        Assert.That(Engine.Reports()[^2..], Is.EqualTo(new[]
        {
            $"{id} Triggered 5 @ 99000", $"{id} canceled 5 WouldNotReduce",
        }));
    }
}
