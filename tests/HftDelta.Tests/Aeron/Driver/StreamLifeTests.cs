using HftDelta.Aeron;
using HftDelta.Aeron.Frames;
using HftDelta.Aeron.Sockets;
using HftDelta.Simulation.Network;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Driver;

/// <summary>How streams begin and end: late readers, lost tails, ends that are told and ends that are not.</summary>
[CancelAfter(30_000)]
internal sealed class StreamLifeTests
{
    private const ulong Second = 1_000 * AeronPair.Millisecond;

    [Test]
    public void Nothing_is_accepted_before_somebody_listens()
    {
        using var pair = new AeronPair();
        using var publication = pair.Publish();
        pair.StepFor(AeronPair.Millisecond);

        Assert.That(publication.IsConnected, Is.False);
        Assert.That(publication.Offer(new byte[8]), Is.EqualTo(Publication.NotConnected));
        Assert.That(publication.TryClaim(8, out var claim), Is.EqualTo(Publication.NotConnected));
        Assert.That(claim.Buffer.Length, Is.Zero);
    }

    [Test]
    public void Setups_repeat_every_100_ms_until_somebody_listens()
    {
        using var pair = new AeronPair();
        var sent = pair.Record();
        using var publication = pair.Publish();

        pair.StepFor(Second, AeronPair.Millisecond);

        Assert.That(sent, Has.Count.InRange(9, 11));
        Assert.That(sent.Select(datagram => SetupFrame.TryRead(datagram.Bytes, out _)), Is.All.EqualTo(FrameFault.None));
    }

    [Test]
    public void A_lost_tail_is_found_by_the_heartbeat()
    {
        using var pair = new AeronPair();
        using var subscription = pair.Subscribe();
        using var publication = pair.Publish();
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);
        pair.StepFor(AeronPair.Millisecond);
        pair.Network.Conditions = LinkConditions.Cut;
        Assert.That(publication.Offer("the last one"u8), Is.Positive);
        pair.Step();
        pair.Network.Conditions = LinkConditions.Perfect;
        var handler = new KeepingHandler();

        pair.StepFor(50 * AeronPair.Millisecond);
        subscription.Poll(ref handler, 10);
        Assert.That(handler.Messages, Is.Empty, "nothing tells yet that anything is missing");

