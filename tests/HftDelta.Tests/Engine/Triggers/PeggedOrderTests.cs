using HftDelta.Engine;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Triggers;

/// <summary>Orders whose price follows the oracle.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class PeggedOrderTests : TriggerFixture
{
    [Test]
    public void It_rests_at_the_oracle_plus_its_offset_within_its_limit()
    {
        var buy = Peg(Alice, Side.Buy, 2, -10, 99_995);
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{buy} accepted 2 @ 99990" }));
        var sell = Peg(Bob, Side.Sell, 2, 10, 100_020);
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{sell} accepted 2 @ 100020" }), "not below its limit");
        Venue.Oracle(100_015);
        Assert.That(Repriced(), Is.EqualTo(new[] { $"{buy} OracleMoved 2 @ 99995", $"{sell} OracleMoved 2 @ 100025" }));
        Venue.Oracle(100_030);
        Assert.That(Repriced(), Is.EqualTo(new[] { $"{sell} OracleMoved 2 @ 100040" }), "the buy is at its limit already");
        Assert.That((Top(Side.Buy), Top(Side.Sell)), Is.EqualTo((99_995, 100_040)));
    }

    [Test]
    public void It_never_takes_and_slides_behind_the_best_opposite()
    {
        Venue.Order(Bob, Perpetual, Side.Sell, 99_990, 1);
        var buy = Peg(Alice, Side.Buy, 2, 0, 100_100);
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{buy} accepted 2 @ 99989" }));
        Venue.Oracle(100_010);
        Assert.That(Repriced(), Is.EqualTo(new[] { $"{buy} OracleMoved 2 @ 99989" }), "it comes back at the same place");
        Assert.That(Engine.Count(TradeDecoder.TemplateId), Is.Zero);
    }

    [Test]
    public void All_that_move_leave_before_the_first_comes_back_by_entry()
    {
        var second = Peg(Bob, Side.Sell, 1, 5, 99_000);
        var first = Peg(Alice, Side.Buy, 1, -5, 101_000);
        Venue.Oracle(100_050);

        // Were they moved one by one, the sell would still stand at 100,005 when the buy wants 100,045.
        Assert.That(Repriced(), Is.EqualTo(new[] { $"{second} OracleMoved 1 @ 100055", $"{first} OracleMoved 1 @ 100045" }));
        Venue.Oracle(99_950);
        Assert.That(Repriced(), Is.EqualTo(new[] { $"{second} OracleMoved 1 @ 99955", $"{first} OracleMoved 1 @ 99945" }));
    }

    [Test]
    public void A_moved_order_goes_to_the_back_and_one_at_its_limit_keeps_its_place()
    {
        var limited = Peg(Alice, Side.Buy, 1, 0, 99_990);
        var plain = Venue.Order(Bob, Perpetual, Side.Buy, 99_990, 1);
        var moving = Peg(Alice, Side.Buy, 1, -20, 99_995);
        var later = Venue.Order(Bob, Perpetual, Side.Buy, 99_990, 1);
        Venue.Oracle(100_010);
        Assert.That(Repriced(), Is.EqualTo(new[] { $"{moving} OracleMoved 1 @ 99990" }));
        Venue.Order(Carol, Perpetual, Side.Sell, 99_990, 4);
        Assert.That(
            Engine.Reports().Where(line => line.Contains("Maker", StringComparison.Ordinal)).Select(line => line.Split(' ')[0]),
            Is.EqualTo(new[] { limited, plain, later, moving }.Select(id => $"{id}")));
    }

    [Test]
    public void Where_no_price_comes_out_it_is_refused_or_ends()
    {
        Peg(Alice, Side.Buy, 1, -100_000, 100_000);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.PegUnavailable));
        var id = Peg(Alice, Side.Buy, 3, -99_950, 100_000);
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{id} accepted 3 @ 50" }));
        Venue.Oracle(99_951);
        Assert.That(Repriced(), Is.EqualTo(new[] { $"{id} OracleMoved 3 @ 1" }));
        Venue.Oracle(99_950);
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{id} canceled 3 PegUnavailable" }));
        Assert.That(Engine.View.OrderCount, Is.Zero);
        Assert.That(Reserved(Alice), Is.EqualTo((Int128)0));
    }

    [Test]
    public void A_sell_that_would_be_worth_more_than_any_order_may_is_unavailable()
    {
        Peg(Alice, Side.Sell, 1L << 32, 1L << 30, 1);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.PegUnavailable));
    }

    [Test]
    public void It_is_margined_at_its_limit_wherever_it_stands()
    {
        Peg(Alice, Side.Buy, 10, -50, 100_100);
        Assert.That(Reserved(Alice), Is.EqualTo((Int128)101_000), "a tenth of the value, and what the limit is above the mark");
        Venue.Oracle(100_020);
        Assert.That(Reserved(Alice), Is.EqualTo((Int128)101_000));
        Venue.Order(Bob, Perpetual, Side.Sell, 99_970, 10);
        Assert.That(PositionOf(Alice), Is.EqualTo(10));
        Assert.That(Reserved(Alice), Is.EqualTo((Int128)100_000));
    }

    [Test]
    public void Options_have_no_pegged_orders()
    {
        Venue.Extended(Alice, Call, Side.Buy, 500, 1, terms => terms.OrderType = OrderType.Pegged);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.BadOrderType));
        Venue.ListFuture(3, Expiry);
        var id = Venue.Extended(Alice, 3, Side.Buy, 100_000, 1, terms => terms.OrderType = OrderType.Pegged);
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{id} accepted 1 @ 100000" }));
    }

    [Test]
    public void A_tick_of_the_underlying_is_converted_into_ticks_of_the_instrument()
    {
        Venue.List(3, 1, HftDelta.Wire.Internal.InstrumentKind.Perpetual, HftDelta.Wire.Internal.OptionKind.None,
            0, 0, 0, 0, 0, atomsPerTick: 7, atomsPerUnderlyingTick: 3);
        var id = Venue.Extended(Alice, 3, Side.Buy, 100_000, 1, terms => terms.OrderType = OrderType.Pegged);
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{id} accepted 1 @ 42857" }), "300,000 / 7, rounded down");
    }

    [Test]
    public void Its_price_is_moved_away_from_the_other_side_to_a_multiple_of_the_increment()
    {
        Venue.SetRules(Perpetual, new TradingRules { Increments = [(1, 10)] });
        var buy = Peg(Alice, Side.Buy, 1, -1, 100_100);
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{buy} accepted 1 @ 99990" }));
        var sell = Peg(Bob, Side.Sell, 1, 1, 99_900);
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{sell} accepted 1 @ 100010" }));
        Venue.Oracle(100_005);
        Assert.That(Repriced(), Is.EqualTo(new[] { $"{buy} OracleMoved 1 @ 100000" }), "the sell's price stays");
    }

    [Test]
    public void At_most_256_stand_in_one_instrument()
    {
        for (var order = 0; order < 256; order++)
        {
            Peg(Alice, Side.Buy, 1, -order, 101_000);
        }

        Peg(Bob, Side.Sell, 1, 0, 99_000);
        Assert.That(Engine.Reports()[0], Does.EndWith("rejected TooManyConditionalOrders 256"));
        Venue.Order(Carol, Perpetual, Side.Sell, 100_000, 1);
        Peg(Bob, Side.Sell, 1, 0, 99_000);
        Assert.That(Engine.Reports()[0], Does.EndWith("accepted 1 @ 100000"), "the first was filled");
    }

    [Test]
    public void A_replacement_gives_a_new_limit_and_quantity_and_loses_its_place()
    {
        var id = Peg(Alice, Side.Buy, 5, -10, 100_100);
        Venue.Order(Bob, Perpetual, Side.Buy, 99_990, 1);
        var renamed = Venue.Replace(Alice, Perpetual, id, 100_050, 3);
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{renamed} replaced 3 @ 99990 leaves 3 lost" }));
        Assert.That(Reserved(Alice), Is.EqualTo((Int128)30_150));
        Venue.Order(Carol, Perpetual, Side.Sell, 99_990, 2);
        Assert.That(Engine.Reports()[^1], Does.StartWith($"{renamed + 1} filled 1 @ 99990 Taker"));
        Assert.That(Engine.Reports(), Does.Contain($"{renamed} filled 1 @ 99990 Maker leaves 2"), "behind Bob's");
        var capped = Venue.Replace(Alice, Perpetual, renamed, 99_980, 3);
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{capped} replaced 3 @ 99980 leaves 2 lost" }));
        Venue.Oracle(99_985);
        Assert.That(Repriced(), Is.EqualTo(new[] { $"{capped} OracleMoved 2 @ 99975" }));
    }

    [Test]
    public void A_hidden_part_comes_back_with_the_shown_one()
    {
        var id = Venue.Extended(Alice, Perpetual, Side.Buy, 100_100, 10, terms =>
        {
            terms.OrderType = OrderType.Pegged;
            terms.DisplayQuantity = 4;
        });
        Venue.Order(Bob, Perpetual, Side.Sell, 100_000, 3);
        Venue.Oracle(100_010);
        Assert.That(Repriced(), Is.EqualTo(new[] { $"{id} OracleMoved 7 @ 100010" }));
        Engine.View.TryGetTop(new(Perpetual), HftDelta.Primitives.Units.Side.Buy, out var top);
        Assert.That(top.Volume.Value, Is.EqualTo(4));
    }

    [Test]
    public void In_a_call_it_stands_at_its_price_and_in_a_halt_it_stays_until_the_halt_ends()
    {
        var buy = Peg(Alice, Side.Buy, 1, 0, 101_000);
        Venue.ChangeState(Perpetual, InstrumentState.Halted);
        Venue.Oracle(100_040);
        Assert.That(Repriced(), Is.Empty);
        Venue.ChangeState(Perpetual, InstrumentState.PreOpen);
        Assert.That(Repriced(), Is.EqualTo(new[] { $"{buy} OracleMoved 1 @ 100040" }));
        var sell = Peg(Bob, Side.Sell, 1, -20, 99_000);
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{sell} accepted 1 @ 100020" }), "crossed, as books may be in a call");
        Venue.Oracle(100_050);
        Assert.That(Repriced(), Is.EqualTo(new[] { $"{buy} OracleMoved 1 @ 100050", $"{sell} OracleMoved 1 @ 100030" }));
        Venue.ChangeState(Perpetual, InstrumentState.Open);
        Assert.That((PositionOf(Alice), PositionOf(Bob)), Is.EqualTo((1, -1)));
    }

    [Test]
    public void What_one_command_has_no_room_for_comes_back_in_slices_while_cancels_are_served()
    {
        using var sliced = new EngineHarness(Limits with { EventSlotsPerCommand = EngineLimits.EventSlotsPerCommandMin });
        var venue = new VenueScript(sliced);
        venue.ListUnderlying(thresholdTicks: 100);
        venue.Oracle(100_000);
        venue.ListPerpetual(Perpetual);
        venue.OpenTrader(Alice, Money);
        venue.OpenTrader(Bob, Money);
        var ids = Enumerable.Range(0, 256).Select(order => venue.Extended(
            Alice, Perpetual, Side.Buy, 101_000, 1, terms =>
            {
                terms.OrderType = OrderType.Pegged;
                terms.PegOffset = -order;
            })).ToArray();
        venue.Oracle(100_010);
        Assert.That(sliced.Processor.HasPendingWork, Is.True);
        venue.Order(Bob, Perpetual, Side.Sell, 100_000, 1);
        Assert.That(sliced.OrderReject(), Is.EqualTo(RejectCode.InstrumentBusy));
        venue.Cancel(Alice, Perpetual, ids[255]);
        Assert.That(sliced.Reports(), Does.Contain($"{ids[255]} canceled 1 Requested"));
        venue.Oracle(100_020);
        sliced.DrainPendingWork();
        Assert.That(sliced.Reports()[^1], Is.EqualTo($"{ids[254]} OracleMoved 1 @ 99766"), "the last price in the end");
        Assert.That(sliced.Reports(), Has.None.StartsWith($"{ids[255]} "));
        sliced.View.TryGetTop(new(Perpetual), HftDelta.Primitives.Units.Side.Buy, out var top);
        Assert.That(top.Price.Value, Is.EqualTo(100_020));
        Assert.That(sliced.View.OrderCount, Is.EqualTo(255));
        using var replay = sliced.Replay();
        Assert.That(replay.Processor.StateHash(), Is.EqualTo(sliced.Processor.StateHash()));
        Assert.That(replay.Processor.HistoryHash, Is.EqualTo(sliced.Processor.HistoryHash));
        Assert.That(sliced.Processor.RecomputeStateHash(), Is.EqualTo(sliced.Processor.StateHash()));
    }
}
