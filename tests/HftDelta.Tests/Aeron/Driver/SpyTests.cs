using HftDelta.Aeron;
using HftDelta.Aeron.Frames;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Driver;

/// <summary>Subscriptions that read the publications of their own driver, with and without receivers beside them.</summary>
[CancelAfter(20_000)]
internal sealed class SpyTests
{
    private const string Alone = "ssc=true";
    private const int Length = 1_000;

    [Test]
    public void A_spy_reads_what_a_receiver_gets()
    {
        using var pair = new AeronPair();
        using var subscription = pair.SubscriberDriver.AddSubscription(AeronPair.Channel(), AeronPair.StreamId);
        using var spy = Spy(pair);
        using var publication = pair.PublisherDriver.AddPublication(AeronPair.Channel(), AeronPair.StreamId);
        Assert.That(pair.StepUntil(() => publication.IsConnected && spy.IsConnected), Is.True);
        Assert.That(spy.Images[0].SessionId, Is.EqualTo(publication.SessionId));
        Assert.That(spy.Images[0].CorrelationId, Is.EqualTo(publication.RegistrationId));
        Assert.That(spy.Images[0].SourceIdentity, Is.EqualTo("aeron:ipc"));

        // Several times around the log.
        var (seen, received) = (new KeepingHandler(), new KeepingHandler());
        var sent = 0;
        var isDone = pair.StepUntil(
            () =>
            {
                sent += sent < 500 && publication.Offer(Message(sent)) > 0 ? 1 : 0;
                spy.Poll(ref seen, 10);
                subscription.Poll(ref received, 10);
                return received.Messages.Count == 500 && seen.Messages.Count == 500;
            });

        Assert.That(isDone, Is.True);
        Assert.That(seen.Messages.Select(message => message.Bytes), Is.EqualTo(Enumerable.Range(0, 500).Select(Message)));
        Assert.That(
            seen.Messages.Select(message => message.Position),
            Is.EqualTo(received.Messages.Select(message => message.Position)));
    }

    [TestCase("")]
    [TestCase(Alone)]
    public void A_spy_that_does_not_read_holds_the_publisher_back(string parameters)
    {
        using var pair = new AeronPair();
        using var subscription = pair.SubscriberDriver.AddSubscription(AeronPair.Channel(), AeronPair.StreamId);
        using var publication = pair.PublisherDriver.AddPublication(
            AeronPair.Channel(parameters), AeronPair.StreamId);
        using var spy = Spy(pair);
        var handler = new KeepingHandler();
        Assert.That(pair.StepUntil(() => publication.IsConnected && spy.IsConnected && subscription.IsConnected), Is.True);

        var sent = OfferAll(pair, publication, () => subscription.Poll(ref handler, 10));

        Assert.That(publication.Offer(Message(sent)), Is.EqualTo(Publication.BackPressured));
        Assert.That(publication.Position, Is.InRange(32 * 1024, (32 * 1024) + Length + 32), "half a term before the spy");
        Assert.That(handler.Messages, Has.Count.EqualTo(sent), "the receiver has it all");
        spy.Poll(ref handler, 10);
        pair.StepFor(AeronPair.Millisecond);
        Assert.That(publication.Offer(Message(sent)), Is.Positive);
        spy.Dispose();
        pair.StepFor(AeronPair.Millisecond);
        Assert.That(OfferAll(pair, publication, () => subscription.Poll(ref handler, 10), 100), Is.EqualTo(100), "it has left");
    }

    [Test]
    public void Spies_alone_connect_a_publication_that_counts_them_and_what_they_read_is_not_sent()
    {
        using var pair = new AeronPair();
        using var publication = pair.PublisherDriver.AddPublication(AeronPair.Channel(Alone), AeronPair.StreamId);
        pair.StepFor(10 * AeronPair.Millisecond);
        Assert.That(publication.Offer(Message(0)), Is.EqualTo(Publication.NotConnected), "no spy yet");
        var recorded = pair.Record();
        using (var spy = Spy(pair))
        {
            Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);
            var handler = new KeepingHandler();
            Assert.That(OfferAll(pair, publication, () => spy.Poll(ref handler, 10), 500), Is.EqualTo(500));
            pair.StepFor(AeronPair.Millisecond);
            spy.Poll(ref handler, 10);
            Assert.That(handler.Messages, Has.Count.EqualTo(500));
        }

