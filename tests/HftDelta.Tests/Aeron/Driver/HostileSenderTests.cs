using HftDelta.Aeron;
using HftDelta.Aeron.Frames;
using HftDelta.Aeron.Sockets;
using HftDelta.Runtime.Counters;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Driver;

/// <summary>
/// Senders that mean harm: what they can make a receiver do is bounded, what they send is dropped and counted by the reason, and
/// nothing that they write into a term is believed.
/// </summary>
[CancelAfter(20_000)]
internal sealed class HostileSenderTests
{
    private const ulong Millisecond = AeronPair.Millisecond;
    private const string Dropped = "hftdelta_aeron_dropped_datagrams_total";
    private const string Faults = "hftdelta_aeron_frame_faults_total";

    private readonly Dictionary<string, Counter> _counters = [];

    [TestCase(int.MaxValue)]
    [TestCase(64 * 1024)]
    [TestCase(31)]
    [TestCase(-64)]
    public void Overlapping_frames_whose_bytes_stand_where_a_header_should_are_never_read_as_one(int forgedLength)
    {
        using var pair = Pair();
        using var subscription = pair.Subscribe();
        using var publisher = RawPublisher.At(pair.PublisherHost);
        publisher.Setup();
        Assert.That(pair.StepUntil(() => subscription.IsConnected), Is.True);

        // A frame from 96 on whose payload holds, at 128, what looks like the header of a frame of that length. Then a frame from
        // 0 on that ends at 128: each is in order by itself.
        var payload = new byte[64];
        BitConverter.TryWriteBytes(payload, forgedLength);
        payload[6] = (byte)FrameType.Data;
        publisher.Data(96, payload);
        publisher.Data(0, new byte[96]);
        pair.StepFor(Millisecond);
        var handler = new KeepingHandler();
        for (var turn = 0; turn < 10; turn++)
        {
            subscription.Poll(ref handler, 10);
            pair.Step();
        }

        Assert.That(handler.Messages.Select(message => message.Bytes.Length), Is.EqualTo([96]), "nothing but the whole frame");
        Assert.That(Value("hftdelta_aeron_images_ended_total", "reason=rejected"), Is.EqualTo(1));
        publisher.Answers();
        pair.StepFor(250 * Millisecond);
        var errors = RawPublisher.OfType(publisher.Answers(), FrameType.Error);
        Assert.That(errors, Has.Count.EqualTo(1).Or.Count.EqualTo(2), "it is told why nothing is taken any more");
        Assert.That(ErrorFrame.TryRead(errors[0], out var error), Is.EqualTo(FrameFault.None));
        Assert.That(error.Text.SequenceEqual("frames of the stream overlap"u8), Is.True);
    }

    [Test]
    public void Sessions_without_a_setup_are_bounded_for_one_address_and_leave_room_for_others()
    {
        using var pair = Pair();
        using var subscription = pair.Subscribe();
        using var socket = pair.PublisherHost.Open(
            new DatagramSocketOptions { Remote = SocketEndpoint.Parse("10.0.0.2:24331") });
        for (var session = 0; session < 3_000; session++)
        {
            new RawPublisher(socket, session).Heartbeat(0);
            if (session % 16 == 0)
            {
                pair.Step(1_000);
            }
        }

        pair.StepFor(2 * Millisecond, 2_000);
        Assert.That(Value("hftdelta_aeron_setups_elicited_total", ""), Is.EqualTo(512));
        Assert.That(Value(Dropped, "reason=pending_refused"), Is.EqualTo(3_000 - 512));

        using var other = RawPublisher.At(pair.Network.Host("10.0.0.3"), sessionId: 5_000);
        other.Heartbeat(0);
        pair.StepFor(Millisecond);
        Assert.That(other.Answers(), Has.Count.EqualTo(1), "somebody else is asked all the same");
        other.Setup();
        Assert.That(pair.StepUntil(() => subscription.IsConnected), Is.True);

        // After a second they are forgotten, and each may ask again.
        pair.StepFor(1_100 * Millisecond, Millisecond);
        new RawPublisher(socket, 2_999).Heartbeat(0);
        pair.StepFor(Millisecond);
        Assert.That(Value("hftdelta_aeron_setups_elicited_total", ""), Is.EqualTo(512 + 2));
    }

