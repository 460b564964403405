using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Markets;

/// <summary>What each market state takes, who changes it, and when it ends by itself.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class MarketStateTests : VenueFixture
{
    private const InstrumentState Open = InstrumentState.Open;

    [TestCase(InstrumentState.PreOpen)]
    [TestCase(InstrumentState.OpeningAuction)]
    [TestCase(InstrumentState.VolatilityAuction)]
    public void A_call_takes_orders_that_rest_and_trades_nothing(InstrumentState state)
    {
        Venue.ChangeState(Perpetual, state);
        Assert.That(Engine.Market(), Is.EqualTo(new[] { $"1 is {state}" }));
        var buy = Venue.Order(Alice, Perpetual, Side.Buy, 100_010, 5);
        Venue.Order(Bob, Perpetual, Side.Sell, 100_000, 5, flags: ExecutionFlags.PostOnly);
        Assert.That(Engine.Count(OrderAcceptedDecoder.TemplateId), Is.EqualTo(1), "post-only is taken as it is");
        Assert.That(Engine.Count(TradeDecoder.TemplateId), Is.Zero);
        Assert.That(PositionOf(Alice), Is.Zero);

        Venue.Replace(Alice, Perpetual, buy, 100_020, 6);
        Assert.That(Engine.Reports()[0], Does.EndWith("replaced 6 @ 100020 leaves 6 lost"));
        Venue.Cancel(Alice, Perpetual, Venue.LastClientOrderId);
        Assert.That(Engine.Count(OrderCanceledDecoder.TemplateId), Is.EqualTo(1));
    }

    [Test]
    public void A_call_refuses_what_can_only_take()
    {
        Venue.ChangeState(Perpetual, InstrumentState.PreOpen);
        Venue.Order(Alice, Perpetual, Side.Buy, 100_010, 5, TimeInForce.ImmediateOrCancel);
        Assert.That(Engine.Reject(), Is.EqualTo("NotInThisState 4"));
        Venue.Order(Alice, Perpetual, Side.Buy, 100_010, 5, TimeInForce.FillOrKill);
        Assert.That(Engine.Reject(), Is.EqualTo("NotInThisState 4"));
        foreach (var type in new[] { OrderType.Market, OrderType.MarketToLimit })
        {
            Venue.Extended(Alice, Perpetual, Side.Buy, 100_010, 5, terms =>
            {
                terms.OrderType = type;
                terms.TimeInForce = TimeInForce.ImmediateOrCancel;
            });
            Assert.That(Engine.Reject(), Is.EqualTo("NotInThisState 4"));
        }

        Venue.Extended(Alice, Perpetual, Side.Buy, 100_010, 5, terms => terms.MinimumQuantity = 2);
        Assert.That(Engine.Reject(), Is.EqualTo("NotInThisState 4"));
    }

    [TestCase(InstrumentState.Halted, 7)]
    [TestCase(InstrumentState.Closed, 8)]
    [TestCase(InstrumentState.Settling, 9)]
    public void A_stopped_market_takes_cancels_and_nothing_else(InstrumentState state, int bound)
    {
        var order = Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 5);
        Venue.ChangeState(Perpetual, state);
        Venue.Order(Bob, Perpetual, Side.Sell, 99_000, 1);
        Assert.That(Engine.Reject(), Is.EqualTo($"NotInThisState {bound}"));
        Venue.Replace(Alice, Perpetual, order, 98_000, 5);
        Assert.That(Engine.CancelReject(), Is.EqualTo(RejectCode.NotInThisState));
        Venue.Order(Bob, Call, Side.Buy, 3, 1);
        Assert.That(Engine.Count(OrderAcceptedDecoder.TemplateId), Is.EqualTo(1), "other markets go on");
        Venue.Cancel(Alice, Perpetual, order);
        Assert.That(Engine.Count(OrderCanceledDecoder.TemplateId), Is.EqualTo(1));

        Venue.ChangeState(Perpetual, Open);
        Venue.Order(Bob, Perpetual, Side.Sell, 99_000, 1);
        Assert.That(Engine.Count(OrderAcceptedDecoder.TemplateId), Is.EqualTo(1));
    }

    [Test]
    public void Every_live_instrument_of_an_underlying_changes_in_the_order_of_ids()
    {
        Venue.ListPerpetual(3);
        Venue.ChangeState(0, InstrumentState.Halted, underlying: 1);
        Assert.That(Engine.Market(), Is.EqualTo(new[] { "1 is Halted", "2 is Halted", "3 is Halted" }));
        Engine.TimeNanos = Expiry;
        Engine.Tick();
        Assert.That(Engine.Count(InstrumentDefinitionDecoder.TemplateId), Is.EqualTo(1), "the halted call expires");
        Engine.DrainPendingWork();
        Venue.ChangeState(0, Open, underlying: 1);
        Assert.That(Engine.Market(), Is.EqualTo(new[] { "1 is Open", "3 is Open" }));
    }

    [Test]
    public void What_names_no_market_or_no_state_is_refused()
    {
        Venue.ChangeState(77, Open);
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.UnknownInstrument));
        Venue.ChangeState(0, Open, underlying: 9);
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.UnknownUnderlying));
        foreach (var state in new[] { 0, (int)InstrumentState.Expired, (int)InstrumentState.Removed, 10, 200 })
        {
            Venue.ChangeState(Perpetual, (InstrumentState)state);
            Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.BadParameter), $"{state}");
        }

        Engine.TimeNanos = Expiry;
        Engine.Tick();
        Venue.ChangeState(Call, Open);
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.InstrumentNotOpen));
        Engine.DrainPendingWork();
        Venue.ChangeState(Call, Open);
        Assert.That(Engine.Refusal(), Is.EqualTo(RejectCode.InstrumentNotOpen), "removed");
    }

    [TestCase(InstrumentState.OpeningAuction)]
    [TestCase(InstrumentState.VolatilityAuction)]
    public void An_auction_ends_when_a_commands_time_reaches_its_end(InstrumentState state)
    {
        Venue.SetRules(Perpetual, new TradingRules
        {
            OpeningAuctionNanos = 5 * VenueScript.Second, VolatilityAuctionNanos = 5 * VenueScript.Second,
        });
        Venue.ChangeState(Perpetual, state);
        var end = InstrumentStatusDecoder.Trusted(Engine.Single(InstrumentStatusDecoder.TemplateId)).EndTime;
        Assert.That(end, Is.EqualTo(Engine.TimeNanos + (5 * VenueScript.Second)));
        Engine.TimeNanos = end - 1;
        Engine.Tick();
        Assert.That(Engine.Market(), Is.Empty);
        Engine.TimeNanos = end;
        Engine.Tick();
        Assert.That(Engine.Market(), Is.EqualTo(new[] { "1 is Open" }));
        Engine.TimeNanos = end + (60 * VenueScript.Second);
        Engine.Tick();
        Assert.That(Engine.Market(), Is.Empty);
    }

    [Test]
    public void Ends_of_several_auctions_are_kept_apart_and_one_without_length_stays()
    {
        Venue.ListPerpetual(3);
        Venue.SetRules(Perpetual, new TradingRules { OpeningAuctionNanos = 9 * VenueScript.Second });
        Venue.SetRules(3, new TradingRules { OpeningAuctionNanos = 4 * VenueScript.Second });
        var begin = Engine.TimeNanos;
        Venue.ChangeState(0, InstrumentState.OpeningAuction, underlying: 1);
        Engine.TimeNanos = begin + (4 * VenueScript.Second);
        Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 1);
        Assert.That(Engine.Market(), Is.EqualTo(new[] { "3 is Open" }), "any command brings the time");
        Engine.TimeNanos = begin + (3_600 * VenueScript.Second);
        Engine.Tick();
        Assert.That(Engine.Market(), Is.EqualTo(new[] { "1 is Open" }));
        Assert.That(
            Engine.View.InstrumentState(new HftDelta.Primitives.Units.InstrumentId(Call)),
            Is.EqualTo(InstrumentState.OpeningAuction));
    }

    [Test]
    public void A_state_that_is_left_early_does_not_end_again_at_its_time()
    {
        Venue.SetRules(Perpetual, new TradingRules { OpeningAuctionNanos = 5 * VenueScript.Second });
        Venue.ChangeState(Perpetual, InstrumentState.OpeningAuction);
        Venue.ChangeState(Perpetual, InstrumentState.Halted);
        Engine.TimeNanos += 10 * VenueScript.Second;
        Engine.Tick();
        Assert.That(Engine.Market(), Is.Empty, "halted until the operator says");
    }

    [TestCase(InstrumentState.PreOpen)]
    [TestCase(InstrumentState.VolatilityAuction)]
    [TestCase(InstrumentState.Halted)]
    [TestCase(InstrumentState.Settling)]
    public void An_instrument_expires_from_every_state_with_a_crossed_book(InstrumentState state)
    {
        Venue.ChangeState(Call, InstrumentState.PreOpen);
        Venue.Order(Alice, Call, Side.Buy, 500, 2);
        Venue.Order(Bob, Call, Side.Sell, 400, 2);
        Venue.ChangeState(Call, state);
        Engine.TimeNanos = Expiry;
        Engine.Tick();
        Engine.DrainPendingWork();

        Assert.That(Engine.Count(OrderCanceledDecoder.TemplateId), Is.EqualTo(2));
        Assert.That(Engine.View.OrderCount, Is.Zero);
        Assert.That(
            Engine.View.InstrumentState(new HftDelta.Primitives.Units.InstrumentId(Call)),
            Is.EqualTo(InstrumentState.Removed));
    }

    [Test]
    public void Delta_is_settled_and_positions_are_margined_while_nothing_trades()
    {
        Venue.Order(Alice, Perpetual, Side.Buy, 100_000, 10);
        Venue.Order(Bob, Perpetual, Side.Sell, 100_000, 10);
        Venue.ChangeState(Perpetual, InstrumentState.Halted);
        var before = Engine.View.Cash(new HftDelta.Primitives.Units.AccountId(Alice)).Value;
        Venue.Oracle(100_500);
        Venue.Deposit(Alice, 1);
        Assert.That(Engine.View.Cash(new HftDelta.Primitives.Units.AccountId(Alice)).Value, Is.EqualTo(before + 5_000 + 1));
    }
}
