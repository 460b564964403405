using HftDelta.Aeron;
using HftDelta.Aeron.Frames;
using HftDelta.Runtime.Counters;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Driver;

/// <summary>Control frames that mean harm: what they cost is bounded and the stream goes on.</summary>
[CancelAfter(20_000)]
internal sealed class HostileControlTests
{
    private const int TermLength = 1024 * 1024;
    private const string Stream = "term-length=1m|session-id=101|init-term-id=7|term-id=7|term-offset=0|mtu=1408";

    [Test]
    public void A_storm_of_naks_is_answered_a_bounded_part_at_a_time_and_new_data_still_leaves()
    {
        using var pair = new AeronPair();
        using var receiver = new RawReceiver(pair.SubscriberHost, 24_331, 1) { Window = 128 * 1024 };
        using var publication = pair.PublishTo(receiver, Stream);
        Fill(pair, receiver, publication, 256 * 1024);

        var sent = pair.Record();
        for (var cycle = 0; cycle < 100; cycle++)
        {
            for (var nak = 0; nak < 16; nak++)
            {
                // Two halves in turn: each takes the one slot from the other.
                receiver.Nak((nak & 1) * 128 * 1024, 128 * 1024);
            }

            pair.Step();
        }

        var repairs = sent.Count(datagram => datagram.Bytes.Length > SetupFrame.LengthBytes);
        Assert.That(repairs, Is.InRange(100, 100 * 64));

        sent.Clear();
        receiver.Status(256 * 1024);
        Assert.That(publication.Offer(new byte[96]), Is.Positive);
        pair.StepFor(AeronPair.Millisecond);
        Assert.That(sent.Any(datagram => DataHeader.TryRead(datagram.Bytes, out _) == FrameFault.None
            && DataHeader.Read(datagram.Bytes).TermOffset == 256 * 1024), Is.True);
    }

    [Test]
    public void A_long_gap_is_brought_back_whole_over_several_cycles()
    {
        using var pair = new AeronPair();
        using var receiver = new RawReceiver(pair.SubscriberHost, 24_331, 1) { Window = 128 * 1024 };
        using var publication = pair.PublishTo(receiver, Stream);
        Fill(pair, receiver, publication, 256 * 1024);

        receiver.Nak(0, 256 * 1024);
        var covered = 0;
        for (var cycle = 0; cycle < 50; cycle++)
        {
            pair.Step();
            foreach (var (termOffset, length) in receiver.TakeData())
            {
                Assert.That(termOffset, Is.EqualTo(covered));
                covered += length;
            }
        }

        Assert.That(covered, Is.EqualTo(256 * 1024));
    }

    [TestCase(TermLength, 32)]
    [TestCase(-32, 32)]
    [TestCase(16, 32)]
    [TestCase(0, 33)]
    [TestCase(0, -32)]
    [TestCase(0, 0)]
    [TestCase(int.MinValue, int.MinValue)]
    public void A_nak_that_makes_no_sense_is_dropped_and_counted(int termOffset, int length)
    {
        var invalid = Counter.Detached("none");
        using var pair = new AeronPair(adjust: options => options with
        {
            Counters = (name, label, unit) => label == "socket=control" ? invalid : Counter.Detached(name, label, unit),
        });
        using var receiver = new RawReceiver(pair.SubscriberHost, 24_331, 1) { Window = 128 * 1024 };
        using var publication = pair.PublishTo(receiver, Stream);
        Fill(pair, receiver, publication, 32 * 1024);
        receiver.Nak(termOffset, length);
        pair.StepFor(AeronPair.Millisecond);
        Assert.That(receiver.TakeData(), Is.Empty);
        Assert.That(invalid.Value, Is.EqualTo(1));
    }

    [Test]
    public void Windows_and_places_that_cannot_be_move_nothing()
    {
        var refused = Counter.Detached("none");
        using var pair = new AeronPair(adjust: options => options with
        {
            Counters = (name, label, unit) =>
                name == "hftdelta_aeron_status_messages_refused_total" ? refused : Counter.Detached(name, label, unit),
        });
        using var receiver = new RawReceiver(pair.SubscriberHost, 24_331, 1) { Window = int.MaxValue };
        using var publication = pair.Publish(Stream);
        pair.StepFor(AeronPair.Millisecond);
        receiver.Take();
        receiver.Status();
        receiver.Status(termOffset: 16);
        receiver.Status(termOffset: TermLength);
        receiver.Status(termOffset: -32);
        pair.StepFor(AeronPair.Millisecond);

        Assert.That(publication.IsConnected, Is.False);
        Assert.That(refused.Value, Is.EqualTo(4));
    }

    // So many bytes of frames of 1,024, all of them sent.
    private static void Fill(AeronPair pair, RawReceiver receiver, Publication publication, int lengthBytes)
    {
        while (publication.Position < lengthBytes)
        {
            if (publication.Offer(new byte[1_024 - DataHeader.LengthBytes]) < 0 || publication.Position % (32 * 1024) == 0)
            {
                receiver.Status((int)publication.Position);
                pair.StepFor(AeronPair.Millisecond);
            }
        }

        pair.StepFor(AeronPair.Millisecond);
        receiver.Take();
    }
}
