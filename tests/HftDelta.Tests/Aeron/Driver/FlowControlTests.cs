using System.Text.Json;
using HftDelta.Aeron;
using HftDelta.Aeron.Frames;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Driver;

/// <summary>A reader that does not read stops the sender; the figures are those of the recorded scenario 04.</summary>
[CancelAfter(20_000)]
internal sealed class FlowControlTests
{
    private const int Window = 4_096;
    private const int MessageLength = 480;
    private const int FrameLength = 512;

    [Test]
    public void A_reader_that_stands_still_stops_the_sender_at_its_window_and_the_publisher_at_its_own()
    {
        using var pair = new AeronPair();
        using var subscription = Subscribe(pair);
        using var publication = Publish(pair);
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);
        var sent = pair.Record();

        var accepted = Fill(pair, publication);

        Assert.That(accepted, Is.EqualTo(24), "messages that fit up to the limit of 12288");
        Assert.That(publication.Position, Is.EqualTo(12_288));
        Assert.That(publication.PositionLimit, Is.EqualTo(Window + 8_192));
        Assert.That(publication.Offer(new byte[MessageLength]), Is.EqualTo(Publication.BackPressured));
        Assert.That(DataBytes(pair, sent), Is.EqualTo(Window), "no byte leaves beyond the receiver's window");
    }

    [Test]
    public void While_it_waits_heartbeats_tell_where_the_sender_stands_and_status_messages_repeat()
    {
        using var pair = new AeronPair();
        using var subscription = Subscribe(pair);
        using var publication = Publish(pair);
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);
        Fill(pair, publication);
        var sent = pair.Record();

        pair.StepFor(1_000 * AeronPair.Millisecond);

        var heartbeats = sent.Where(datagram => DataHeader.IsHeartbeat(datagram.Bytes)).ToList();
        Assert.That(heartbeats, Has.Count.InRange(9, 10));
        Assert.That(heartbeats.Select(datagram => DataHeader.Read(datagram.Bytes).TermOffset), Is.All.EqualTo(Window));
        var statuses = sent.Where(datagram => datagram.From.HasAddressOf(pair.SubscriberHost.Address)).ToList();
        Assert.That(statuses, Has.Count.InRange(4, 5));
        foreach (var status in statuses)
        {
            Assert.That(StatusMessageFrame.TryRead(status.Bytes, out var frame), Is.EqualTo(FrameFault.None));
            Assert.That(frame, Has.Property(nameof(frame.ConsumptionTermOffset)).EqualTo(0)
                .And.Property(nameof(frame.ReceiverWindow)).EqualTo(Window));
        }
    }

    [Test]
    public void A_reader_that_goes_on_tells_so_after_a_quarter_of_its_window_as_recorded()
    {
        using var recorded = VectorFiles.Read("04-flow-control");
        using var pair = new AeronPair();
        using var subscription = Subscribe(pair);
        using var publication = Publish(pair);
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);
        Fill(pair, publication);
        var sent = pair.Record();

        // One fragment every 5 ms, as recorded.
        var handler = new KeepingHandler();
        for (var fragment = 0; fragment < 24; fragment++)
        {
            Assert.That(subscription.Poll(ref handler, 1), Is.EqualTo(1), $"fragment {fragment}");
            pair.StepFor(5 * AeronPair.Millisecond);
        }

        var told = Offsets(sent.Select(datagram => datagram.Bytes));
        Assert.That(told, Is.EqualTo(RecordedOffsets(recorded).Where(offset => offset is > 0 and <= 12_288)));
        Assert.That(handler.Messages.Select(message => message.Position), Is.EqualTo(Positions(24)));
    }

    private static Subscription Subscribe(AeronPair pair) => pair.Subscribe($"rcv-wnd={Window}");

    private static Publication Publish(AeronPair pair) => pair.Publish(AeronPair.RecordedStream + "|pub-wnd=8192");

    private static int Fill(AeronPair pair, Publication publication)
    {
        var accepted = 0;
        for (var tries = 0; tries < 100; tries++)
        {
            if (publication.Offer(TestMessages.Recorded(3, MessageLength)) > 0)
            {
                accepted++;
            }

            pair.Step();
        }

        return accepted;
    }

    private static int DataBytes(AeronPair pair, List<SentDatagram> sent) => sent
        .Where(datagram => datagram.From.HasAddressOf(pair.PublisherHost.Address)
            && !DataHeader.IsHeartbeat(datagram.Bytes) && DataHeader.TryRead(datagram.Bytes, out _) == FrameFault.None)
        .Sum(datagram => datagram.Bytes.Length);

    private static IEnumerable<long> Positions(int count) =>
        Enumerable.Range(1, count).Select(number => (long)number * FrameLength);

    private static List<int> RecordedOffsets(JsonDocument recorded) =>
        Offsets(VectorFiles.Datagrams(recorded).Select(datagram => datagram.Bytes));

    // Places that status messages tell, each once.
    private static List<int> Offsets(IEnumerable<byte[]> datagrams) =>
    [
        .. datagrams
            .Select(bytes => StatusMessageFrame.TryRead(bytes, out var status) == FrameFault.None
                ? status
                : (StatusMessageFrame?)null)
            .OfType<StatusMessageFrame>()
            .Select(status => status.ConsumptionTermOffset)
            .Distinct(),
    ];
}
