using HftDelta.Aeron;

namespace HftDelta.SystemTests.Interop;

/// <summary>
/// The rarer frames of the protocol, each in both directions: a stream that is refused (ERR), one that is taken back (REVOKED),
/// answers that find their requester (RSP_SETUP), and a congestion window with measured round trips (RTTM).
/// </summary>
[CancelAfter(120_000)]
internal sealed class FeatureInteropTests
{
    private const int StreamId = 1001;
    private const string AnyPort = "aeron:udp?endpoint=127.0.0.1:0";

    [Test]
    public void The_official_publisher_is_told_why_we_refuse_its_stream()
    {
        using var ours = new OurSide(lossPerMille: 0);
        using var subscription = ours.Driver.AddSubscription(AnyPort, StreamId);
        using var java = JavaPeer.Publish(subscription.ResolvedChannel, StreamId, 0, 100);
        var session = ours.WaitFor(java, "READY");
        ours.WaitUntil(java, () => subscription.IsConnected, "connected");
        subscription.Images[0].Reject("no room for you");
        Assert.That(ours.WaitFor(java, "REFUSED"), Is.EqualTo($"{session} 13 no room for you"));
        java.Say("close");
        java.End(ours.Work, logged: "errorMessage=no room for you");
        InteropTable.Add("stream refused", "official to ours", "100", 0, "publisher is told the reason");
    }

    [Test]
    public void We_are_told_why_the_official_subscriber_refuses_our_stream()
    {
        var refusals = new List<PublicationError>();
        using var java = JavaPeer.Receive(AnyPort, StreamId, 1, 100);
        using var ours = new OurSide(lossPerMille: 0, refusals.Add);
        using var publication = ours.Driver.AddPublication(ours.WaitFor(java, "READY"), StreamId);
        ours.WaitUntil(java, () => publication.IsConnected, "connected");
        ours.Publish(java, publication, 100, 0, 1);
        ours.WaitFor(java, "RECEIVED");
        java.Say("reject");
        ours.WaitUntil(java, () => refusals.Count > 0 && !publication.IsConnected, "refused");
        Assert.That(refusals[0].ErrorCode, Is.EqualTo(13));
        Assert.That(refusals[0].Reason, Is.EqualTo("not wanted"));
        Assert.That(refusals[0].SessionId, Is.EqualTo(publication.SessionId));
        ours.End(java);
        InteropTable.Add("stream refused", "ours to official", "100", 1, "publisher is told the reason");
    }

    [Test]
    public void The_official_subscriber_loses_a_stream_that_we_take_back()
    {
        using var java = JavaPeer.Receive(AnyPort, StreamId, 10, 100);
        using var ours = new OurSide(lossPerMille: 0);
        using var publication = ours.Driver.AddPublication(ours.WaitFor(java, "READY"), StreamId);
        ours.WaitUntil(java, () => publication.IsConnected, "connected");
        ours.Publish(java, publication, 100, 0, 10);
        ours.WaitFor(java, "RECEIVED");
        publication.Revoke();
        Assert.That(ours.WaitFor(java, "GONE"), Does.EndWith(" revoked"));
        ours.End(java);
        InteropTable.Add("stream taken back", "ours to official", "100", 10);
    }

    [Test]
    public void We_lose_a_stream_that_the_official_publisher_takes_back()
    {
        using var ours = new OurSide(lossPerMille: 0);
        using var subscription = ours.Driver.AddSubscription(AnyPort, StreamId);
        using var java = JavaPeer.Publish(subscription.ResolvedChannel, StreamId, 10, 100);
        ours.WaitFor(java, "SENT");
        ours.WaitUntil(java, () => subscription.IsConnected, "connected");
        var image = subscription.Images[0];
        java.Say("revoke");
        ours.WaitUntil(java, () => image.IsClosed, "gone");
        Assert.That(image.IsPublicationRevoked, Is.True);
        ours.End(java);
        InteropTable.Add("stream taken back", "official to ours", "100", 10);
    }

