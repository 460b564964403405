using HftDelta.Aeron.Sockets;
using HftDelta.Gateway;
using HftDelta.Gateway.Connections;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Node.Network;

/// <summary>From a stranger to a session, and who does not get one.</summary>
[CancelAfter(60_000)]
internal sealed class HandshakeTests
{
    [Test]
    public void A_client_that_knows_only_the_schema_trades()
    {
        using var rig = NetworkRig.Trading();
        var client = rig.Client(NetworkRig.Alice, 1);
        rig.Establish(client, keepAliveMillis: 500);

        var challenge = ChallengeDecoder.Trusted(client.Last(ChallengeDecoder.TemplateId));
        Assert.That(challenge.SessionId.ToArray(), Is.EqualTo(client.SessionId));
        Assert.That(challenge.AuthenticationMode, Is.EqualTo(AuthenticationMode.None));
        Assert.That(challenge.ServerNonce.ToArray(), Has.Some.Not.Zero);
        var negotiated = NegotiationAcceptedDecoder.Trusted(client.Last(NegotiationAcceptedDecoder.TemplateId));
        Assert.That(negotiated.AccountId, Is.EqualTo(NetworkRig.Alice));
        Assert.That(negotiated.Roles, Is.EqualTo(SessionRoles.Trader));
        var established = EstablishmentAcceptedDecoder.Trusted(client.Last(EstablishmentAcceptedDecoder.TemplateId));
        Assert.That(established.NextRequestSequence, Is.EqualTo(1));
        Assert.That(established.NextReportSequence, Is.EqualTo(1));
        Assert.That(established.KeepAliveMillis, Is.EqualTo(500));
        Assert.That(established.Header.SessionHandle, Is.EqualTo(client.Handle));
        Assert.That(established.Header.Sequence, Is.Zero);

        client.Order(Side.Buy, 990, 3);
        rig.Until(() => client.Has(OrderAcceptedDecoder.TemplateId), "the order's acceptance");
        var accepted = OrderAcceptedDecoder.Trusted(client.Last(OrderAcceptedDecoder.TemplateId));
        Assert.That(accepted.Header.Sequence, Is.EqualTo(1));
        Assert.That(accepted.Header.RequestSequence, Is.EqualTo(1));
        Assert.That(accepted.Quantity, Is.EqualTo(3));
        Assert.That(rig.Venue.IngressCounters.Established.Value, Is.EqualTo(1));
    }

    [Test]
    public void Two_clients_trade_with_each_other_and_hear_public_data_when_they_asked()
    {
        using var rig = NetworkRig.Trading();
        var seller = rig.Established(NetworkRig.Alice, 1, wantsMarketData: true);
        var buyer = rig.Established(NetworkRig.Bob, 2);
        seller.Order(Side.Sell, 1_001, 4);
        rig.Until(() => seller.Has(OrderAcceptedDecoder.TemplateId), "the sell order");
        buyer.Order(Side.Buy, 1_001, 4);
        rig.Until(() => buyer.Has(OrderFilledDecoder.TemplateId) && seller.Has(OrderFilledDecoder.TemplateId), "the trade");

        rig.Until(() => seller.PublicData.Exists(one => one.TemplateId == TradeDecoder.TemplateId), "the public trade");
        var sequences = seller.PublicData.Select(one => StreamHeaderDecoder.Wrap(one.Frame.AsSpan(8)).Sequence).ToArray();
        Assert.That(
            sequences, Is.EqualTo(Enumerable.Range(0, sequences.Length).Select(offset => sequences[0] + (ulong)offset)),
            "the stream has no hole");
        Assert.That(buyer.PublicData, Is.Empty);
        Assert.That(buyer.Handle, Is.Not.EqualTo(seller.Handle));
    }

    [Test]
    public void A_key_that_nobody_knows_is_refused_after_its_proof_and_the_connection_ends()
    {
        using var rig = NetworkRig.Trading();
        var client = rig.Client(777, 1);
        rig.Challenge(client);
        client.Prove();
        rig.Until(() => client.Has(NegotiationRejectedDecoder.TemplateId), "the refusal");

        var refusal = NegotiationRejectedDecoder.Trusted(client.Last(NegotiationRejectedDecoder.TemplateId));
        Assert.That(refusal.Code, Is.EqualTo(SessionRejectCode.Authentication));
        rig.Until(() => rig.Connections == 0, "the end of the connection");
    }

