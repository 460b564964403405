using HftDelta.Client;
using HftDelta.Client.Orders;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Tests.Client.EndToEnd;

/// <summary>Mass quotes, protection and mass cancels from a client through gateway and engine and back.</summary>
[CancelAfter(60_000)]
internal sealed class MassRequestTests
{
    [Test]
    public void A_quote_is_hit_protection_pulls_it_and_a_mass_cancel_ends_the_rest()
    {
        using var world = new TradedWorld(traders: 2);
        var maker = new ToldEvents();
        var taker = new ToldEvents();
        using var one = world.Add(new VenueClient(world.OptionsOf(TradedVenue.FirstTrader), maker));
        using var other = world.Add(new VenueClient(world.OptionsOf(TradedVenue.FirstTrader + 1), taker));
        world.Until(() => one.Orders.IsEstablished && other.Orders.IsEstablished, "both are established");

        one.Orders.SetProtection(new ProtectionTerms
        {
            Underlying = new UnderlyingId(1), WindowNanos = 60_000_000_000, CountLimit = 1,
        });
        one.Orders.NewOrder(Order(Side.Buy, TradedVenue.StartPrice - 5, 1));
        one.Orders.MassQuote(
            new MassQuoteTerms { Underlying = new UnderlyingId(1), IsProtected = true },
            [
                new QuoteEntry
                {
                    Instrument = new InstrumentId(1),
                    BidPrice = new PriceTicks(TradedVenue.StartPrice - 1),
                    BidQuantity = new QuantityLots(4),
                    AskPrice = new PriceTicks(TradedVenue.StartPrice + 1),
                    AskQuantity = new QuantityLots(4),
                },
            ]);
        world.Until(() => maker.OrderLines.Any(line => line.StartsWith("quoted 1 0", StringComparison.Ordinal)), "it rests");
        other.Orders.NewOrder(Order(Side.Buy, TradedVenue.StartPrice + 1, 1));
        world.Until(
            () => maker.OrderLines.Count(line => line.EndsWith("MarketMakerProtection", StringComparison.Ordinal)) == 2,
            "both sides are pulled");
        Assert.That(maker.OrderLines, Has.Some.StartsWith("protection acted in 1"));

        one.Orders.MassCancel(new MassCancelTerms { Side = SideFilter.Buy });
        world.Until(() => maker.OrderLines.Any(line => line.StartsWith("mass-canceled 1", StringComparison.Ordinal)), "told");
        Assert.That(one.Orders.Outstanding, Is.Zero);
        Assert.That(maker.Outcomes, Has.Count.EqualTo(4));
    }

    private static OrderTerms Order(Side side, long price, long lots) => new()
    {
        Instrument = new InstrumentId(1),
        Side = side,
        Price = new PriceTicks(price),
        Quantity = new QuantityLots(lots),
    };
}
