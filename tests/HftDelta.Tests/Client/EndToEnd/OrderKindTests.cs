using HftDelta.Client;
using HftDelta.Client.Orders;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Tests.Client.EndToEnd;

/// <summary>Orders of further kinds from a client through gateway and engine and back.</summary>
[CancelAfter(60_000)]
internal sealed class OrderKindTests
{
    [Test]
    public void A_hidden_order_and_one_that_prevents_self_trades_are_told_to_their_clients()
    {
        using var world = new TradedWorld(traders: 2);
        var maker = new ToldEvents();
        var taker = new ToldEvents();
        using var one = world.Add(new VenueClient(world.OptionsOf(TradedVenue.FirstTrader), maker));
        using var other = world.Add(new VenueClient(world.OptionsOf(TradedVenue.FirstTrader + 1), taker));
        world.Until(() => one.Orders.IsEstablished && other.Orders.IsEstablished, "both are established");

        one.Orders.NewOrder(Order(Side.Sell, 6) with { DisplayQuantity = new QuantityLots(2) });
        world.Until(() => maker.Outcomes.Count == 1, "the hidden order rests");
        other.Orders.NewOrder(Order(Side.Buy, 5) with { TimeInForce = TimeInForce.FillOrKill });
        world.Until(() => taker.OrderLines.Count() >= 4, "it is filled part by part");
        var order = maker.Outcomes[0].OrderId.Value;
        world.Until(() => Of(maker, "fill").Length == 3, "the maker hears of each part");
        Assert.That(
            Of(maker, "fill").Select(line => line[line.IndexOf("lots", StringComparison.Ordinal)..]),
            Is.EqualTo(new[] { "lots 2 leaves 4", "lots 2 leaves 2", "lots 1 leaves 1" }));

        one.Orders.NewOrder(Order(Side.Buy, 3) with { SelfTradePrevention = SelfTradePrevention.Decrement });
        world.Until(() => Of(maker, "decremented").Length == 2, "both orders are told");
        Assert.That(maker.OrderLines, Does.Contain($"decremented {order} by 1 leaves 0"));
        Assert.That(maker.OrderLines, Does.Contain($"decremented {maker.Outcomes[1].OrderId.Value} by 1 leaves 2"));
    }

    private static OrderTerms Order(Side side, long lots) => new()
    {
        Instrument = new InstrumentId(1),
        Side = side,
        Price = new PriceTicks(TradedVenue.StartPrice),
        Quantity = new QuantityLots(lots),
    };

    private static string[] Of(ToldEvents told, string word) =>
        [.. told.OrderLines.Where(line => line.StartsWith(word, StringComparison.Ordinal))];
}
