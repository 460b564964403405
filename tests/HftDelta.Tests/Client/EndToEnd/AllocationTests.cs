using HftDelta.Client;
using HftDelta.Client.Connections;
using HftDelta.Client.MarketData;
using HftDelta.Client.Orders;
using HftDelta.Client.Reports;
using HftDelta.Client.Requests;
using HftDelta.Primitives.Units;
using NUnit.Framework;

namespace HftDelta.Tests.Client.EndToEnd;

/// <summary>Once established, neither a call nor a report nor a callback makes garbage.</summary>
[CancelAfter(60_000)]
internal sealed class AllocationTests
{
    private const int Warm = 2_000;
    private const int Measured = 2_000;

    [Test]
    public void Calls_reports_and_quotes_make_no_garbage()
    {
        using var world = new TradedWorld(traders: 2);
        var counts = new Counts();
        using var one = new VenueClient(world.OptionsOf(TradedVenue.FirstTrader), counts);
        using var other = new VenueClient(world.OptionsOf(TradedVenue.FirstTrader + 1), counts);
        var both = new[] { one, other };
        while (both.Any(client => client.State != ConnectionState.Established))
        {
            Step(world, both);
        }

        var quote = one.Orders.Quotes.Add(new InstrumentId(1));
        Trade(world, both, quote, Warm);
        var before = counts.Copy();
        var allocated = Trade(world, both, quote, Measured);
        Assert.That(counts.Fills - before.Fills, Is.GreaterThan(Measured), "both sides of trades");
        Assert.That(counts.Outcomes - before.Outcomes, Is.GreaterThan(2 * Measured));
        Assert.That(counts.Public - before.Public, Is.GreaterThan(Measured));
        Assert.That(allocated, Is.Zero, $"in {counts.Outcomes - before.Outcomes} outcomes");
    }

    private static long Trade(TradedWorld world, VenueClient[] clients, TwoSidedQuote quote, int rounds)
    {
        var allocated = 0L;
        for (var round = 0; round < rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var price = TradedVenue.StartPrice + (round & 7);
            quote.Set(new PriceTicks(price - 1), new QuantityLots(5), new PriceTicks(price + 1), new QuantityLots(5));
            clients[1].Orders.NewOrder(Aggressive(round, price));
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            for (var step = 0; step < 6; step++)
            {
                allocated += Step(world, clients);
            }
        }

        return allocated;
    }

    private static OrderTerms Aggressive(int round, long price) => new()
    {
        Instrument = new InstrumentId(1),
        Side = (Side)(round & 1),
        Price = new PriceTicks((round & 1) == 0 ? price + 4 : price - 4),
        Quantity = new QuantityLots(3),
        TimeInForce = HftDelta.Wire.TimeInForce.ImmediateOrCancel,
    };

    private static long Step(TradedWorld world, VenueClient[] clients)
    {
        world.Step();
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var client in clients)
        {
            client.DoWork();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private sealed class Counts : VenueListener
    {
        public long Outcomes { get; private set; }

        public long Fills { get; private set; }

        public long Public { get; private set; }

        public Counts Copy() => (Counts)MemberwiseClone();

        public override void OnOutcome(in RequestOutcome outcome) => Outcomes++;

        public override void OnFill(in OrderFill fill) => Fills++;

        public override void OnTrade(in PublicTrade trade) => Public++;

        public override void OnTopOfBook(in TopOfBook top) => Public++;
    }
}