    [Test]
    public void A_setup_that_comes_gives_the_place_to_the_next_one_at_once()
    {
        using var pair = Pair();
        using var subscription = pair.Subscribe();
        using var socket = pair.PublisherHost.Open(
            new DatagramSocketOptions { Remote = SocketEndpoint.Parse("10.0.0.2:24331") });
        for (var session = 0; session < 600; session++)
        {
            var publisher = new RawPublisher(socket, session);
            publisher.Heartbeat(0);
            publisher.Setup();
            pair.Step(1_000);
        }

        pair.StepFor(Millisecond);
        Assert.That(subscription.Images.Length, Is.EqualTo(600));
        Assert.That(Value(Dropped, "reason=pending_refused"), Is.Zero);
    }

    [Test]
    public void The_logs_of_all_images_together_are_bounded_and_what_ends_makes_room()
    {
        const long oneLog = (3 * 64 * 1024) + 4_096;
        using var pair = Pair(options => options with
        {
            ImageLogLengthBytesMax = 2 * oneLog, ImageLivenessTimeoutNanos = 1_000_000_000,
        });
        using var subscription = pair.Subscribe();
        using var socket = pair.PublisherHost.Open(
            new DatagramSocketOptions { Remote = SocketEndpoint.Parse("10.0.0.2:24331") });
        for (var session = 0; session < 5; session++)
        {
            new RawPublisher(socket, session).Setup();
        }

        pair.StepFor(Millisecond);
        Assert.That(subscription.Images.Length, Is.EqualTo(2));

        pair.StepFor(3_000 * Millisecond, Millisecond);
        Assert.That(subscription.Images.Length, Is.Zero);
        new RawPublisher(socket, 8).Setup();
        pair.StepFor(Millisecond);
        Assert.That(subscription.Images.Length, Is.Zero, "their memory lingers");
        pair.StepFor(3_000 * Millisecond, Millisecond);
        new RawPublisher(socket, 9).Setup();
        pair.StepFor(Millisecond);
        Assert.That(subscription.Images.Length, Is.EqualTo(1));
    }

    [Test]
    public void A_session_that_is_not_wanted_back_is_remembered_until_many_others_have_gone_the_same_way()
    {
        using var pair = Pair(options => options with
        {
            ImageLivenessTimeoutNanos = 10_000_000, StatusMessageTimeoutNanos = 1_000_000, ResourceLingerNanos = 0,
        });
        using var subscription = pair.Subscribe("rejoin=false");
        using var socket = pair.PublisherHost.Open(
            new DatagramSocketOptions { Remote = SocketEndpoint.Parse("10.0.0.2:24331") });
        var first = new RawPublisher(socket, 0);
        first.Setup();
        pair.StepFor(50 * Millisecond, Millisecond);
        first.Setup();
        pair.StepFor(5 * Millisecond, Millisecond);
        Assert.That(subscription.Images.Length, Is.Zero, "it went silent, and is not wanted back");

        for (var session = 1; session <= 4_200;)
        {
            for (var batch = 0; batch < 300; batch++, session++)
            {
                new RawPublisher(socket, session).Setup();
            }

            pair.StepFor(50 * Millisecond, Millisecond);
        }

        new RawPublisher(socket, 4_200).Setup();
        pair.StepFor(2 * Millisecond, Millisecond);
        Assert.That(subscription.Images.Length, Is.Zero);
        first.Setup();
        pair.StepFor(2 * Millisecond, Millisecond);
        Assert.That(subscription.Images.Length, Is.EqualTo(1), "the oldest is forgotten: the memory is bounded");
    }

    [Test]
    public void A_sender_that_nobody_hears_of_again_is_asked_for_its_gap_less_and_less()
    {
        using var pair = Pair();
        using var subscription = pair.Subscribe();
        using var publisher = RawPublisher.At(pair.PublisherHost);
        publisher.Setup();
        Assert.That(pair.StepUntil(() => subscription.IsConnected), Is.True);
        publisher.Heartbeat(32 * 1024);
        pair.StepFor(2_000 * Millisecond, 50_000);

        // 20,000 at the full rate.
        Assert.That(RawPublisher.Naks(publisher.Answers()), Has.Count.InRange(2_000, 2_400));
    }

