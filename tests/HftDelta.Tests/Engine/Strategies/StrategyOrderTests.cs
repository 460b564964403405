using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Quotes;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Strategies;

/// <summary>Orders of a strategy in its own book: trades of the legs, margin of what is open, what is refused.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class StrategyOrderTests : StrategyFixture
{
    [Test]
    public void A_trade_in_the_own_book_is_a_trade_in_each_leg()
    {
        var maker = Sell(Alice, Spread, 5, 10);
        var taker = Buy(Bob, Spread, 3, 12);
        Assert.That(Told(), Is.EqualTo(new[]
        {
            $"{taker} accepted 3 @ 12",
            Filled(maker, 3, 10, "Maker", 2), Filled(taker, 3, 10, "Taker", 0),
            $"{maker} leg 1 Sell 3 @ 100010 Maker", $"{taker} leg 1 Buy 3 @ 100010 Taker", "trade 1 Buy 3 @ 100010",
            $"{maker} leg 3 Buy 3 @ 100000 Maker", $"{taker} leg 3 Sell 3 @ 100000 Taker", "trade 3 Sell 3 @ 100000",
            "trade 4 Buy 3 @ 10",
        }));
        Assert.That(PositionOf(Bob), Is.EqualTo(3));
        Assert.That(PositionOf(Bob, Future), Is.EqualTo(-3));
        Assert.That(PositionOf(Alice), Is.EqualTo(-3));
        Assert.That(PositionOf(Alice, Future), Is.EqualTo(3));
        Assert.That((long)(Engine.View.Equity(new AccountId(Bob)).Value >> 32), Is.EqualTo(Money - 30), "10 above the marks");
        Assert.That((long)(Engine.View.Equity(new AccountId(Alice)).Value >> 32), Is.EqualTo(Money + 30));
    }

    [TestCase(0)]
    [TestCase(-7)]
    public void A_price_may_be_zero_or_negative(long price)
    {
        var maker = Buy(Alice, Spread, 2, price);
        var taker = Sell(Bob, Spread, 2, price);
        Assert.That(Told(), Does.Contain(Filled(maker, 2, price, "Maker", 0)).And.Contain($"trade 1 Sell 2 @ {100_000 + price}"));
        Assert.That(PositionOf(Bob), Is.EqualTo(-2));
        Assert.That(Told()[0], Is.EqualTo($"{taker} accepted 2 @ {price}"));
    }

    [Test]
    public void The_first_leg_of_ratio_one_takes_what_the_marks_leave()
    {
        var mark = (long)(Engine.View.Mark(new InstrumentId(Call)).Value >> 32);
        Assert.That(mark, Is.GreaterThan(100), "an option at the money is worth something");
        Sell(Alice, Cover, 4, 95_000);
        Buy(Bob, Cover, 4, 95_000);
        Assert.That(Told(), Does.Contain($"trade 2 Sell 8 @ {mark}").And.Contain($"trade 1 Buy 4 @ {95_000 + (2 * mark)}"));
        Assert.That(PositionOf(Bob, Call), Is.EqualTo(-8));
        Assert.That(PositionOf(Bob), Is.EqualTo(4));
    }

    [Test]
    public void What_is_open_is_margined_in_each_leg_until_it_goes()
    {
        var free = FreeEquity(Alice);
        var id = Buy(Alice, Spread, 10, 50);
        Assert.That(FreeEquity(Alice), Is.EqualTo(free - 200_000 - 500), "a tenth of both notionals, and what is paid above");
        id = Venue.Replace(Alice, Spread, id, 50, 4);
        Assert.That(Told(), Is.EqualTo(new[] { $"{id} replaced 4 @ 50 leaves 4 kept" }));
        Assert.That(FreeEquity(Alice), Is.EqualTo(free - 80_000 - 200));
        id = Venue.Replace(Alice, Spread, id, -20, 5);
        Assert.That(Told(), Is.EqualTo(new[] { $"{id} replaced 5 @ -20 leaves 5 lost" }));
        Assert.That(FreeEquity(Alice), Is.EqualTo(free - 100_000));
        Venue.Cancel(Alice, Spread, id);
        Assert.That(Told(), Is.EqualTo(new[] { $"{id} canceled 5 Requested" }));
        Assert.That(FreeEquity(Alice), Is.EqualTo(free));
    }

    [Test]
    public void An_order_that_the_account_cannot_carry_in_all_legs_is_refused()
    {
        Venue.OpenTrader(30, 25_000);
        var id = Buy(30, Spread, 2, 0);
        Assert.That(Told(), Is.EqualTo(new[] { $"{id} rejected InsufficientMargin 0" }));
        Buy(30, Spread, 1, 0);
        id = Venue.Replace(30, Spread, Venue.LastClientOrderId, 0, 2);
        Assert.That(Told(), Is.EqualTo(new[] { $"{id} cancel-rejected InsufficientMargin 0" }));
        id = Buy(30, Perpetual, 1, 100_000);
        Assert.That(Told(), Is.EqualTo(new[] { $"{id} rejected InsufficientMargin 0" }), "the open strategy counts");
    }

    [Test]
    public void An_order_far_away_sets_nothing_off()
    {
        var free = FreeEquity(Alice);
        Buy(Alice, Perpetual, 1, 101_000);
        Assert.That(FreeEquity(Alice), Is.EqualTo(free - 11_000));
        Buy(Alice, Spread, 1, -1_000_000);
        Assert.That(FreeEquity(Alice), Is.EqualTo(free - 31_000), "a tenth of the notionals of its legs more");
    }

    [Test]
    public void Terms_that_strategies_do_not_know_are_refused()
    {
        Refuses(RejectCode.BadOrderType, terms => (terms.OrderType, terms.TriggerSource, terms.TriggerPrice) =
            (OrderType.StopLimit, TriggerSource.LastTrade, 5));
        Refuses(RejectCode.BadOrderType, terms => terms.OrderType = OrderType.MarketToLimit);
        Refuses(RejectCode.BadOrderType, terms => terms.OrderType = OrderType.Pegged);
        Refuses(RejectCode.BadFlagCombination, terms => terms.DisplayQuantity = 1);
        Refuses(RejectCode.BadFlagCombination, terms => terms.Flags = ExecutionFlags.ReduceOnly);
        Refuses(RejectCode.BadFlagCombination, terms => terms.Flags = ExecutionFlags.PostOnly | ExecutionFlags.Reprice);
        Refuses(RejectCode.BadTrigger, terms => terms.TriggerPrice = 5);
        Refuses(RejectCode.BadFlagCombination, terms => terms.Flags = ExecutionFlags.MarketMakerProtection);
        Venue.Quote(Alice, Spread, -2, 1, 2, 1);
        Assert.That(Engine.Answer(), Does.Contain("BadFlagCombination").And.Not.Contain("ok"));
        var id = Buy(Alice, Spread, 1, (1L << 40) + 1);
        Assert.That(Told(), Is.EqualTo(new[] { $"{id} rejected BadPrice {1L << 40}" }));
        id = Sell(Alice, Spread, 1, -(1L << 40) - 1);
        Assert.That(Told(), Is.EqualTo(new[] { $"{id} rejected BadPrice {-(1L << 40)}" }));
        Assert.That(Engine.View.OrderCount, Is.Zero);
    }

    [Test]
    public void Of_several_broken_rules_the_first_decides()
    {
        Refuses(RejectCode.BadOrderType, terms =>
            (terms.OrderType, terms.Flags) = (OrderType.MarketToLimit, (ExecutionFlags)0x40));
        Venue.SetRules(Spread, new TradingRules { OrderLotsMax = 5 });
        var id = Buy(Alice, Spread, 1L << 30, 1L << 30);
        var most = (1L << 56) / ((1L << 30) + 100_000);
        Assert.That(Told(), Is.EqualTo(new[] { $"{id} rejected BadQuantity {most}" }), "the perpetual's price is the tightest");
        Venue.ChangeState(Future, InstrumentState.Halted);
        Venue.Quote(Alice, Spread, -2, 1, 2, 1);
        Assert.That(Engine.Answer(), Does.Contain("NotInThisState").And.Not.Contain("BadFlagCombination"));
    }

    [Test]
    public void Nothing_is_taken_while_a_leg_is_not_open()
    {
        var standing = Sell(Alice, Spread, 1, 0);
        Venue.ChangeState(Future, InstrumentState.Halted);
        var id = Buy(Bob, Spread, 1, 0);
        Assert.That(Told(), Is.EqualTo(new[] { $"{id} rejected NotInThisState {(int)InstrumentState.Halted}" }));
        id = Venue.Replace(Alice, Spread, standing, -1, 1);
        Assert.That(Told()[0], Does.StartWith($"{id} cancel-rejected NotInThisState"));
        Venue.Cancel(Alice, Spread, standing);
        Assert.That(Engine.View.OrderCount, Is.Zero, "cancels are served");
        Venue.ChangeState(Future, InstrumentState.Open);
        Buy(Bob, Spread, 1, 0);
        Assert.That(Engine.View.OrderCount, Is.EqualTo(1));
    }

    [Test]
    public void Self_trade_prevention_and_immediate_orders_work_as_in_any_book()
    {
        var own = Sell(Alice, Spread, 2, 5);
        var other = Sell(Bob, Spread, 2, 6);
        var id = Venue.Extended(Alice, Spread, Side.Buy, 6, 5, terms =>
            (terms.SelfTradePrevention, terms.TimeInForce) = (SelfTradePrevention.Decrement, TimeInForce.ImmediateOrCancel));
        Assert.That(Told().Where(line => !line.Contains("leg", StringComparison.Ordinal) && line[0] != 't'), Is.EqualTo(new[]
        {
            $"{id} accepted 5 @ 6", $"{own} decremented 2 leaves 0", $"{id} decremented 2 leaves 3",
            Filled(other, 2, 6, "Maker", 0), Filled(id, 2, 6, "Taker", 1), $"{id} canceled 1 ImmediateRemainder",
        }));
        Assert.That(Engine.View.OrderCount, Is.Zero);
    }

    [Test]
    public void Fill_or_kill_counts_the_own_book_alone()
    {
        Sell(Bob, Perpetual, 10, 100_000);
        Buy(Carol, Future, 10, 100_000);
        Sell(Bob, Spread, 4, 1);
        var id = FillOrKill(5);
        Assert.That(Told(), Is.EqualTo(new[] { $"{id} accepted 5 @ 1", $"{id} canceled 5 MinimumNotMet" }));
        FillOrKill(4);
        Assert.That(Told(), Does.Contain("trade 4 Buy 4 @ 1"), "although the legs would be cheaper");
        Assert.That(PositionOf(Carol, Future), Is.Zero);
    }

    private ulong FillOrKill(long lots) =>
        Venue.Extended(Alice, Spread, Side.Buy, 1, lots, terms => terms.TimeInForce = TimeInForce.FillOrKill);

    private void Refuses(RejectCode code, Action<ExtendedTerms> more)
    {
        var id = Venue.Extended(Alice, Spread, Side.Buy, 1, 2, more);
        Assert.That(Told(), Is.EqualTo(new[] { $"{id} rejected {code} 0" }));
    }
}
