using HftDelta.Gateway;
using HftDelta.Gateway.Connections;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using NUnit.Framework;
using RejectCode = HftDelta.Wire.RejectCode;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Node.Network;

/// <summary>How sessions and connections end, and how sessions go on.</summary>
[CancelAfter(60_000)]
internal sealed class SessionLifeTests
{
    [Test]
    public void A_goodbye_closes_the_session_cancels_its_orders_and_is_answered()
    {
        using var rig = NetworkRig.Trading();
        var client = rig.Established(NetworkRig.Alice, 1);
        client.Order(Side.Buy, 990, 1);
        rig.Until(() => client.Has(OrderAcceptedDecoder.TemplateId), "the order");
        client.Terminate();
        rig.Until(() => client.Has(TerminateDecoder.TemplateId), "the answer");

        Assert.That(CodeOf(client), Is.EqualTo(SessionRejectCode.Requested));
        Assert.That(TerminateDecoder.Trusted(client.Last(TerminateDecoder.TemplateId)).SessionHandle, Is.EqualTo(client.Handle));
        rig.UntilLater(() => rig.Connections == 0, "the end of the connection");
        rig.UntilLater(() => rig.Venue.Processor.View.OrderCount == 0, "the cancellation of its orders");
        rig.UntilLater(() => client.Streams == 0, "the end of the stream");
    }

    [Test]
    public void Orders_stay_when_the_client_said_so()
    {
        using var rig = NetworkRig.Trading();
        var client = rig.Client(NetworkRig.Alice, 1);
        rig.Establish(client, cancelOnDisconnect: 0);
        client.Order(Side.Buy, 990, 1);
        rig.Until(() => client.Has(OrderAcceptedDecoder.TemplateId), "the order");
        client.Terminate();
        rig.UntilLater(() => rig.Connections == 0, "the end of the connection");
        Assert.That(rig.Venue.Processor.View.OrderCount, Is.EqualTo(1));
    }

    [Test]
    public void A_session_resumes_on_the_same_stream_with_its_numbers_and_misses_nothing()
    {
        using var rig = NetworkRig.Trading();
        var client = rig.Established(NetworkRig.Alice, 1);
        var handle = client.Handle;
        client.Order(Side.Buy, 990, 1);
        client.Order(Side.Buy, 991, 1);
        rig.Until(() => client.CountOf(OrderAcceptedDecoder.TemplateId) == 2, "the orders");
        client.Terminate();
        rig.UntilLater(() => rig.Connections == 0, "the end of the connection");

        client.Received.Clear();
        rig.Establish(client);
        var accepted = EstablishmentAcceptedDecoder.Trusted(client.Last(EstablishmentAcceptedDecoder.TemplateId));
        Assert.That(client.Handle, Is.EqualTo(handle));
        Assert.That(accepted.NextRequestSequence, Is.EqualTo(3));
        Assert.That(accepted.NextReportSequence, Is.EqualTo(5), "two acceptances, and two cancellations while it was away");
        Assert.That(accepted.RetainedFrom, Is.EqualTo(1));

        client.Retransmit(3, 2);
        client.Order(Side.Buy, 992, 1);
        rig.Until(() => client.Reports().Count == 3, "the reports");
        Assert.That(client.Reports(), Is.EquivalentTo(new[] { (3UL, true), (4UL, true), (5UL, false) }));
        var reasons = client.All(OrderCanceledDecoder.TemplateId).Select(frame => OrderCanceledDecoder.Trusted(frame).Reason);
        Assert.That(reasons, Is.All.EqualTo(CancelReason.SessionClosed));
    }

    [Test]
    public void A_session_lapses_after_three_intervals_without_a_message_and_its_client_is_told()
    {
        using var rig = NetworkRig.Trading();
        var client = rig.Established(NetworkRig.Alice, 1, keepAliveMillis: 100);
        client.Order(Side.Buy, 990, 1);
        rig.Until(() => client.Has(OrderAcceptedDecoder.TemplateId), "the order");
        rig.Pass(290);
        Assert.That(rig.StateOf(client), Is.EqualTo(ConnectionState.Established));
        rig.Pass(30);

        Assert.That(CodeOf(client), Is.EqualTo(SessionRejectCode.KeepAliveLapsed));
        rig.UntilLater(() => rig.Venue.Processor.View.OrderCount == 0, "the cancellation of its orders");
        Assert.That(rig.Venue.IngressCounters.Lapsed.Value, Is.EqualTo(1));
    }

