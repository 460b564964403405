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
        + "|term-length=65536|response-correlation-id=3";

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
        var sent = pair.Record();
        using var answer = pair.PublisherDriver.AddPublication(ResponseChannel, AeronPair.StreamId);
        pair.StepFor(300 * AeronPair.Millisecond);
        Assert.That(sent, Is.Empty, "nobody has asked");

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
        using var one = pair.PublisherDriver.AddPublication(Answer(3), AeronPair.StreamId);
        using var other = pair.PublisherDriver.AddPublication(Answer(4), AeronPair.StreamId);
        using var again = pair.PublisherDriver.AddPublication(Answer(4), AeronPair.StreamId);
        Assert.That(pair.PublisherHost.OpenCount, Is.EqualTo(1));
        Assert.That(other.SessionId, Is.Not.EqualTo(one.SessionId));
        Assert.That(again.SessionId, Is.EqualTo(other.SessionId));
    }

    private static string Answer(int image) => FormattableString.Invariant(
        $"aeron:udp?control=10.0.0.1:24333|control-mode=response|response-correlation-id={image}");
}
