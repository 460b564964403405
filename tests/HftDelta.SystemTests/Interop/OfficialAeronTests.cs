using HftDelta.Aeron;

namespace HftDelta.SystemTests.Interop;

/// <summary>
/// Our publications are read by the official implementation and its publications by ours, over loopback: complete, in order,
/// byte for byte, with the end of the stream told both ways; also across the wrap of term ids, and when our sockets lose,
/// double and swap datagrams.
/// </summary>
[CancelAfter(120_000)]
internal sealed class OfficialAeronTests
{
    private const int StreamId = 1001;
    private const string Wrap = "|term-length=64k|init-term-id=2147483646|term-id=2147483647|term-offset=64512";

    private static readonly TestCaseData[] Streams =
    [
        new(10_000, 32, 0, ""),
        new(1_000, 20_000, 0, ""),
        new(10_000, 33, 0, Wrap),
        new(500, 8_000, 0, Wrap + "|mtu=8k"),
        new(2_000, 32, 20, ""),
        new(200, 20_000, 20, ""),
        new(500, 5_000, 20, Wrap),
    ];

    [TestCaseSource(nameof(Streams))]
    public void Official_subscriber_receives_what_we_publish(int count, int length, int lossPerMille, string parameters)
    {
        using var java = JavaPeer.Receive("aeron:udp?endpoint=127.0.0.1:0", StreamId, count, length);
        using var ours = new OurSide(lossPerMille);
        var channel = ours.WaitFor(java, "READY");
        using var publication = ours.Driver.AddPublication(channel + parameters, StreamId);
        ours.WaitUntil(java, () => publication.IsConnected, "connected");
        var start = publication.Position;

        var message = new byte[length];
        for (var number = 0; number < count; number++)
        {
            NumberedMessages.Fill(message, number);
            ours.WaitUntil(java, () => Offered(publication, message), $"message {number} taken");
        }

        var position = publication.Position;
        Assert.That(position - start, Is.AtLeast((long)count * length));
        Assert.That(ours.WaitFor(java, "RECEIVED"), Is.EqualTo($"{count}"));
        publication.Dispose();
        Assert.That(ours.WaitFor(java, "GONE"), Is.EqualTo($"true {position}"), "it saw the end of the stream");
        ours.End(java);
        Assert.That(ours.Count("hftdelta_aeron_invalid_datagrams_total"), Is.Zero);
        Assert.That(ours.Count("hftdelta_aeron_retransmits_total"), lossPerMille > 0 ? Is.Positive : Is.Not.Negative);
        InteropTable.Add($"stream {parameters}", "ours to official", $"{length}", count, $"{lossPerMille / 10.0} % faults");
    }

    [TestCaseSource(nameof(Streams))]
    public void Official_publisher_is_received_by_us(int count, int length, int lossPerMille, string parameters)
    {
        using var ours = new OurSide(lossPerMille);
        using var subscription = ours.Driver.AddSubscription("aeron:udp?endpoint=127.0.0.1:0", StreamId);
        using var java = JavaPeer.Publish(subscription.ResolvedChannel + parameters, StreamId, count, length);
        var assembler = new FragmentAssembler<NumberedMessages>(new NumberedMessages(length));
        ours.WaitUntil(java, () => subscription.IsConnected, "connected");
        var image = subscription.Images[0];
        ours.WaitUntil(java, () => PollAndCount() >= count || assembler.Handler.Wrong is not null, "all messages");
        Assert.That(assembler.Handler.Wrong, Is.Null);
        Assert.That(ours.WaitFor(java, "SENT"), Is.EqualTo($"{image.Position} {count}"));

        java.Say("close");
        ours.WaitUntil(java, () => PollAndCount() == count && image.IsEndOfStream, "end of the stream");
        ours.WaitUntil(java, () => !subscription.IsConnected, "the image gone");
        Assert.That(assembler.Handler.Count, Is.EqualTo(count), "nothing came twice");
        ours.WaitFor(java, "CLOSED");
        ours.End(java);
        Assert.That(ours.Count("hftdelta_aeron_invalid_datagrams_total"), Is.Zero);
        Assert.That(
            ours.Count("hftdelta_aeron_naks_total", "direction=sent"), lossPerMille > 0 ? Is.Positive : Is.Not.Negative);
        InteropTable.Add($"stream {parameters}", "official to ours", $"{length}", count, $"{lossPerMille / 10.0} % faults");

        int PollAndCount()
        {
            subscription.Poll(ref assembler, 50);
            return assembler.Handler.Count;
        }
    }

    private static bool Offered(Publication publication, byte[] message)
    {
        var result = publication.Offer(message);
        Assert.That(
            result, Is.GreaterThan(0).Or.EqualTo(Publication.BackPressured).Or.EqualTo(Publication.AdminAction),
            "the subscriber stays");
        return result > 0;
    }
}
