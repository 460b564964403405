using HftDelta.Aeron;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Driver;

/// <summary>What a publication tells about itself, and how its log is described to tools.</summary>
[CancelAfter(20_000)]
internal sealed class PublicationViewTests
{
    private const int MetadataLength = 4_096;

    [Test]
    public void The_available_window_is_what_offers_may_still_take()
    {
        using var pair = new AeronPair();
        using var receiver = new RawReceiver(pair.SubscriberHost, 24_331, 1);
        using var publication = pair.Publish(AeronPair.RecordedStream + "|pub-wnd=8k");
        Assert.That(publication.AvailableWindow, Is.Zero, "nobody listens");
        pair.StepFor(AeronPair.Millisecond);
        receiver.Take();
        receiver.Status();
        pair.StepFor(AeronPair.Millisecond);
        Assert.That(publication.AvailableWindow, Is.EqualTo(8_192));

        Assert.That(publication.Offer(new byte[96]), Is.EqualTo(128));
        Assert.That(publication.AvailableWindow, Is.EqualTo(8_192 - 128));
        pair.StepFor(AeronPair.Millisecond);
        Assert.That(publication.AvailableWindow, Is.EqualTo(8_192), "it has left");
        Assert.That(
            (publication.InitialTermId, publication.TermLengthBytes, publication.MaxPossiblePosition, publication.ChannelStatus),
            Is.EqualTo((7, 65_536, 65_536L << 31, 1L)));
        publication.Dispose();
        Assert.That((publication.AvailableWindow, publication.ChannelStatus), Is.EqualTo((Publication.Closed, 2L)));
    }

    [Test]
    public void The_log_says_what_the_channel_said()
    {
        var directory = Directory.CreateTempSubdirectory("hftdelta-aeron-").FullName;
        try
        {
            using var pair = new AeronPair();
            using var driver = new AeronDriver(new AeronOptions
            {
                Clock = pair.Clock,
                Sockets = pair.PublisherHost,
                TermLengthBytes = 64 * 1024,
                AeronDirectory = directory,
            });
            using var publication = driver.AddExclusivePublication(
                "aeron:udp?control=10.0.0.1:24331|control-mode=dynamic|ssc=true|max-resend=7|linger=250ms|eos=false|tags=1,77",
                AeronPair.StreamId);
            var path = Directory.GetFiles(directory, $"{publication.RegistrationId}.logbuffer", SearchOption.AllDirectories);
            var bytes = Shared(path.Single())[^MetadataLength..];

            Assert.That(BitConverter.ToInt32(bytes, 316), Is.EqualTo(7), "max resend");
            Assert.That(BitConverter.ToInt64(bytes, 448), Is.EqualTo(77), "entity tag");
            Assert.That(BitConverter.ToInt64(bytes, 456), Is.EqualTo(-1), "response correlation id");
            Assert.That(BitConverter.ToInt64(bytes, 464), Is.EqualTo(250_000_000), "linger");
            Assert.That((bytes[488], bytes[489], bytes[493], bytes[494]), Is.EqualTo((1, 0, 0, 1)), "group, response, eos, ssc");
            Assert.That((bytes[496], bytes[497]), Is.EqualTo((0, 1)), "revoked, type");

            publication.Revoke();
            driver.Invoker.DoWork();
            Assert.That(Shared(path.Single())[^MetadataLength..][496], Is.EqualTo(1), "revoked");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Test]
    public void A_channel_with_several_destinations_allocates_nothing_for_a_message()
    {
        using var pair = new AeronPair();
        using var first = new RawReceiver(pair.SubscriberHost, 24_331, 1);
        using var second = new RawReceiver(pair.SubscriberHost, 24_332, 2);
        using var publication = pair.PublisherDriver.AddPublication(
            "aeron:udp?control=10.0.0.1:24330|control-mode=manual|fc=min|" + AeronPair.RecordedStream, AeronPair.StreamId);
        publication.AddDestination("aeron:udp?endpoint=10.0.0.2:24331");
        publication.AddDestination("aeron:udp?endpoint=10.0.0.2:24332");
        pair.StepFor(AeronPair.Millisecond);
        first.Take();
        second.Take();
        first.Status();
        second.Status();
        pair.StepFor(AeronPair.Millisecond);
        var message = new byte[100];
        long allocated = 0;
        for (var round = 0; round < 60; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var position = publication.Offer(message, message);
            pair.Step();
            pair.Step();
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.That(position, Is.Positive);
            first.Take();
            second.Take();
        }

        Assert.That(allocated, Is.Zero);
    }

    private static byte[] Shared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
