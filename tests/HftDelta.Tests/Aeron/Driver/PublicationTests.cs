using HftDelta.Aeron;
using HftDelta.Aeron.Frames;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Driver;

/// <summary>What offers and claims answer, for publications of many threads and of one alike.</summary>
[CancelAfter(20_000)]
internal sealed class PublicationTests
{
    private const int TermLength = 64 * 1024;

    [Test]
    public void A_term_that_is_too_short_for_a_message_is_padded_and_the_next_try_succeeds([Values] bool isExclusive)
    {
        using var pair = new AeronPair();
        using var subscription = pair.Subscribe();
        using var publication = new AnyPublication(pair, isExclusive, Start(initial: 7, term: 7, offset: TermLength - 96));
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);

        Assert.That(publication.Offer(new byte[32]), Is.EqualTo(TermLength - 32));
        Assert.That(publication.Offer(new byte[1]), Is.EqualTo(Publication.AdminAction));
        Assert.That(publication.Offer("next term"u8.ToArray()), Is.EqualTo(TermLength + 64));
        pair.StepFor(AeronPair.Millisecond);
        var handler = new KeepingHandler();
        while (subscription.Poll(ref handler, 10) > 0)
        {
        }

        Assert.That(handler.Messages.Select(message => message.Position), Is.EqualTo([TermLength - 32, TermLength + 64]));
    }

    [Test]
    public void A_message_that_ends_with_its_term_needs_no_padding_and_term_ids_wrap([Values] bool isExclusive)
    {
        using var pair = new AeronPair();
        var sent = pair.Record();
        using var subscription = pair.Subscribe();
        using var publication = new AnyPublication(
            pair, isExclusive, Start(int.MaxValue - 1, int.MaxValue, TermLength - 64));
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);

        Assert.That(publication.Offer(new byte[32]), Is.EqualTo(2 * TermLength));
        Assert.That(publication.Offer(new byte[32]), Is.EqualTo(Publication.AdminAction));
        Assert.That(publication.Offer(new byte[32]), Is.EqualTo((2 * TermLength) + 64));
        pair.StepFor(AeronPair.Millisecond);
        var handler = new KeepingHandler();
        while (subscription.Poll(ref handler, 10) > 0)
        {
        }

        Assert.That(handler.Messages, Has.Count.EqualTo(2));
        var headers = sent.Where(datagram => DataHeader.TryRead(datagram.Bytes, out _) == FrameFault.None)
            .Select(datagram => DataHeader.Read(datagram.Bytes)).Where(header => header.FrameLength > 0).ToList();
        Assert.That(headers.Select(header => header.Type), Is.All.EqualTo(FrameType.Data));
        Assert.That(headers.Select(header => header.TermId), Is.EqualTo([int.MaxValue, int.MinValue]));
    }

    [Test]
    public void The_last_position_of_all_is_the_end([Values] bool isExclusive)
    {
        using var pair = new AeronPair();
        using var subscription = pair.Subscribe();
        using var publication = new AnyPublication(pair, isExclusive, Start(0, int.MaxValue, TermLength - 128));
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);

        Assert.That(publication.Offer(new byte[32]), Is.EqualTo(TermArithmetic.PositionMax(TermLength) - 64));
        Assert.That(publication.Offer(new byte[64]), Is.EqualTo(Publication.MaxPositionExceeded));
        Assert.That(publication.Offer(new byte[1]), Is.EqualTo(Publication.MaxPositionExceeded), "and it stays so");
    }

    [Test]
    public void A_claim_is_filled_in_place_and_nothing_passes_it_before_it_is_committed([Values] bool isExclusive)
    {
        using var pair = new AeronPair();
        using var subscription = pair.Subscribe();
        using var publication = new AnyPublication(pair, isExclusive);
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);
        pair.StepFor(AeronPair.Millisecond);
        var handler = new KeepingHandler();

        Assert.That(publication.TryClaim(5, out var claim), Is.EqualTo(64));
        Assert.That(publication.Offer("second"u8.ToArray()), Is.EqualTo(128));
        pair.StepFor(AeronPair.Millisecond);
        Assert.That(subscription.Poll(ref handler, 10), Is.Zero);
        "first"u8.CopyTo(claim.Buffer);
        claim.Commit();
        pair.StepFor(AeronPair.Millisecond);
        subscription.Poll(ref handler, 10);

        Assert.That(handler.Texts, Is.EqualTo(["first", "second"]));
    }

    [Test]
    public void An_aborted_claim_is_seen_by_no_reader([Values] bool isExclusive)
    {
        using var pair = new AeronPair();
        using var subscription = pair.Subscribe();
        using var publication = new AnyPublication(pair, isExclusive);
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);
        pair.StepFor(AeronPair.Millisecond);

        Assert.That(publication.TryClaim(500, out var claim), Is.EqualTo(544));
        claim.Abort();
        Assert.That(publication.Offer("after"u8.ToArray()), Is.EqualTo(608));
        pair.StepFor(AeronPair.Millisecond);
        var handler = new KeepingHandler();
        subscription.Poll(ref handler, 10);

        Assert.That(handler.Texts, Is.EqualTo(["after"]));
        Assert.That(subscription.Images[0].Position, Is.EqualTo(608));
    }

    [Test]
    public void Lengths_beyond_the_limits_are_told()
    {
        using var pair = new AeronPair();
        using var publication = pair.Publish();

        Assert.That(publication.MaxPayloadLength, Is.EqualTo(1_376));
        Assert.That(publication.MaxMessageLength, Is.EqualTo(8_192));
        Assert.That(() => publication.Offer(new byte[8_193]), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => publication.TryClaim(1_377, out _), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(publication.Offer(new byte[8_192]), Is.EqualTo(Publication.NotConnected));
    }

    [Test]
    public void Publications_of_one_channel_and_stream_share_a_session_until_the_last_has_closed()
    {
        using var pair = new AeronPair();
        using var subscription = pair.Subscribe();
        var first = pair.Publish();
        using var second = pair.Publish();
        using var alone = pair.PublishExclusively();
        Assert.That(pair.StepUntil(() => second.IsConnected && alone.IsConnected), Is.True);

        first.Dispose();
        pair.StepFor(200 * AeronPair.Millisecond);

        Assert.That(first.SessionId, Is.EqualTo(second.SessionId));
        Assert.That(alone.SessionId, Is.Not.EqualTo(second.SessionId));
        Assert.That(first.Offer(new byte[1]), Is.EqualTo(Publication.Closed));
        Assert.That(second.Offer(new byte[1]), Is.Positive);
        Assert.That(subscription.Images.Length, Is.EqualTo(2));
        Assert.That(pair.PublisherHost.OpenCount, Is.EqualTo(1), "they share a socket");
    }

    [Test]
    public void Several_small_messages_leave_in_one_datagram()
    {
        using var pair = new AeronPair();
        using var subscription = pair.Subscribe();
        using var publication = new AnyPublication(pair, isExclusive: false);
        Assert.That(pair.StepUntil(() => publication.IsConnected), Is.True);
        pair.StepFor(AeronPair.Millisecond);
        var sent = pair.Record();

        for (var message = 0; message < 44; message++)
        {
            Assert.That(publication.Offer(new byte[32]), Is.Positive);
        }

        pair.Step();

        // 22 frames of 64 bytes fill a datagram of 1408.
        Assert.That(
            sent.Where(datagram => datagram.From.HasAddressOf(pair.PublisherHost.Address))
                .Select(datagram => datagram.Bytes.Length),
            Is.EqualTo([1_408, 1_408]));
    }

    private static string Start(int initial, int term, int offset) =>
        FormattableString.Invariant($"term-length=65536|init-term-id={initial}|term-id={term}|term-offset={offset}");

    /// <summary>Either kind, so that one test asks both.</summary>
    private sealed class AnyPublication(AeronPair pair, bool isExclusive, string parameters = "") : IDisposable
    {
        private readonly Publication? _shared = isExclusive
            ? null
            : pair.Publish(parameters);

        private readonly ExclusivePublication? _exclusive = isExclusive
            ? pair.PublishExclusively(parameters)
            : null;

        public bool IsConnected => _shared?.IsConnected ?? _exclusive!.IsConnected;

        public long Offer(byte[] message) => _shared?.Offer(message) ?? _exclusive!.Offer(message);

        public long TryClaim(int length, out BufferClaim claim) => _shared is not null
            ? _shared.TryClaim(length, out claim)
            : _exclusive!.TryClaim(length, out claim);

        public void Dispose()
        {
            _shared?.Dispose();
            _exclusive?.Dispose();
        }
    }
}