    [Test]
    public void A_session_of_another_account_is_refused_like_a_wrong_key()
    {
        using var rig = NetworkRig.Trading();
        rig.Established(NetworkRig.Alice, 1);
        var thief = rig.Client(NetworkRig.Bob, 1);
        rig.Challenge(thief);
        thief.Prove();
        rig.Until(() => thief.Has(NegotiationRejectedDecoder.TemplateId), "the refusal");

        var refusal = NegotiationRejectedDecoder.Trusted(thief.Last(NegotiationRejectedDecoder.TemplateId));
        Assert.That(refusal.Code, Is.EqualTo(SessionRejectCode.Authentication));
        Assert.That(rig.Venue.IngressCounters.Established.Value, Is.EqualTo(1), "the owner is not disturbed");
    }

    [Test]
    public void An_account_that_is_not_open_has_its_establishment_refused_by_the_engine()
    {
        using var rig = NetworkRig.Trading();
        var ghost = rig.Client(NetworkRig.GhostKey, 1);
        rig.Negotiate(ghost);
        ghost.Establish();
        rig.Until(() => ghost.Has(EstablishmentRejectedDecoder.TemplateId), "the refusal");

        var refusal = EstablishmentRejectedDecoder.Trusted(ghost.Last(EstablishmentRejectedDecoder.TemplateId));
        Assert.That(refusal.Code, Is.EqualTo(SessionRejectCode.Authentication));
        rig.Until(() => rig.Connections == 0, "the end of the connection");
        var later = rig.Established(NetworkRig.Alice, 2);
        Assert.That(later.Handle, Is.EqualTo(ghost.Handle), "the handle was not used up");
    }

    [TestCase(99U, 1UL, SessionRejectCode.BadKeepAlive)]
    [TestCase(60_001U, 1UL, SessionRejectCode.BadKeepAlive)]
    [TestCase(100U, 0UL, SessionRejectCode.BadSequence)]
    public void An_establishment_with_bad_terms_is_refused_and_may_be_repeated(
        uint keepAliveMillis, ulong nextSequence, SessionRejectCode code)
    {
        using var rig = NetworkRig.Trading();
        var client = rig.Client(NetworkRig.Alice, 1);
        rig.Negotiate(client);
        client.Establish(keepAliveMillis, nextSequence: nextSequence);
        rig.Until(() => client.Has(EstablishmentRejectedDecoder.TemplateId), "the refusal");
        var refusal = EstablishmentRejectedDecoder.Trusted(client.Last(EstablishmentRejectedDecoder.TemplateId));
        Assert.That(refusal.Code, Is.EqualTo(code));
        Assert.That(refusal.NextRequestSequence, Is.EqualTo(1));

        client.Establish(100);
        rig.Until(() => client.Has(EstablishmentAcceptedDecoder.TemplateId), "the second try");
    }

    [Test]
    public void Another_handle_than_the_negotiated_one_is_not_established()
    {
        using var rig = NetworkRig.Trading();
        var client = rig.Client(NetworkRig.Alice, 1);
        rig.Negotiate(client);
        client.Establish(handle: client.Handle + 1);
        rig.Until(() => client.Has(EstablishmentRejectedDecoder.TemplateId), "the refusal");
        var refusal = EstablishmentRejectedDecoder.Trusted(client.Last(EstablishmentRejectedDecoder.TemplateId));
        Assert.That(refusal.Code, Is.EqualTo(SessionRejectCode.NotNegotiated));
    }

    [TestCase("aeron:udp?endpoint=10.0.0.77:4000")]
    [TestCase("aeron:udp?endpoint=somewhere:4000")]
    [TestCase("aeron:udp?endpoint=10.0.0.2:0")]
    [TestCase("aeron:udp?control=10.0.0.2:4000|control-mode=dynamic")]
    [TestCase("aeron:udp?endpoint=224.0.1.1:4000")]
    [TestCase("aeron:ipc")]
    [TestCase("nonsense")]
    public void Answers_go_to_the_sender_itself_and_nowhere_else(string channel)
    {
        using var rig = NetworkRig.Trading();
        var client = rig.Client(NetworkRig.Alice, 1);
        Assert.That(client.ResponseChannel, Does.StartWith("aeron:udp?endpoint=10.0.0.2:"));
        rig.Until(() => client.IsConnected, "the venue's address");
        var sentTo = new HashSet<string>();
        rig.Network.Wish = (in SocketEndpoint from, in SocketEndpoint to, ReadOnlySpan<byte> _) =>
        {
            sentTo.Add(to.ToString());
            return HftDelta.Simulation.Network.DatagramFate.AsConditionsSay;
        };
        client.ResponseChannel = channel;
        client.Negotiate();
        rig.Steps(200);

        Assert.That(rig.Venue.IngressCounters.Of(FrameResult.HandshakeRefused).Value, Is.EqualTo(1));
        Assert.That(rig.Connections, Is.Zero);
        Assert.That(sentTo, Has.All.StartsWith("10.0.0.1:").Or.StartsWith("10.0.0.2:"));
    }

