using HftDelta.Engine;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Markets;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Quotes;

/// <summary>Market-maker protection: when it acts, what it ends, and that nothing of it is filled afterwards.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class ProtectionTests : VenueFixture
{
    private const ExecutionFlags Protected = ExecutionFlags.MarketMakerProtection;
    private const ulong Second = VenueScript.Second;
    private const long OneDelta = 1L << 32;

    protected override EngineLimits Limits => EngineLimits.Small with
    {
        Accounts = 64,
        Orders = 4_096,
        EventSlotsPerCommand = EngineLimits.EventSlotsPerCommandMin,
        PendingUnitsPerCommand = 10,
        Protections = 2,
    };

    [TestCase(5L, 0L, 0u)]
    [TestCase(0L, 5 * OneDelta, 0u)]
    [TestCase(0L, 0L, 3u)]
    public void It_acts_when_a_count_reaches_its_limit(long lots, long delta, uint count)
    {
        Venue.SetProtection(Alice, Second, lots: lots, delta: delta, count: count);
        var bid = Venue.Quote(Alice, Perpetual, 99_000, 9, 101_000, 9, Protected);
        Venue.Order(Bob, Perpetual, Side.Sell, 99_000, 2);
        Venue.Order(Bob, Perpetual, Side.Sell, 99_000, 2);
        Assert.That(Engine.Told(), Has.None.EqualTo("protection acted"));
        Venue.Order(Bob, Perpetual, Side.Sell, 99_000, 1);
        Assert.That(Engine.Told()[^1], Is.EqualTo("protection acted"));
        Venue.Quote(Alice, Perpetual, 99_000, 1, 101_000, 1);
        Assert.That(Engine.Told(), Is.EqualTo(new[]
        {
            $"{bid} canceled 9 MarketMakerProtection", $"{bid} canceled 4 MarketMakerProtection",
            $"{Venue.LastClientOrderId} not quoted ProtectionActive 0",
        }), "newest first, as pending work of the next command");
        Assert.That(PositionOf(Alice), Is.EqualTo(5));
    }

    [Test]
    public void Buys_and_sells_set_each_other_off_in_delta_and_not_in_lots()
    {
        Venue.SetProtection(Alice, Second, delta: 4 * OneDelta, lots: 9);
        Venue.Quote(Alice, Perpetual, 99_000, 20, 101_000, 20, Protected);
        Venue.Order(Bob, Perpetual, Side.Sell, 99_000, 3);
        Venue.Order(Bob, Perpetual, Side.Buy, 101_000, 4);
        Assert.That(Engine.Told(), Has.None.EqualTo("protection acted"), "3 and -4 are -1");
        Venue.Order(Bob, Perpetual, Side.Buy, 101_000, 2);
        Assert.That(Engine.Told()[^1], Is.EqualTo("protection acted"), "nine lots");
    }

    [Test]
    public void A_sold_delta_counts_by_its_size_and_an_option_with_its_own()
    {
        Venue.SetProtection(Alice, Second, delta: 2 * OneDelta);
        Venue.Quote(Alice, Call, 0, 0, 10_000, 20, Protected);
        Venue.Order(Bob, Call, Side.Buy, 10_000, 3);
        Assert.That(Engine.Told(), Has.None.EqualTo("protection acted"), "half a delta each, or a little more");
        Venue.Order(Bob, Call, Side.Buy, 10_000, 1);
        Assert.That(Engine.Told()[^1], Is.EqualTo("protection acted"));
    }

    [Test]
    public void Nothing_is_filled_after_it_acted_not_even_in_the_same_sweep()
    {
        Venue.SetProtection(Alice, Second, count: 2);
        var orders = Enumerable.Range(0, 4)
            .Select(place => Venue.Order(Alice, Perpetual, Side.Sell, 100_000 + place, 1, flags: Protected)).ToArray();
        var plain = Venue.Order(Alice, Perpetual, Side.Sell, 100_003, 1);
        var other = Venue.Order(Carol, Perpetual, Side.Sell, 100_002, 1);
        var taker = Venue.Order(Bob, Perpetual, Side.Buy, 100_003, 9);
        Assert.That(Engine.Told()[3..], Is.EqualTo(new[]
        {
            $"{orders[1]} filled 1 @ 100001 Maker leaves 0", $"{taker} filled 1 @ 100001 Taker leaves 7",
            "protection acted",
            $"{orders[2]} canceled 1 MarketMakerProtection",
            $"{other} filled 1 @ 100002 Maker leaves 0", $"{taker} filled 1 @ 100002 Taker leaves 6",
            $"{orders[3]} canceled 1 MarketMakerProtection",
            $"{plain} filled 1 @ 100003 Maker leaves 0", $"{taker} filled 1 @ 100003 Taker leaves 5",
        }));
        Assert.That(PositionOf(Alice), Is.EqualTo(-3));
    }

    [Test]
    public void A_protected_order_that_takes_ends_with_its_own_sweep()
    {
        Venue.SetProtection(Alice, Second, lots: 3);
        Venue.Order(Bob, Perpetual, Side.Sell, 100_000, 2);
        Venue.Order(Bob, Perpetual, Side.Sell, 100_000, 2);
        Venue.Order(Bob, Perpetual, Side.Sell, 100_000, 2);
        var order = Venue.Order(Alice, Perpetual, Side.Buy, 100_000, 9, flags: Protected);
        Assert.That(PositionOf(Alice), Is.EqualTo(4));
        Assert.That(Engine.Told()[^2..], Is.EqualTo(new[] { "protection acted", $"{order} canceled 5 MarketMakerProtection" }));
    }

    [Test]
    public void A_window_ends_and_the_next_fill_begins_another()
    {
        Venue.SetProtection(Alice, Second, count: 2);
        Venue.Quote(Alice, Perpetual, 99_000, 20, 0, 0, Protected);
        Sell();
        Engine.TimeNanos += Second;
        Sell();
        Assert.That(Engine.Told(), Has.None.EqualTo("protection acted"), "the first window is over");
        Engine.TimeNanos += Second - 1;
        Sell();
        Assert.That(Engine.Told()[^1], Is.EqualTo("protection acted"), "the second is not");
    }

    [Test]
    public void The_freeze_ends_by_itself_and_counting_begins_anew()
    {
        Venue.SetProtection(Alice, 100 * Second, freezeNanos: 5 * Second, count: 2);
        Venue.Quote(Alice, Perpetual, 99_000, 20, 0, 0, Protected);
        Sell();
        Sell();
        var until = Engine.TimeNanos + (5 * Second);
        Assert.That(
            ProtectionReportDecoder.Trusted(Engine.Single(ProtectionReportDecoder.TemplateId)).FrozenUntil, Is.EqualTo(until));
        Engine.TimeNanos = until - 1;
        Venue.Quote(Alice, Perpetual, 99_000, 20, 0, 0, Protected);
        Assert.That(Engine.Answer(), Does.EndWith($"not quoted ProtectionActive {until}"));
        Venue.Order(Alice, Perpetual, Side.Buy, 98_000, 1, flags: Protected);
        Assert.That(Engine.Reject(), Is.EqualTo($"ProtectionActive {until}"));
        Venue.Order(Alice, Perpetual, Side.Buy, 98_000, 1);
        Assert.That(Engine.Count(OrderAcceptedDecoder.TemplateId), Is.EqualTo(1), "orders without it are free");
        Engine.TimeNanos = until;
        Venue.Quote(Alice, Perpetual, 99_000, 20, 0, 0, Protected);
        Assert.That(Engine.Answer(), Does.EndWith("quoted ok/-"));
        Sell();
        Assert.That(Engine.Told(), Has.None.EqualTo("protection acted"), "the first of a new count");
        Sell();
        Assert.That(Engine.Told()[^1], Is.EqualTo("protection acted"));
    }

    [Test]
    public void The_next_request_ends_the_freeze_and_what_was_pulled_still_ends()
    {
        Venue.SetProtection(Alice, Second, count: 1);
        for (var order = 0; order < 60; order++)
        {
            Venue.Order(Alice, Perpetual, Side.Buy, 98_000, 1, flags: Protected);
        }

        var pulled = Venue.LastClientOrderId - 50;
        var unprotected = Venue.Order(Alice, Perpetual, Side.Buy, 97_000, 1);
        Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 1, flags: Protected);
        Sell();
        Assert.That(Engine.Told()[^1], Is.EqualTo("protection acted"));
        Venue.SetProtection(Alice, Second, count: 2);
        Assert.That(Engine.Told()[^1], Is.EqualTo("protection set"));
        var late = Venue.Order(Alice, Perpetual, Side.Buy, 98_500, 1, flags: Protected);
        Assert.That(Engine.View.OrderCount, Is.GreaterThan(20), "the test's own premise: the pull is not finished");
        Venue.Replace(Alice, Perpetual, pulled, 98_000, 1);
        Assert.That(Engine.CancelReject(), Is.EqualTo(RejectCode.ProtectionActive), "it is only waiting for its end");
        Venue.Order(Bob, Perpetual, Side.Sell, 98_000, 2);
        Assert.That(Engine.Told(), Has.Some.EqualTo($"{late} filled 1 @ 98500 Maker leaves 0"));
        Engine.DrainPendingWork();
        Assert.That(PositionOf(Alice), Is.EqualTo(2), "the one that acted and the one that came after it");
        Venue.Cancel(Alice, Perpetual, unprotected);
        Assert.That(Engine.Told(), Is.EqualTo(new[] { $"{unprotected} canceled 1 Requested" }));
        Assert.That(Engine.View.OrderCount, Is.EqualTo(1), "what Bob has left");
    }

    [Test]
    public void It_can_act_again_while_the_pull_before_is_not_finished()
    {
        Venue.SetProtection(Alice, Second, count: 1);
        for (var order = 0; order < 60; order++)
        {
            Venue.Order(Alice, Perpetual, Side.Buy, 98_000, 1, flags: Protected);
        }

        Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 1, flags: Protected);
        Sell();
        Venue.SetProtection(Alice, Second, count: 1);
        Venue.Order(Alice, Perpetual, Side.Buy, 99_000, 2, flags: Protected);
        Sell();
        Assert.That(Engine.Told()[^1], Is.EqualTo("protection acted"));
        Assert.That(Engine.View.OrderCount, Is.GreaterThan(10), "the test's own premise");
        Engine.DrainPendingWork();
        Assert.That(Engine.View.OrderCount, Is.Zero);
        Assert.That(PositionOf(Alice), Is.EqualTo(2));
    }

    [Test]
    public void An_uncross_counts_and_ends_what_was_pulled()
    {
        Venue.SetProtection(Alice, Second, count: 1);
        Venue.ChangeState(Perpetual, InstrumentState.OpeningAuction);
        Venue.Order(Alice, Perpetual, Side.Buy, 100_000, 1, flags: Protected);
        var second = Venue.Order(Alice, Perpetual, Side.Buy, 100_000, 2, flags: Protected);
        var behind = Venue.Order(Carol, Perpetual, Side.Buy, 100_000, 3);
        Venue.Order(Bob, Perpetual, Side.Sell, 100_000, 3);
        Venue.ChangeState(Perpetual, InstrumentState.Open);
        Assert.That(Engine.Told()[2..^1], Is.EqualTo(new[]
        {
            "protection acted", $"{second} canceled 2 MarketMakerProtection", $"{behind} filled 2 @ 100000 Maker leaves 1",
        }));
        Assert.That(PositionOf(Alice), Is.EqualTo(1));
    }

    [Test]
    public void All_at_once_terms_do_not_count_on_it()
    {
        Venue.Order(Alice, Perpetual, Side.Sell, 100_000, 5, flags: Protected);
        var order = Venue.Order(Bob, Perpetual, Side.Buy, 100_000, 5, TimeInForce.FillOrKill);
        Assert.That(Engine.Told()[^1], Is.EqualTo($"{order} canceled 5 MinimumNotMet"));
    }

    [Test]
    public void Off_and_other_accounts_and_other_underlyings_are_left_alone()
    {
        Venue.SetProtection(Alice, Second, count: 1);
        Venue.SetProtection(Alice, 0, count: 1);
        Venue.SetProtection(Bob, Second, count: 1);
        Venue.ListUnderlying(2);
        Venue.SetProtection(Alice, Second, count: 1, underlying: 2);
        Venue.Quote(Alice, Perpetual, 99_000, 5, 0, 0, Protected);
        Sell();
        Sell();
        Assert.That(Engine.Told(), Has.None.EqualTo("protection acted"));
        Assert.That(PositionOf(Alice), Is.EqualTo(2));
    }

    [Test]
    public void What_makes_no_sense_or_finds_no_room_is_refused()
    {
        Venue.SetProtection(63, Second, session: Alice);
        Assert.That(Engine.Answer(), Is.EqualTo("protection not set UnknownAccount"));
        Venue.SetProtection(Bob, Second, session: Alice);
        Assert.That(Engine.Answer(), Is.EqualTo("protection not set AccountNotOfSession"));
        Venue.SetProtection(Alice, Second, underlying: 5);
        Assert.That(Engine.Answer(), Is.EqualTo("protection not set UnknownUnderlying"));
        Venue.SetProtection(Alice, Second, lots: -1);
        Assert.That(Engine.Answer(), Is.EqualTo("protection not set BadParameter"));
        Venue.SetProtection(Alice, Second, delta: -1);
        Assert.That(Engine.Answer(), Is.EqualTo("protection not set BadParameter"));
        Venue.SetProtection(Alice, Second);
        Venue.SetProtection(Bob, Second);
        Venue.SetProtection(Carol, Second);
        Assert.That(Engine.Answer(), Is.EqualTo("protection not set CapacityExhausted"));
        Venue.SetProtection(Carol, 0);
        Assert.That(Engine.Answer(), Is.EqualTo("protection set"), "off needs no room");
        Venue.SetProtection(Alice, 0);
        Venue.SetProtection(Carol, Second);
        Assert.That(Engine.Answer(), Is.EqualTo("protection set"), "Alice's place is free");
    }

    /// <summary>Bob sells one to the best bid.</summary>
    private void Sell() =>
        Venue.Order(Bob, Perpetual, Side.Sell, 97_000, 1, TimeInForce.ImmediateOrCancel);
}