    [Test]
    public void A_venue_that_stalls_reads_what_waits_before_it_judges_silence()
    {
        using var rig = NetworkRig.Trading();
        var client = rig.Established(NetworkRig.Alice, 1, keepAliveMillis: 100);
        for (var count = 0; count < 10; count++)
        {
            client.Notice();
            client.DoWork();
            rig.Clock.Advance(100 * NetworkRig.Millisecond);
        }

        rig.Pass(50);
        Assert.That(rig.StateOf(client), Is.EqualTo(ConnectionState.Established));
        Assert.That(rig.Venue.IngressCounters.Lapsed.Value, Is.Zero);
    }

    [Test]
    public void After_a_stall_a_client_that_could_not_be_heard_has_an_interval_to_speak_and_no_more()
    {
        using var rig = NetworkRig.Trading();
        var client = rig.Established(NetworkRig.Alice, 1, keepAliveMillis: 100);
        rig.Clock.Advance(400 * NetworkRig.Millisecond);
        rig.Pass(90);
        Assert.That(rig.StateOf(client), Is.EqualTo(ConnectionState.Established));
        rig.Pass(30);
        Assert.That(CodeOf(client), Is.EqualTo(SessionRejectCode.KeepAliveLapsed));
    }

    [Test]
    public void A_goodbye_during_a_take_over_that_the_engine_refuses_is_not_lost()
    {
        using var rig = NetworkRig.Trading();
        var first = rig.Established(NetworkRig.Alice, 1, keepAliveMillis: 60_000);
        var second = rig.Client(NetworkRig.Alice, 1);
        rig.Negotiate(second);
        second.Establish();
        rig.StepWithoutEngine(() => rig.StateOf(first) == ConnectionState.Superseded, "the take-over");
        var command = rig.Venue.LastSequence;
        first.Terminate();
        rig.StepWithoutEngine(() => rig.Venue.IngressCounters.Of(FrameResult.SessionMessage).Value == 7, "the goodbye");

        // No state of a venue is known in which the engine refuses it: the test says so in its place.
        rig.Ingress.Network!.Learn(new SessionHandle(first.Handle), command, (ushort)RejectCode.UnknownAccount);
        rig.Ingress.Network.DoWork();
        rig.UntilLater(() => rig.Connections == 0, "the end of both");
        Assert.That(CodeOf(first), Is.EqualTo(SessionRejectCode.Requested));
        Assert.That(
            rig.Ingress.Sessions.StatusOf(new SessionHandle(first.Handle)),
            Is.EqualTo(HftDelta.Wire.Internal.SessionStatus.Closed));
    }

    [Test]
    public void Any_message_keeps_a_session_alive_and_the_venue_speaks_up_every_interval()
    {
        using var rig = NetworkRig.Trading();
        var client = rig.Established(NetworkRig.Alice, 1, keepAliveMillis: 100);
        client.Order(Side.Buy, 990, 1);
        for (var round = 0; round < 20; round++)
        {
            rig.Pass(50);
            client.Notice();
        }

        Assert.That(rig.StateOf(client), Is.EqualTo(ConnectionState.Established));
        Assert.That(client.CountOf(SequenceNoticeDecoder.TemplateId), Is.InRange(8, 10));
        var notice = SequenceNoticeDecoder.Trusted(client.Last(SequenceNoticeDecoder.TemplateId));
        Assert.That(notice.NextSequence, Is.EqualTo(2), "one report came");
        Assert.That(notice.SessionHandle, Is.EqualTo(client.Handle));
    }

    [Test]
    public void The_end_of_the_clients_stream_closes_its_session()
    {
        using var rig = NetworkRig.Trading();
        var client = rig.Established(NetworkRig.Alice, 1, keepAliveMillis: 60_000);
        client.Order(Side.Buy, 990, 1);
        rig.Until(() => client.Has(OrderAcceptedDecoder.TemplateId), "the order");
        client.ClosePublication();
        rig.UntilLater(() => rig.Connections == 0, "the end of the connection", millisMax: 5_000);
        rig.UntilLater(() => rig.Venue.Processor.View.OrderCount == 0, "the cancellation of its orders");
    }

