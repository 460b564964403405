using HftDelta.Aeron;
using HftDelta.Aeron.Frames;
using HftDelta.Aeron.Sockets;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Driver;

/// <summary>The sending side of response channels: requests that want answers, and answers that go to whoever asked.</summary>
[CancelAfter(20_000)]
internal sealed class ResponseChannelTests
{
    private const string ResponseChannel =
        "aeron:udp?control=10.0.0.1:24333|control-mode=response|session-id=101|init-term-id=7|term-id=7|term-offset=0"
        + "|term-length=65536";

    [Test]
    public void A_request_asks_for_the_session_of_its_answers_as_recorded()
    {
        using var recorded = VectorFiles.Read("14-response-channel");
        using var pair = new AeronPair();
        using var receiver = new RawReceiver(pair.SubscriberHost, 24_331, 1);
        using var answers = pair.PublisherDriver.AddSubscription("aeron:udp?endpoint=10.0.0.1:0", AeronPair.StreamId);
        using var request = pair.Publish($"{AeronPair.RecordedStream}|response-correlation-id={answers.RegistrationId}");
        pair.StepFor(AeronPair.Millisecond);

        var setup = VectorFiles.Datagrams(recorded).Select(datagram => datagram.Bytes)
            .First(bytes => SetupFrame.TryRead(bytes, out _) == FrameFault.None);
        Assert.That(receiver.Take().Select(Convert.ToHexString), Is.EqualTo([Convert.ToHexString(setup)]));
        Assert.That(setup[5], Is.EqualTo(FrameFlags.SetupSendResponse));
    }

    [Test]
    public void An_answer_goes_to_whoever_asked_for_its_setup_and_waits_until_then()
    {
        using var pair = new AeronPair();
        using var client = new RawReceiver(pair.SubscriberHost, 30_001, 1)
        {
            Sender = SocketEndpoint.Parse("10.0.0.1:24333"),
        };
        using var stranger = new RawReceiver(pair.SubscriberHost, 30_002, 2, sessionId: 102)
        {
            Sender = SocketEndpoint.Parse("10.0.0.1:24333"),
        };
        using var requests = Requests(pair, 1);
        var channel = $"{ResponseChannel}|response-correlation-id={requests.Images[0].CorrelationId}";
        var sent = pair.Record();
        using var answer = pair.PublisherDriver.AddPublication(channel, AeronPair.StreamId);
        pair.StepFor(300 * AeronPair.Millisecond);
        Assert.That(sent.Where(datagram => datagram.From.Port == 24_333), Is.Empty, "nobody has asked");

        stranger.AskForSetup();
        client.AskForSetup();
        pair.StepFor(300 * AeronPair.Millisecond);
        var setups = client.TakeSetups();
        Assert.That(setups, Is.Not.Empty);
        Assert.That(setups[0].Flags, Is.EqualTo(FrameFlags.None), "an answer is no request and no group");
        Assert.That(stranger.Take(), Is.Empty, "it asked for another session");

        client.Status();
        pair.StepFor(AeronPair.Millisecond);
        Assert.That(answer.IsConnected, Is.True);
        Assert.That(answer.Offer(new byte[96]), Is.Positive);
        pair.StepFor(AeronPair.Millisecond);
        Assert.That(client.TakeData(), Is.EqualTo([(0, 128)]));
    }

    [Test]
    public void Answers_to_different_requests_share_the_socket_and_not_the_session()
    {
        using var pair = new AeronPair();
        using var requests = Requests(pair, 2);
        long[] images = [requests.Images[0].CorrelationId, requests.Images[1].CorrelationId];
        using var one = pair.PublisherDriver.AddPublication(Answer(images[0]), AeronPair.StreamId);
        using var other = pair.PublisherDriver.AddPublication(Answer(images[1]), AeronPair.StreamId);
        using var again = pair.PublisherDriver.AddPublication(Answer(images[1]), AeronPair.StreamId);
        Assert.That(pair.PublisherHost.OpenCount, Is.EqualTo(2), "one for requests, one for answers");
        Assert.That(other.SessionId, Is.Not.EqualTo(one.SessionId));
        Assert.That(again.SessionId, Is.EqualTo(other.SessionId));
    }

    [Test]
    public void An_answer_to_nobody_is_refused()
    {
        using var pair = new AeronPair();
        using var requests = Requests(pair, 1);
        var image = requests.Images[0].CorrelationId;
        Assert.That(
            () => pair.PublisherDriver.AddPublication(Answer(image + 1_000), AeronPair.StreamId),
            Throws.InstanceOf<AeronException>().With.Message.Contains("no image has the correlation id"));

        pair.StepFor(15_000 * AeronPair.Millisecond, AeronPair.Millisecond);
        Assert.That(requests.IsConnected, Is.False, "its publisher was silent");
        Assert.That(
            () => pair.PublisherDriver.AddPublication(Answer(image), AeronPair.StreamId),
            Throws.InstanceOf<AeronException>().With.Message.Contains("has ended"));
        Assert.That(pair.PublisherHost.OpenCount, Is.EqualTo(1));
    }

    [Test]
    public void An_answer_to_a_stream_that_asked_for_none_is_refused()
    {
        using var pair = new AeronPair();
        using var requests = Requests(pair, 1, FrameFlags.None);
        Assert.That(
            () => pair.PublisherDriver.AddPublication(Answer(requests.Images[0].CorrelationId), AeronPair.StreamId),
            Throws.InstanceOf<AeronException>().With.Message.Contains("did not ask for a response"));
    }

    [Test]
    public void A_prototype_holds_the_socket_that_answers_leave_from_and_sends_nothing()
    {
        using var pair = new AeronPair(adjust: options => options with { TermLengthBytes = 1024 * 1024 });
        using var prototype = pair.PublisherDriver.AddExclusivePublication(
            "aeron:udp?control=10.0.0.1:24333|control-mode=response|response-correlation-id=prototype", AeronPair.StreamId);
        Assert.That(prototype.TermLengthBytes, Is.EqualTo(64 * 1024), "the least that it can be");
        using var requests = Requests(pair, 1);
        using var answer = pair.PublisherDriver.AddPublication(
            Answer(requests.Images[0].CorrelationId), AeronPair.StreamId);
        Assert.That(pair.PublisherHost.OpenCount, Is.EqualTo(2), "one for requests, one for answers");
        Assert.That(prototype.Offer(new byte[8]), Is.EqualTo(Publication.NotConnected));
        Assert.That(
            () => pair.Publish("response-correlation-id=prototype"),
            Throws.InstanceOf<AeronException>().With.Message.Contains("no subscription has the registration id -2"),
            "it is not for requests");
    }

    /// <summary>A subscription of the answerer with the streams of so many requesters, who are silent from then on.</summary>
    private static Subscription Requests(AeronPair pair, int count, byte flags = FrameFlags.SetupSendResponse)
    {
        var requests = pair.PublisherDriver.AddSubscription("aeron:udp?endpoint=10.0.0.1:24334", AeronPair.StreamId);
        for (var index = 0; index < count; index++)
        {
            using var publisher = RawPublisher.At(pair.SubscriberHost, "10.0.0.1:24334", 500 + index);
            publisher.Setup(flags);
            Assert.That(pair.StepUntil(() => requests.Images.Length == index + 1), Is.True);
        }

        return requests;
    }

    private static string Answer(long image) => FormattableString.Invariant(
        $"aeron:udp?control=10.0.0.1:24333|control-mode=response|response-correlation-id={image}");
}