    [Test]
    public void A_message_longer_than_any_may_be_is_dropped_and_the_next_one_arrives()
    {
        const int fragment = 1_376;
        using var pair = Pair();
        using var subscription = pair.Subscribe();
        using var publisher = RawPublisher.At(pair.PublisherHost);
        publisher.Setup();
        Assert.That(pair.StepUntil(() => subscription.IsConnected), Is.True);
        var handler = new FragmentAssembler<KeepingHandler>(new KeepingHandler());

        // An eighth of a term is 8,192 bytes: five fragments fit, these are eight.
        for (var number = 0; number < 8; number++)
        {
            var flags = number == 0 ? FrameFlags.DataBegin : number == 7 ? FrameFlags.DataEnd : FrameFlags.None;
            publisher.Data(number * (fragment + 32), new byte[fragment], flags);
            pair.Step();
            subscription.Poll(ref handler, 10);
        }

        Assert.That(handler.Handler.Messages, Is.Empty);
        publisher.Data(8 * (fragment + 32), new byte[fragment], FrameFlags.DataBegin);
        publisher.Data(9 * (fragment + 32), new byte[5], FrameFlags.DataEnd);
        pair.StepFor(Millisecond);
        subscription.Poll(ref handler, 10);
        Assert.That(handler.Handler.Messages.Select(message => message.Bytes.Length), Is.EqualTo([fragment + 5]));
    }

    [Test]
    public void Every_datagram_that_is_not_used_is_counted_by_the_reason()
    {
        using var pair = Pair();
        using var subscription = pair.Subscribe("session-id=101");
        using var publisher = RawPublisher.At(pair.PublisherHost);
        using var unwanted = RawPublisher.At(pair.PublisherHost, sessionId: 102);
        publisher.Setup();
        Assert.That(pair.StepUntil(() => subscription.IsConnected), Is.True);
        publisher.Data(0, "x"u8);
        pair.StepFor(Millisecond);

        unwanted.Heartbeat(0);
        unwanted.Setup();
        publisher.Data(0, "x"u8);
        publisher.Heartbeat(64, FrameFlags.DataUnfragmented);
        publisher.Frame(64, 64, FrameFlags.DataUnfragmented, 96);
        publisher.Frame(33, 64, FrameFlags.DataUnfragmented, 64);
        publisher.Send(new byte[7]);
        publisher.Send([8, 0, 0, 0, 1, 0, 1, 0]);
        publisher.Send(Control(new NakFrame(101, AeronPair.StreamId, 7, 0, 64).Write, NakFrame.LengthBytes));
        publisher.Send(Control(
            new RoundTripFrame(0, 101, AeronPair.StreamId, 5, 0, 0).Write, RoundTripFrame.LengthBytes));
        publisher.Setup(termLength: 100_000);
        pair.StepFor(Millisecond);

        Assert.Multiple(() =>
        {
            Assert.That(Value(Dropped, "reason=no_interest"), Is.EqualTo(2));
            Assert.That(Value(Dropped, "reason=duplicate"), Is.EqualTo(1));
            Assert.That(Value(Faults, "fault=wrong_length"), Is.EqualTo(1));
            Assert.That(Value(Faults, "fault=not_aligned"), Is.EqualTo(1));
            Assert.That(Value(Faults, "fault=too_short"), Is.EqualTo(1));
            Assert.That(Value(Faults, "fault=unknown_version"), Is.EqualTo(1));
            Assert.That(Value(Faults, "fault=term_length_refused"), Is.EqualTo(1));
            Assert.That(Value(Dropped, "reason=not_for_receivers"), Is.EqualTo(1));
            Assert.That(Value(Dropped, "reason=unasked"), Is.EqualTo(1));
            Assert.That(Value("hftdelta_aeron_invalid_datagrams_total", "socket=data"), Is.EqualTo(5));
        });

        publisher.Heartbeat(64, FrameFlags.DataUnfragmented | FrameFlags.DataEndOfStream);
        pair.StepFor(Millisecond);
        publisher.Data(64, "x"u8);
        pair.StepFor(Millisecond);
        Assert.That(Value(Dropped, "reason=ended"), Is.EqualTo(1));
    }

    [SetUp]
    public void DropCounters() => _counters.Clear();

    private delegate int Writing(Span<byte> datagram);

    private static byte[] Control(Writing write, int length)
    {
        var bytes = new byte[length];
        write(bytes);
        return bytes;
    }

    private AeronPair Pair(Func<AeronOptions, AeronOptions>? adjust = null) =>
        new(adjust: options => (adjust?.Invoke(options) ?? options) with { Counters = Allocate });

    // Both drivers of a pair count into the same ones; only one of them receives here.
    private Counter Allocate(string name, string label, CounterUnit unit)
    {
        if (!_counters.TryGetValue(name + label, out var counter))
        {
            counter = Counter.Detached(name, label, unit);
            _counters.Add(name + label, counter);
        }

        return counter;
    }

    private long Value(string name, string label) => _counters[name + label].Value;
}
