using HftDelta.Engine;
using HftDelta.Engine.Output;
using HftDelta.Primitives.Collections;
using HftDelta.Primitives.Records;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Markets;

/// <summary>States, auctions, bands, rules and switches make no garbage once they have been used.</summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed unsafe class MarketAllocationTests : VenueFixture
{
    private const int Rounds = 60;

    [Test]
    public void Nothing_of_a_market_allocates_after_its_first_rounds()
    {
        var half = 0;
        for (var round = 0; round < Rounds; round++)
        {
            half = round == Rounds / 2 ? Engine.Commands.Count : half;
            PlayRound();
        }

        Assert.That(Engine.View.LastTradeId, Is.GreaterThan((ulong)Rounds), "the test's own premise");
        var slots = Limits.OutboundRingSlotsMin;
        using var memory = new NativeSlab<RecordSlot>(slots);
        using var processor = new CommandProcessor(Limits, new EventWriter(memory.Pointer, slots, Limits.EventSlotsPerCommand));
        Apply(processor, 0, half);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Apply(processor, half, Engine.Commands.Count);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.That(allocated, Is.Zero);
        Assert.That(processor.StateHash(), Is.EqualTo(Engine.Processor.StateHash()));
    }

    private void Apply(CommandProcessor processor, int from, int to)
    {
        for (var place = from; place < to; place++)
        {
            var (envelope, frame) = Engine.Commands[place];
            processor.Apply(in envelope, frame);
        }
    }

    private void PlayRound()
    {
        Venue.SetRules(Perpetual, new TradingRules
        {
            Increments = [(1, 5), (100_000, 10)], LotSize = 1, OrderLotsMax = 100, PositionLotsMax = 10_000,
            AccountOrdersMax = 100, StaticBandPpm = 50_000, DynamicBandPpm = 1_000,
            VolatilityAuctionNanos = VenueScript.Second,
        });
        Venue.ChangeState(0, InstrumentState.OpeningAuction, underlying: 1);
        Venue.Order(Alice, Perpetual, Side.Buy, 100_010, 5);
        Venue.Extended(Bob, Perpetual, Side.Sell, 100_000, 6, terms => terms.DisplayQuantity = 2);
        Venue.ChangeState(0, InstrumentState.Open, underlying: 1);
        Venue.Order(Carol, Perpetual, Side.Sell, 100_500, 1);
        Venue.Order(Alice, Perpetual, Side.Buy, 100_500, 3);
        Engine.TimeNanos += 2 * VenueScript.Second;
        Venue.Kill(Bob, cancelsOrders: true);
        Venue.Kill(0, cancelsOrders: true);
        Engine.DrainPendingWork();
        Venue.Kill(Bob, isOn: false);
        Venue.Kill(0, isOn: false);
    }
}
