using HftDelta.Aeron;
using HftDelta.Aeron.Frames;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Driver;

/// <summary>
/// A subscription that listens at several addresses: two senders of one stream are one image, which goes on when one is lost and
/// ends when both have.
/// </summary>
[CancelAfter(20_000)]
internal sealed class SeveralDestinationsTests
{
    private const ulong Millisecond = AeronPair.Millisecond;
    private const string One = "aeron:udp?endpoint=10.0.0.2:24331";
    private const string Other = "aeron:udp?endpoint=10.0.0.2:24332";
    private const byte Ended = FrameFlags.DataUnfragmented | FrameFlags.DataEndOfStream;

    [Test]
    public void Two_senders_of_one_session_are_one_image_and_both_hear_of_its_position()
    {
        using var two = TwoSenders.OfOneImage();
        var (pair, subscription, first, second) = two;
        var handler = new KeepingHandler();

        // Each sends what the other loses.
        first.Data(0, "one"u8);
        second.Data(64, "two"u8);
        first.Data(64, "two"u8);
        second.Data(128, "three"u8);
        pair.StepFor(Millisecond);
        subscription.Poll(ref handler, 10);

        Assert.That(handler.Texts, Is.EqualTo(["one", "two", "three"]));
        Assert.That(subscription.Images.Length, Is.EqualTo(1));
        Assert.That(subscription.Images[0].ActiveTransportCount, Is.EqualTo(2));
        pair.StepFor(250 * Millisecond);
        Assert.That(RawPublisher.Statuses(first.Answers()), Is.Not.Empty);
        Assert.That(RawPublisher.Statuses(second.Answers()), Has.Count.GreaterThan(1), "the first one at once, to let it send");
    }

    [Test]
    public void What_is_missing_is_asked_of_both()
    {
        using var two = new TwoSenders();
        var (pair, subscription, first, second) = two;
        first.Setup();
        second.Setup();
        Assert.That(pair.StepUntil(() => subscription.IsConnected), Is.True);
        second.Setup();
        first.Data(64, "two"u8);
        pair.StepFor(Millisecond);

        foreach (var publisher in new[] { first, second })
        {
            Assert.That(
                RawPublisher.Naks(publisher.Answers()).Select(nak => (nak.TermOffset, nak.GapLength)).Distinct(),
                Is.EqualTo([(0, 64)]));
        }
    }

    [Test]
    public void The_stream_ends_when_both_have_told_the_end()
    {
        using var two = TwoSenders.OfOneImage();
        var (pair, subscription, first, second) = two;
        var image = subscription.Images[0];

        first.Heartbeat(0, Ended);
        pair.StepFor(Millisecond);
        Assert.That(image.IsEndOfStream, Is.False);

        second.Data(0, "last"u8);
        second.Heartbeat(64, Ended);
        pair.StepFor(Millisecond);
        Assert.That(image.EndOfStreamPosition, Is.EqualTo(64));
        var handler = new KeepingHandler();
        subscription.Poll(ref handler, 10);
        Assert.That(handler.Texts, Is.EqualTo(["last"]));
        Assert.That(image.IsEndOfStream, Is.True);
    }

    [Test]
    public void One_that_fell_silent_does_not_keep_the_stream_from_ending()
    {
        using var two = TwoSenders.OfOneImage(options => options with { ImageLivenessTimeoutNanos = 1_000_000_000 });
        var (pair, subscription, first, second) = two;
        var image = subscription.Images[0];
        for (var beat = 0; beat < 15; beat++)
        {
            first.Heartbeat(0);
            pair.StepFor(100 * Millisecond, Millisecond);
        }

        Assert.That(image.ActiveTransportCount, Is.EqualTo(1));
        first.Heartbeat(0, Ended);
        pair.StepFor(Millisecond);
        Assert.That(image.IsEndOfStream, Is.True);
    }

    [Test]
    public void A_destination_that_is_removed_is_heard_no_more_and_the_other_goes_on()
    {
        using var two = TwoSenders.OfOneImage();
        var (pair, subscription, first, second) = two;

        subscription.RemoveDestination(One);
        pair.StepFor(Millisecond);
        Assert.That(pair.SubscriberHost.OpenCount, Is.EqualTo(1));
        Assert.That(subscription.Images[0].ActiveTransportCount, Is.EqualTo(1));
        second.Data(0, "on"u8);
        pair.StepFor(Millisecond);
        var handler = new KeepingHandler();
        subscription.Poll(ref handler, 10);
        Assert.That(handler.Texts, Is.EqualTo(["on"]));

        subscription.Dispose();
        pair.StepFor(3_000 * Millisecond, Millisecond);
        Assert.That(pair.SubscriberHost.OpenCount, Is.Zero);
    }

    [Test]
    public void Destinations_that_cannot_be_are_refused_in_words()
    {
        using var two = new TwoSenders();
        var (pair, subscription, _, _) = two;
        using var single = pair.SubscriberDriver.AddSubscription("aeron:udp?endpoint=10.0.0.2:24340", AeronPair.StreamId);

        Refuses(() => subscription.AddDestination(One), "already");
        Refuses(() => subscription.RemoveDestination("aeron:udp?endpoint=10.0.0.2:9"), "not there");
        Refuses(() => subscription.AddDestination("aeron:udp?control-mode=manual"), "control-mode");
        Refuses(() => subscription.AddDestination("aeron:udp?control=10.0.0.2:9"), "endpoint");
        Refuses(() => single.AddDestination(One), "control-mode=manual");
        subscription.Dispose();
        Refuses(() => subscription.AddDestination("aeron:udp?endpoint=10.0.0.2:24341"), "closed");
    }

    private static void Refuses(Action action, string word) =>
        Assert.That(() => action(), Throws.InstanceOf<AeronException>().With.Message.Contains(word));

    /// <summary>Two machines that send one stream, each to an address of its own of one subscription.</summary>
    private sealed class TwoSenders : IDisposable
    {
        private readonly AeronPair _pair;
        private readonly Subscription _subscription;
        private readonly RawPublisher _first;
        private readonly RawPublisher _second;

        public TwoSenders(Func<AeronOptions, AeronOptions>? adjust = null)
        {
            _pair = new AeronPair(adjust: adjust);
            _subscription = _pair.SubscriberDriver.AddSubscription("aeron:udp?control-mode=manual", AeronPair.StreamId);
            _subscription.AddDestination(One);
            _subscription.AddDestination(Other);
            _first = RawPublisher.At(_pair.PublisherHost);
            _second = RawPublisher.At(_pair.Network.Host("10.0.0.3"), "10.0.0.2:24332");
        }

        /// <summary>The subscription has heard of both.</summary>
        public static TwoSenders OfOneImage(Func<AeronOptions, AeronOptions>? adjust = null)
        {
            var two = new TwoSenders(adjust);
            two._first.Setup();
            Assert.That(two._pair.StepUntil(() => two._subscription.IsConnected), Is.True);
            two._second.Setup();
            two._pair.StepFor(Millisecond);
            return two;
        }

        public void Deconstruct(
            out AeronPair pair, out Subscription subscription, out RawPublisher first, out RawPublisher second) =>
            (pair, subscription, first, second) = (_pair, _subscription, _first, _second);

        public void Dispose()
        {
            _second.Dispose();
            _first.Dispose();
            _subscription.Dispose();
            _pair.Dispose();
        }
    }
}
