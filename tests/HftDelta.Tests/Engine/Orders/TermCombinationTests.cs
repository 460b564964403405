using HftDelta.Simulation.Engines;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Orders;

/// <summary>Terms that do not go together are refused as such; the list is that of docs/matching-rules.md section 2.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class TermCombinationTests : VenueFixture
{
    [TestCase(OrderType.Limit, TimeInForce.ImmediateOrCancel, ExecutionFlags.PostOnly)]
    [TestCase(OrderType.Limit, TimeInForce.FillOrKill, ExecutionFlags.PostOnly)]
    [TestCase(OrderType.MarketToLimit, TimeInForce.GoodTillCancel, ExecutionFlags.PostOnly)]
    [TestCase(OrderType.Market, TimeInForce.GoodTillCancel, ExecutionFlags.None)]
    [TestCase(OrderType.Market, TimeInForce.GoodTillDate, ExecutionFlags.None)]
    [TestCase(OrderType.MarketToLimit, TimeInForce.FillOrKill, ExecutionFlags.None)]
    public void Type_time_and_flags_must_fit(OrderType type, TimeInForce timeInForce, ExecutionFlags flags)
    {
        Send(terms =>
        {
            terms.OrderType = type;
            terms.TimeInForce = timeInForce;
            terms.Flags = flags;
        });
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.BadFlagCombination));
    }

    [TestCase(OrderType.Limit, TimeInForce.FillOrKill, ExecutionFlags.None)]
    [TestCase(OrderType.MarketToLimit, TimeInForce.GoodTillCancel, ExecutionFlags.None)]
    [TestCase(OrderType.Limit, TimeInForce.GoodTillCancel, ExecutionFlags.PostOnly)]
    public void A_minimum_goes_only_with_orders_that_take_and_may_rest(
        OrderType type, TimeInForce timeInForce, ExecutionFlags flags)
    {
        Send(terms =>
        {
            terms.OrderType = type;
            terms.TimeInForce = timeInForce;
            terms.Flags = flags;
            terms.MinimumQuantity = 1;
        });
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.BadFlagCombination));
    }

    [Test]
    public void A_peg_offset_belongs_to_pegged_orders()
    {
        Send(terms => terms.PegOffset = 1);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.BadFlagCombination));
    }

    [Test]
    public void A_trigger_belongs_to_stops()
    {
        Send(terms => terms.TriggerPrice = 1);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.BadTrigger));
        Send(terms => terms.TriggerSource = TriggerSource.Mark);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.BadTrigger));
        Send(terms => terms.TrailingAmount = 1);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.BadTrigger));
        Send(terms => terms.TrailingUnit = TrailingUnit.Ticks);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.BadTrigger));
    }

    [Test]
    public void All_or_none_is_refused_by_its_own_code_in_both_messages()
    {
        Send(terms => terms.Flags = ExecutionFlags.AllOrNone);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.AllOrNoneNotOffered));
        Venue.Order(Bob, Perpetual, Side.Buy, 100_000, 1, flags: ExecutionFlags.AllOrNone);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.AllOrNoneNotOffered));
    }

    [Test]
    public void Values_are_judged_before_combinations_and_combinations_before_prices()
    {
        Send(terms =>
        {
            terms.OrderType = (OrderType)99;
            terms.Flags = ExecutionFlags.AllOrNone;
        });
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.BadOrderType));
        Venue.Extended(Bob, Perpetual, Side.Buy, 0, 0, terms => terms.OrderType = OrderType.Market);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.BadFlagCombination));
        Venue.Extended(Bob, Perpetual, Side.Buy, 0, 0, terms => terms.TriggerPrice = 5);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.BadPrice));
        Send(terms => terms.TimeInForce = (TimeInForce)77);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.BadTimeInForce));
        Send(terms => terms.SelfTradePrevention = (SelfTradePrevention)9);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.BadSelfTradePrevention));
    }

    private void Send(Action<ExtendedTerms> more) => Venue.Extended(Bob, Perpetual, Side.Buy, 100_000, 10, more);
}
