using HftDelta.Aeron;
using HftDelta.Aeron.Frames;
using HftDelta.Aeron.Sockets;
using HftDelta.Runtime.Counters;
using HftDelta.Simulation.Randomness;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Driver;

/// <summary>What cannot be is refused in words; what peers send is dropped and counted.</summary>
[CancelAfter(30_000)]
internal sealed class RefusalTests
{
    private readonly Dictionary<string, Counter> _counters = [];

    [TestCase("aeron:udp?endpoint=10.0.0.2:0", "port")]
    [TestCase("aeron:udp?endpoint=224.0.1.2:40000", "must be odd")]
    [TestCase("aeron:udp?control=10.0.0.1:40000", "control-mode=dynamic")]
    [TestCase("aeron:udp?tags=7", "no channel with this tag")]
    [TestCase("aeron:udp?endpoint=10.0.0.2:40000|session-id=tag:7", "no publication has the entity tag 7")]
    [TestCase("aeron:udp?endpoint=10.0.0.2:40000|fc=min", "fc chooses among several receivers")]
    [TestCase("aeron:udp?endpoint=10.0.0.2:40000|response-correlation-id=77", "no subscription has the registration id 77")]
    [TestCase("aeron:udp?control=10.0.0.1:40000|control-mode=response", "add response-correlation-id")]
    [TestCase("aeron:udp?endpoint=10.0.0.2:4|mtu=8224|term-length=64k", "mtu")]
    [TestCase("aeron:udp?endpoint=10.0.0.2:4|pub-wnd=1024", "pub-wnd")]
    [TestCase("aeron:udp?endpoint=10.0.0.2:4|stream-id=7", "stream")]
    [TestCase("aeron:ipc", "aeron:udp")]
    [TestCase("nonsense", "aeron:udp")]
    public void A_publication_that_cannot_be_is_refused_in_words(string channel, string word)
    {
        using var pair = new AeronPair();

        Assert.That(
            () => pair.PublisherDriver.AddPublication(channel, AeronPair.StreamId),
            Throws.InstanceOf<AeronException>().With.Message.Contains(word));
        Assert.That(pair.PublisherHost.OpenCount, Is.Zero);
    }

    [TestCase("aeron:udp?endpoint=224.0.1.2:40000", "odd")]
    [TestCase("aeron:udp?endpoint=224.0.1.1:0", "port")]
    [TestCase("aeron:udp?endpoint=10.0.0.2:40000|control-mode=manual", "endpoint")]
    [TestCase("aeron:udp?tags=5", "tag")]
    [TestCase("aeron:udp?endpoint=10.0.0.2:40000|media-rcv-ts-offset=0", "channel-rcv-ts-offset")]
    [TestCase("aeron:udp?endpoint=10.0.0.2:40000|session-id=tag:5", "no publication has the entity tag 5")]
    [TestCase("aeron:udp?endpoint=10.0.0.9:40000", "10.0.0.9")]
    [TestCase("aeron:udp?control=10.0.0.2:40000", "endpoint")]
    public void A_subscription_that_cannot_be_is_refused_in_words(string channel, string word)
    {
        using var pair = new AeronPair();

        Assert.That(
            () => pair.SubscriberDriver.AddSubscription(channel, AeronPair.StreamId),
            Throws.InstanceOf<AeronException>().With.Message.Contains(word));
        Assert.That(pair.SubscriberHost.OpenCount, Is.Zero);
    }

    [Test]
    public void A_window_beyond_the_sockets_buffer_is_refused_in_words()
    {
        using var pair = new AeronPair();

        Assert.That(
            () => pair.Subscribe("rcv-wnd=128k|so-rcvbuf=64k"),
            Throws.InstanceOf<AeronException>().With.Message.Contains("rmem_max"));
        pair.Step();
        Assert.That(pair.SubscriberHost.OpenCount, Is.Zero);
    }

    [Test]
    public void An_address_in_use_is_told()
    {
        using var pair = new AeronPair();
        using var other = pair.SubscriberHost.Open(
            new DatagramSocketOptions { Local = SocketEndpoint.Parse("10.0.0.2:24331") });

        Assert.That(
            () => pair.Subscribe(),
            Throws.InstanceOf<AeronException>().With.Message.Contains("24331"));
    }

    [Test]
    public void A_session_that_is_taken_is_told_and_other_lengths_than_those_of_a_shared_stream_too()
    {
        using var pair = new AeronPair();
        using var first = pair.Publish("session-id=5");

        Assert.That(
            () => pair.PublishExclusively("session-id=5"),
            Throws.InstanceOf<AeronException>().With.Message.Contains("session 5"));
        Assert.That(
            () => pair.Publish("mtu=512"),
            Throws.InstanceOf<AeronException>().With.Message.Contains("mtu"));
    }

    [Test]
    public void A_closed_driver_adds_nothing()
    {
        var pair = new AeronPair();
        var publication = pair.Publish();
        pair.Dispose();

        Assert.That(publication.Offer(new byte[1]), Is.EqualTo(Publication.Closed));
        Assert.That(
            () => pair.Publish(),
            Throws.InstanceOf<AeronException>().With.Message.Contains("closed"));
        Assert.That(pair.PublisherHost.OpenCount, Is.Zero);
    }

