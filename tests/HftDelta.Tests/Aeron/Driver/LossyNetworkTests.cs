using HftDelta.Aeron;
using HftDelta.Simulation.Network;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Driver;

/// <summary>A stream arrives whole and in order, whatever the network does in both directions.</summary>
[CancelAfter(60_000)]
internal sealed class LossyNetworkTests
{
    private const int MessageCount = 700;
    private const int LengthMax = 6_000;

    [Test]
    public void Every_message_arrives_once_and_in_order_over_a_perfect_network() => Run(1, LinkConditions.Perfect);

    [Test]
    public void Every_message_arrives_once_and_in_order_over_poor_networks([Range(1, 40)] int seed) =>
        Run((ulong)seed, LinkConditions.Poor(50));

    [Test]
    public void Every_message_arrives_once_and_in_order_over_very_poor_networks([Range(1, 10)] int seed) =>
        Run((ulong)seed, LinkConditions.Poor(200, delayNanos: 300_000));

    [Test]
    public void Every_message_arrives_once_and_in_order_when_datagrams_overtake_each_other([Range(1, 10)] int seed) =>
        Run((ulong)seed, new LinkConditions { DelayNanos = 100_000, JitterNanos = 400_000 });

    // Read to where the window ends behind the last message of the term, and before the end of the term. With short datagrams
    // the padding is longer than the longest message, because of the headers that do not fit either.
    [TestCase(1_408, new[] { 8_192, 8_192, 8_192, 2_752 }, new[] { 8_192, 8_192, 8_192, 2_752, 2_752 })]
    [TestCase(96, new[] { 8_192, 2_752, 2_752 }, new[] { 8_192, 8_192, 5_440 })]
    public void A_lost_end_of_a_term_is_repaired_though_its_padding_reaches_beyond_the_window(int mtu, int[] read, int[] lost)
    {
        const int window = 32 * 1024;
        using var pair = new AeronPair();
        using var subscription = pair.Subscribe();
        using var publication = pair.Publish($"mtu={mtu}|term-length=65536|init-term-id=7|term-id=7|term-offset=0");
        var handler = new FragmentAssembler<KeepingHandler>(new KeepingHandler());
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);
        Offer(read);
        pair.StepFor(20 * AeronPair.Millisecond);
        subscription.Poll(ref handler, 1_000);
        var readTo = subscription.Images[0].Position;
        pair.StepFor(20 * AeronPair.Millisecond);

        // Everything behind it is lost, the padding with it.
        pair.Network.SetLinks(pair.PublisherHost, pair.SubscriberHost, LinkConditions.Cut);
        Offer(lost);
        Assert.That(publication.Offer(new byte[8_192]), Is.EqualTo(Publication.AdminAction), "the term is full");
        Assert.That((int)publication.Position, Is.EqualTo(64 * 1024).And.GreaterThan(readTo + window));
        pair.StepFor(20 * AeronPair.Millisecond);
        pair.Network.ClearLinks();

        Assert.That(
            pair.StepUntil(() =>
                subscription.Poll(ref handler, 1_000) == 0 && handler.Handler.Messages.Count == read.Length + lost.Length),
            Is.True);

        void Offer(int[] lengths) => Array.ForEach(
            lengths, length => Assert.That(publication.Offer(new byte[length]), Is.Positive));
    }

    private static void Run(ulong seed, LinkConditions conditions)
    {
        using var pair = new AeronPair(seed);
        pair.Network.Conditions = conditions;
        var messages = new TestMessages(seed, LengthMax);
        using var subscription = pair.Subscribe();
        using var publication = pair.Publish();
        var received = new FragmentAssembler<InOrderHandler>(new InOrderHandler(messages));
        var sent = 0;

        var isComplete = pair.StepUntil(
            () =>
            {
                while (sent < MessageCount && publication.Offer(messages.Sent(sent)) > 0)
                {
                    sent++;
                }

                subscription.Poll(ref received, 1 + (sent % 7));
                return received.Handler.Count == MessageCount;
            },
            60_000 * AeronPair.Millisecond);

        Assert.That(
            isComplete, Is.True, $"seed {seed}: sent {sent}, received {received.Handler.Count}, {pair.Network.Statistics}");
        Assert.That(publication.Position, Is.EqualTo(subscription.Images[0].Position));

        // 700 messages of this kind fill the three terms of 64 KiB several times.
        Assert.That(publication.Position, Is.GreaterThan(4 * 64 * 1024));
    }
}
