using HftDelta.Aeron;
using HftDelta.Aeron.Frames;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Driver;

/// <summary>Receivers that refuse a stream.</summary>
[CancelAfter(20_000)]
internal sealed class PublicationErrorTests
{
    [Test]
    public void The_recorded_refusal_ends_the_connection_and_is_told_once()
    {
        using var recorded = VectorFiles.Read("09-reject-image-err");
        List<PublicationError> errors = [];
        using var pair = new AeronPair(adjust: options => options with { OnPublicationError = errors.Add });
        using var receiver = new RawReceiver(pair.SubscriberHost, 24_331, 1);
        using var publication = pair.Publish(AeronPair.RecordedStream);
        pair.StepFor(AeronPair.Millisecond);
        receiver.Take();
        var control = VectorFiles.Datagrams(recorded).Where(datagram =>
            datagram.Entry.GetProperty("dir").GetString() == "sub->pub").Select(datagram => datagram.Bytes).ToList();
        receiver.Send(control.First(bytes => StatusMessageFrame.TryRead(bytes, out var status) == FrameFault.None
            && !status.IsSetupWanted));
        pair.StepFor(AeronPair.Millisecond);
        Assert.That(publication.IsConnected, Is.True);

        var refusals = control.Where(bytes => ErrorFrame.TryRead(bytes, out _) == FrameFault.None).ToList();
        Assert.That(refusals, Has.Count.GreaterThan(1));
        foreach (var refusal in refusals)
        {
            receiver.Send(refusal);
            pair.StepFor(AeronPair.Millisecond);
        }

        Assert.That(publication.IsConnected, Is.False);
        Assert.That(errors, Has.Count.EqualTo(1), "repeated refusals tell nothing new");
        ErrorFrame.TryRead(refusals[0], out var frame);
        var expected = (frame.ReceiverId, (long?)77, 13, System.Text.Encoding.ASCII.GetString(frame.Text));
        var error = errors[0];
        Assert.That((error.ReceiverId, error.GroupTag, error.ErrorCode, error.Reason), Is.EqualTo(expected));
        Assert.That(
            (error.RegistrationId, error.SessionId, error.StreamId, error.Source, error.DestinationRegistrationId),
            Is.EqualTo((publication.RegistrationId, 101, AeronPair.StreamId, receiver.Address, -1L)));
    }

    [Test]
    public void A_destination_that_refuses_is_named_and_the_others_go_on()
    {
        List<PublicationError> errors = [];
        using var pair = new AeronPair(adjust: options => options with { OnPublicationError = errors.Add });
        using var first = new RawReceiver(pair.SubscriberHost, 24_331, 1);
        using var second = new RawReceiver(pair.SubscriberHost, 24_332, 2);
        using var publication = pair.PublisherDriver.AddPublication(
            "aeron:udp?control=10.0.0.1:24330|control-mode=manual|fc=min|" + AeronPair.RecordedStream, AeronPair.StreamId);
        publication.AddDestination("aeron:udp?endpoint=10.0.0.2:24331");
        var number = publication.AddDestination("aeron:udp?endpoint=10.0.0.2:24332");
        pair.StepFor(AeronPair.Millisecond);
        first.Take();
        second.Take();
        first.Status();
        second.Status();
        pair.StepFor(AeronPair.Millisecond);

        second.Error("full"u8);
        pair.StepFor(AeronPair.Millisecond);
        Assert.That(errors.Select(error => (error.DestinationRegistrationId, error.Reason)), Is.EqualTo([(number, "full")]));
        Assert.That(publication.IsConnected, Is.True);

        first.Status(termOffset: 8_192);
        pair.StepFor(AeronPair.Millisecond);
        Assert.That(publication.Offer(new byte[96]), Is.Positive);
        pair.StepFor(AeronPair.Millisecond);
        Assert.That(first.TakeData(), Is.EqualTo([(0, 128)]));
    }

    [Test]
    public void A_receiver_that_nobody_knows_refuses_nothing()
    {
        List<PublicationError> errors = [];
        using var pair = new AeronPair(adjust: options => options with { OnPublicationError = errors.Add });
        using var receiver = new RawReceiver(pair.SubscriberHost, 24_331, 1);
        using var publication = pair.Publish(AeronPair.RecordedStream);
        pair.StepFor(AeronPair.Millisecond);
        receiver.Take();
        for (var count = 0; count < 100; count++)
        {
            receiver.Error("never heard of"u8);
        }

        pair.StepFor(10 * AeronPair.Millisecond);
        Assert.That(errors, Is.Empty);
    }
}