    [Test]
    public void A_setup_with_longer_terms_than_allowed_makes_no_image()
    {
        using var pair = new AeronPair(
            adjust: options => options with { ImageTermLengthBytesMax = 64 * 1024, Counters = Allocate });
        using var subscription = pair.Subscribe();
        using var publication = pair.Publish("term-length=128k");

        pair.StepFor(350 * AeronPair.Millisecond);

        Assert.That(subscription.IsConnected, Is.False);
        Assert.That(Value("hftdelta_aeron_dropped_datagrams_total", "reason=setup_refused"), Is.InRange(3, 4));
    }

    [Test]
    public void The_number_of_images_is_bounded_and_a_place_that_becomes_free_is_taken()
    {
        using var pair = new AeronPair(adjust: options => options with { ImagesPerEndpointMax = 1, Counters = Allocate });
        using var subscription = pair.Subscribe();
        var first = pair.PublishExclusively();
        Assert.That(pair.StepUntil(() => first.IsConnected), Is.True);
        using var second = pair.PublishExclusively();
        pair.StepFor(300 * AeronPair.Millisecond);
        Assert.That(second.IsConnected, Is.False);

        first.Dispose();

        Assert.That(pair.StepUntil(() => second.IsConnected), Is.True);
        Assert.That(subscription.Images.Length, Is.EqualTo(1));
    }

    [Test]
    public void Data_of_a_session_from_another_address_is_dropped()
    {
        using var pair = new AeronPair(adjust: options => options with { Counters = Allocate });
        var sent = pair.Record();
        using var subscription = pair.Subscribe();
        using var publication = pair.Publish(AeronPair.RecordedStream);
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);
        using var stranger = pair.Network.Host("10.0.0.3").Open(
            new DatagramSocketOptions { Remote = SocketEndpoint.Parse("10.0.0.2:24331") });
        var forged = new byte[64];
        new DataHeader(40, FrameFlags.DataUnfragmented, FrameType.Data, 0, 101, AeronPair.StreamId, 7).Write(forged);

        stranger.TrySend(forged, default);
        pair.StepFor(AeronPair.Millisecond);
        var handler = new KeepingHandler();

        Assert.That(subscription.Poll(ref handler, 10), Is.Zero);
        Assert.That(Value("hftdelta_aeron_dropped_datagrams_total", "reason=foreign_source"), Is.EqualTo(1));
        Assert.That(sent, Is.Not.Empty);
    }

    [Test]
    public void Whatever_bytes_arrive_a_stream_goes_on([Range(1, 20)] int seed)
    {
        using var pair = new AeronPair((ulong)seed, options => options with { Counters = Allocate });
        var messages = new TestMessages((ulong)seed, 3_000);
        using var subscription = pair.Subscribe();
        using var publication = pair.Publish(AeronPair.RecordedStream);
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);
        var sent = pair.Record();
        using var stranger = pair.Network.Host("10.0.0.3").Open(
            new DatagramSocketOptions { Remote = SocketEndpoint.Parse("10.0.0.2:24331") });
        var mutant = new Mutant((ulong)seed);
        var handler = new FragmentAssembler<InOrderHandler>(new InOrderHandler(messages));
        var offered = 0;

        pair.StepUntil(
            () =>
            {
                offered += publication.Offer(messages.Sent(offered)) > 0 ? 1 : 0;
                subscription.Poll(ref handler, 10);
                stranger.TrySend(mutant.Of(sent), default);
                return false;
            },
            40 * AeronPair.Millisecond);
        pair.StepUntil(() => subscription.Poll(ref handler, 10) == 0 && handler.Handler.Count == offered);

        Assert.That(handler.Handler.Count, Is.EqualTo(offered).And.GreaterThan(500), $"seed {seed}");
        Assert.That(Value("hftdelta_aeron_invalid_datagrams_total", "socket=data"), Is.Positive);
    }

    [SetUp]
    public void DropCounters() => _counters.Clear();

    // Both drivers of a pair count into the same ones.
    private Counter Allocate(string name, string label, CounterUnit unit)
    {
        Assert.That(CounterName.Fault(name, unit), Is.Null, name);
        if (!_counters.TryGetValue(name + label, out var counter))
        {
            counter = Counter.Detached(name, label, unit);
            _counters.Add(name + label, counter);
        }

        return counter;
    }

    private long Value(string name, string label) => _counters[name + label].Value;

    /// <summary>Datagrams that were sent, with some of their bytes changed, cut or random altogether.</summary>
    private sealed class Mutant(ulong seed)
    {
        private readonly SeededRandom _random = new(seed);

        public byte[] Of(List<SentDatagram> sent)
        {
            var bytes = sent.Count == 0 || _random.Chance(1, 10)
                ? new byte[_random.NextInRange(1, 200)]
                : sent[_random.NextInRange(0, sent.Count - 1)].Bytes.ToArray();
            if (bytes.Length < 8 || _random.Chance(1, 10))
            {
                _random.Fill(bytes);
                return bytes;
            }

            for (var change = _random.NextInRange(0, 3); change >= 0; change--)
            {
                // Mostly in the header, where it hurts.
                bytes[_random.NextInRange(0, Math.Min(bytes.Length, 40) - 1)] = (byte)_random.NextUInt64();
            }

            return _random.Chance(1, 5) ? bytes[..(int)_random.NextInRange(1, bytes.Length)] : bytes;
        }
    }
}
