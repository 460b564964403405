using HftDelta.Aeron;
using HftDelta.Aeron.Frames;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Driver;

/// <summary>Streams that are taken back instead of closed.</summary>
[CancelAfter(20_000)]
internal sealed class RevokeTests
{
    private const byte RevokedFlags =
        FrameFlags.DataUnfragmented | FrameFlags.DataEndOfStream | FrameFlags.DataRevoked;

    [Test]
    public void A_revoked_stream_says_so_in_its_heartbeats_as_recorded()
    {
        using var recorded = VectorFiles.Read("10-revoke");
        using var pair = new AeronPair();
        using var receiver = new RawReceiver(pair.SubscriberHost, 24_331, 1);
        using var publication = pair.PublishTo(receiver, AeronPair.RecordedStream);
        foreach (var length in RecordedLengths(recorded))
        {
            Assert.That(publication.Offer(new byte[length]), Is.Positive);
        }

        pair.StepFor(AeronPair.Millisecond);
        receiver.Take();
        publication.Revoke();
        pair.StepFor(150 * AeronPair.Millisecond);

        var expected = VectorFiles.Datagrams(recorded).Select(datagram => datagram.Bytes)
            .First(bytes => DataHeader.IsHeartbeat(bytes) && bytes[5] == RevokedFlags);
        Assert.That(receiver.Take().Select(Convert.ToHexString), Does.Contain(Convert.ToHexString(expected)));
    }

    [Test]
    public void Revoking_closes_it_for_all_who_share_the_stream()
    {
        using var pair = new AeronPair();
        using var receiver = new RawReceiver(pair.SubscriberHost, 24_331, 1);
        using var one = pair.PublishTo(receiver, AeronPair.RecordedStream);
        using var other = pair.Publish(AeronPair.RecordedStream);
        Assert.That(other.SessionId, Is.EqualTo(one.SessionId));

        one.Revoke();
        pair.StepFor(20 * AeronPair.Millisecond);
        Assert.That((one.IsClosed, other.IsClosed, other.IsRevoked), Is.EqualTo((true, false, true)));
        Assert.That(other.IsConnected, Is.False);
        Assert.That(other.Offer(new byte[8]), Is.EqualTo(Publication.NotConnected));

        // It lingers for as long as somebody holds it, and then for its linger.
        pair.StepFor(6_000 * AeronPair.Millisecond, AeronPair.Millisecond);
        Assert.That(
            () => pair.PublishExclusively(AeronPair.RecordedStream),
            Throws.TypeOf<AeronException>().With.Message.Contains("session 101"));
        other.Dispose();
        pair.StepFor(20 * AeronPair.Millisecond);
        using var next = pair.PublishExclusively(AeronPair.RecordedStream);
        Assert.That(next.SessionId, Is.EqualTo(101));
    }

    [Test]
    public void A_receiver_that_says_goodbye_ends_the_linger()
    {
        using var pair = new AeronPair();
        using var receiver = new RawReceiver(pair.SubscriberHost, 24_331, 1);
        using var publication = pair.PublishTo(receiver, AeronPair.RecordedStream);
        publication.Revoke();
        pair.StepFor(20 * AeronPair.Millisecond);
        receiver.Status(flags: FrameFlags.StatusEndOfStream);
        pair.StepFor(20 * AeronPair.Millisecond);
        Assert.That(pair.PublisherHost.OpenCount, Is.Zero);
    }

    [Test]
    public void Revoking_what_is_closed_does_nothing()
    {
        using var pair = new AeronPair();
        using var receiver = new RawReceiver(pair.SubscriberHost, 24_331, 1);
        using var publication = pair.PublishTo(receiver, AeronPair.RecordedStream);
        publication.Dispose();
        publication.Revoke();
        pair.StepFor(200 * AeronPair.Millisecond);
        Assert.That(
            receiver.Take().Where(bytes => DataHeader.IsHeartbeat(bytes)).Select(bytes => bytes[5]),
            Is.All.Not.EqualTo(RevokedFlags));
    }

    private static IEnumerable<int> RecordedLengths(System.Text.Json.JsonDocument recorded) =>
        VectorFiles.Datagrams(recorded).Select(datagram => datagram.Bytes)
            .Where(bytes => DataHeader.TryRead(bytes, out _) == FrameFault.None && !DataHeader.IsHeartbeat(bytes))
            .Select(bytes => DataHeader.Read(bytes).FrameLength - DataHeader.LengthBytes);
}
