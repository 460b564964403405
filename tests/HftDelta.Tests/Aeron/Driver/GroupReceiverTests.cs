using HftDelta.Aeron;
using HftDelta.Aeron.Frames;
using HftDelta.Aeron.Sockets;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Driver;

/// <summary>Receivers of a multicast group: they talk to the control group, and ask for gaps with care.</summary>
[CancelAfter(20_000)]
internal sealed class GroupReceiverTests
{
    private const ulong Millisecond = AeronPair.Millisecond;
    private const string Group = "aeron:udp?endpoint=239.1.2.3:24331";
    private const string Control = "239.1.2.4:24331";

    private readonly byte[] _buffer = new byte[2_048];

    [Test]
    public void Status_messages_go_to_the_control_group()
    {
        using var pair = new AeronPair();
        using var subscription = pair.SubscriberDriver.AddSubscription(Group, AeronPair.StreamId);
        using var publisher = Publisher(pair);
        var control = SocketEndpoint.Parse(Control);
        using var listener = pair.PublisherHost.Open(new DatagramSocketOptions
        {
            Local = SocketEndpoint.AnyIPv4.WithPort(control.Port), Group = control, ReusesAddress = true,
        });
        publisher.Setup();
        Assert.That(pair.StepUntil(() => subscription.IsConnected), Is.True);
        pair.StepFor(Millisecond);

        var length = listener.TryReceive(_buffer, out var from);
        Assert.That(
            StatusMessageFrame.TryRead(_buffer.AsSpan(0, length), out var status), Is.EqualTo(FrameFault.None));
        Assert.That((status.SessionId, status.ReceiverWindow), Is.EqualTo((RawPublisher.RecordedSessionId, 32_768)));
        Assert.That(from.HasAddressOf(pair.SubscriberHost.Address), Is.True);
        Assert.That(RawPublisher.Statuses(publisher.Answers()), Is.Empty, "not to the sender's own address");
    }

    [TestCase("", true, true)]
    [TestCase("", false, false)]
    [TestCase("group=true", false, true)]
    [TestCase("group=false", true, false)]
    public void Gaps_of_a_group_are_asked_for_after_a_random_while_and_others_at_once(
        string parameters, bool saysGroup, bool isLate)
    {
        List<ulong> waits = [];
        for (ulong seed = 1; seed <= 20; seed++)
        {
            using var pair = new AeronPair(seed);
            using var subscription = pair.Subscribe(parameters);
            using var publisher = RawPublisher.At(pair.PublisherHost);
            publisher.Setup(saysGroup ? FrameFlags.SetupGroup : FrameFlags.None);
            Assert.That(pair.StepUntil(() => subscription.IsConnected), Is.True);
            publisher.Answers();
            publisher.Data(64, "two"u8);
            var from = pair.NowNanos;
            Assert.That(pair.StepUntil(() => RawPublisher.Naks(publisher.Answers()).Count > 0), Is.True);
            waits.Add(pair.NowNanos - from);
        }

        if (isLate)
        {
            // Up to ten milliseconds, most of them late in that time.
            Assert.That(waits.Max(), Is.LessThanOrEqualTo(10 * Millisecond + (4 * AeronPair.StepNanos)));
            Assert.That(waits.Distinct().Count(), Is.GreaterThan(10));
            Assert.That(waits.Order().ElementAt(10), Is.GreaterThan(4 * Millisecond));
        }
        else
        {
            Assert.That(waits.Max(), Is.LessThanOrEqualTo(4 * AeronPair.StepNanos));
        }
    }

    [Test]
    public void A_delay_that_the_channel_names_is_waited_for()
    {
        using var pair = new AeronPair();
        using var subscription = pair.Subscribe("nak-delay=2ms");
        using var publisher = RawPublisher.At(pair.PublisherHost);
        publisher.Setup();
        Assert.That(pair.StepUntil(() => subscription.IsConnected), Is.True);
        publisher.Data(64, "two"u8);

        pair.StepFor(2 * Millisecond);
        Assert.That(RawPublisher.Naks(publisher.Answers()), Is.Empty);
        pair.StepFor(Millisecond);
        Assert.That(RawPublisher.Naks(publisher.Answers()), Has.Count.EqualTo(1));
        pair.StepFor(150 * Millisecond);
        Assert.That(RawPublisher.Naks(publisher.Answers()), Is.Empty, "again after a hundred times as long");
        pair.StepFor(100 * Millisecond);
        Assert.That(RawPublisher.Naks(publisher.Answers()), Has.Count.EqualTo(1));
    }

    [Test]
    public void Subscriptions_that_cannot_treat_one_stream_alike_are_refused()
    {
        using var pair = new AeronPair();
        using var first = pair.Subscribe("session-id=5");

        foreach (var (parameters, word) in new[]
        {
            ("reliable=false", "reliable"), ("rejoin=false", "rejoin"), ("group=true", "group"), ("cc=cubic", "cc"),
            ("so-rcvbuf=1m", "so-rcvbuf"),
        })
        {
            Assert.That(
                () => pair.Subscribe(parameters),
                Throws.InstanceOf<AeronException>().With.Message.Contains(word));
        }

        using var other = pair.Subscribe("reliable=false|session-id=6");
        Assert.That(pair.SubscriberHost.OpenCount, Is.EqualTo(1), "they share the socket");
    }

    private static RawPublisher Publisher(AeronPair pair) => new(new ToGroup(pair));

    /// <summary>A socket that sends to the group, where the hand-made publisher sends to its one peer.</summary>
    private sealed class ToGroup(AeronPair pair) : DatagramSocket
    {
        private static readonly SocketEndpoint Group = SocketEndpoint.Parse("239.1.2.3:24331");
        private readonly DatagramSocket _inner = pair.PublisherHost.Open(default);

        public override SocketEndpoint LocalEndpoint => _inner.LocalEndpoint;

        public override SocketEndpoint RemoteEndpoint => Group;

        public override int ReceiveBufferBytes => _inner.ReceiveBufferBytes;

        public override int SendBufferBytes => _inner.SendBufferBytes;

        public override int LastErrorCode => _inner.LastErrorCode;

        public override int TrySend(ReadOnlySpan<byte> datagram, in SocketEndpoint to) => _inner.TrySend(datagram, Group);

        public override int TryReceive(Span<byte> buffer, out SocketEndpoint from) => _inner.TryReceive(buffer, out from);

        protected override void Dispose(bool disposing) => _inner.Dispose();
    }
}
