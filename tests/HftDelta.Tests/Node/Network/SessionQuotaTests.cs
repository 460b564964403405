using HftDelta.Primitives.Units;
using HftDelta.Tests.Node.Pipeline;
using HftDelta.Wire;
using NUnit.Framework;
using SessionStatus = HftDelta.Wire.Internal.SessionStatus;

namespace HftDelta.Tests.Node.Network;

/// <summary>Whose places for sessions are, and who gets one when there are no more.</summary>
[CancelAfter(60_000)]
internal sealed class SessionQuotaTests
{
    [Test]
    public void An_account_with_all_its_sessions_gives_up_its_own_closed_one_and_no_other()
    {
        using var rig = NetworkRig.Trading(
            changeNetwork: network => network with { SessionsPerAccountMax = 2, SessionRetentionNanos = 0 });
        var others = Closed(rig, NetworkRig.Bob, 9);
        var first = Closed(rig, NetworkRig.Alice, 1);
        var second = Closed(rig, NetworkRig.Alice, 2);
        var third = rig.Established(NetworkRig.Alice, 3, keepAliveMillis: 60_000);
        Assert.That(third.Handle, Is.EqualTo(first.Handle), "though places are free");

        var fourth = rig.Established(NetworkRig.Alice, 4, keepAliveMillis: 60_000);
        Assert.That(fourth.Handle, Is.EqualTo(second.Handle));
        Assert.That(RefusalOf(rig, NetworkRig.Alice, 5), Is.EqualTo(SessionRejectCode.VenueBusy), "both are open");

        var back = rig.Client(NetworkRig.Bob, 9);
        rig.Establish(back);
        Assert.That(back.Handle, Is.EqualTo(others.Handle), "nobody took it");
    }

    [Test]
    public void Negotiations_count_before_a_session_comes_of_them()
    {
        using var rig = NetworkRig.Trading(changeNetwork: network => network with { SessionsPerAccountMax = 2 });
        rig.Negotiate(rig.Client(NetworkRig.Alice, 1));
        rig.Negotiate(rig.Client(NetworkRig.Alice, 2));
        Assert.That(RefusalOf(rig, NetworkRig.Alice, 3), Is.EqualTo(SessionRejectCode.VenueBusy));
        rig.Negotiate(rig.Client(NetworkRig.Bob, 4));
    }

    [Test]
    public void A_closed_session_of_another_account_keeps_its_place_for_the_retention()
    {
        using var rig = NetworkRig.WithThreeHandles(
            network => network with { SessionRetentionNanos = 1_000 * NetworkRig.Millisecond });
        var closed = Closed(rig, NetworkRig.Alice, 1);
        rig.Established(NetworkRig.Alice, 2, keepAliveMillis: 60_000);
        rig.Established(NetworkRig.Alice, 3, keepAliveMillis: 60_000);
        Assert.That(RefusalOf(rig, NetworkRig.Bob, 4), Is.EqualTo(SessionRejectCode.VenueBusy));

        rig.Pass(1_000);
        Assert.That(rig.Established(NetworkRig.Bob, 4).Handle, Is.EqualTo(closed.Handle));
    }

    [Test]
    public void A_handle_that_the_engine_kept_is_tried_again_when_there_is_no_other()
    {
        using var rig = NetworkRig.WithThreeHandles(network => network with { SessionRetentionNanos = 0 });
        var resting = rig.Client(NetworkRig.Alice, 1);
        rig.Establish(resting, keepAliveMillis: 60_000, cancelOnDisconnect: 0);
        resting.Order(HftDelta.Wire.Side.Buy, 990, 1);
        rig.Until(() => resting.Has(OrderAcceptedDecoder.TemplateId), "the order");
        resting.Terminate();
        rig.UntilLater(() => rig.Connections == 0, "the end");
        rig.Established(NetworkRig.Alice, 2, keepAliveMillis: 60_000);
        rig.Established(NetworkRig.Alice, 3, keepAliveMillis: 60_000);

        var client = rig.Client(NetworkRig.Bob, 9);
        for (var attempt = 0; attempt < 2; attempt++)
        {
            client.Received.Clear();
            rig.Negotiate(client);
            Assert.That(client.Handle, Is.EqualTo(resting.Handle));
            client.Establish();
            rig.Until(() => client.Has(EstablishmentRejectedDecoder.TemplateId), "the refusal");
            rig.UntilLater(() => rig.Connections == 2, "the end of the connection");
        }

        rig.Driver.Order(VenueDriver.Maker, HftDelta.Wire.Side.Sell, 990, 1);
        rig.UntilLater(() => rig.Venue.Processor.View.OrderCount == 0, "the trade");
        client.Received.Clear();
        rig.Establish(client);
        Assert.That(client.Handle, Is.EqualTo(resting.Handle));
    }

