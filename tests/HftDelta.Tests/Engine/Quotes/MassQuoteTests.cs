using HftDelta.Engine;
using HftDelta.Engine.Sessions;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using NUnit.Framework;
using SessionRoles = HftDelta.Wire.Internal.SessionRoles;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Quotes;

/// <summary>Mass quotes: what stays, what goes, what is refused, and that it is all told.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class MassQuoteTests : VenueFixture
{
    private const uint SecondSession = 10;

    protected override EngineLimits Limits => EngineLimits.Small with
    {
        Accounts = 64, Orders = 4_096, EventSlotsPerCommand = 576, PendingUnitsPerCommand = 10,
    };

    [Test]
    public void Both_sides_rest_and_have_names_of_their_own()
    {
        var quote = Venue.Quote(Alice, Perpetual, 99_000, 5, 101_000, 6);
        Assert.That(Engine.Told(), Is.EqualTo(new[] { $"{quote} quoted ok/ok" }), "no acceptance beside the report");
        var (bid, ask) = Engine.QuoteIds();
        Assert.That(bid, Is.Not.EqualTo(ask));
        AssertTop(99_000, 5, 101_000, 6);

        Venue.Cancel(Alice, Perpetual, quote);
        Assert.That(Engine.CancelReject(), Is.EqualTo(RejectCode.UnknownOrder), "the client's id names two orders");
        Venue.Cancel(Alice, Perpetual, 0, orderId: bid);
        Assert.That(Engine.Told(), Is.EqualTo(new[] { $"{quote} canceled 5 Requested" }));
        Engine.SendRequest(Alice, OrderReplaceRequestEncoder.Wrap(Engine.Buffer).SetAccountId(Alice)
            .SetInstrumentId(Perpetual).SetOrderId(ask).SetClientOrderId(Venue.TakeClientOrderId()).SetPrice(102_000)
            .SetQuantity(6).EncodedLength);
        Assert.That(Engine.CancelReject(), Is.EqualTo(RejectCode.UnknownOrder), "only a quote replaces a quote");
        AssertTop(0, 0, 101_000, 6);
    }

    [Test]
    public void A_quote_keeps_its_place_when_its_price_stays_and_its_quantity_does_not_grow()
    {
        Venue.Quote(Alice, Perpetual, 99_000, 5, 0, 0);
        var (bid, _) = Engine.QuoteIds();
        var behind = Venue.Order(Bob, Perpetual, Side.Buy, 99_000, 5);
        var less = Venue.Quote(Alice, Perpetual, 99_000, 3, 0, 0);
        Assert.That(Engine.Told(), Is.EqualTo(new[] { $"{less} quoted ok/-" }), "nothing went");
        Assert.That(Engine.QuoteIds().Bid, Is.EqualTo(bid), "it is the same order");

        var taker = Venue.Order(Carol, Perpetual, Side.Sell, 99_000, 4);
        Assert.That(Engine.Told()[1..], Is.EqualTo(new[]
        {
            $"{less} filled 3 @ 99000 Maker leaves 0", $"{taker} filled 3 @ 99000 Taker leaves 1",
            $"{behind} filled 1 @ 99000 Maker leaves 4", $"{taker} filled 1 @ 99000 Taker leaves 0",
        }));
    }

    [Test]
    public void What_a_fill_left_is_what_its_quantity_may_not_exceed()
    {
        Venue.Quote(Alice, Perpetual, 99_000, 5, 0, 0);
        Venue.Order(Carol, Perpetual, Side.Sell, 99_000, 2);
        var kept = Venue.Quote(Alice, Perpetual, 99_000, 3, 0, 0);
        Assert.That(Engine.Told(), Is.EqualTo(new[] { $"{kept} quoted ok/-" }));
        var grown = Venue.Quote(Alice, Perpetual, 99_000, 4, 0, 0);
        Assert.That(Engine.Told(), Is.EqualTo(new[] { $"{kept} canceled 3 QuoteReplaced", $"{grown} quoted ok/-" }));
        AssertTop(99_000, 4, 0, 0);
    }

    [Test]
    public void A_quantity_that_grows_or_other_flags_lose_the_place()
    {
        var first = Venue.Quote(Alice, Perpetual, 99_000, 5, 0, 0);
        var behind = Venue.Order(Bob, Perpetual, Side.Buy, 99_000, 5);
        var second = Venue.Quote(Alice, Perpetual, 99_000, 5, 0, 0, ExecutionFlags.MarketMakerProtection);
        Assert.That(Engine.Told(), Is.EqualTo(new[] { $"{first} canceled 5 QuoteReplaced", $"{second} quoted ok/-" }));
        Venue.Order(Carol, Perpetual, Side.Sell, 99_000, 5);
        Assert.That(Engine.Told(), Has.Some.EqualTo($"{behind} filled 5 @ 99000 Maker leaves 0"));
    }

    [Test]
    public void A_side_without_quantity_or_with_a_refused_successor_goes()
    {
        var first = Venue.Quote(Alice, Perpetual, 99_000, 5, 101_000, 6);
        var second = Venue.Quote(Alice, Perpetual, 99_500, 5, 0, 0);
        Assert.That(Engine.Told(), Is.EqualTo(new[]
        {
            $"{first} canceled 5 QuoteReplaced", $"{first} canceled 6 QuoteReplaced", $"{second} quoted ok/-",
        }));
        var third = Venue.Quote(Alice, Perpetual, -1, 5, 101_000, -6);
        Assert.That(Engine.Told(), Is.EqualTo(new[]
        {
            $"{second} canceled 5 QuoteReplaced", $"{third} quoted BadPrice/BadQuantity",
        }));
        Assert.That(Engine.View.OrderCount, Is.Zero);
        Assert.That(Engine.View.FreeEquity(new AccountId(Alice)), Is.EqualTo(Engine.View.Equity(new AccountId(Alice))));
    }

    [Test]
    public void A_quote_never_takes_and_does_not_cross_its_own_other_side()
    {
        Venue.Order(Bob, Perpetual, Side.Sell, 100_500, 1);
        var first = Venue.Quote(Alice, Perpetual, 100_500, 5, 101_000, 6);
        Assert.That(Engine.Told(), Is.EqualTo(new[] { $"{first} quoted WouldTrade/ok" }));
        var second = Venue.Quote(Alice, Perpetual, 100_000, 5, 99_900, 6);
        Assert.That(Engine.Told(), Is.EqualTo(new[]
        {
            $"{first} canceled 6 QuoteReplaced", $"{second} quoted ok/WouldTrade",
        }), "the offer is checked after the bid");
        Assert.That(Engine.View.OrderCount, Is.EqualTo(2));
    }

    [Test]
    public void Old_sides_go_before_new_ones_are_checked()
    {
        Venue.Quote(Alice, Perpetual, 99_000, 5, 99_500, 6);
        Venue.Quote(Alice, Perpetual, 99_600, 5, 99_700, 6);
        Assert.That(Engine.Answer(), Does.EndWith("quoted ok/ok"), "above its own old offer");
        AssertTop(99_600, 5, 99_700, 6);
    }

    [Test]
    public void Each_side_is_margined_after_those_before_it()
    {
        Venue.OpenTrader(30, 30_000);
        Venue.QuoteMany(30, [new QuoteEntry(Perpetual, 99_000, 1, 101_000, 1), new QuoteEntry(Call, 5, 1, 99_999, 9)]);
        Assert.That(Engine.Answer(), Does.EndWith("quoted ok/ok ok/InsufficientMargin"));
        Assert.That(Engine.View.FreeEquity(new AccountId(30)).Value, Is.GreaterThanOrEqualTo((Int128)0));
        Venue.QuoteMany(30, [new QuoteEntry(Perpetual, 99_000, 500, 101_000, 1)]);
        Assert.That(Engine.Answer(), Does.EndWith("quoted InsufficientMargin/ok"), "what the old bid held is not counted");
    }

    [Test]
    public void The_last_quote_of_another_session_is_replaced_and_that_session_is_told()
    {
        Venue.OpenSession(SecondSession, Alice, SessionRoles.Trader);
        var first = Venue.Quote(Alice, Perpetual, 99_000, 5, 0, 0);
        var second = Venue.Quote(Alice, Perpetual, 99_000, 5, 0, 0, session: SecondSession);
        Assert.That(Engine.Told(), Is.EqualTo(new[] { $"{first} canceled 5 QuoteReplaced", $"{second} quoted ok/-" }));
        var canceled = OrderCanceledDecoder.Trusted(Engine.Single(OrderCanceledDecoder.TemplateId));
        Assert.That(canceled.Header.SessionHandle, Is.EqualTo(Alice));
        AssertTop(99_000, 5, 0, 0);
    }

    [Test]
    public void In_a_call_quotes_gather_and_may_cross_and_elsewhere_they_go()
    {
        Venue.ChangeState(Perpetual, InstrumentState.OpeningAuction);
        Venue.Quote(Alice, Perpetual, 100_500, 5, 100_000, 6);
        Assert.That(Engine.Answer(), Does.EndWith("quoted ok/ok"));
        Venue.ChangeState(Perpetual, InstrumentState.Halted);
        var other = Venue.Quote(Alice, Perpetual, 100_500, 5, 0, 0);
        Assert.That(Engine.Told()[^1], Is.EqualTo($"{other} quoted NotInThisState/-"));
        Assert.That(Engine.Told(), Has.Length.EqualTo(3), "what kept its place goes too");
        Assert.That(Engine.View.OrderCount, Is.Zero);
    }

    [Test]
    public void Rules_that_came_later_refuse_a_side_that_would_keep_its_place()
    {
        var first = Venue.Quote(Alice, Perpetual, 99_001, 5, 101_000, 6);
        Venue.SetRules(Perpetual, new TradingRules { LotSize = 2 });
        var second = Venue.Quote(Alice, Perpetual, 99_001, 5, 101_000, 4);
        Assert.That(Engine.Told(), Is.EqualTo(new[]
        {
            $"{first} canceled 5 QuoteReplaced", $"{second} quoted QuantityOffLot/ok",
        }));
        AssertTop(0, 0, 101_000, 4);
    }

    [Test]
    public void A_mass_quote_that_is_refused_changes_nothing()
    {
        var stays = Venue.Quote(Alice, Perpetual, 99_000, 5, 101_000, 6);
        var entry = new QuoteEntry(Perpetual, 99_100, 5, 0, 0);
        AssertRefused("UnknownAccount 0", () => Venue.QuoteMany(63, [entry], session: Alice));
        AssertRefused("AccountNotOfSession 0", () => Venue.QuoteMany(Bob, [entry], session: Alice));
        AssertRefused("UnknownInstrument 0", () => Venue.QuoteMany(Alice, [entry, entry with { Instrument = 99 }]));
        AssertRefused("UnknownUnderlying 0", () => Venue.QuoteMany(Alice, [entry], underlying: 9));
        AssertRefused("BadRange 0", () => Venue.QuoteMany(Alice, [entry, entry]));
        AssertRefused("BadFlagCombination 0", () => Venue.QuoteMany(Alice, [entry], ExecutionFlags.PostOnly));
        AssertRefused(
            $"ClientOrderIdNotIncreasing {stays}", () => Venue.QuoteMany(Alice, [entry], clientOrderId: stays));
        Venue.ListUnderlying(2);
        AssertRefused("BadRange 0", () => Venue.QuoteMany(Alice, [entry], underlying: 2));
        Venue.Kill(Alice);
        AssertRefused("KillSwitch 0", () => Venue.QuoteMany(Alice, [entry]));
        Assert.That(Engine.View.OrderCount, Is.EqualTo(2));
        AssertTop(99_000, 5, 101_000, 6);
    }

    [Test]
    public void The_largest_quote_fits_the_command_and_its_report_is_kept()
    {
        var entries = new List<QuoteEntry>();
        for (uint instrument = 3; instrument < 3 + EngineLimits.QuoteEntriesMax; instrument++)
        {
            Venue.ListPerpetual(instrument);
            entries.Add(new QuoteEntry(instrument, 99_000, 5, 101_000, 6));
        }

        Venue.QuoteMany(Alice, entries);
        Venue.QuoteMany(Alice, [.. entries.Select(entry => entry with { BidPrice = 99_100, AskPrice = 100_900 })]);
        Assert.That(Engine.Told(), Has.Length.EqualTo((2 * EngineLimits.QuoteEntriesMax) + 1));
        Assert.That(Engine.Told()[^1].Split("ok/ok"), Has.Length.EqualTo(EngineLimits.QuoteEntriesMax + 1));
        var report = Engine.Single(MassQuoteReportDecoder.TemplateId);
        Assert.That(report, Has.Length.LessThanOrEqualTo(SessionTable.ReportLengthMaxBytes));
        var sequence = MassQuoteReportDecoder.Trusted(report).Header.Sequence;
        Assert.That(
            Engine.View.RetainedReport(new SessionHandle(Alice), sequence).SequenceEqual(report), "it can be sent again");
        Assert.That(Engine.SlotsMost, Is.LessThanOrEqualTo(
            Limits.EventSlotsPerCommand + HftDelta.Engine.Output.EventWriter.PaddingSlotsMax));
        AssertRefused("BadRange 0", () => Venue.QuoteMany(Alice, [.. entries, new QuoteEntry(Perpetual, 1, 1, 0, 0)]));
    }

    [Test]
    public void Quotes_in_a_busy_instrument_are_refused_and_taken_away()
    {
        for (var order = 0; order < 200; order++)
        {
            Venue.Order(Bob, Perpetual, Side.Sell, 100_000, 1);
        }

        var first = Venue.Quote(Alice, Perpetual, 98_000, 5, 0, 0);
        Venue.Order(Carol, Perpetual, Side.Buy, 100_000, 300);
        var second = Venue.Quote(Alice, Perpetual, 98_000, 4, 0, 0);
        Assert.That(Engine.Told()[^2..], Is.EqualTo(new[]
        {
            $"{first} canceled 5 QuoteReplaced", $"{second} quoted InstrumentBusy/-",
        }));
        Engine.DrainPendingWork();
    }

    private void AssertRefused(string reason, Action quote)
    {
        quote();
        Assert.That(Engine.Told(), Has.Length.EqualTo(1));
        Assert.That(Engine.Answer(), Does.EndWith($"not quoted {reason}"));
    }

    private void AssertTop(long bid, long bidLots, long ask, long askLots)
    {
        Engine.View.TryGetTop(new InstrumentId(Perpetual), HftDelta.Primitives.Units.Side.Buy, out var buy);
        Engine.View.TryGetTop(new InstrumentId(Perpetual), HftDelta.Primitives.Units.Side.Sell, out var sell);
        Assert.That(
            (buy.Price.Value, buy.Volume.Value, sell.Price.Value, sell.Volume.Value),
            Is.EqualTo((bid, bidLots, ask, askLots)));
    }
}
