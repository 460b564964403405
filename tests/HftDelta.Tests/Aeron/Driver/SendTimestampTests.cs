using System.Buffers.Binary;
using HftDelta.Aeron.Frames;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Driver;

/// <summary>The time at which a datagram left, written into its first frame where the channel says.</summary>
[CancelAfter(20_000)]
internal sealed class SendTimestampTests
{
    [TestCase("reserved", DataHeader.ReservedValueOffset)]
    [TestCase("0", DataHeader.LengthBytes)]
    [TestCase("88", DataHeader.LengthBytes + 88)]
    public void The_first_frame_carries_the_time_at_which_it_left(string offset, int place)
    {
        using var pair = new AeronPair();
        var datagrams = Sent(pair, "channel-snd-ts-offset=" + offset, 96, 96);
        Assert.That(datagrams, Has.Count.EqualTo(2));
        foreach (var datagram in datagrams)
        {
            Assert.That(
                BinaryPrimitives.ReadUInt64LittleEndian(datagram.Bytes.AsSpan(place)), Is.EqualTo(datagram.TimeNanos));
            Assert.That(
                datagram.Bytes.Where((_, index) => index >= DataHeader.LengthBytes && (index < place || index >= place + 8)),
                Is.All.Zero,
                "nothing else changes");
        }
    }

    [Test]
    public void A_message_that_has_no_room_for_it_and_the_rest_of_a_long_one_stay_as_they_are()
    {
        using var pair = new AeronPair();
        var datagrams = Sent(pair, "channel-snd-ts-offset=89", 96, 1_500);
        Assert.That(datagrams, Has.Count.EqualTo(3));
        var stamped = datagrams.Select(datagram => datagram.Bytes.AsSpan(DataHeader.LengthBytes).ContainsAnyExcept((byte)0));
        Assert.That(stamped, Is.EqualTo([false, true, false]));
    }

    private static List<SentDatagram> Sent(AeronPair pair, string parameter, params int[] lengths)
    {
        using var receiver = new RawReceiver(pair.SubscriberHost, 24_331, 1);
        using var publication = pair.Publish($"{AeronPair.RecordedStream}|{parameter}");
        pair.StepFor(AeronPair.Millisecond);
        receiver.Take();
        receiver.Status();
        pair.StepFor(AeronPair.Millisecond);
        var sent = pair.Record();
        foreach (var length in lengths)
        {
            Assert.That(publication.Offer(new byte[length]), Is.Positive);
            pair.StepFor(AeronPair.Millisecond);
        }

        return [.. sent.Where(datagram => DataHeader.TryRead(datagram.Bytes, out _) == FrameFault.None
            && !DataHeader.IsHeartbeat(datagram.Bytes))];
    }
}