        pair.StepFor(60 * AeronPair.Millisecond);
        subscription.Poll(ref handler, 10);
        Assert.That(handler.Texts, Is.EqualTo(["the last one"]));
    }

    [Test]
    public void A_reader_that_comes_late_asks_for_a_setup_and_joins_where_the_stream_stands()
    {
        using var pair = new AeronPair();
        using var first = pair.Subscribe();
        using var publication = pair.Publish();
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);
        Assert.That(publication.Offer(new byte[40]), Is.EqualTo(96));
        pair.StepFor(AeronPair.Millisecond);

        pair.ReplaceSubscriber(seed: 77);
        var sent = pair.Record();
        using var second = pair.Subscribe();
        Assert.That(pair.StepUntil(() => second.IsConnected), Is.True);
        pair.StepFor(AeronPair.Millisecond);
        Assert.That(publication.Offer("late"u8), Is.EqualTo(160));
        pair.StepFor(AeronPair.Millisecond);
        var handler = new KeepingHandler();
        second.Poll(ref handler, 10);

        Assert.That(second.Images[0].JoinPosition, Is.EqualTo(96));
        Assert.That(handler.Texts, Is.EqualTo(["late"]));
        Assert.That(
            sent.Select(datagram => StatusMessageFrame.TryRead(datagram.Bytes, out var status) == FrameFault.None
                && status.IsSetupWanted),
            Has.Exactly(1).EqualTo(true));
    }

    [Test]
    public void A_closed_publication_sends_what_it_holds_then_ends_the_stream()
    {
        using var pair = new AeronPair();
        using var subscription = pair.Subscribe();
        using var publication = pair.Publish();
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);
        pair.StepFor(AeronPair.Millisecond);
        var image = subscription.Images[0];
        Assert.That(publication.Offer("last words"u8), Is.Positive);

        publication.Dispose();

        Assert.That(publication.IsClosed, Is.True);
        Assert.That(publication.Offer("more"u8), Is.EqualTo(Publication.Closed));
        Assert.That(publication.Position, Is.EqualTo(Publication.Closed));
        Assert.That(pair.StepUntil(() => image.EndOfStreamPosition == 64), Is.True);
        Assert.That(image.IsEndOfStream, Is.False, "not everything was read");
        var handler = new KeepingHandler();
        subscription.Poll(ref handler, 10);
        Assert.That(handler.Texts, Is.EqualTo(["last words"]));
        Assert.That(image.IsEndOfStream, Is.True);
        pair.StepFor(1_200 * AeronPair.Millisecond);
        Assert.That(subscription.IsConnected, Is.False, "the image leaves a second after the end");
        Assert.That(image.IsClosed, Is.True);
        Assert.That(image.IsEndOfStream, Is.True);
        Assert.That(pair.PublisherHost.OpenCount, Is.Zero, "the receiver's answer spares the sender its linger");
    }

    [Test]
    public void An_unread_image_stays_until_its_reader_has_come_to_the_end()
    {
        using var pair = new AeronPair();
        using var subscription = pair.Subscribe();
        using var publication = pair.Publish();
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);
        Assert.That(publication.Offer("wait for me"u8), Is.Positive);
        pair.StepFor(AeronPair.Millisecond);
        publication.Dispose();

        pair.StepFor(20 * Second, 10 * AeronPair.Millisecond);

        Assert.That(subscription.IsConnected, Is.True);
        var handler = new KeepingHandler();
        Assert.That(subscription.Poll(ref handler, 10), Is.EqualTo(1));
        pair.StepFor(AeronPair.Millisecond);
        Assert.That(subscription.IsConnected, Is.False);
    }

    [Test]
    public void A_publisher_that_vanishes_is_noticed_after_the_liveness_timeout_and_not_as_an_end()
    {
        using var pair = new AeronPair();
        using var subscription = pair.Subscribe();
        using var publication = pair.Publish();
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);
        pair.StepFor(AeronPair.Millisecond);
        var image = subscription.Images[0];

        pair.ReplacePublisher(seed: 5);
        pair.StepFor(9 * Second, AeronPair.Millisecond);
        Assert.That(image.IsClosed, Is.False);
        pair.StepFor(2_200 * AeronPair.Millisecond, AeronPair.Millisecond);

        Assert.That(image.IsClosed, Is.True);
        Assert.That(image.IsEndOfStream, Is.False);
        Assert.That(subscription.Images.Length, Is.Zero);
    }

    [Test]
    public void A_subscriber_that_vanishes_is_noticed_after_the_connection_timeout()
    {
        using var pair = new AeronPair();
        using var subscription = pair.Subscribe();
        using var publication = pair.Publish();
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);

        pair.ReplaceSubscriber(seed: 5);
        pair.StepFor(4_500 * AeronPair.Millisecond, AeronPair.Millisecond);
        Assert.That(publication.IsConnected, Is.True);
        pair.StepFor(Second, AeronPair.Millisecond);

        Assert.That(publication.IsConnected, Is.False);
        Assert.That(publication.Offer(new byte[8]), Is.EqualTo(Publication.NotConnected));
    }

    [Test]
    public void A_subscription_that_closes_tells_the_publisher_at_once()
    {
        using var pair = new AeronPair();
        var subscription = pair.Subscribe();
        using var publication = pair.Publish();
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);
        pair.StepFor(AeronPair.Millisecond);

        subscription.Dispose();
        pair.StepFor(AeronPair.Millisecond);

        Assert.That(publication.IsConnected, Is.False);
        Assert.That(subscription.Images.Length, Is.Zero);
        pair.StepFor(2 * Second, AeronPair.Millisecond);
        Assert.That(pair.SubscriberHost.OpenCount, Is.Zero, "the socket goes after the goodbyes");
    }

    [Test]
    public void A_new_reader_takes_the_place_of_one_that_closed()
    {
        using var pair = new AeronPair();
        var first = pair.Subscribe();
        using var publication = pair.Publish();
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);
        first.Dispose();
        pair.StepFor(50 * AeronPair.Millisecond);

        using var second = pair.Subscribe();
        Assert.That(pair.StepUntil(() => second.IsConnected && publication.IsConnected), Is.True);
        pair.StepFor(3 * Second, AeronPair.Millisecond);

        Assert.That(second.IsConnected, Is.True);
        Assert.That(publication.IsConnected, Is.True);
        Assert.That(publication.Offer("for the second"u8), Is.Positive);
        pair.StepFor(AeronPair.Millisecond);
        var handler = new KeepingHandler();
        Assert.That(second.Poll(ref handler, 10), Is.EqualTo(1));
    }

    [Test]
    public void A_publisher_whose_agents_close_says_goodbye()
    {
        using var pair = new AeronPair();
        using var subscription = pair.Subscribe();
        using var publication = pair.Publish();
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);
        Assert.That(publication.Offer("bye"u8), Is.Positive);
        pair.StepFor(AeronPair.Millisecond);

        pair.PublisherDriver.Invoker.OnClose();
        pair.SubscriberDriver.Invoker.DoWork();

        Assert.That(subscription.Images[0].EndOfStreamPosition, Is.EqualTo(64));
    }

    [Test]
    public void A_subscriber_whose_agents_close_says_goodbye()
    {
        using var pair = new AeronPair();
        using var subscription = pair.Subscribe();
        using var publication = pair.Publish();
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);
        pair.StepFor(AeronPair.Millisecond);

        pair.SubscriberDriver.Invoker.OnClose();
        pair.PublisherDriver.Invoker.DoWork();

        Assert.That(publication.IsConnected, Is.False);
    }

    [Test]
    public void An_unreliable_reader_skips_what_was_lost()
    {
        using var pair = new AeronPair();
        using var subscription = pair.Subscribe("reliable=false");
        using var publication = pair.Publish();
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);
        pair.StepFor(AeronPair.Millisecond);
        pair.Network.Conditions = LinkConditions.Cut;
        Assert.That(publication.Offer("lost"u8), Is.Positive);
        pair.Step();
        pair.Network.Conditions = LinkConditions.Perfect;
        var sent = pair.Record();

        Assert.That(publication.Offer("found"u8), Is.Positive);
        pair.StepFor(AeronPair.Millisecond);
        var handler = new KeepingHandler();
        subscription.Poll(ref handler, 10);

        Assert.That(handler.Texts, Is.EqualTo(["found"]));
        Assert.That(
            sent.Select(datagram => NakFrame.TryRead(datagram.Bytes, out _)), Is.All.Not.EqualTo(FrameFault.None));
    }

    [Test]
    public void A_round_trip_request_is_answered_on_the_data_path()
    {
        using var pair = new AeronPair();
        using var receiver = pair.SubscriberHost.Open(
            new DatagramSocketOptions { Local = SocketEndpoint.Parse("10.0.0.2:24331") });
        using var publication = pair.Publish();
        pair.StepFor(AeronPair.Millisecond);
        var buffer = new byte[64];
        Assert.That(receiver.TryReceive(buffer, out var publisher), Is.EqualTo(SetupFrame.LengthBytes));
        var request = new RoundTripFrame(
            FrameFlags.RoundTripReply, publication.SessionId, AeronPair.StreamId, 123_456_789, 5, 42);

        receiver.TrySend(buffer.AsSpan(0, request.Write(buffer)), publisher);
        pair.StepFor(AeronPair.Millisecond);

        Assert.That(receiver.TryReceive(buffer, out _), Is.EqualTo(RoundTripFrame.LengthBytes));
        Assert.That(RoundTripFrame.TryRead(buffer, out var answer), Is.EqualTo(FrameFault.None));
        Assert.That(answer, Is.EqualTo(request with { Flags = 0, ReceptionDeltaNanos = 0 }));
    }

    [Test]
    public void A_publisher_that_restarts_is_a_new_image()
    {
        using var pair = new AeronPair();
        using var subscription = pair.Subscribe();
        using var first = pair.Publish();
        Assert.That(pair.StepUntil(() => first.IsConnected), Is.True);
        pair.StepFor(AeronPair.Millisecond);
        var before = subscription.Images[0];

        pair.ReplacePublisher(seed: 99);
        using var second = pair.Publish();
        Assert.That(pair.StepUntil(() => second.IsConnected), Is.True);

        Assert.That(second.SessionId, Is.Not.EqualTo(first.SessionId));
        Assert.That(subscription.Images.Length, Is.EqualTo(2), "the old one waits for its timeout");
        Assert.That(subscription.ImageBySessionId(first.SessionId), Is.SameAs(before));
        Assert.That(subscription.ImageBySessionId(second.SessionId)?.Source.Port, Is.EqualTo(32_769));
    }
}