    [Test]
    public void Three_negotiations_of_one_session_get_one_handle_though_the_first_gives_up()
    {
        using var rig = NetworkRig.Trading();
        var clients = new[] { rig.Client(NetworkRig.Alice, 1), rig.Client(NetworkRig.Alice, 1), rig.Client(NetworkRig.Alice, 1) };
        rig.Negotiate(clients[0]);
        rig.Negotiate(clients[1]);
        clients[0].Terminate();
        rig.UntilLater(() => rig.Connections == 1, "the end of the first");
        rig.Negotiate(clients[2]);
        Assert.That(clients[2].Handle, Is.EqualTo(clients[1].Handle));

        clients[1].Terminate();
        clients[2].Terminate();
        rig.UntilLater(() => rig.Connections == 0, "the end of all");
        var other = rig.Established(NetworkRig.Bob, 2);
        Assert.That(other.Handle, Is.EqualTo(clients[1].Handle), "the last one gave it back");
    }

    [Test]
    public void Another_key_without_an_account_does_not_take_a_session_over()
    {
        using var rig = NetworkRig.Trading();
        var oracle = rig.Established(NetworkRig.OracleKey, 1, keepAliveMillis: 60_000);
        Assert.That(RefusalOf(rig, NetworkRig.OtherOracleKey, 1), Is.EqualTo(SessionRejectCode.Authentication));
        rig.Pass(10);
        Assert.That(oracle.Has(TerminateDecoder.TemplateId), Is.False);
        Assert.That(rig.Ingress.Sessions.StatusOf(new SessionHandle(oracle.Handle)), Is.EqualTo(SessionStatus.Open));

        var back = rig.Client(NetworkRig.OracleKey, 1);
        rig.Establish(back);
        Assert.That(back.Handle, Is.EqualTo(oracle.Handle));
    }

    [Test]
    public void Of_two_keys_without_an_account_that_negotiated_one_session_the_first_gets_it()
    {
        using var rig = NetworkRig.Trading();
        var quick = rig.Client(NetworkRig.OracleKey, 1);
        var late = rig.Client(NetworkRig.OtherOracleKey, 1);
        rig.Negotiate(quick);
        rig.Negotiate(late);
        quick.Establish(keepAliveMillis: 60_000);
        rig.Until(() => quick.Has(EstablishmentAcceptedDecoder.TemplateId), "the establishment");
        late.Establish();
        rig.Until(() => late.Has(EstablishmentRejectedDecoder.TemplateId), "the refusal");
        Assert.That(
            EstablishmentRejectedDecoder.Trusted(late.Last(EstablishmentRejectedDecoder.TemplateId)).Code,
            Is.EqualTo(SessionRejectCode.Authentication));
        Assert.That(quick.Has(TerminateDecoder.TemplateId), Is.False);
    }

    private static RawClient Closed(NetworkRig rig, uint key, byte session)
    {
        var connections = rig.Connections;
        var client = rig.Established(key, session);
        client.Terminate();
        rig.UntilLater(() => rig.Connections == connections, "the end");
        return client;
    }

    private static SessionRejectCode RefusalOf(NetworkRig rig, uint key, byte session)
    {
        var client = rig.Client(key, session);
        rig.Challenge(client);
        client.Prove();
        rig.Until(() => client.Has(NegotiationRejectedDecoder.TemplateId), "the refusal");
        return NegotiationRejectedDecoder.Trusted(client.Last(NegotiationRejectedDecoder.TemplateId)).Code;
    }
}