    [Test]
    public void Equal_stream_numbers_are_refused()
    {
        using var rig = NetworkRig.Trading();
        var client = rig.Client(NetworkRig.Alice, 1);
        rig.Until(() => client.IsConnected, "the venue's address");
        client.Negotiate(reportStream: 12, marketDataStream: 12);
        rig.Steps(200);
        Assert.That(rig.Venue.IngressCounters.Of(FrameResult.HandshakeRefused).Value, Is.EqualTo(1));
    }

    [Test]
    public void A_handshake_that_is_not_finished_ends_and_its_place_is_given_again()
    {
        using var rig = NetworkRig.Trading(
            changeNetwork: network => network with { HandshakesMax = 1, HandshakeNanosMax = 100 * NetworkRig.Millisecond });
        var slow = rig.Client(NetworkRig.Alice, 1);
        rig.Challenge(slow);
        var quick = rig.Client(NetworkRig.Bob, 2);
        rig.Until(() => quick.IsConnected, "the venue's address");
        quick.Negotiate();
        rig.Pass(10);
        Assert.That(rig.Venue.IngressCounters.Of(FrameResult.HandshakeRefused).Value, Is.EqualTo(1), "no room");

        rig.UntilLater(() => rig.StateOf(slow) == ConnectionState.None, "the end of the slow one");
        quick.Negotiate();
        rig.Pass(500);
        Assert.That(rig.Venue.IngressCounters.Of(FrameResult.HandshakeRefused).Value, Is.EqualTo(2), "its stream lingers");

        // Its memory is kept for three seconds.
        rig.Pass(3_000);
        quick.Negotiate();
        rig.Until(() => quick.Has(ChallengeDecoder.TemplateId), "the challenge");
    }

    [Test]
    public void Every_slot_may_be_taken_and_the_next_client_hears_nothing()
    {
        using var rig = NetworkRig.Trading(changeNetwork: network => network with { ConnectionsMax = 2 });
        rig.Established(NetworkRig.Alice, 1, keepAliveMillis: 60_000);
        var second = rig.Established(NetworkRig.Bob, 2);
        var third = rig.Client(NetworkRig.Alice, 3);
        rig.Until(() => third.IsConnected, "the venue's address");
        third.Negotiate();
        rig.Pass(10);
        Assert.That(third.Received, Is.Empty);

        second.Terminate();
        rig.UntilLater(() => rig.Connections == 1, "the end of the second");
        third.Negotiate();
        rig.Pass(500);
        Assert.That(third.Received, Is.Empty, "what the second had is not free yet");

        rig.Pass(3_000);
        rig.Establish(third);
    }

    [Test]
    public void Clients_that_come_and_go_without_end_hold_no_more_than_there_are_places()
    {
        using var rig = NetworkRig.Trading(changeNetwork: network => network with { ConnectionsMax = 4 });
        var client = rig.Client(NetworkRig.Alice, 1, wantsMarketData: true);
        var count = 0;
        for (var turn = 0; turn < 40; turn++)
        {
            client.Received.Clear();
            rig.Until(() => client.IsConnected, "the venue's address");
            client.Negotiate();
            rig.Pass(5);
            if (client.Has(ChallengeDecoder.TemplateId))
            {
                count++;
                client.Prove();
                rig.Until(() => client.Has(NegotiationAcceptedDecoder.TemplateId), "the negotiation");
                client.Handle =
                    NegotiationAcceptedDecoder.Trusted(client.Last(NegotiationAcceptedDecoder.TemplateId)).SessionHandle;
                client.Terminate();
                rig.UntilLater(() => rig.Connections == 0, "the end");
            }
        }

        Assert.That(count, Is.EqualTo(4));
        rig.Pass(4_000);
        rig.Establish(client);
    }

    [Test]
    public void An_address_begins_so_many_handshakes_a_second_and_others_are_not_held_up()
    {
        using var rig = NetworkRig.Trading(changeNetwork: network => network with { HandshakesPerSecondMax = 2 });
        var first = rig.Client(NetworkRig.Alice, 1);
        RawClient[] crowd =
            [first, rig.Client(NetworkRig.Alice, 2, first), rig.Client(NetworkRig.Alice, 3, first)];
        var stranger = rig.Client(NetworkRig.Bob, 4);
        rig.Until(() => crowd.All(client => client.IsConnected) && stranger.IsConnected, "the venue's address");
        rig.UntilLater(() => rig.Clock.Now.Value % 1_000_000_000 < 2 * NetworkRig.Millisecond, "the begin of a second", 1_001);
        foreach (var client in crowd)
        {
            client.Negotiate();
        }

        stranger.Negotiate();
        rig.Pass(10);

        Assert.That(crowd.Count(client => client.Has(ChallengeDecoder.TemplateId)), Is.EqualTo(2));
        Assert.That(stranger.Has(ChallengeDecoder.TemplateId), Is.True);
        Assert.That(rig.Venue.IngressCounters.Of(FrameResult.HandshakeRefused).Value, Is.EqualTo(1));

        rig.Pass(1_000);
        var refused = crowd.Single(client => !client.Has(ChallengeDecoder.TemplateId));
        refused.Negotiate();
        rig.Until(() => refused.Has(ChallengeDecoder.TemplateId), "the next second");
    }

