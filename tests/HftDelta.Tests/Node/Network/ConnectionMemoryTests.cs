using HftDelta.Primitives.Units;
using HftDelta.Tests.Node.Pipeline;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Node.Network;

/// <summary>
/// What a connection had is there for the next one, however many come; and an order on its way makes no garbage.
/// </summary>
[CancelAfter(120_000)]
internal sealed class ConnectionMemoryTests
{
    private const int Connects = 10_000;

    [Test]
    public void Ten_thousand_connects_over_the_network_use_the_memory_of_one()
    {
        // As many places as connections can come and linger within three seconds.
        using var rig = NetworkRig.Trading(
            options => options with { SegmentBytes = 16 << 20 },
            network => network with { ConnectionsMax = 4_096, HandshakesPerSecondMax = Connects });
        var client = rig.Client(NetworkRig.Alice, 1);
        for (var count = 1; count <= Connects; count++)
        {
            client.Received.Clear();
            rig.Establish(client);
            client.Terminate();
            rig.Until(() => rig.Connections == 0, $"the end of connection {count}");
            rig.Pass(1);
        }

        Assert.That(rig.Venue.EgressCounters.ConnectionsEnded.Value, Is.EqualTo(Connects));
        Assert.That(rig.Ingress.Network!.Backlogs, Is.EqualTo(1));
        Assert.That(rig.Venue.Processor.View.SessionHandleLimit, Is.EqualTo(VenueDriver.Taker + 1), "one handle for all");
    }

    [Test]
    public void Ten_thousand_connects_within_the_process_use_the_memory_of_a_few()
    {
        using var driver = VenueDriver.Trading(VenueDriver.SmallOptions() with { SegmentBytes = 16 << 20 });
        var before = driver.Venue.ConnectionRings;
        var session = new SessionHandle(VenueDriver.Maker);
        driver.Venue.Disconnect(driver.ConnectionOf(VenueDriver.Maker));
        driver.Step(3);
        for (var count = 0; count < Connects; count++)
        {
            var connection = driver.Venue.Connect(session, HftDelta.Gateway.Connections.ConnectionInterests.MarketData);
            driver.Venue.Disconnect(connection);
            driver.Step(2);
        }

        Assert.That(driver.Venue.ConnectionRings, Is.LessThanOrEqualTo(before + 2));
    }

    [Test]
    public void A_client_within_the_process_that_leaves_has_its_session_closed()
    {
        using var driver = VenueDriver.Trading();
        driver.Order(VenueDriver.Maker, Side.Sell, 1_001, 5);
        driver.Idle();
        Assert.That(driver.Venue.Processor.View.OrderCount, Is.EqualTo(1));
        var connection = driver.ConnectionOf(VenueDriver.Maker);
        driver.Venue.Disconnect(connection);
        driver.Idle();
        Assert.That(driver.Venue.Processor.View.OrderCount, Is.Zero);
        Assert.That(() => driver.Venue.Disconnect(connection), Throws.ArgumentException);
    }

    [Test]
    public void An_order_makes_no_garbage_from_the_received_datagram_to_the_sent_report()
    {
        using var rig = NetworkRig.Trading(options => options with { SegmentBytes = 16 << 20 });
        var seller = rig.Established(NetworkRig.Alice, 1, keepAliveMillis: 60_000, wantsMarketData: true);
        var buyer = rig.Established(NetworkRig.Bob, 2, keepAliveMillis: 60_000);
        var sell = seller.OrderFrame(Side.Sell, 1_001, 1, sequence: 1);
        var buy = buyer.OrderFrame(Side.Buy, 1_001, 1, sequence: 1);
        Trade(rig, seller, buyer, sell, buy, 1, 2_000);

        var allocated = Trade(rig, seller, buyer, sell, buy, 2_001, 2_000);

        Assert.That(rig.Venue.Processor.View.LastTradeId, Is.EqualTo(4_000), "every pair traded");
        Assert.That(buyer.Reports()[^1].Sequence, Is.EqualTo(8_000), "and was told");
        Assert.That(allocated, Is.Zero, "in 4,000 orders, their reports and their public data");
    }

    /// <summary>The clients make garbage as they like; what is measured is the venue with its transport.</summary>
    private static long Trade(
        NetworkRig rig, RawClient seller, RawClient buyer, byte[] sell, byte[] buy, int first, int count)
    {
        long allocated = 0;
        for (var number = first; number < first + count; number++)
        {
            Send(seller, sell, number);
            allocated += Step(rig, seller, buyer);
            Send(buyer, buy, number);
            allocated += Step(rig, seller, buyer);
        }

        for (var step = 0; step < 20; step++)
        {
            allocated += Step(rig, seller, buyer);
        }

        return allocated;
    }

    private static void Send(RawClient client, byte[] frame, int number)
    {
        RequestHeaderEncoder.Wrap(frame.AsSpan(8)).SetSessionHandle(client.Handle).SetSequence((ulong)number);
        BitConverter.TryWriteBytes(frame.AsSpan(8 + NewOrderSingleDecoder.ClientOrderIdOffset), (ulong)number);
        client.Send(frame);
    }

    private static long Step(NetworkRig rig, RawClient seller, RawClient buyer)
    {
        seller.DoWork();
        buyer.DoWork();
        var before = GC.GetAllocatedBytesForCurrentThread();
        rig.Venue.Step();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        rig.Clock.Advance(20_000);
        return allocated;
    }
}
