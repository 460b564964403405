using HftDelta.Aeron;
using HftDelta.Aeron.Frames;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Driver;

/// <summary>
/// What a receiver tells its sender beside positions and gaps: tags, rejections, the session that answers, round trips, the end.
/// Where there is a recording of it the frames are the recorded ones.
/// </summary>
[CancelAfter(20_000)]
internal sealed class ReceiverFeedbackTests
{
    private const ulong Millisecond = AeronPair.Millisecond;

    [Test]
    public void A_group_tag_is_in_every_status_message_elicited_setups_too()
    {
        using var pair = new AeronPair();
        using var publisher = RawPublisher.At(pair.PublisherHost);
        using var subscription = pair.Subscribe("gtag=77");
        publisher.Heartbeat(0);
        pair.StepFor(Millisecond);
        var elicited = RawPublisher.Statuses(publisher.Answers());
        Assert.That(elicited.Select(status => (status.IsSetupWanted, status.GroupTag)), Is.EqualTo([(true, (long?)77)]));

        publisher.Setup();
        pair.StepFor(Millisecond);

        var statuses = RawPublisher.Statuses(publisher.Answers());
        Assert.That(statuses.Select(status => status.GroupTag), Is.EqualTo([(long?)77]));
        Assert.That(statuses[0].ReceiverId, Is.EqualTo(elicited[0].ReceiverId));
    }

    [Test]
    public void A_rejected_stream_is_told_why_instead_of_positions_and_goes_after_its_liveness_as_recorded()
    {
        using var recorded = VectorFiles.Read("09-reject-image-err");
        using var pair = new AeronPair(adjust: options => options with { ImageLivenessTimeoutNanos = 3_000_000_000 });
        using var publisher = RawPublisher.At(pair.PublisherHost);
        using var subscription = pair.Subscribe("gtag=77");
        publisher.Setup();
        publisher.Data(0, new byte[40]);
        Assert.That(pair.StepUntil(() => subscription.IsConnected), Is.True);
        publisher.Data(0, new byte[40]);
        pair.StepFor(Millisecond);
        var handler = new KeepingHandler();
        Assert.That(subscription.Poll(ref handler, 10), Is.EqualTo(1));
        publisher.Answers();
        var image = subscription.Images[0];

        image.Reject("not wanted");
        publisher.Data(96, new byte[40]);
        var beats = 0;
        pair.StepUntil(
            () =>
            {
                // The publisher goes on, every 100 ms.
                if (++beats % 100 == 0)
                {
                    publisher.Heartbeat(96);
                }

                return image.IsClosed;
            },
            6_000 * Millisecond,
            Millisecond);

        Assert.That(image.IsClosed, Is.True);
        Assert.That((image.IsEndOfStream, image.EndOfStreamPosition), Is.EqualTo((false, long.MaxValue)));
        Assert.That(subscription.Poll(ref handler, 10), Is.Zero, "nothing of it is taken any more");
        var answers = publisher.Answers();
        var errors = RawPublisher.OfType(answers, FrameType.Error);
        Assert.That(errors, Has.Count.InRange(13, 16), "every 200 ms for the 3 s of its liveness");
        Assert.That(RawPublisher.Statuses(answers).Where(status => !status.IsSetupWanted), Is.Empty);
        var official = VectorFiles.Datagrams(recorded).First(datagram => datagram.Bytes[6] == (byte)FrameType.Error).Bytes;

        // The same bytes but for the receiver's id.
        Assert.That(WithoutReceiverId(errors[0]), Is.EqualTo(WithoutReceiverId(official)));

        publisher.Heartbeat(96);
        pair.StepFor(20 * Millisecond);
        publisher.Setup(termOffset: 96);
        pair.StepFor(20 * Millisecond);
        Assert.That(subscription.Images.Length, Is.EqualTo(1), "the same session may come back");
        Assert.That(subscription.Images[0].JoinPosition, Is.EqualTo(96));
    }

    [Test]
    public void A_reason_that_no_frame_holds_is_refused()
    {
        using var pair = new AeronPair();
        using var publisher = RawPublisher.At(pair.PublisherHost);
        using var subscription = pair.Subscribe();
        publisher.Setup();
        Assert.That(pair.StepUntil(() => subscription.IsConnected), Is.True);
        var image = subscription.Images[0];

        Assert.That(() => image.Reject(new string('x', 1_024)), Throws.InstanceOf<AeronException>());
        Assert.That(() => image.Reject("größer"), Throws.InstanceOf<AeronException>());
        Assert.That(() => image.Reject(new string('x', 1_023)), Throws.Nothing);
        pair.StepFor(250 * Millisecond);
        Assert.That(RawPublisher.OfType(publisher.Answers(), FrameType.Error)[0], Has.Length.EqualTo(40 + 1_023));
    }