    [Test]
    public void A_client_that_dies_without_a_word_loses_its_session_when_its_stream_falls_silent()
    {
        using var rig = NetworkRig.Trading();
        var client = rig.Established(NetworkRig.Alice, 1, keepAliveMillis: 60_000);
        client.Order(Side.Buy, 990, 1);
        rig.Until(() => client.Has(OrderAcceptedDecoder.TemplateId), "the order");
        rig.Kill(client);
        rig.UntilLater(() => rig.Connections == 0, "the end of the connection", millisMax: 20_000);
        rig.UntilLater(() => rig.Venue.Processor.View.OrderCount == 0, "the cancellation of its orders");
    }

    [Test]
    public void A_second_connection_takes_the_session_over_with_everything_that_came_before()
    {
        using var rig = NetworkRig.Trading();
        var first = rig.Established(NetworkRig.Alice, 1);
        first.Order(Side.Buy, 990, 1);
        rig.Until(() => first.Has(OrderAcceptedDecoder.TemplateId), "the order");
        var second = rig.Client(NetworkRig.Alice, 1);
        rig.Establish(second, cancelOnDisconnect: 0);

        rig.Until(() => first.Has(TerminateDecoder.TemplateId), "the end of the first");
        Assert.That(CodeOf(first), Is.EqualTo(SessionRejectCode.TakenOver));
        Assert.That(second.Handle, Is.EqualTo(first.Handle));
        Assert.That(second.NextRequest, Is.EqualTo(2));
        Assert.That(rig.Venue.Processor.View.OrderCount, Is.EqualTo(1), "nothing is cancelled for it");

        first.Order(Side.Buy, 989, 1, sequence: 2);
        second.Order(Side.Buy, 991, 1);
        rig.Until(() => second.Has(OrderAcceptedDecoder.TemplateId), "the order of the second");
        rig.Pass(5);
        Assert.That(first.CountOf(OrderAcceptedDecoder.TemplateId), Is.EqualTo(1));
        Assert.That(rig.Venue.Processor.View.OrderCount, Is.EqualTo(2), "the first speaks for nobody any more");

        second.Terminate();
        rig.UntilLater(() => rig.Connections == 0, "the end of both");
        Assert.That(rig.Venue.Processor.View.OrderCount, Is.EqualTo(2), "what the second said about its orders counts");
    }

    [Test]
    public void A_connection_that_leaves_while_it_takes_over_takes_the_session_with_it()
    {
        using var rig = NetworkRig.Trading();
        var first = rig.Established(NetworkRig.Alice, 1);
        var second = rig.Client(NetworkRig.Alice, 1);
        rig.Negotiate(second);
        second.Establish();
        second.Terminate();
        rig.UntilLater(() => rig.Connections == 0, "the end of both");
        Assert.That(CodeOf(first), Is.EqualTo(SessionRejectCode.TakenOver));
        Assert.That(CodeOf(second), Is.EqualTo(SessionRejectCode.Requested));
        Assert.That(second.Has(EstablishmentAcceptedDecoder.TemplateId), Is.False);

        rig.Establish(rig.Client(NetworkRig.Alice, 1));
    }

    [Test]
    public void A_session_whose_orders_are_still_being_cancelled_is_busy_and_then_comes_back()
    {
        using var rig = NetworkRig.Trading(
            options => options with { Limits = options.Limits with { PendingUnitsPerCommand = 1 } });
        var client = rig.Established(NetworkRig.Alice, 1);
        for (var count = 0; count < 100; count++)
        {
            client.Order(Side.Buy, 990, 1);
        }

        rig.Until(() => client.CountOf(OrderAcceptedDecoder.TemplateId) == 100, "the orders");
        var other = rig.Client(NetworkRig.Alice, 1);
        rig.Negotiate(other);
        client.Terminate();
        rig.Until(() => client.Has(TerminateDecoder.TemplateId), "the end");
        var busy = 0;
        while (!other.Has(EstablishmentAcceptedDecoder.TemplateId))
        {
            other.Received.Clear();
            other.Establish();
            rig.Until(
                () => other.Has(EstablishmentAcceptedDecoder.TemplateId) || other.Has(EstablishmentRejectedDecoder.TemplateId),
                "an answer");
            if (other.Has(EstablishmentRejectedDecoder.TemplateId))
            {
                var refusal = EstablishmentRejectedDecoder.Trusted(other.Last(EstablishmentRejectedDecoder.TemplateId));
                Assert.That(refusal.Code, Is.EqualTo(SessionRejectCode.VenueBusy));
                busy++;
            }
        }

        Assert.That(busy, Is.Positive);
        var accepted = EstablishmentAcceptedDecoder.Trusted(other.Last(EstablishmentAcceptedDecoder.TemplateId));
        Assert.That(accepted.NextReportSequence, Is.EqualTo(201), "all cancellations are told");
    }

