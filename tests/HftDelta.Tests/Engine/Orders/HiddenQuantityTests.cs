using HftDelta.Engine;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Orders;

/// <summary>Orders with a display quantity: what shows, what waits behind it, and where it comes back.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class HiddenQuantityTests : VenueFixture
{
    private const long Price = 100_000;

    protected override EngineLimits Limits => EngineLimits.Small with
    {
        Accounts = 64, Orders = 4_096, ExtendedOrders = 8, EventSlotsPerCommand = EngineLimits.EventSlotsPerCommandMin,
    };

    [Test]
    public void Only_the_display_quantity_shows_and_each_next_part_comes_behind_the_others()
    {
        var hidden = Display(Alice, 10, 4);
        Assert.That(Shown(), Is.EqualTo(4));
        var other = Venue.Order(Bob, Perpetual, Side.Buy, Price, 3);
        Assert.That(Shown(), Is.EqualTo(7));
        var id = Venue.Order(Carol, Perpetual, Side.Sell, Price, 9);

        Assert.That(Engine.Reports(), Is.EqualTo(new[]
        {
            $"{id} accepted 9 @ 100000",
            $"{hidden} filled 4 @ 100000 Maker leaves 6", $"{id} filled 4 @ 100000 Taker leaves 5",
            $"{other} filled 3 @ 100000 Maker leaves 0", $"{id} filled 3 @ 100000 Taker leaves 2",
            $"{hidden} filled 2 @ 100000 Maker leaves 4", $"{id} filled 2 @ 100000 Taker leaves 0",
        }));
        Assert.That(Shown(), Is.EqualTo(2), "a part that is partly filled is not filled up");
    }

    [Test]
    public void An_incoming_order_takes_with_its_whole_quantity_and_hides_only_what_rests()
    {
        Venue.Order(Alice, Perpetual, Side.Sell, Price, 7);
        var id = Display(Bob, 17, 4);
        Assert.That(Engine.Reports()[^1], Is.EqualTo($"{id} filled 7 @ 100000 Taker leaves 10"));
        Assert.That(Shown(), Is.EqualTo(4));
        Venue.Cancel(Bob, Perpetual, id);
        Assert.That(OrderCanceledDecoder.Trusted(Engine.Single(OrderCanceledDecoder.TemplateId)).Quantity, Is.EqualTo(10));
        Assert.That(Engine.View.FreeEquity(new AccountId(Carol)), Is.EqualTo(Engine.View.Equity(new AccountId(Carol))));
    }

    [Test]
    public void What_is_hidden_is_margined_like_what_shows()
    {
        Venue.OpenTrader(30, 100_000);
        Display(30, 11, 1);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.InsufficientMargin));
        Display(30, 10, 1);
        Venue.Order(30, Perpetual, Side.Buy, 90_000, 1);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.InsufficientMargin));
    }

    [Test]
    public void A_smaller_quantity_is_taken_from_the_hidden_part_first_and_keeps_the_place()
    {
        var id = Display(Alice, 10, 4);
        Venue.Order(Bob, Perpetual, Side.Buy, Price, 3);
        var renamed = Venue.Replace(Alice, Perpetual, id, Price, 6);
        Assert.That(Engine.Reports(), Is.EqualTo(new[] { $"{renamed} replaced 6 @ 100000 leaves 6 kept" }));
        Assert.That(Shown(), Is.EqualTo(7));
        var last = Venue.Replace(Alice, Perpetual, renamed, Price, 3);
        Assert.That(Shown(), Is.EqualTo(6), "three of each, nothing hidden");
        Venue.Order(Carol, Perpetual, Side.Sell, Price, 3);
        Assert.That(Engine.Reports()[1], Is.EqualTo($"{last} filled 3 @ 100000 Maker leaves 0"), "its place is the first");
    }

    [Test]
    public void A_part_that_was_partly_filled_does_not_grow_when_the_order_keeps_its_place()
    {
        var id = Display(Alice, 10, 4);
        Venue.Order(Carol, Perpetual, Side.Sell, Price, 3);
        Venue.Replace(Alice, Perpetual, id, Price, 8);
        Assert.That(Engine.Reports()[0], Does.EndWith("replaced 8 @ 100000 leaves 5 kept"));
        Assert.That(Shown(), Is.EqualTo(1));
    }

    [Test]
    public void A_larger_quantity_or_another_price_shows_the_display_quantity_again_at_the_back()
    {
        var id = Display(Alice, 10, 4);
        Venue.Order(Carol, Perpetual, Side.Sell, Price, 3);
        var other = Venue.Order(Bob, Perpetual, Side.Buy, Price, 2);
        Venue.Replace(Alice, Perpetual, id, Price, 12);
        Assert.That(Engine.Reports()[0], Does.EndWith("replaced 12 @ 100000 leaves 9 lost"));
        Assert.That(Shown(), Is.EqualTo(6));
        Venue.Order(Carol, Perpetual, Side.Sell, Price, 1);
        Assert.That(Engine.Reports()[1], Is.EqualTo($"{other} filled 1 @ 100000 Maker leaves 1"));
    }

    [Test]
    public void A_replacement_that_trades_takes_with_the_hidden_part_too()
    {
        var id = Display(Alice, 10, 4);
        Venue.Order(Bob, Perpetual, Side.Sell, 100_005, 9);
        var renamed = Venue.Replace(Alice, Perpetual, id, 100_005, 10);
        Assert.That(Engine.Reports()[^1], Is.EqualTo($"{renamed} filled 9 @ 100005 Taker leaves 1"));
    }

    [Test]
    public void All_at_once_terms_count_hidden_lots_and_every_refresh()
    {
        Display(Alice, 10, 4);
        var other = Venue.Order(Bob, Perpetual, Side.Buy, Price, 3);
        var id = Venue.Order(Carol, Perpetual, Side.Sell, Price, 14, TimeInForce.FillOrKill);
        Assert.That(Engine.Reports()[^1], Is.EqualTo($"{id} canceled 14 MinimumNotMet"));
        id = Venue.Order(Carol, Perpetual, Side.Sell, Price, 13, TimeInForce.FillOrKill);
        Assert.That(Engine.Reports()[^1], Is.EqualTo($"{id} filled 2 @ 100000 Taker leaves 0"));
        Assert.That(Engine.Reports()[3], Is.EqualTo($"{other} filled 3 @ 100000 Maker leaves 0"));

        Display(Alice, 6, 1);
        Venue.Order(Carol, Perpetual, Side.Sell, Price, 6, TimeInForce.FillOrKill);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.TooManyMakers), "six parts, and five are the most");
        Venue.Order(Carol, Perpetual, Side.Sell, Price, 5, TimeInForce.FillOrKill);
        Assert.That(Engine.Count(TradeDecoder.TemplateId), Is.EqualTo(5));
    }

    [Test]
    public void Orders_behind_a_large_hidden_part_count_before_it()
    {
        Display(Alice, 1_100, 100);
        for (var order = 0; order < 6; order++)
        {
            Venue.Order(Bob, Perpetual, Side.Buy, Price, 1);
        }

        Venue.Order(Carol, Perpetual, Side.Sell, Price, 150, TimeInForce.FillOrKill);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.TooManyMakers), "the six come before its next part");
    }

    [Test]
    public void A_sweep_over_a_hidden_order_is_cut_into_slices_like_any_other()
    {
        Display(Alice, 100, 1);
        Venue.Order(Carol, Perpetual, Side.Sell, Price, 90);
        Assert.That(Engine.Processor.HasPendingWork, Is.True);
        Engine.DrainPendingWork();
        Assert.That(PositionOf(Carol), Is.EqualTo(-90));
        Assert.That(Engine.SlotsMost, Is.LessThanOrEqualTo(
            Limits.EventSlotsPerCommand + HftDelta.Engine.Output.EventWriter.PaddingSlotsMax));
    }

    [Test]
    public void Records_of_hidden_orders_are_bounded_and_come_back()
    {
        for (var round = 0; round < 3; round++)
        {
            var ids = Enumerable.Range(0, 8).Select(_ => Display(Alice, 3, 1)).ToArray();
            Display(Alice, 3, 1);
            Assert.That(Engine.Reports()[0], Does.EndWith("rejected TooManyOrders 8"));
            foreach (var id in ids.Skip(1))
            {
                Venue.Cancel(Alice, Perpetual, id);
            }

            Venue.Order(Carol, Perpetual, Side.Sell, Price, 3);
            Assert.That(Engine.Count(TradeDecoder.TemplateId), Is.EqualTo(3), "the first is filled, part by part");
        }

        Assert.That(Engine.View.OrderCount, Is.Zero);
    }

    [TestCase(-1, 0)]
    [TestCase(11, 10)]
    public void A_display_quantity_beyond_the_quantity_is_refused_with_its_bound(long display, long bound)
    {
        Display(Alice, 10, display);
        Assert.That(Engine.Reports()[0], Does.EndWith($"rejected BadDisplayQuantity {bound}"));
    }

    [Test]
    public void A_display_quantity_needs_an_order_that_can_rest()
    {
        Venue.Extended(Alice, Perpetual, Side.Buy, Price, 10, terms =>
        {
            terms.DisplayQuantity = 2;
            terms.TimeInForce = TimeInForce.ImmediateOrCancel;
        });
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.BadFlagCombination));
    }

    [Test]
    public void Orders_of_an_expired_instrument_end_with_their_hidden_part()
    {
        Venue.Extended(Alice, Call, Side.Buy, 500, 10, terms => terms.DisplayQuantity = 2);
        Engine.TimeNanos = Expiry;
        Engine.Tick(TickReason.Quiet);
        Engine.DrainPendingWork();
        var canceled = OrderCanceledDecoder.Trusted(Engine.Single(OrderCanceledDecoder.TemplateId));
        Assert.That(canceled.Quantity, Is.EqualTo(10));
        Assert.That(Engine.View.InstrumentState(new InstrumentId(Call)), Is.EqualTo(InstrumentState.Removed));
    }

    private ulong Display(uint account, long lots, long display) => Venue.Extended(
        account, Perpetual, Side.Buy, Price, lots, terms => terms.DisplayQuantity = display);

    private long Shown()
    {
        Engine.View.TryGetTop(new InstrumentId(Perpetual), HftDelta.Primitives.Units.Side.Buy, out var top);
        return top.Volume.Value;
    }
}