    [Test]
    public void A_revoked_stream_is_gone_at_once_though_not_everything_was_read()
    {
        using var pair = new AeronPair();
        using var publisher = RawPublisher.At(pair.PublisherHost);
        using var subscription = pair.Subscribe();
        publisher.Setup();
        Assert.That(pair.StepUntil(() => subscription.IsConnected), Is.True);
        publisher.Data(0, new byte[40]);
        pair.StepFor(Millisecond);
        publisher.Answers();
        var image = subscription.Images[0];

        publisher.Heartbeat(
            96, FrameFlags.DataUnfragmented | FrameFlags.DataEndOfStream | FrameFlags.DataRevoked);
        pair.StepFor(Millisecond);

        Assert.That(image.IsClosed, Is.True);
        Assert.That((image.IsPublicationRevoked, image.EndOfStreamPosition), Is.EqualTo((true, 96L)));
        var statuses = RawPublisher.Statuses(publisher.Answers());
        Assert.That(statuses.Select(status => status.Flags), Is.EqualTo([FrameFlags.StatusEndOfStream]), "and never again");
        publisher.Heartbeat(
            96, FrameFlags.DataUnfragmented | FrameFlags.DataEndOfStream | FrameFlags.DataRevoked);
        pair.StepFor(Millisecond);
        Assert.That(publisher.Answers(), Is.Empty, "its repetition elicits nothing");
    }

    [Test]
    public void Cubic_windows_are_told_as_they_change_and_round_trips_measured()
    {
        using var pair = new AeronPair(adjust: options => options with { CubicMeasuresRoundTrip = true });
        using var publisher = RawPublisher.At(pair.PublisherHost);
        using var subscription = pair.Subscribe("cc=cubic");
        publisher.Setup();
        pair.StepFor(5 * Millisecond);
        var answers = publisher.Answers();
        Assert.That(
            RawPublisher.Statuses(answers).Select(status => status.ReceiverWindow), Is.EqualTo([14_080, 26_752]),
            "as recorded");
        var requests = RawPublisher.OfType(answers, FrameType.RoundTripMeasurement);
        Assert.That(requests, Has.Count.EqualTo(1), "one at a time");
        Assert.That(RoundTripFrame.TryRead(requests[0], out var request), Is.EqualTo(FrameFault.None));
        Assert.That(request.Flags, Is.EqualTo(FrameFlags.RoundTripReply));

        pair.StepFor(50 * Millisecond);
        Assert.That(RawPublisher.OfType(publisher.Answers(), FrameType.RoundTripMeasurement), Is.Empty, "it is not answered yet");
        var buffer = new byte[RoundTripFrame.LengthBytes];
        request.Answer().Write(buffer);
        publisher.Send(buffer);
        pair.StepFor(Millisecond);
        Assert.That(RawPublisher.OfType(publisher.Answers(), FrameType.RoundTripMeasurement), Has.Count.EqualTo(1));

        // A loss takes a fifth of the window at once.
        publisher.Data(96, new byte[40]);
        pair.StepFor(Millisecond);
        Assert.That(
            RawPublisher.Statuses(publisher.Answers()).Select(status => status.ReceiverWindow / 1_408), Has.Member(15));
    }

    [Test]
    public void A_request_is_told_the_session_of_its_answers_until_that_stream_is_found()
    {
        using var recorded = VectorFiles.Read("14-response-channel");
        using var pair = new AeronPair();
        using var publisher = RawPublisher.At(pair.PublisherHost);
        using var subscription = pair.Subscribe();
        publisher.Setup(FrameFlags.SetupSendResponse);
        Assert.That(pair.StepUntil(() => subscription.IsConnected), Is.True);
        pair.StepFor(Millisecond);
        publisher.Answers();
        using var response = pair.SubscriberDriver.AddPublication(
            "aeron:udp?control-mode=response|control=10.0.0.2:24332|session-id=303|response-correlation-id="
            + subscription.Images[0].CorrelationId,
            AeronPair.StreamId + 1);

        pair.StepFor(450 * Millisecond, Millisecond);

        var told = RawPublisher.OfType(publisher.Answers(), FrameType.ResponseSetup);
        var official = VectorFiles.Datagrams(recorded)
            .First(datagram => datagram.Bytes[6] == (byte)FrameType.ResponseSetup).Bytes;
        Assert.That(told, Is.EqualTo([official, official]), "with each timed status message");
    }

    [TestCase("reserved", 0)]
    [TestCase("8", 8)]
    public void Data_carries_the_time_at_which_it_was_received_where_the_channel_says(string offset, int place)
    {
        using var pair = new AeronPair();
        using var publisher = RawPublisher.At(pair.PublisherHost);
        using var subscription = pair.Subscribe("channel-rcv-ts-offset=" + offset);
        publisher.Setup();
        Assert.That(pair.StepUntil(() => subscription.IsConnected), Is.True);
        var handler = new StampHandler(place);
        var now = pair.NowNanos;

        publisher.Data(0, new byte[16]);
        publisher.Data(64, new byte[15]);
        pair.Step();
        subscription.Poll(ref handler, 10);

        Assert.That(handler.Reserved[0], Is.EqualTo(offset == "reserved" ? (long)now : 0));
        Assert.That(handler.Payload[0], Is.EqualTo(offset == "reserved" ? 0 : (long)now));
        Assert.That(handler.Payload[1], Is.Zero, "a byte too short for it");
    }

    private static byte[] WithoutReceiverId(byte[] error)
    {
        var bytes = error.ToArray();
        bytes.AsSpan(16, 8).Clear();
        return bytes;
    }

    /// <summary>Keeps the reserved value, and eight bytes of the payload where there are so many.</summary>
    private readonly struct StampHandler(int place) : IFragmentHandler
    {
        public List<long> Reserved { get; } = [];

        public List<long> Payload { get; } = [];

        public void OnFragment(ReadOnlySpan<byte> payload, in FragmentHeader header)
        {
            Reserved.Add(header.ReservedValue);
            Payload.Add(payload.Length >= place + sizeof(long) ? BitConverter.ToInt64(payload[place..]) : 0);
        }
    }
}