    [Test]
    public void The_official_requester_gets_our_answers_over_a_response_channel()
    {
        const int Count = 200;
        using var ours = new OurSide(lossPerMille: 0);
        using var requests = ours.Driver.AddSubscription(AnyPort, 1002);
        var control = $"aeron:udp?control-mode=response|control=127.0.0.1:{Processes.FreePort.Take()}";
        using var java = JavaPeer.Request(requests.ResolvedChannel, control, Count, 3_000);
        ours.WaitUntil(java, () => requests.IsConnected, "a request stream");
        using var answers = ours.Driver.AddPublication(
            $"{control}|response-correlation-id={requests.Images[0].CorrelationId}", 1003);
        var assembler = new ControlledFragmentAssembler<Answerer>(new Answerer(answers));
        Assert.That(
            java.WaitFor("ANSWERED", () => ours.Work() + requests.ControlledPoll(ref assembler, 10)),
            Is.EqualTo($"3000 {Count}"));
        ours.End(java);
        InteropTable.Add("response channel", "official asks, ours answers", "3000", Count);
    }

    [Test]
    public void We_get_the_official_answers_over_a_response_channel()
    {
        const int Count = 200;
        const int Length = 3_000;
        var control = $"aeron:udp?control-mode=response|control=127.0.0.1:{Processes.FreePort.Take()}";
        using var java = JavaPeer.Respond(AnyPort, control);
        using var ours = new OurSide(lossPerMille: 0);
        var channel = ours.WaitFor(java, "READY");
        using var answers = ours.Driver.AddSubscription(control, 1003);
        using var requests = ours.Driver.AddPublication($"{channel}|response-correlation-id={answers.RegistrationId}", 1002);
        ours.WaitUntil(java, () => requests.IsConnected && answers.IsConnected, "both streams");
        var assembler = new FragmentAssembler<NumberedMessages>(new NumberedMessages(Length));
        for (var number = 0; number < Count; number++)
        {
            ours.Publish(java, requests, Length, number, 1);
            ours.WaitUntil(
                java, () => answers.Poll(ref assembler, 10) >= 0 && assembler.Handler.Count > number, $"answer {number}");
        }

        Assert.That(assembler.Handler.Wrong, Is.Null);
        Assert.That(answers.Images.Length, Is.EqualTo(1));
        ours.End(java);
        InteropTable.Add("response channel", "ours asks, official answers", $"{Length}", Count);
    }

    [Test]
    public void The_official_congestion_window_measures_round_trips_to_us()
    {
        const int Count = 5_000;
        using var java = JavaPeer.Receive($"{AnyPort}|cc=cubic", StreamId, Count, 1_000, "whole=true", "rtt=1");
        using var ours = new OurSide(lossPerMille: 10);
        using var publication = ours.Driver.AddPublication(ours.WaitFor(java, "READY").Split("|cc=")[0], StreamId);
        ours.Publish(java, publication, 1_000, 0, Count);
        Assert.That(ours.WaitFor(java, "RECEIVED"), Is.EqualTo($"{Count}"));
        ours.End(java);
        InteropTable.Add("cc=cubic with round trips", "ours to official", "1000", Count);
    }

    [Test]
    public void Our_congestion_window_measures_round_trips_to_the_official_publisher()
    {
        const int Count = 5_000;
        using var ours = new OurSide(lossPerMille: 10, measuresRoundTrips: true);
        using var subscription = ours.Driver.AddSubscription($"{AnyPort}|cc=cubic", StreamId);
        using var java = JavaPeer.Publish(subscription.ResolvedChannel, StreamId, Count, 1_000);
        var assembler = new FragmentAssembler<NumberedMessages>(new NumberedMessages(1_000));
        ours.WaitUntil(
            java, () => subscription.Poll(ref assembler, 50) >= 0 && assembler.Handler.Count == Count, "all messages");
        Assert.That(assembler.Handler.Wrong, Is.Null);
        Assert.That(ours.Count("hftdelta_aeron_round_trip_requests_total", "direction=sent"), Is.Positive);
        ours.End(java);
        InteropTable.Add("cc=cubic with round trips", "official to ours", "1000", Count);
    }

    private readonly struct Answerer(Publication answers) : IControlledFragmentHandler
    {
        public ControlledAction OnFragment(ReadOnlySpan<byte> payload, in FragmentHeader header) =>
            answers.Offer(payload) > 0 ? ControlledAction.Continue : ControlledAction.Abort;
    }
}
