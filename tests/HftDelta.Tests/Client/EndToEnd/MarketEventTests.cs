using HftDelta.Client;
using HftDelta.Client.Orders;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Tests.Client.EndToEnd;

/// <summary>Strategies, halts and auctions from the engine through the gateway to what a client is told.</summary>
[CancelAfter(60_000)]
internal sealed class MarketEventTests
{
    private const uint Near = 1;
    private const uint Far = 2;
    private const uint Spread = 3;

    [Test]
    public void A_strategy_order_fills_against_the_legs_and_each_leg_is_told()
    {
        using var world = new TradedWorld(traders: 2);
        var maker = new ToldEvents();
        var taker = new ToldEvents();
        using var one = world.Add(new VenueClient(world.OptionsOf(TradedVenue.FirstTrader), maker));
        using var other = world.Add(new VenueClient(world.OptionsOf(TradedVenue.FirstTrader + 1), taker));
        world.Until(() => one.Orders.IsEstablished && other.Orders.IsEstablished, "both are established");
        world.Venue.ListStrategy();
        world.Until(() => Public(taker).Any(line => line == "public strategy 3: 1 x 1, -1 x 2"), "its legs are told");
        Assert.That(Public(taker).ToList().IndexOf("public instrument 3 Open P1-P2"), Is.Not.Negative, "its definition first");

        one.Orders.NewOrder(Order(Near, Side.Sell, 1_010, 3));
        one.Orders.NewOrder(Order(Far, Side.Buy, 990, 3));
        world.Until(() => one.Orders.Outstanding == 0, "the legs' makers rest");
        other.Orders.NewOrder(Order(Spread, Side.Buy, 20, 2));
        world.Until(() => taker.OrderLines.Count(line => line.StartsWith("leg ", StringComparison.Ordinal)) == 2, "both legs");

        var lines = taker.OrderLines.Where(line => line.StartsWith("fill ", StringComparison.Ordinal)
            || line.StartsWith("leg ", StringComparison.Ordinal)).ToArray();
        Assert.That(lines, Has.Length.EqualTo(3));
        Assert.That(lines[0], Does.StartWith("fill ").And.EndWith("lots 2 leaves 0"), "the strategy's own first");
        Assert.That(lines[1], Does.Contain(" Buy 2 of 1 @ 1010 "));
        Assert.That(lines[2], Does.Contain(" Sell 2 of 2 @ 990 "));
        Assert.That(maker.OrderLines.Count(line => line.StartsWith("fill ", StringComparison.Ordinal)), Is.EqualTo(2));
        var account = new AccountId(TradedVenue.FirstTrader + 1);
        Assert.That(world.Venue.View.Position(account, new InstrumentId(Near)).Value, Is.EqualTo(2));
        Assert.That(world.Venue.View.Position(account, new InstrumentId(Far)).Value, Is.EqualTo(-2));
    }

    [Test]
    public void An_auction_is_seen_from_its_call_to_its_price()
    {
        using var world = new TradedWorld(traders: 1);
        var told = new ToldEvents();
        using var client = world.Add(new VenueClient(world.OptionsOf(TradedVenue.FirstTrader), told));
        world.Until(() => client.Orders.IsEstablished, "established");
        world.Venue.ChangeState(Near, InstrumentState.OpeningAuction);
        world.Until(() => Market(told).Any(), "the call is told");
        client.Orders.NewOrder(Order(Near, Side.Buy, 1_002, 5));
        client.Orders.NewOrder(Order(Near, Side.Sell, 1_001, 3));
        world.Until(() => client.Orders.Outstanding == 0, "both rest");
        world.Venue.ChangeState(Near, InstrumentState.Open);
        world.Until(() => Market(told).Any(line => line.EndsWith("over True", StringComparison.Ordinal)), "the price is told");

        // From 1001 to 1002 three lots trade and two find nobody: the nearest to the mark of 1000 decides.

        Assert.That(Market(told), Is.EqualTo(new[]
        {
            "public state 1 OpeningAuction until 0",
            "public auction 1 OpeningAuction 3 @ 1001 Buy 2 until 0 over False",
            "public state 1 Open until 0",
            "public auction 1 Open 3 @ 1001 Buy 2 until 0 over True",
        }));
    }

    private static IEnumerable<string> Public(ToldEvents told) =>
        told.Lines.Where(line => line.StartsWith("public", StringComparison.Ordinal));

    private static IEnumerable<string> Market(ToldEvents told) => Public(told).Where(line =>
        line.StartsWith("public state", StringComparison.Ordinal) || line.StartsWith("public auction", StringComparison.Ordinal));

    private static OrderTerms Order(uint instrument, Side side, long price, long lots) => new()
    {
        Instrument = new InstrumentId(instrument),
        Side = side,
        Price = new PriceTicks(price),
        Quantity = new QuantityLots(lots),
    };
}
