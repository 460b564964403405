using HftDelta.Engine;
using HftDelta.Engine.Output;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Triggers;

/// <summary>What triggers what: the order of activations, and cascades within one command and across its bound.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class StopCascadeTests : TriggerFixture
{
    private const int Steps = 80;

    [Test]
    public void A_cascade_runs_to_its_end_within_the_command_that_began_it()
    {
        var ladder = Ladder(Venue);
        Venue.Order(Carol, Perpetual, Side.Sell, 100_000, 1);
        Assert.That(Repriced(), Is.EqualTo(ladder.Select(id => $"{id} Triggered 1 @ 99000")));
        Assert.That(Engine.Count(TradeDecoder.TemplateId), Is.EqualTo(Steps + 1));
        Assert.That(Top(Side.Buy), Is.EqualTo(100_000 - Steps - 1), "one level for each step");
        Assert.That(Engine.Processor.HasPendingWork, Is.False);
        Engine.Tick();
        Assert.That(Engine.Reports(), Is.Empty, "nothing comes one message late");
    }

    [Test]
    public void A_cascade_beyond_the_bound_tells_the_same_in_slices()
    {
        Ladder(Venue);
        Venue.Order(Carol, Perpetual, Side.Sell, 100_000, 1);
        var whole = Engine.Reports();

        var limits = Limits with { EventSlotsPerCommand = EngineLimits.EventSlotsPerCommandMin };
        using var sliced = new EngineHarness(limits);
        var venue = new VenueScript(sliced);
        venue.ListUnderlying(thresholdTicks: 100);
        venue.Oracle(100_000);
        venue.ListPerpetual(Perpetual, bandTicks: 4_096, bandBase: 98_000);
        foreach (var account in new[] { Alice, Bob, Carol, Maker, Taker })
        {
            venue.OpenTrader(account, Money);
        }

        Ladder(venue);
        venue.Order(Carol, Perpetual, Side.Sell, 100_000, 1);
        Assert.That(sliced.Processor.HasPendingWork, Is.True);
        Assert.That(sliced.DrainPendingWork(), Is.GreaterThan(2));
        Assert.That(sliced.Reports(), Is.EqualTo(whole));
        Assert.That(sliced.SlotsMost, Is.LessThanOrEqualTo(limits.EventSlotsPerCommand + EventWriter.PaddingSlotsMax));
        using var replay = sliced.Replay();
        Assert.That(replay.Processor.StateHash(), Is.EqualTo(sliced.Processor.StateHash()));
        Assert.That(replay.Processor.HistoryHash, Is.EqualTo(sliced.Processor.HistoryHash));
        Assert.That(sliced.Processor.RecomputeStateHash(), Is.EqualTo(sliced.Processor.StateHash()));
    }

    [Test]
    public void Stops_of_one_source_go_buys_by_the_lowest_and_sells_by_the_highest_trigger_then_by_entry()
    {
        var far = Stop(Alice, Side.Buy, 1, 100_150, 90_000, TriggerSource.Oracle);
        var second = Stop(Alice, Side.Buy, 1, 100_120, 90_000, TriggerSource.Oracle);
        var third = Stop(Bob, Side.Buy, 1, 100_120, 90_000, TriggerSource.Oracle, OrderType.Stop);
        var first = Stop(Alice, Side.Buy, 1, 100_110, 90_000, TriggerSource.Oracle);
        var beyond = Stop(Alice, Side.Buy, 1, 100_201, 90_000, TriggerSource.Oracle);
        Venue.Oracle(100_200);
        Assert.That(Repriced().Select(IdOf), Is.EqualTo(new[] { first, second, third, far }));
        Venue.Cancel(Alice, Perpetual, beyond);

        var low = Stop(Alice, Side.Sell, 1, 100_050, 110_000, TriggerSource.Oracle);
        var high = Stop(Bob, Side.Sell, 1, 100_060, 110_000, TriggerSource.Oracle);
        var alsoHigh = Stop(Alice, Side.Sell, 1, 100_060, 110_000, TriggerSource.Oracle);
        Venue.Oracle(100_050);
        Assert.That(Repriced().Select(IdOf), Is.EqualTo(new[] { high, alsoHigh, low }));
    }

    [Test]
    public void Sources_go_in_their_order_and_trailing_stops_after_the_others_of_their_source()
    {
        Trade(100_000);
        var trailingOracle = Trail(Alice, Side.Sell, 1, 50, 110_000, source: TriggerSource.Oracle);
        var sellOracle = Stop(Alice, Side.Sell, 1, 99_900, 110_000, TriggerSource.Oracle);
        var trailingMark = Trail(Alice, Side.Sell, 1, 60, 110_000, source: TriggerSource.Mark);
        var sellMark = Stop(Bob, Side.Sell, 1, 99_850, 110_000, TriggerSource.Mark);
        var trailingTrade = Trail(Alice, Side.Buy, 1, 5, 90_000);
        var buyTrade = Stop(Bob, Side.Buy, 1, 100_008, 90_000);
        Venue.ChangeState(Perpetual, InstrumentState.PreOpen);
        Venue.Order(Maker, Perpetual, Side.Sell, 100_010, 1);
        Venue.Order(Taker, Perpetual, Side.Buy, 100_010, 1);
        Venue.Oracle(99_800);
        Assert.That(Repriced(), Is.Empty, "nothing trades");
        Venue.ChangeState(Perpetual, InstrumentState.Open);
        Assert.That(Repriced().Select(IdOf), Is.EqualTo(new[]
        {
            buyTrade, trailingTrade, sellMark, trailingMark, sellOracle, trailingOracle,
        }));
    }

    [Test]
    public void Buys_go_before_sells_and_the_next_is_chosen_anew_after_each()
    {
        Trade(100_000);
        // The sweep shows 99,990 and 100,010: both are triggered. What the buy trades triggers another buy before the sell.
        var sell = Stop(Alice, Side.Sell, 1, 99_990, 110_000);
        var buy = Stop(Alice, Side.Buy, 1, 100_010, 100_020, type: OrderType.Stop);
        var next = Stop(Bob, Side.Buy, 1, 100_015, 90_000);
        foreach (var price in new[] { 99_990, 100_010, 100_015 })
        {
            Venue.Order(Maker, Perpetual, Side.Sell, price, 1);
        }

        Venue.Order(Taker, Perpetual, Side.Buy, 100_010, 2);
        Assert.That(Repriced().Select(IdOf), Is.EqualTo(new[] { buy, next, sell }));
    }

    [Test]
    public void While_a_cascade_is_pending_orders_are_refused_and_cancels_are_served()
    {
        using var sliced = new EngineHarness(Limits with { EventSlotsPerCommand = EngineLimits.EventSlotsPerCommandMin });
        var venue = new VenueScript(sliced);
        venue.ListUnderlying(thresholdTicks: 100);
        venue.Oracle(100_000);
        venue.ListPerpetual(Perpetual);
        foreach (var account in new[] { Alice, Bob, Carol, Maker, Taker })
        {
            venue.OpenTrader(account, Money);
        }

        var ladder = Ladder(venue);
        venue.Order(Carol, Perpetual, Side.Sell, 100_000, 1);
        venue.Order(Carol, Perpetual, Side.Sell, 100_500, 1);
        Assert.That(sliced.OrderReject(), Is.EqualTo(RejectCode.InstrumentBusy));
        venue.Cancel(Alice, Perpetual, ladder[^2]);
        Assert.That(sliced.Reports(), Does.Contain($"{ladder[^2]} canceled 1 Requested"));
        venue.Oracle(100_050);
        sliced.DrainPendingWork();
        Assert.That(sliced.Reports(), Has.None.StartsWith($"{ladder[^1]} Triggered"), "the chain was broken before it");
        Assert.That(sliced.Reports(), Has.Some.StartsWith($"{ladder[^3]} Triggered"));
        venue.Order(Carol, Perpetual, Side.Sell, 100_500, 1);
        Assert.That(sliced.Reports(), Has.Length.EqualTo(1), "it is quiet again");
        using var replay = sliced.Replay();
        Assert.That(replay.Processor.StateHash(), Is.EqualTo(sliced.Processor.StateHash()));
    }

    [Test]
    public void A_large_triggered_order_goes_on_as_a_sweep_and_the_others_follow_it()
    {
        using var sliced = new EngineHarness(Limits with { EventSlotsPerCommand = EngineLimits.EventSlotsPerCommandMin });
        var venue = new VenueScript(sliced);
        venue.ListUnderlying(thresholdTicks: 100);
        venue.Oracle(100_000);
        venue.ListPerpetual(Perpetual);
        foreach (var account in new[] { Alice, Bob, Carol })
        {
            venue.OpenTrader(account, Money);
        }

        for (var order = 0; order < 100; order++)
        {
            venue.Order(Bob, Perpetual, Side.Buy, 100_000 - order, 1);
        }

        var large = StopOf(venue, Alice, 100_001 - 2, 100);
        var last = StopOf(venue, Carol, 99_950, 3);
        venue.Order(Carol, Perpetual, Side.Sell, 100_000, 1);
        venue.Order(Carol, Perpetual, Side.Sell, 99_999, 1);
        sliced.DrainPendingWork();
        var reports = sliced.Reports();
        Assert.That(reports, Does.Contain($"{large} canceled 2 ImmediateRemainder"));
        Assert.That(
            Array.IndexOf(reports, $"{last} Triggered 3 @ 99000"),
            Is.EqualTo(Array.IndexOf(reports, $"{large} canceled 2 ImmediateRemainder") + 1));
        using var replay = sliced.Replay();
        Assert.That(replay.Processor.HistoryHash, Is.EqualTo(sliced.Processor.HistoryHash));
    }

    /// <summary>Bids of one lot and stops below each other: every one that trades triggers the next.</summary>
    /// <returns>The stops, in the order of the cascade.</returns>
    private static ulong[] Ladder(VenueScript venue)
    {
        venue.Order(Maker, Perpetual, Side.Sell, 100_100, 1);
        venue.Order(Taker, Perpetual, Side.Buy, 100_100, 1);
        for (var step = 0; step <= Steps + 1; step++)
        {
            venue.Order(Bob, Perpetual, Side.Buy, 100_000 - step, 1);
        }

        return Enumerable.Range(0, Steps).Select(step => StopOf(venue, Alice, 100_000 - step, 1)).ToArray();
    }

    private static ulong StopOf(VenueScript venue, uint account, long trigger, long lots) =>
        venue.Extended(account, Perpetual, Side.Sell, 99_000, lots, terms =>
        {
            terms.OrderType = OrderType.Stop;
            terms.TriggerSource = TriggerSource.LastTrade;
            terms.TriggerPrice = trigger;
        });

    private static ulong IdOf(string line) =>
        ulong.Parse(line.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
}
