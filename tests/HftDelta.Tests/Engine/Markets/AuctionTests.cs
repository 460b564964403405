using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Markets;

/// <summary>Calls that end in one price: indications, the uncross, its reports.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class AuctionTests : VenueFixture
{
    private const InstrumentState Open = InstrumentState.Open;
    private const InstrumentState Opening = InstrumentState.OpeningAuction;

    [Test]
    public void Orders_fill_in_price_time_priority_at_one_price_and_both_are_makers()
    {
        Venue.ChangeState(Perpetual, Opening);
        var low = Venue.Order(Alice, Perpetual, Side.Buy, 100_010, 4);
        var high = Venue.Order(Bob, Perpetual, Side.Buy, 100_020, 3);
        var later = Venue.Order(Carol, Perpetual, Side.Buy, 100_010, 4);
        var offer = Venue.Order(Carol, Perpetual, Side.Sell, 100_010, 5);
        var best = Venue.Order(Bob, Perpetual, Side.Sell, 99_990, 3);
        Venue.ChangeState(Perpetual, Open);

        Assert.That(Engine.Reports(), Is.EqualTo(new[]
        {
            $"{high} filled 3 @ 100010 Maker leaves 0", $"{best} filled 3 @ 100010 Maker leaves 0",
            $"{low} filled 4 @ 100010 Maker leaves 0", $"{offer} filled 4 @ 100010 Maker leaves 1",
            $"{later} filled 1 @ 100010 Maker leaves 3", $"{offer} filled 1 @ 100010 Maker leaves 0",
        }));
        Assert.That(Engine.Market(), Is.EqualTo(new[]
        {
            "1 is Open", "1 traded 3 @ 100010", "1 traded 4 @ 100010", "1 traded 1 @ 100010", "1 Open 8 @ 100010 Buy 3",
        }));
        Assert.That(PositionOf(Alice), Is.EqualTo(4));
        Assert.That(PositionOf(Bob), Is.Zero);
        Assert.That(PositionOf(Carol), Is.EqualTo(-4));
        var trade = TradeDecoder.Trusted(Engine.Last(TradeDecoder.TemplateId));
        Assert.That(trade.AggressorSide, Is.EqualTo(Side.Buy));
        Venue.Order(Alice, Perpetual, Side.Sell, 100_010, 3);
        Assert.That(PositionOf(Carol), Is.EqualTo(-1), "what was left trades continuously");
    }

    [Test]
    public void Indications_are_told_when_price_volume_or_imbalance_change_and_not_otherwise()
    {
        Venue.ChangeState(Perpetual, Opening);
        Venue.Order(Alice, Perpetual, Side.Buy, 100_020, 5);
        Assert.That(Engine.Market(), Is.Empty, "nothing crosses, as at the begin");
        var offer = Venue.Order(Bob, Perpetual, Side.Sell, 100_020, 2);
        Assert.That(Engine.Market(), Is.EqualTo(new[] { "1 OpeningAuction 2 @ 100020 Buy 3" }));
        Venue.Order(Bob, Perpetual, Side.Sell, 100_020, 8);
        Assert.That(Engine.Market(), Is.EqualTo(new[] { "1 OpeningAuction 5 @ 100020 Sell 5" }));
        Venue.Order(Bob, Perpetual, Side.Sell, 100_050, 8);
        Assert.That(Engine.Market(), Is.Empty, "outside");
        Venue.Cancel(Bob, Perpetual, offer);
        Assert.That(Engine.Market(), Is.EqualTo(new[] { "1 OpeningAuction 5 @ 100020 Sell 3" }));
        Venue.CloseSession(Alice);
        Engine.DrainPendingWork();
        Assert.That(Engine.Market(), Is.EqualTo(new[] { "1 OpeningAuction 0 @ none Buy 0" }));
    }

    [Test]
    public void An_indication_comes_before_the_tops_and_there_is_none_before_the_auction()
    {
        Venue.ChangeState(Perpetual, InstrumentState.PreOpen);
        Venue.Order(Alice, Perpetual, Side.Buy, 100_020, 5);
        Venue.Order(Bob, Perpetual, Side.Sell, 100_010, 2);
        Assert.That(Engine.Market(), Is.Empty);
        Venue.ChangeState(Perpetual, Opening);
        Assert.That(Engine.Market(), Is.EqualTo(new[] { "1 is OpeningAuction", "1 OpeningAuction 2 @ 100010 Buy 3" }));
        Venue.Order(Bob, Perpetual, Side.Sell, 100_010, 2);
        Assert.That(Engine.Words(), Is.EqualTo(new[]
        {
            OrderAcceptedDecoder.TemplateId, AuctionIndicationDecoder.TemplateId, BookTopDecoder.TemplateId,
        }));
    }

    [Test]
    public void Hidden_quantity_counts_for_the_price_and_is_refreshed_behind_the_others()
    {
        Venue.ChangeState(Perpetual, Opening);
        var hiding = Venue.Extended(Alice, Perpetual, Side.Buy, 100_000, 10, terms => terms.DisplayQuantity = 4);
        var plain = Venue.Order(Bob, Perpetual, Side.Buy, 100_000, 3);
        var offer = Venue.Order(Carol, Perpetual, Side.Sell, 100_000, 12);
        Assert.That(Engine.Market(), Is.EqualTo(new[] { "1 OpeningAuction 12 @ 100000 Buy 1" }));
        Venue.ChangeState(Perpetual, Open);

        Assert.That(Engine.Reports(), Is.EqualTo(new[]
        {
            $"{hiding} filled 4 @ 100000 Maker leaves 6", $"{offer} filled 4 @ 100000 Maker leaves 8",
            $"{plain} filled 3 @ 100000 Maker leaves 0", $"{offer} filled 3 @ 100000 Maker leaves 5",
            $"{hiding} filled 4 @ 100000 Maker leaves 2", $"{offer} filled 4 @ 100000 Maker leaves 1",
            $"{hiding} filled 1 @ 100000 Maker leaves 1", $"{offer} filled 1 @ 100000 Maker leaves 0",
        }));
    }

    [Test]
    public void A_crossed_book_that_was_halted_is_uncrossed_when_it_opens()
    {
        Venue.ChangeState(Perpetual, Opening);
        Venue.Order(Alice, Perpetual, Side.Buy, 100_020, 5);
        Venue.Order(Bob, Perpetual, Side.Sell, 100_020, 5);
        Venue.ChangeState(Perpetual, InstrumentState.Halted);
        Assert.That(Engine.Market(), Is.EqualTo(new[] { "1 is Halted" }));
        Venue.ChangeState(Perpetual, Open);
        Assert.That(Engine.Market(), Is.EqualTo(
            new[] { "1 is Open", "1 traded 5 @ 100020", "1 Open 5 @ 100020 Buy 0" }));
    }

    [Test]
    public void The_last_trade_is_the_reference_and_before_the_first_the_mark()
    {
        Venue.ChangeState(Perpetual, Opening);
        Venue.Order(Alice, Perpetual, Side.Buy, 100_030, 5);
        Venue.Order(Bob, Perpetual, Side.Sell, 99_970, 5);
        Assert.That(Engine.Market(), Is.EqualTo(new[] { "1 OpeningAuction 5 @ 100000 Buy 0" }), "the mark lies between");
        Venue.ChangeState(Perpetual, Open);
        Venue.Order(Alice, Perpetual, Side.Buy, 100_010, 1);
        Venue.Order(Bob, Perpetual, Side.Sell, 100_010, 1);
        Venue.ChangeState(Perpetual, Opening);
        Venue.Order(Alice, Perpetual, Side.Buy, 100_030, 5);
        Venue.Order(Bob, Perpetual, Side.Sell, 99_970, 5);
        Assert.That(Engine.Market(), Is.EqualTo(new[] { "1 OpeningAuction 5 @ 100010 Buy 0" }), "the last trade");
        Venue.SetRules(Perpetual, new TradingRules { Increments = [(1, 30)] });
        Venue.Order(Carol, Perpetual, Side.Buy, 90, 1);
        Assert.That(
            Engine.Market(), Is.EqualTo(new[] { "1 OpeningAuction 5 @ 100030 Buy 0" }), "20 away, the other 40");
    }

    [Test]
    public void An_order_without_a_position_to_reduce_ends_and_the_rest_is_uncrossed_again()
    {
        Venue.Order(Alice, Perpetual, Side.Buy, 100_000, 5);
        Venue.Order(Bob, Perpetual, Side.Sell, 100_000, 5);
        Venue.ChangeState(Perpetual, Opening);
        var reduce = Venue.Order(Bob, Perpetual, Side.Buy, 100_050, 5, flags: ExecutionFlags.ReduceOnly);
        var out1 = Venue.Order(Bob, Perpetual, Side.Buy, 100_060, 5);
        var far = Venue.Order(Carol, Perpetual, Side.Buy, 100_000, 5);
        var sell1 = Venue.Order(Alice, Perpetual, Side.Sell, 99_000, 5);
        var sell2 = Venue.Order(Alice, Perpetual, Side.Sell, 99_990, 5);
        Venue.ChangeState(Perpetual, Open);

        Assert.That(Engine.Reports(), Is.EqualTo(new[]
        {
            $"{out1} filled 5 @ 100050 Maker leaves 0", $"{sell1} filled 5 @ 100050 Maker leaves 0",
            $"{reduce} canceled 5 WouldNotReduce",
            $"{far} filled 5 @ 100000 Maker leaves 0", $"{sell2} filled 5 @ 100000 Maker leaves 0",
        }));
        Assert.That(Engine.Market().Where(line => line.Contains("Open ")), Is.EqualTo(
            new[] { "1 Open 5 @ 100050 Buy 0", "1 Open 5 @ 100000 Buy 0" }));
    }
}
