using HftDelta.Engine;
using HftDelta.Engine.Markets;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Markets;

/// <summary>
/// Auctions larger than one command may handle: fills and the search for the price go on in the next commands, and the fixture
/// replays every test.
/// </summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class AuctionBoundTests : VenueFixture
{
    private const int Makers = 100;

    protected override EngineLimits Limits => EngineLimits.Small with
    {
        Accounts = 64,
        Orders = 16_384,
        OrdersPerSession = 16_384,
        EventSlotsPerCommand = EngineLimits.EventSlotsPerCommandMin,
        PendingUnitsPerCommand = 10,
        LevelsPerBook = 8_192,
    };

    [Test]
    public void An_uncross_goes_on_at_the_head_of_the_next_commands_while_the_instrument_is_busy()
    {
        Gather(Makers);
        Venue.ChangeState(Perpetual, InstrumentState.Open);
        var first = Engine.Count(TradeDecoder.TemplateId);
        Assert.That(first, Is.InRange(1, Makers - 1), "the first slice");
        Venue.Order(Carol, Perpetual, Side.Buy, 99_000, 1);
        Assert.That(Engine.OrderReject(), Is.EqualTo(RejectCode.InstrumentBusy));
        Assert.That(Engine.Count(TradeDecoder.TemplateId), Is.InRange(1, 10), "ten units");
        Engine.DrainPendingWork();

        Assert.That(PositionOf(Alice), Is.EqualTo(Makers));
        Assert.That(PositionOf(Bob), Is.EqualTo(-Makers));
        Assert.That(Engine.Market()[^1], Is.EqualTo($"1 Open {Makers} @ 100000 Buy 0"));
        Assert.That(Engine.SlotsMost, Is.LessThanOrEqualTo(Limits.EventSlotsPerCommand + 16));
        Venue.Order(Carol, Perpetual, Side.Buy, 99_000, 1);
        Assert.That(Engine.Count(OrderAcceptedDecoder.TemplateId), Is.EqualTo(1));
    }

    [Test]
    public void Cancels_are_served_while_an_uncross_is_pending_and_a_change_of_state_waits_for_its_end()
    {
        Gather(Makers);
        var last = Venue.LastClientOrderId;
        Venue.ChangeState(Perpetual, InstrumentState.Open);
        Venue.Cancel(Bob, Perpetual, last);
        Assert.That(Engine.Count(OrderCanceledDecoder.TemplateId), Is.EqualTo(1));
        Venue.ChangeState(Perpetual, InstrumentState.PreOpen);
        Venue.ChangeState(Perpetual, InstrumentState.Halted);
        Assert.That(Engine.Market(), Has.None.Contains(" is "));
        Engine.DrainPendingWork();

        Assert.That(PositionOf(Alice), Is.EqualTo(Makers - 1));
        Assert.That(Engine.Market().Where(line => !line.Contains("traded")), Is.EqualTo(
            new[] { $"1 Open {Makers - 1} @ 100000 Buy 0", "1 is Halted" }), "the last word counts");
    }

    [Test]
    public void A_search_over_more_levels_than_a_command_has_steps_for_goes_on_as_pending_work()
    {
        const int Levels = 1_500;
        GatherLevels(Levels);
        var indications = new List<string>();
        Assert.That(Engine.Processor.HasPendingWork, Is.False, "3,000 levels fit");
        HideAll(Levels);
        Assert.That(Engine.Processor.HasPendingWork, Is.True, "with hidden quantity each order is a step");
        var ticks = 0;
        for (; Engine.Processor.HasPendingWork; ticks++)
        {
            Engine.Tick(TickReason.PendingWork);
            indications.AddRange(Engine.Market());
        }

        Assert.That(ticks, Is.InRange(1, 3));
        Assert.That(indications, Has.Count.EqualTo(1));
        Assert.That(indications[0], Does.Contain($" {(3 * Levels) + 3} @ "));
    }

    [Test]
    public void A_search_begins_again_when_an_order_goes_in_between_and_the_uncross_is_right()
    {
        const int Levels = 1_500;
        GatherLevels(Levels);
        HideAll(Levels);
        Venue.ChangeState(Perpetual, InstrumentState.Open);
        Assert.That(Engine.Count(TradeDecoder.TemplateId), Is.Zero, "the search is not done");
        Venue.Cancel(Alice, Perpetual, _first);
        Assert.That(Engine.Count(OrderCanceledDecoder.TemplateId), Is.EqualTo(1));
        Engine.DrainPendingWork();

        Assert.That(Engine.Market()[^1], Does.Contain($"1 Open {(3 * Levels) + 2} @ "));
        Assert.That(PositionOf(Alice) + PositionOf(Carol), Is.EqualTo((3 * Levels) + 2));
    }

    [Test]
    public void A_change_of_many_instruments_goes_on_in_the_order_of_ids()
    {
        for (uint id = 3; id <= 40; id++)
        {
            Venue.ListPerpetual(id);
        }

        Venue.ChangeState(0, InstrumentState.PreOpen, underlying: 1);
        Engine.DrainPendingWork();
        Gather(Makers);
        Venue.ChangeState(0, InstrumentState.Open, underlying: 1);
        Engine.DrainPendingWork();
        var opened = Engine.Market().Where(line => line.EndsWith(" is Open", StringComparison.Ordinal)).ToArray();
        Assert.That(opened, Is.EqualTo(Enumerable.Range(1, 40).Select(id => $"{id} is Open")));
    }

    private ulong _first;

    /// <summary>As many pairs that trade at 100,000.</summary>
    private void Gather(int pairs)
    {
        Venue.ChangeState(Perpetual, InstrumentState.PreOpen);
        for (var pair = 0; pair < pairs; pair++)
        {
            Venue.Order(Alice, Perpetual, Side.Buy, 100_000, 1);
            Venue.Order(Bob, Perpetual, Side.Sell, 100_000, 1);
        }
    }

    /// <summary>One lot at each of so many prices of both sides, all of which trade.</summary>
    private void GatherLevels(int levels)
    {
        Venue.ChangeState(Perpetual, InstrumentState.OpeningAuction);
        for (var level = 0; level < levels; level++)
        {
            _first = level == 0 ? Venue.Order(Alice, Perpetual, Side.Buy, 100_000, 1) : _first;
            Venue.Order(Alice, Perpetual, Side.Buy, 100_000 + level, 1);
            Venue.Order(Bob, Perpetual, Side.Sell, 100_000 - level, 1);
        }

        Assert.That(AuctionSearch.StepsPerCommand, Is.InRange(2 * levels, 4 * levels), "the test's own premise");
    }

    /// <summary>Orders of two lots that show one, so that the search looks at every order.</summary>
    private void HideAll(int levels)
    {
        for (var level = 0; level < levels; level++)
        {
            Venue.Extended(Carol, Perpetual, Side.Buy, 100_000 + level, 2, terms => terms.DisplayQuantity = 1);
            Venue.Order(Bob, Perpetual, Side.Sell, 100_000 - level, 2);
        }

        Venue.Order(Bob, Perpetual, Side.Sell, 99_000, 3);
        Venue.Order(Carol, Perpetual, Side.Buy, 101_500, 2);
    }
}
