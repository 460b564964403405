using HftDelta.Client;
using HftDelta.Client.Orders;
using HftDelta.Primitives.Units;
using NUnit.Framework;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Tests.Client.EndToEnd;

/// <summary>
/// Fees, withdrawals and transfers from a client through gateway and engine and back, over the venue's death too.
/// </summary>
[CancelAfter(60_000)]
internal sealed class MoneyTests
{
    private static readonly Int128 Unit = (Int128)1 << 32;

    [Test]
    public void Both_sides_of_a_trade_are_told_what_it_cost()
    {
        using var world = new TradedWorld(traders: 2);
        world.Venue.ListMoney();
        var (one, maker) = Connect(world, TradedVenue.FirstTrader);
        var (other, taker) = Connect(world, TradedVenue.FirstTrader + 1);
        world.Until(() => one.Orders.IsEstablished && other.Orders.IsEstablished, "both are established");
        one.Orders.NewOrder(Order(Side.Sell));
        world.Until(() => maker.Outcomes.Count == 1, "it rests");
        other.Orders.NewOrder(Order(Side.Buy));
        world.Until(() => maker.Fees.Count == 1 && taker.Fees.Count == 1, "both are told");

        // 4 lots at 1,000 atoms: 4 atoms of a taker, of which a maker gets 2.
        Assert.That(taker.Fees.Single().Value, Is.EqualTo(4 * Unit));
        Assert.That(maker.Fees.Single().Value, Is.EqualTo(-2 * Unit));
    }

    [Test]
    public void A_withdrawal_that_a_dead_venue_held_is_released_by_its_successor()
    {
        using var world = new TradedWorld(traders: 1);
        world.Venue.ListMoney();
        var (client, told) = Connect(world, TradedVenue.FirstTrader);
        world.Until(() => client.Orders.IsEstablished, "it is established");
        client.Orders.RequestWithdrawal(new WithdrawalTerms { Amount = new AssetAtoms(600) });
        client.Orders.RequestWithdrawal(new WithdrawalTerms { Asset = new AssetId(1), Amount = new AssetAtoms(30) });
        client.Orders.RequestWithdrawal(new WithdrawalTerms { Asset = new AssetId(1), Amount = new AssetAtoms(41) });
        client.Orders.CancelWithdrawal(new WithdrawalId(1));
        world.Until(() => told.Outcomes.Count == 4, "all are answered");
        world.Venue.Kill();
        world.Until(() => !client.Orders.IsEstablished, "it is noticed");
        world.Until(() => client.Orders.IsEstablished, "it is established again");
        world.Venue.CloseEpoch(1);
        world.Until(() => told.OrderLines.Any(line => line.Contains("Released", StringComparison.Ordinal)), "it is released");

        Assert.That(told.OrderLines.Where(line => line.StartsWith("withdrawal", StringComparison.Ordinal)), Is.EqualTo(new[]
        {
            "withdrawal 1 Held 600 of 0 left 999999400 epoch 0 code 0", "withdrawal 2 Held 30 of 1 left 40 epoch 0 code 0",
            "withdrawal 1 Canceled 600 of 0 left 1000000000 epoch 0 code 0",
            "withdrawal 2 Released 30 of 1 left 40 epoch 1 code 0",
        }));
        Assert.That(world.Venue.View.Deposited(new AssetId(1)).Value, Is.EqualTo(40));
    }

    [Test]
    public void Money_goes_to_the_owners_other_account_whose_session_is_told()
    {
        using var world = new TradedWorld(traders: 2);
        var (one, giver) = Connect(world, TradedVenue.FirstTrader);
        var (other, taker) = Connect(world, TradedVenue.FirstTrader + 1);
        world.Until(() => one.Orders.IsEstablished && other.Orders.IsEstablished, "both are established");
        one.Orders.Transfer(
            new TransferTerms { To = new AccountId(TradedVenue.FirstTrader + 1), Amount = new AssetAtoms(250) });
        world.Until(() => taker.OrderLines.Any(), "the other is told");
        Assert.That(taker.OrderLines.Single(), Is.EqualTo("balance TransferIn 250 of 0 now 1000000250 by 16"));
        world.Until(() => giver.OrderLines.Count() == 2, "the giver is told");
        Assert.That(giver.OrderLines.Last(), Is.EqualTo("gave 250 of 0 to 17 left 999999750"));
    }

    private static (VenueClient Client, ToldEvents Told) Connect(TradedWorld world, uint trader)
    {
        var told = new ToldEvents();
        return (world.Add(new VenueClient(world.OptionsOf(trader), told)), told);
    }

    private static OrderTerms Order(Side side) => new()
    {
        Instrument = new InstrumentId(1),
        Side = side,
        Price = new PriceTicks(TradedVenue.StartPrice),
        Quantity = new QuantityLots(4),
    };
}
