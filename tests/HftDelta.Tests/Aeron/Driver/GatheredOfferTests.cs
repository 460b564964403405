using HftDelta.Aeron;
using HftDelta.Aeron.Frames;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Driver;

/// <summary>Messages that are offered in pieces, and the value that travels beside the payload.</summary>
[CancelAfter(20_000)]
internal sealed class GatheredOfferTests
{
    private const int Payload = 1_408 - DataHeader.LengthBytes;

    private static readonly int[][] Cuts =
    [
        [0], [5], [0, 7, 0], [Payload], [Payload, 1], [Payload - 1, 1], [1, Payload], [3, 5, 4_000, 0, 11],
        [Payload, Payload], [2 * Payload, 1, 1],
    ];

    [Test]
    public void A_message_in_pieces_arrives_as_the_same_frames_as_in_one([ValueSource(nameof(Cuts))] int[] cuts)
    {
        var message = TestMessages.Recorded(3, cuts.Sum());
        var parts = new ReadOnlyMemory<byte>[cuts.Length];
        var offset = 0;
        for (var index = 0; index < cuts.Length; index++)
        {
            parts[index] = message.AsMemory(offset, cuts[index]);
            offset += cuts[index];
        }

        var whole = Sent(publication => publication.Offer(message), publication => publication.Offer(message));
        var inPieces = Sent(publication => publication.Offer(parts), publication => publication.Offer(parts));
        var inTwo = Sent(
            publication => publication.Offer(message.AsSpan(0, cuts[0]), message.AsSpan(cuts[0])),
            publication => publication.Offer(message.AsSpan(0, cuts[0]), message.AsSpan(cuts[0])));

        Assert.That(inPieces, Is.EqualTo(whole));
        Assert.That(inTwo, Is.EqualTo(whole));
    }

    [Test]
    public void Every_frame_of_a_message_carries_its_reserved_value()
    {
        var sent = Sent(
            publication => publication.Offer(new byte[3 * Payload], 0x1122_3344_5566_7788),
            publication => publication.Offer(new byte[3 * Payload], default, 0x1122_3344_5566_7788));
        Assert.That(sent, Has.Count.EqualTo(6));
        Assert.That(
            sent.Select(hex => BitConverter.ToInt64(Convert.FromHexString(hex), DataHeader.ReservedValueOffset)),
            Is.All.EqualTo(0x1122_3344_5566_7788));
    }

    [Test]
    public void A_claim_carries_a_reserved_value_that_its_reader_sees()
    {
        using var pair = new AeronPair();
        using var subscription = pair.Subscribe();
        using var publication = pair.Publish();
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);
        for (var value = 0; value < 2; value++)
        {
            Assert.That(publication.TryClaim(8, out var claim), Is.Positive);
            Assert.That(claim.ReservedValue, Is.Zero, "what an earlier frame left behind is not told");
            claim.ReservedValue = -1 - value;
            claim.Commit();
        }

        pair.StepFor(AeronPair.Millisecond);
        var handler = new ReservedValues();
        subscription.Poll(ref handler, 10);
        Assert.That(handler.Values, Is.EqualTo([-1L, -2L]));
    }

    [Test]
    public void Pieces_that_are_too_long_together_are_refused()
    {
        using var pair = new AeronPair();
        using var publication = pair.Publish();
        var half = new byte[(publication.MaxMessageLength / 2) + 1];
        var parts = new ReadOnlyMemory<byte>[] { half, half };
        Assert.That(() => publication.Offer(half, half), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => publication.Offer(parts), Throws.TypeOf<ArgumentOutOfRangeException>());
        publication.Dispose();
        Assert.That(publication.Offer(parts), Is.EqualTo(Publication.Closed));
    }

    // The datagrams of one offer by a shared publication and one by an exclusive one, without what names the session.
    private static List<string> Sent(Func<Publication, long> offer, Func<ExclusivePublication, long> offerExclusive)
    {
        using var pair = new AeronPair();
        using var receiver = new RawReceiver(pair.SubscriberHost, 24_331, 1);
        using var publication = pair.Publish(AeronPair.RecordedStream);
        pair.StepFor(AeronPair.Millisecond);
        receiver.Take();
        receiver.Status();
        using var other = new RawReceiver(pair.SubscriberHost, 24_332, 2);
        using var exclusive = pair.PublisherDriver.AddExclusivePublication(
            "aeron:udp?endpoint=10.0.0.2:24332|" + AeronPair.RecordedStream, AeronPair.StreamId);
        pair.StepFor(AeronPair.Millisecond);
        other.Take();
        other.Status();
        pair.StepFor(AeronPair.Millisecond);
        receiver.Take();
        other.Take();

        Assert.That(offer(publication), Is.Positive);
        Assert.That(offerExclusive(exclusive), Is.Positive);
        pair.StepFor(AeronPair.Millisecond);
        return [.. receiver.Take().Concat(other.Take()).Where(bytes => !DataHeader.IsHeartbeat(bytes))
            .Select(Convert.ToHexString)];
    }

    private readonly struct ReservedValues() : IFragmentHandler
    {
        public List<long> Values { get; } = [];

        public void OnFragment(ReadOnlySpan<byte> payload, in FragmentHeader header) => Values.Add(header.ReservedValue);
    }
}