    [Test]
    public void When_no_handle_is_left_the_session_that_was_closed_first_gives_its_own()
    {
        using var rig = NetworkRig.WithThreeHandles(network => network with { SessionRetentionNanos = 0 });
        var clients = new List<RawClient>();
        for (byte session = 1; session <= 3; session++)
        {
            clients.Add(rig.Established(NetworkRig.Alice, session, keepAliveMillis: 60_000));
        }

        foreach (var index in new[] { 1, 2 })
        {
            clients[index].Order(Side.Buy, 990, 1);
            rig.Until(() => clients[index].Has(OrderAcceptedDecoder.TemplateId), "the order");
            clients[index].Terminate();
            rig.UntilLater(() => clients[index].Has(TerminateDecoder.TemplateId), "the end");
        }

        rig.UntilLater(() => rig.Connections == 1 && rig.Venue.Processor.View.OrderCount == 0, "the end of both");
        var fourth = rig.Established(NetworkRig.Bob, 4);
        Assert.That(fourth.Handle, Is.EqualTo(clients[1].Handle));
        Assert.That(fourth.NextRequest, Is.EqualTo(1));
        fourth.Order(Side.Buy, 991, 1);
        fourth.Order(Side.Buy, 991, 1, sequence: 1);
        rig.Until(() => fourth.Has(RequestOutcomeDecoder.TemplateId), "the outcome of its own request");
        Assert.That(fourth.Reports(), Is.EqualTo(new[] { (1UL, false) }));

        var again = rig.Client(NetworkRig.Alice, 2);
        rig.Establish(again);
        Assert.That(again.Handle, Is.EqualTo(clients[2].Handle), "the next that was closed");
        Assert.That(again.NextRequest, Is.EqualTo(1), "its session is forgotten");
    }

    [Test]
    public void When_every_session_is_open_a_new_one_is_told_so()
    {
        using var rig = NetworkRig.WithThreeHandles(network => network with { SessionRetentionNanos = 0 });
        for (byte session = 1; session <= 3; session++)
        {
            rig.Established(NetworkRig.Alice, session, keepAliveMillis: 60_000);
        }

        var last = rig.Client(NetworkRig.Alice, 40);
        rig.Challenge(last);
        last.Prove();
        rig.Until(() => last.Has(NegotiationRejectedDecoder.TemplateId), "the refusal");
        Assert.That(
            NegotiationRejectedDecoder.Trusted(last.Last(NegotiationRejectedDecoder.TemplateId)).Code,
            Is.EqualTo(SessionRejectCode.VenueBusy));
    }

    [Test]
    public void A_handle_that_the_engine_does_not_give_away_is_not_offered_twice()
    {
        using var rig = NetworkRig.WithThreeHandles(network => network with { SessionRetentionNanos = 0 });
        var resting = rig.Client(NetworkRig.Alice, 1);
        rig.Establish(resting, cancelOnDisconnect: 0);
        resting.Order(Side.Buy, 990, 1);
        rig.Until(() => resting.Has(OrderAcceptedDecoder.TemplateId), "the order");
        resting.Terminate();
        rig.UntilLater(() => rig.Connections == 0, "the end");
        for (byte session = 2; session <= 3; session++)
        {
            var other = rig.Established(NetworkRig.Alice, session, keepAliveMillis: 60_000);
            if (session == 3)
            {
                other.Terminate();
                rig.UntilLater(() => rig.Connections == 1, "the end");
            }
        }

        var client = rig.Client(NetworkRig.Bob, 9);
        rig.Negotiate(client);
        Assert.That(client.Handle, Is.EqualTo(resting.Handle), "it was closed first");
        client.Establish();
        rig.Until(() => client.Has(EstablishmentRejectedDecoder.TemplateId), "the refusal");
        Assert.That(
            EstablishmentRejectedDecoder.Trusted(client.Last(EstablishmentRejectedDecoder.TemplateId)).Code,
            Is.EqualTo(SessionRejectCode.VenueBusy));
        rig.UntilLater(() => rig.Connections == 1, "the end of the connection");
        client.Received.Clear();
        rig.Establish(client);
        Assert.That(client.Handle, Is.Not.EqualTo(resting.Handle));
        Assert.That(rig.Venue.Processor.View.OrderCount, Is.EqualTo(1));
    }
}