    [Test]
    public void A_session_that_the_operator_closes_ends_its_connection()
    {
        using var rig = NetworkRig.Trading();
        var client = rig.Established(NetworkRig.Alice, 1);
        rig.Driver.CloseSession(client.Handle);
        rig.UntilLater(() => client.Has(TerminateDecoder.TemplateId), "the end");
        Assert.That(CodeOf(client), Is.EqualTo(SessionRejectCode.Requested));
        rig.UntilLater(() => rig.Connections == 0, "the end of the connection");
    }

    [Test]
    public void A_client_that_does_not_read_is_cut_the_others_go_on_and_it_can_ask_for_what_it_missed()
    {
        using var rig = NetworkRig.Trading();
        var slow = rig.Established(NetworkRig.Alice, 1, keepAliveMillis: 60_000);
        var quick = rig.Established(NetworkRig.Bob, 2, keepAliveMillis: 60_000);
        slow.Order(Side.Sell, 1_001, 1_000);
        rig.Until(() => slow.Has(OrderAcceptedDecoder.TemplateId), "the order");
        slow.IsDeaf = true;
        for (var count = 1; count <= 400; count++)
        {
            quick.Order(Side.Buy, 1_001, 1);
            rig.Until(() => quick.CountOf(OrderAcceptedDecoder.TemplateId) == count, "the quick one's order");
        }

        Assert.That(rig.Venue.EgressCounters.ConnectionsCut.Value, Is.EqualTo(1));
        rig.UntilLater(() => rig.Connections == 1, "the end of the slow one");
        slow.IsDeaf = false;
        rig.Pass(10);
        var heard = slow.Reports().Select(one => one.Sequence).ToArray();
        Assert.That(heard, Is.EqualTo(Enumerable.Range(1, heard.Length).Select(number => (ulong)number)), "in order, no hole");

        slow.Received.Clear();
        rig.Establish(slow);
        var accepted = EstablishmentAcceptedDecoder.Trusted(slow.Last(EstablishmentAcceptedDecoder.TemplateId));
        var missed = accepted.NextReportSequence - accepted.RetainedFrom;
        Assert.That(missed, Is.EqualTo(256), "all that is kept");
        slow.Retransmit(accepted.RetainedFrom, (uint)missed);
        rig.Until(() => slow.Reports().Count(one => one.Again) == (int)missed, "the reports");
        Assert.That(slow.Reports()[^1], Is.EqualTo((accepted.NextReportSequence - 1, true)));
    }

    [Test]
    public void A_venue_that_stops_tells_its_clients_and_leaves_their_sessions_open()
    {
        using var rig = NetworkRig.Trading();
        var client = rig.Established(NetworkRig.Alice, 1);
        rig.Venue.Agents.Ingress.StopReading();
        rig.Until(() => client.Has(TerminateDecoder.TemplateId), "the end");
        Assert.That(CodeOf(client), Is.EqualTo(SessionRejectCode.VenueBusy));
        rig.Venue.Stop();
        rig.Venue.Dispose();

        using var after = new NetworkRig(storage: rig.Driver.Storage, clock: rig.Clock);
        var back = after.Client(NetworkRig.Alice, 1);
        after.Establish(back);
        Assert.That(back.Handle, Is.EqualTo(client.Handle));
    }

    private static SessionRejectCode CodeOf(RawClient client) =>
        TerminateDecoder.Trusted(client.All(TerminateDecoder.TemplateId).Single()).Code;
}
