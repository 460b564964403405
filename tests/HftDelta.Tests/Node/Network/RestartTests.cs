using HftDelta.Replica.Snapshots;
using HftDelta.Simulation.Storage;
using HftDelta.Tests.Node.Pipeline;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Node.Network;

/// <summary>A venue that died comes back with the sessions of its clients.</summary>
[CancelAfter(60_000)]
internal sealed class RestartTests
{
    [Test]
    public void A_client_comes_back_to_its_session_its_orders_and_its_reports()
    {
        using var rig = NetworkRig.Trading();
        var client = rig.Established(NetworkRig.Alice, 1);
        var told = ThirtyOrders(rig, client);
        var storage = rig.Crash();

        using var after = new NetworkRig(storage: storage, clock: rig.Clock);
        var back = after.Client(NetworkRig.Alice, 1);
        after.Establish(back);
        Assert.That(back.Handle, Is.EqualTo(client.Handle));
        Assert.That(back.NextRequest, Is.EqualTo(31));
        var accepted = EstablishmentAcceptedDecoder.Trusted(back.Last(EstablishmentAcceptedDecoder.TemplateId));
        Assert.That(accepted.NextReportSequence, Is.EqualTo(31));
        Assert.That(after.Venue.Processor.View.OrderCount, Is.EqualTo(30));

        back.Retransmit(1, 30);
        back.Order(Side.Buy, 991, 1);
        after.Until(() => back.Reports().Count == 31, "the reports");
        Assert.That(back.Reports().Where(one => !one.Again).Select(one => one.Sequence), Is.EqualTo(new[] { 31UL }));
        Assert.That(Again(back), Is.EqualTo(told), "the same bytes, from the engine's state");
    }

    [Test]
    public void A_client_comes_back_to_a_venue_that_began_with_a_snapshot_as_to_any_other()
    {
        using var rig = NetworkRig.Trading();
        var client = rig.Established(NetworkRig.Alice, 1);
        var told = ThirtyOrders(rig, client);
        var storage = rig.Crash();
        var snapshots = new VirtualStorage();
        var made = SnapshotMaker.Make(storage, snapshots, null, 0, Assert.Fail);

        using var after = new NetworkRig(options => options with { Snapshots = snapshots }, storage: storage, clock: rig.Clock);
        Assert.That(after.Venue.Recovered.From, Is.EqualTo(made!.Sequence));
        var back = after.Client(NetworkRig.Alice, 1);
        after.Establish(back);
        Assert.That(back.Handle, Is.EqualTo(client.Handle));
        Assert.That(back.NextRequest, Is.EqualTo(31));
        back.Retransmit(1, 30);
        after.Until(() => back.Reports().Count == 30, "the reports");
        Assert.That(Again(back), Is.EqualTo(told), "the same bytes, from the snapshot");
        back.Order(Side.Buy, 990, 1, sequence: 30);
        after.Until(() => back.Has(RequestOutcomeDecoder.TemplateId), "the outcome of a request that was sent before");
    }

    [Test]
    public void New_sessions_get_handles_that_no_recovered_one_has()
    {
        using var rig = NetworkRig.Trading();
        var client = rig.Established(NetworkRig.Alice, 1);
        using var after = new NetworkRig(storage: rig.Crash(), clock: rig.Clock);
        var other = after.Client(NetworkRig.Bob, 2);
        after.Establish(other);
        var back = after.Client(NetworkRig.Alice, 1);
        after.Establish(back);
        Assert.That(back.Handle, Is.EqualTo(client.Handle));
        Assert.That(other.Handle, Is.Not.EqualTo(client.Handle).And.Not.EqualTo(VenueDriver.Maker));
    }

    [Test]
    public void A_client_that_is_about_to_establish_at_the_end_of_the_grace_keeps_its_orders_until_it_gives_up()
    {
        using var rig = NetworkRig.Trading();
        var client = rig.Established(NetworkRig.Alice, 1);
        client.Order(Side.Buy, 990, 1);
        rig.Until(() => client.Has(OrderAcceptedDecoder.TemplateId), "the order");
        using var after = new NetworkRig(
            changeNetwork: network => network with
            {
                GraceNanos = 500 * NetworkRig.Millisecond,
                HandshakeNanosMax = 2_000 * NetworkRig.Millisecond,
            },
            storage: rig.Crash(),
            clock: rig.Clock);
        var back = after.Client(NetworkRig.Alice, 1);
        after.Negotiate(back);
        after.Pass(1_500);
        Assert.That(after.Venue.Processor.View.OrderCount, Is.EqualTo(1));
        Assert.That(after.Venue.IngressCounters.GraceClosed.Value, Is.EqualTo(3), "those of the process");

        after.UntilLater(() => after.Connections == 0, "the end of the handshake");
        after.Pass(200);
        Assert.That(after.Venue.Processor.View.OrderCount, Is.Zero);
        Assert.That(after.Venue.IngressCounters.GraceClosed.Value, Is.EqualTo(4));
    }

    [Test]
    public void Sessions_whose_clients_stay_away_are_closed_after_the_grace_and_no_others()
    {
        using var rig = NetworkRig.Trading();
        foreach (var (key, id) in new[] { (NetworkRig.Alice, (byte)1), (NetworkRig.Bob, (byte)2) })
        {
            var client = rig.Established(key, id);
            client.Order(Side.Buy, 990, 1);
            rig.Until(() => client.Has(OrderAcceptedDecoder.TemplateId), "the order");
        }

        rig.Driver.Order(VenueDriver.Maker, Side.Buy, 990, 1);
        rig.Driver.Order(VenueDriver.Taker, Side.Buy, 990, 1);
        rig.Steps(10);
        Assert.That(rig.Venue.Processor.View.OrderCount, Is.EqualTo(4));

        using var after = new NetworkRig(
            changeNetwork: network => network with { GraceNanos = 2_000 * NetworkRig.Millisecond },
            storage: rig.Crash(),
            clock: rig.Clock);
        after.Driver.ConnectionOf(VenueDriver.Maker);
        var back = after.Client(NetworkRig.Alice, 1);
        after.Establish(back, keepAliveMillis: 60_000);
        after.Pass(1_900);
        Assert.That(after.Venue.Processor.View.OrderCount, Is.EqualTo(4));
        after.Pass(200);

        // Alice is back, the maker has a connection within the process; Bob, the taker and the oracle have none.
        Assert.That(after.Venue.Processor.View.OrderCount, Is.EqualTo(2));
        Assert.That(after.Venue.IngressCounters.GraceClosed.Value, Is.EqualTo(3));
        var bob = after.Client(NetworkRig.Bob, 2);
        after.Establish(bob);
        Assert.That(bob.NextRequest, Is.EqualTo(2));
        after.Pass(3_000);
        Assert.That(after.Venue.IngressCounters.GraceClosed.Value, Is.EqualTo(3), "once");
    }

    /// <summary>Thirty orders that rest, and what the client was told of them.</summary>
    private static byte[][] ThirtyOrders(NetworkRig rig, RawClient client)
    {
        for (var count = 0; count < 30; count++)
        {
            client.Order(Side.Buy, 990, 1);
        }

        rig.Until(() => client.CountOf(OrderAcceptedDecoder.TemplateId) == 30, "the orders");
        return [.. client.All(OrderAcceptedDecoder.TemplateId)];
    }

    /// <summary>What a client was told of its orders when it asked again.</summary>
    private static byte[][] Again(RawClient client) =>
        [.. client.All(OrderAcceptedDecoder.TemplateId).Where(RetransmissionTests.IsAgain).Select(RetransmissionTests.Unflagged)];
}
