using HftDelta.Engine;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Orders;

/// <summary>Self-trade prevention: the incoming order says what happens when it would meet its own account group.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class SelfTradeTests : VenueFixture
{
    private const long Price = 100_000;

    protected override EngineLimits Limits => EngineLimits.Small with
    {
        Accounts = 64, Orders = 4_096, EventSlotsPerCommand = EngineLimits.EventSlotsPerCommandMin,
    };

    [Test]
    public void Cancel_newest_ends_what_is_left_of_the_incoming_order()
    {
        var other = Venue.Order(Bob, Perpetual, Side.Sell, Price, 2);
        Venue.Order(Alice, Perpetual, Side.Sell, Price, 5);
        var id = Buy(Alice, 8, SelfTradePrevention.CancelNewest);
        Assert.That(Engine.Reports(), Is.EqualTo(new[]
        {
            $"{id} accepted 8 @ 100000",
            $"{other} filled 2 @ 100000 Maker leaves 0", $"{id} filled 2 @ 100000 Taker leaves 6",
            $"{id} canceled 6 SelfTrade",
        }));
        Assert.That(Engine.View.OrderCount, Is.EqualTo(1), "the maker stays, and nothing of the other rests");
    }

    [Test]
    public void Cancel_oldest_ends_the_maker_and_the_sweep_goes_on()
    {
        var own = Venue.Order(Alice, Perpetual, Side.Sell, Price, 5);
        var other = Venue.Order(Bob, Perpetual, Side.Sell, Price, 2);
        var id = Buy(Alice, 8, SelfTradePrevention.CancelOldest);
        Assert.That(Engine.Reports(), Is.EqualTo(new[]
        {
            $"{id} accepted 8 @ 100000", $"{own} canceled 5 SelfTrade",
            $"{other} filled 2 @ 100000 Maker leaves 0", $"{id} filled 2 @ 100000 Taker leaves 6",
        }));
        Assert.That(Engine.View.OrderCount, Is.EqualTo(1));
    }

    [Test]
    public void Cancel_both_ends_the_maker_and_then_the_incoming_order()
    {
        var own = Venue.Order(Alice, Perpetual, Side.Sell, Price, 5);
        Venue.Order(Bob, Perpetual, Side.Sell, Price, 2);
        var id = Buy(Alice, 8, SelfTradePrevention.CancelBoth);
        Assert.That(Engine.Reports(), Is.EqualTo(new[]
        {
            $"{id} accepted 8 @ 100000", $"{own} canceled 5 SelfTrade", $"{id} canceled 8 SelfTrade",
        }));
        Assert.That(PositionOf(Alice), Is.Zero);
    }

    [Test]
    public void Decrement_takes_the_smaller_quantity_from_both_without_a_trade()
    {
        var own = Venue.Order(Alice, Perpetual, Side.Sell, Price, 5);
        var id = Buy(Alice, 8, SelfTradePrevention.Decrement);
        Assert.That(Engine.Reports(), Is.EqualTo(new[]
        {
            $"{id} accepted 8 @ 100000", $"{own} decremented 5 leaves 0", $"{id} decremented 5 leaves 3",
        }));
        own = Venue.Order(Alice, Perpetual, Side.Sell, 100_001, 9);
        Buy(Bob, 3, SelfTradePrevention.Decrement, 100_001);
        id = Buy(Alice, 4, SelfTradePrevention.Decrement, 100_001);
        Assert.That(Engine.Reports()[1..], Is.EqualTo(new[]
        {
            $"{own} decremented 4 leaves 2", $"{id} decremented 4 leaves 0",
        }), "who came to nothing has ended without a further word");
        Assert.That(Engine.View.OrderCount, Is.EqualTo(2));
        Assert.That(Engine.View.LastTradeId, Is.EqualTo(1));
    }

    [Test]
    public void What_was_decremented_counts_as_filled_for_a_replacement()
    {
        var own = Venue.Order(Alice, Perpetual, Side.Sell, Price, 5);
        Buy(Alice, 3, SelfTradePrevention.Decrement);
        Venue.Replace(Alice, Perpetual, own, Price, 3);
        Assert.That(Engine.Reports()[0], Does.EndWith("cancel-rejected QuantityNotAboveFilled 3"));
    }

    [Test]
    public void A_hidden_part_is_decremented_as_it_comes_to_show()
    {
        var own = Venue.Extended(Alice, Perpetual, Side.Sell, Price, 5, terms => terms.DisplayQuantity = 2);
        var other = Venue.Order(Bob, Perpetual, Side.Sell, Price, 1);
        var id = Buy(Alice, 4, SelfTradePrevention.Decrement);
        Assert.That(Engine.Reports()[1..], Is.EqualTo(new[]
        {
            $"{own} decremented 2 leaves 3", $"{id} decremented 2 leaves 2",
            $"{other} filled 1 @ 100000 Maker leaves 0", $"{id} filled 1 @ 100000 Taker leaves 1",
            $"{own} decremented 1 leaves 2", $"{id} decremented 1 leaves 0",
        }));
    }

    [Test]
    public void Accounts_of_one_group_are_one_and_a_group_can_be_left()
    {
        Venue.Group(Alice, 7);
        Venue.Group(Bob, 7);
        Venue.Order(Bob, Perpetual, Side.Sell, Price, 2);
        var id = Buy(Alice, 2, SelfTradePrevention.CancelNewest);
        Assert.That(Engine.Reports()[^1], Is.EqualTo($"{id} canceled 2 SelfTrade"));
        Venue.Group(Bob, 0);
        Buy(Alice, 2, SelfTradePrevention.CancelNewest);
        Assert.That(PositionOf(Alice), Is.EqualTo(2));
    }

    [Test]
    public void Group_zero_is_no_group()
    {
        Venue.Order(Bob, Perpetual, Side.Sell, Price, 2);
        Buy(Alice, 2, SelfTradePrevention.CancelBoth);
        Assert.That(PositionOf(Alice), Is.EqualTo(2));
    }

    [Test]
    public void The_incoming_order_decides_and_not_the_resting_one()
    {
        Venue.Extended(
            Alice, Perpetual, Side.Sell, Price, 5, terms => terms.SelfTradePrevention = SelfTradePrevention.CancelBoth);
        Venue.Order(Alice, Perpetual, Side.Buy, Price, 3);
        Assert.That(Engine.Count(TradeDecoder.TemplateId), Is.EqualTo(1), "an account may trade with itself if it does not ask");
    }

    [Test]
    public void A_replacement_is_an_incoming_order_with_the_orders_own_mode()
    {
        Venue.Order(Alice, Perpetual, Side.Sell, Price, 5);
        var id = Buy(Alice, 3, SelfTradePrevention.CancelNewest, 99_000);
        id = Venue.Replace(Alice, Perpetual, id, Price, 3);
        Assert.That(Engine.Reports(), Is.EqualTo(new[]
        {
            $"{id} replaced 3 @ 100000 leaves 3 lost", $"{id} canceled 3 SelfTrade",
        }));
    }

    [Test]
    public void All_at_once_terms_do_not_count_the_own_group()
    {
        Venue.Order(Alice, Perpetual, Side.Sell, Price, 5);
        Venue.Order(Bob, Perpetual, Side.Sell, Price, 3);
        var id = FillOrKill(4, SelfTradePrevention.CancelOldest);
        Assert.That(Engine.Reports()[^1], Is.EqualTo($"{id} canceled 4 MinimumNotMet"));
        id = FillOrKill(3, SelfTradePrevention.CancelNewest);
        Assert.That(Engine.Reports()[^1], Is.EqualTo($"{id} canceled 3 MinimumNotMet"), "its own order would end it first");
        id = FillOrKill(3, SelfTradePrevention.CancelOldest);
        Assert.That(Engine.Reports()[^1], Is.EqualTo($"{id} filled 3 @ 100000 Taker leaves 0"));
    }

    [Test]
    public void Prevention_in_a_long_sweep_is_cut_into_slices()
    {
        for (var order = 0; order < 150; order++)
        {
            Venue.Order(Alice, Perpetual, Side.Sell, Price + order, 1);
        }

        Venue.Order(Alice, Perpetual, Side.Sell, Price + 150, 1);
        var id = Buy(Alice, 160, SelfTradePrevention.Decrement, Price + 149);
        Assert.That(Engine.Processor.HasPendingWork, Is.True);
        Engine.DrainPendingWork();
        Assert.That(Engine.Reports()[^1], Is.EqualTo($"{id} decremented 1 leaves 10"));
        Assert.That(Engine.View.OrderCount, Is.EqualTo(2));
        Assert.That(Engine.SlotsMost, Is.LessThanOrEqualTo(
            Limits.EventSlotsPerCommand + HftDelta.Engine.Output.EventWriter.PaddingSlotsMax));
    }

    [TestCase(SelfTradePrevention.CancelNewest)]
    [TestCase(SelfTradePrevention.CancelBoth)]
    public void A_sweep_that_prevention_ends_in_a_later_slice_frees_the_book(SelfTradePrevention mode)
    {
        for (var order = 0; order < 60; order++)
        {
            Venue.Order(Bob, Perpetual, Side.Sell, Price + order, 1);
        }

        Venue.Order(Alice, Perpetual, Side.Sell, Price + 60, 1);
        var id = Buy(Alice, 70, mode, Price + 80);
        Assert.That(Engine.Processor.HasPendingWork, Is.True);
        Engine.DrainPendingWork();
        Assert.That(Engine.Reports()[^1], Is.EqualTo($"{id} canceled 10 SelfTrade"));
        Venue.Order(Carol, Perpetual, Side.Buy, 99_000, 1);
        Assert.That(Engine.Count(OrderAcceptedDecoder.TemplateId), Is.EqualTo(1), "not busy any more");
    }

    [Test]
    public void What_prevention_takes_leaves_the_margin()
    {
        Venue.Order(Alice, Perpetual, Side.Sell, Price, 5);
        Buy(Alice, 5, SelfTradePrevention.Decrement);
        Assert.That(Engine.View.OrderCount, Is.Zero);
        Assert.That(Engine.View.FreeEquity(new AccountId(Alice)), Is.EqualTo(Engine.View.Equity(new AccountId(Alice))));
    }

    [Test]
    public void A_group_is_given_to_accounts_of_clients_only()
    {
        Venue.Group(63, 1);
        Assert.That(Engine.Events.Count(record => record.SchemaId == CommandRefusedDecoder.SchemaId &&
            record.TemplateId == CommandRefusedDecoder.TemplateId), Is.EqualTo(1));
    }

    private ulong Buy(uint account, long lots, SelfTradePrevention mode, long price = Price) => Venue.Extended(
        account, Perpetual, Side.Buy, price, lots, terms => terms.SelfTradePrevention = mode);

    private ulong FillOrKill(long lots, SelfTradePrevention mode) =>
        Venue.Extended(Alice, Perpetual, Side.Buy, Price, lots, terms =>
        {
            terms.SelfTradePrevention = mode;
            terms.TimeInForce = TimeInForce.FillOrKill;
        });
}
