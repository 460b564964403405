using HftDelta.Engine;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Triggers;

/// <summary>When triggered orders come in relation to commands: what was triggered earlier goes first.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class ActivationTimeTests : TriggerFixture
{
    [Test]
    public void What_the_clock_triggers_goes_before_the_command_that_brought_the_time()
    {
        Venue.Activate(HftDelta.Wire.Internal.ParameterId.SettlementIntervalNanos, (long)VenueScript.Second);
        Venue.Oracle(99_950);
        var bid = Venue.Order(Bob, Perpetual, Side.Buy, 99_900, 1);
        var stop = Stop(Alice, Side.Sell, 1, trigger: 99_960, price: 99_900, TriggerSource.Mark);
        Engine.TimeNanos += VenueScript.Second;
        var later = Venue.Order(Carol, Perpetual, Side.Sell, 99_900, 1);
        Assert.That(Engine.Reports(), Is.EqualTo(new[]
        {
            $"{stop} Triggered 1 @ 99900", $"{bid} filled 1 @ 99900 Maker leaves 0", $"{stop} filled 1 @ 99900 Taker leaves 0",
            $"{later} accepted 1 @ 99900",
        }));
    }

    [Test]
    public void An_auction_that_ends_triggers_before_the_command_that_comes_then()
    {
        Venue.SetRules(Perpetual, new TradingRules { OpeningAuctionNanos = VenueScript.Second });
        Trade(100_000);
        Venue.ChangeState(Perpetual, InstrumentState.OpeningAuction);
        Venue.Order(Maker, Perpetual, Side.Sell, 99_990, 1);
        Venue.Order(Taker, Perpetual, Side.Buy, 99_990, 1);
        var stop = Stop(Alice, Side.Sell, 1, trigger: 99_990, price: 99_980);
        Engine.TimeNanos += VenueScript.Second;
        var buy = Venue.Order(Carol, Perpetual, Side.Buy, 99_985, 1);
        Assert.That(Engine.Reports()[^4..], Is.EqualTo(new[]
        {
            $"{stop} Triggered 1 @ 99980", $"{buy} accepted 1 @ 99985",
            $"{stop} filled 1 @ 99980 Maker leaves 0", $"{buy} filled 1 @ 99980 Taker leaves 0",
        }));
    }

    [Test]
    public void What_a_pending_sweep_triggers_goes_before_any_later_order()
    {
        using var sliced = Small(EngineLimits.Small.PendingUnitsPerCommand, out var venue);
        for (var order = 0; order < 60; order++)
        {
            venue.Order(Bob, Perpetual, Side.Buy, 100_000 - order, 1);
        }

        venue.Order(Carol, Perpetual, Side.Sell, 100_000, 1);
        var stop = venue.Extended(Alice, Perpetual, Side.Sell, 100_100, 1, terms =>
        {
            terms.OrderType = OrderType.StopLimit;
            terms.TriggerSource = TriggerSource.LastTrade;
            terms.TriggerPrice = 99_945;
        });
        venue.Order(Carol, Perpetual, Side.Sell, 99_941, 59);
        Assert.That(sliced.Processor.HasPendingWork, Is.True);
        var refused = 0;
        while (true)
        {
            var later = venue.Order(Carol, Perpetual, Side.Sell, 100_100, 1);
            var reports = sliced.Reports();
            if (reports.Contains($"{later} accepted 1 @ 100100"))
            {
                Assert.That(reports, Does.Contain($"{stop} Triggered 1 @ 100100"), "in the command of the last slice");
                Assert.That(reports[^1], Is.EqualTo($"{later} accepted 1 @ 100100"));
                break;
            }

            Assert.That(reports[^1], Does.StartWith($"{later} rejected InstrumentBusy"));
            refused++;
        }

        Assert.That(refused, Is.GreaterThan(0));
    }

    [Test]
    public void A_triggered_stop_of_an_account_that_is_being_killed_ends_unfilled()
    {
        using var slow = Small(pendingUnits: 1, out var venue);
        venue.Order(Bob, Perpetual, Side.Buy, 99_900, 5);
        var old = venue.Extended(Alice, Perpetual, Side.Sell, 99_000, 1, terms =>
        {
            terms.OrderType = OrderType.Stop;
            terms.TriggerSource = TriggerSource.Oracle;
            terms.TriggerPrice = 99_950;
        });
        venue.Order(Alice, Perpetual, Side.Buy, 90_000, 1);
        venue.Order(Alice, Perpetual, Side.Buy, 90_001, 1);
        venue.Kill(Alice, cancelsOrders: true);
        venue.Oracle(99_940);
        Assert.That(slow.Reports()[^1], Is.EqualTo($"{old} canceled 1 KillSwitch"));
        Assert.That(slow.Reports(), Has.None.Contains("Triggered"));
        slow.DrainPendingWork();
        Assert.That(slow.View.OrderCount, Is.EqualTo(1));
    }

    private EngineHarness Small(int pendingUnits, out VenueScript venue)
    {
        var engine = new EngineHarness(Limits with
        {
            EventSlotsPerCommand = EngineLimits.EventSlotsPerCommandMin, PendingUnitsPerCommand = pendingUnits,
        });
        venue = new VenueScript(engine);
        venue.ListUnderlying(thresholdTicks: 100);
        venue.Oracle(100_000);
        venue.ListPerpetual(Perpetual);
        foreach (var account in new[] { Alice, Bob, Carol })
        {
            venue.OpenTrader(account, Money);
        }

        return engine;
    }
}