        Assert.That(pair.StepUntil(() => !publication.IsConnected), Is.True);
        Assert.That(publication.Offer(Message(0)), Is.EqualTo(Publication.NotConnected));
        Assert.That(
            recorded.Where(datagram => DataHeader.TryRead(datagram.Bytes, out _) == FrameFault.None), Is.Empty, "no receiver");
    }

    [Test]
    public void A_receiver_that_comes_later_gets_the_stream_from_where_the_spies_are()
    {
        using var pair = new AeronPair();
        using var publication = pair.PublisherDriver.AddPublication(AeronPair.Channel(Alone), AeronPair.StreamId);
        using var spy = Spy(pair);
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);
        var handler = new KeepingHandler();
        OfferAll(pair, publication, () => spy.Poll(ref handler, 10), 200);
        var position = publication.Position;
        Assert.That(pair.StepUntil(() => spy.Poll(ref handler, 10) >= 0 && spy.Images[0].Position == position), Is.True);
        pair.StepFor(AeronPair.Millisecond);

        using var subscription = pair.SubscriberDriver.AddSubscription(AeronPair.Channel(), AeronPair.StreamId);
        Assert.That(pair.StepUntil(() => subscription.IsConnected), Is.True);
        pair.StepFor(AeronPair.Millisecond);
        Assert.That(subscription.Images[0].JoinPosition, Is.EqualTo(position));
        Assert.That(publication.Offer(Message(200)), Is.Positive);
        var received = new KeepingHandler();
        Assert.That(pair.StepUntil(() => subscription.Poll(ref received, 10) > 0), Is.True);
        Assert.That(received.Messages[0].Bytes, Is.EqualTo(Message(200)));
    }

    [Test]
    public void Spies_do_not_connect_a_publication_that_does_not_count_them()
    {
        using var pair = new AeronPair();
        using var spy = Spy(pair);
        using var publication = pair.PublisherDriver.AddPublication(AeronPair.Channel(), AeronPair.StreamId);
        pair.StepFor(10 * AeronPair.Millisecond);
        Assert.That(spy.IsConnected, Is.True);
        Assert.That(publication.Offer(Message(0)), Is.EqualTo(Publication.NotConnected));
    }

    [Test]
    public void A_closed_publication_waits_for_its_spies_to_read_the_rest()
    {
        using var pair = new AeronPair();
        using var publication = pair.PublisherDriver.AddExclusivePublication(
            AeronPair.Channel(Alone + "|linger=0s"), AeronPair.StreamId);
        using var spy = Spy(pair);
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);
        Assert.That(publication.Offer(Message(0)), Is.Positive);
        Assert.That(publication.Offer(Message(1)), Is.Positive);
        var image = spy.Images[0];
        publication.Dispose();
        pair.StepFor(5_000 * AeronPair.Millisecond, AeronPair.Millisecond);
        Assert.That((image.IsClosed, image.IsEndOfStream, publication.IsFreed), Is.EqualTo((false, false, false)));

        var handler = new KeepingHandler();
        Assert.That(spy.Poll(ref handler, 10), Is.EqualTo(2));
        Assert.That(image.IsEndOfStream, Is.True);
        Assert.That(pair.StepUntil(() => image.IsClosed), Is.True);
        Assert.That((spy.IsConnected, image.IsEndOfStream), Is.EqualTo((false, true)));
        pair.StepFor(5_000 * AeronPair.Millisecond, AeronPair.Millisecond);
        Assert.That(publication.IsFreed, Is.True);
    }

    [Test]
    public void A_spy_that_does_not_read_the_rest_is_not_waited_for_without_end()
    {
        using var pair = new AeronPair();
        using var publication = pair.PublisherDriver.AddExclusivePublication(
            AeronPair.Channel(Alone), AeronPair.StreamId);
        using var spy = Spy(pair);
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);
        Assert.That(publication.Offer(Message(0)), Is.Positive);
        publication.Dispose();

        pair.StepFor(40_000 * AeronPair.Millisecond, AeronPair.Millisecond);

        Assert.That(spy.IsConnected, Is.False);
        Assert.That(publication.IsFreed, Is.True);
    }

    [Test]
    public void A_spy_loses_a_stream_that_is_taken_back()
    {
        using var pair = new AeronPair();
        using var publication = pair.PublisherDriver.AddPublication(AeronPair.Channel(Alone), AeronPair.StreamId);
        using var spy = Spy(pair);
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);
        Assert.That(publication.Offer(Message(0)), Is.Positive);
        var image = spy.Images[0];
        publication.Revoke();
        pair.StepFor(AeronPair.Millisecond);
        Assert.That((spy.IsConnected, image.IsPublicationRevoked), Is.EqualTo((false, true)));
    }

    [TestCase("aeron-spy:aeron:udp?endpoint=10.0.0.2:24331", 1001, 2)]
    [TestCase("aeron-spy:aeron:udp?endpoint=10.0.0.2:24331|session-id=7", 1001, 1)]
    [TestCase("aeron-spy:aeron:udp?endpoint=10.0.0.2:24331|session-id=8", 1001, 0)]
    [TestCase("aeron-spy:aeron:udp?endpoint=10.0.0.2:24331", 1002, 0)]
    [TestCase("aeron-spy:aeron:udp?endpoint=10.0.0.2:24332", 1001, 0)]
    [TestCase("aeron-spy:aeron:udp?endpoint=10.0.0.2:24331|interface=10.0.0.1", 1001, 0)]
    [TestCase("aeron-spy:aeron:udp?tags=5", 1001, 2)]
    [TestCase("aeron-spy:aeron:udp?tags=6", 1001, 0)]
    public void A_spy_sees_the_publications_of_its_channel_and_stream(string channel, int streamId, int count)
    {
        using var pair = new AeronPair();
        using var early = pair.PublisherDriver.AddSubscription(channel, streamId);
        using var one = pair.PublisherDriver.AddExclusivePublication(
            AeronPair.Channel("tags=5|session-id=7"), AeronPair.StreamId);
        using var other = pair.PublisherDriver.AddExclusivePublication(
            AeronPair.Channel("tags=5|session-id=77"), AeronPair.StreamId);
        using var late = pair.PublisherDriver.AddSubscription(channel, streamId);
        pair.StepFor(AeronPair.Millisecond);
        Assert.That((early.Images.Length, late.Images.Length), Is.EqualTo((count, count)));
        Assert.That(pair.PublisherHost.OpenCount, Is.EqualTo(1), "a spy has no socket");
    }

    [Test]
    public void What_a_spy_cannot_be_is_refused()
    {
        using var pair = new AeronPair();
        using var publication = pair.PublisherDriver.AddPublication(AeronPair.Channel(), AeronPair.StreamId);
        using var spy = Spy(pair);
        Assert.That(
            () => pair.PublisherDriver.AddSubscription(
                "aeron-spy:" + AeronPair.Channel("tether=false"), AeronPair.StreamId),
            Throws.InstanceOf<AeronException>().With.Message.Contains("tether"));
        Assert.That(
            () => pair.PublisherDriver.AddPublication("aeron-spy:" + AeronPair.Channel(), AeronPair.StreamId),
            Throws.InstanceOf<AeronException>().With.Message.Contains("aeron-spy"));
        Assert.That(() => spy.AddDestination(AeronPair.Channel()), Throws.InstanceOf<AeronException>());
        Assert.That(
            () => pair.PublisherDriver.AddPublication(AeronPair.Channel(Alone), AeronPair.StreamId),
            Throws.InstanceOf<AeronException>().With.Message.Contains("ssc=false"), "the stream is open without");
    }

    [Test]
    public void A_driver_may_end_before_its_spies()
    {
        var pair = new AeronPair();
        pair.PublisherDriver.AddPublication(AeronPair.Channel(Alone), AeronPair.StreamId);
        var spy = Spy(pair);
        Assert.That(pair.StepUntil(() => spy.IsConnected), Is.True);
        pair.Dispose();
        var handler = new KeepingHandler();
        Assert.That(spy.Poll(ref handler, 10), Is.Zero);
    }

    private static Subscription Spy(AeronPair pair) =>
        pair.PublisherDriver.AddSubscription("aeron-spy:" + AeronPair.Channel(), AeronPair.StreamId);

    private static byte[] Message(int number) => TestMessages.Recorded(number, Length);

    /// <summary>Offers so many, or until nothing moves any more.</summary>
    private static int OfferAll(AeronPair pair, Publication publication, Func<int> read, int count = int.MaxValue)
    {
        var sent = 0;
        for (var standing = 0; sent < count && standing < 200; standing++)
        {
            while (sent < count && publication.Offer(Message(sent)) > 0)
            {
                sent++;
                standing = 0;
            }

            pair.Step();
            read();
        }

        return sent;
    }
}
