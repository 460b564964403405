using HftDelta.Aeron;
using HftDelta.Aeron.Frames;
using HftDelta.Aeron.Sockets;
using HftDelta.Simulation.Network;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Driver;

/// <summary>
/// The last reader of a stream says goodbye to its sender while another one comes: that goodbye, however late it arrives, ends
/// nothing for the newcomer.
/// </summary>
[CancelAfter(20_000)]
internal sealed class GoodbyeTests
{
    private const ulong Millisecond = AeronPair.Millisecond;

    [Test]
    public void A_goodbye_that_arrives_late_ends_nothing_for_who_came_meanwhile()
    {
        using var pair = new AeronPair();
        using var publication = Connected(pair, out var first);
        var goodbye = Array.Empty<byte>();
        pair.Network.Wish = (in SocketEndpoint _, in SocketEndpoint _, ReadOnlySpan<byte> datagram) =>
        {
            if (!IsGoodbye(datagram))
            {
                return DatagramFate.AsConditionsSay;
            }

            goodbye = datagram.ToArray();
            return DatagramFate.Drop;
        };
        first.Dispose();
        pair.StepFor(Millisecond);
        using var second = Subscribe(pair);
        Assert.That(pair.StepUntil(() => second.IsConnected), Is.True);
        pair.StepFor(2 * Millisecond);
        Assert.That(goodbye, Is.Not.Empty);

        pair.Network.Conditions = LinkConditions.Cut;
        Assert.That(publication.Offer("the last one"u8), Is.Positive);
        publication.Dispose();
        pair.StepFor(20 * Millisecond);
        pair.Network.Conditions = LinkConditions.Perfect;
        pair.Network.Wish = null;
        pair.Network.Forge(SocketEndpoint.Parse("10.0.0.2:24331"), publication.LocalEndpoint, goodbye);

        var image = second.Images[0];
        var handler = new KeepingHandler();
        for (var turn = 0; turn < 3_000 && !image.IsEndOfStream; turn++)
        {
            pair.StepFor(Millisecond);
            second.Poll(ref handler, 10);
        }

        Assert.That(handler.Texts, Is.EqualTo(["the last one"]));
        Assert.That(image.IsEndOfStream, Is.True, "and it is told the end");
    }

    [Test]
    public void Who_has_been_replaced_says_goodbye_no_more()
    {
        using var pair = new AeronPair();
        using var publication = Connected(pair, out var first);
        first.Dispose();
        pair.StepFor(Millisecond);
        using var second = Subscribe(pair);
        Assert.That(pair.StepUntil(() => second.IsConnected), Is.True);
        var sent = pair.Record();
        pair.StepFor(2_000 * Millisecond, Millisecond);

        var statuses = RawPublisher.Statuses(sent.Select(datagram => datagram.Bytes));
        Assert.That(statuses, Has.Count.GreaterThan(5));
        Assert.That(statuses.Any(status => status.IsEndOfStream), Is.False);
        Assert.That(statuses.Select(status => status.ReceiverId).Distinct().Count(), Is.EqualTo(1));
        Assert.That(publication.IsConnected, Is.True);
    }

    [Test]
    public void Who_leaves_and_whoever_comes_after_are_two_receivers()
    {
        using var pair = new AeronPair();
        var sent = pair.Record();
        using var publication = Connected(pair, out var first);
        first.Dispose();
        pair.StepFor(Millisecond);
        using var second = Subscribe(pair);
        Assert.That(pair.StepUntil(() => second.IsConnected), Is.True);
        pair.StepFor(Millisecond);

        var names = RawPublisher.Statuses(sent.Select(datagram => datagram.Bytes)).Select(status => status.ReceiverId).Distinct();
        Assert.That(names.Count(), Is.EqualTo(2));
        Assert.That(publication.IsConnected, Is.True);
    }

    private static bool IsGoodbye(ReadOnlySpan<byte> datagram) =>
        StatusMessageFrame.TryRead(datagram, out var status) == FrameFault.None && status.IsEndOfStream;

    private static Subscription Subscribe(AeronPair pair) =>
        pair.SubscriberDriver.AddSubscription(AeronPair.Channel(), AeronPair.StreamId);

    private static ExclusivePublication Connected(AeronPair pair, out Subscription first)
    {
        var subscription = Subscribe(pair);
        var publication = pair.PublisherDriver.AddExclusivePublication(AeronPair.Channel(), AeronPair.StreamId);
        Assert.That(pair.StepUntil(() => publication.IsConnected && subscription.IsConnected), Is.True);
        first = subscription;
        return publication;
    }
}
