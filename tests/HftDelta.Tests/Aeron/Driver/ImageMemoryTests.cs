using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HftDelta.Aeron;
using HftDelta.Aeron.Frames;
using HftDelta.Aeron.Sockets;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Driver;

/// <summary>What a stranger who only sends SETUPs costs, and what becomes of it when data comes.</summary>
[CancelAfter(20_000)]
internal sealed class ImageMemoryTests
{
    private const int Images = 200;
    private const int InitialTermId = 7;
    private const int TermLength = 1024 * 1024;

    private readonly byte[] _buffer = new byte[2_048];

    [Test]
    public void Images_are_nothing_but_addresses_until_their_first_data_and_then_wholly_there()
    {
        Assume.That(File.Exists("/proc/self/pagemap"), "what is in memory is read there");
        using var pair = new AeronPair();
        using var subscription = pair.Subscribe();
        using var sender = pair.PublisherHost.Open(
            new DatagramSocketOptions { Remote = SocketEndpoint.Parse("10.0.0.2:24331") });
        var handler = new PlaceHandler();
        var before = ResidentBytes();
        for (var session = 0; session < Images; session++)
        {
            SendSetup(sender, session, termLength: TermLength);
            pair.Step();
            SendData(sender, session, termId: InitialTermId + 2);
        }

        pair.StepFor(AeronPair.Millisecond);
        subscription.Poll(ref handler, 10);
        Assert.That(subscription.Images.Length, Is.EqualTo(Images));
        Assert.That(
            ResidentBytes() - before,
            Is.LessThan(Images * (long)TermLength),
            "a SETUP, data that is not accepted and a poll, where three terms each would be");

        SendData(sender, session: 3, InitialTermId);
        pair.StepFor(AeronPair.Millisecond);

        Assert.That(subscription.Poll(ref handler, 10), Is.EqualTo(1), "what came first is not disturbed");
        Assert.That(ResidentPages(handler.Place), Is.EqualTo(3 * TermLength / 4_096), "or every new page is a fault");
    }

    [Test]
    public void Who_begins_and_takes_back_streams_without_pause_gets_no_more_memory_than_lingers()
    {
        const int placesPerAddress = 4;
        const int lingering = 4 * placesPerAddress;
        var directory = Directory.CreateTempSubdirectory("hftdelta-images-").FullName;
        try
        {
            using var pair = new AeronPair();
            using var reader = new AeronDriver(new AeronOptions
            {
                Clock = pair.Clock,
                Sockets = pair.Network.Host("10.0.0.5"),
                ImagesPerEndpointMax = 64,
                ImagesPerAddressMax = placesPerAddress,
                AeronDirectory = Path.Combine(directory, "aeron"),
                CounterValuesLengthBytes = 64 * 1024,
            });
            using var subscription = reader.AddSubscription("aeron:udp?endpoint=10.0.0.5:24331", AeronPair.StreamId);
            var most = 0;
            for (var session = 0; session < 500; session++)
            {
                using var publisher = RawPublisher.At(pair.PublisherHost, "10.0.0.5:24331", session);
                publisher.Setup();
                Step();
                publisher.Heartbeat(
                    0, FrameFlags.DataUnfragmented | FrameFlags.DataEndOfStream | FrameFlags.DataRevoked);
                Step();
                most = Math.Max(most, Logs());
            }

            Assert.That(most, Is.InRange(lingering, lingering + 1));

            using var other = RawPublisher.At(pair.Network.Host("10.0.0.3"), "10.0.0.5:24331");
            other.Setup();
            Step();
            Assert.That(subscription.Images.Length, Is.EqualTo(1), "others have their places");

            pair.StepFor(4_000 * AeronPair.Millisecond, AeronPair.Millisecond);
            Step();
            using var late = RawPublisher.At(pair.PublisherHost, "10.0.0.5:24331", 1_000);
            late.Setup();
            Step();
            Assert.That(subscription.Images.Length, Is.EqualTo(2), "what lingered is gone");
            Assert.That(Logs(), Is.EqualTo(2));

            int Logs() => Directory.GetFiles(Path.Combine(directory, "aeron", "images")).Length;

            void Step()
            {
                for (var turn = 0; turn < 4; turn++)
                {
                    reader.Invoker.DoWork();
                    pair.Step();
                }
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Test]
    public void One_address_has_its_share_of_the_images_and_others_have_theirs()
    {
        using var pair = new AeronPair(adjust: options => options with { ImagesPerEndpointMax = 3, ImagesPerAddressMax = 2 });
        using var subscription = pair.Subscribe();
        using var greedy = pair.PublisherHost.Open(
            new DatagramSocketOptions { Remote = SocketEndpoint.Parse("10.0.0.2:24331") });
        using var greedyToo = pair.PublisherHost.Open(
            new DatagramSocketOptions { Remote = SocketEndpoint.Parse("10.0.0.2:24331") });
        for (var session = 0; session < 10; session++)
        {
            SendSetup(session % 2 == 0 ? greedy : greedyToo, session);
        }

        pair.StepFor(AeronPair.Millisecond);
        Assert.That(subscription.Images.Length, Is.EqualTo(2), "whatever its ports");

        using var other = pair.Network.Host("10.0.0.3").Open(
            new DatagramSocketOptions { Remote = SocketEndpoint.Parse("10.0.0.2:24331") });
        SendSetup(other, 50);
        pair.StepFor(AeronPair.Millisecond);
        Assert.That(subscription.Images.Length, Is.EqualTo(3));

        // Nothing more comes from any of them: after ten seconds their places are free.
        pair.StepFor(14_000 * AeronPair.Millisecond, AeronPair.Millisecond);
        Assert.That(subscription.Images.Length, Is.Zero);
        SendSetup(greedy, 60);
        SendSetup(greedy, 61);
        pair.StepFor(AeronPair.Millisecond);
        Assert.That(subscription.Images.Length, Is.EqualTo(2), "what ended is given back");
    }

    [Test]
    public void A_place_whose_image_could_not_be_made_is_given_back()
    {
        using var pair = new AeronPair(adjust: options => options with { ImagesPerAddressMax = 1 });
        using var subscription = pair.Subscribe();
        using var sender = pair.PublisherHost.Open(
            new DatagramSocketOptions { Remote = SocketEndpoint.Parse("10.0.0.2:24331") });

        // Datagrams longer than half a term are never let through.
        SendSetup(sender, 1, mtuLength: 64 * 1024 - 32);
        pair.StepFor(AeronPair.Millisecond);
        Assert.That(subscription.Images.Length, Is.Zero);

        SendSetup(sender, 2);
        pair.StepFor(AeronPair.Millisecond);
        Assert.That(subscription.Images.Length, Is.EqualTo(1));
    }

    [Test]
    public void An_IPv6_network_is_one_sender_and_IPv4_addresses_are_many()
    {
        Assert.That(SiteOf("[2001:db8:1:2::1]:5"), Is.EqualTo(SiteOf("[2001:db8:1:2:ffff::9]:6")));
        Assert.That(SiteOf("[2001:db8:1:2::1]:5"), Is.Not.EqualTo(SiteOf("[2001:db8:1:3::1]:5")));
        Assert.That(SiteOf("10.0.0.1:5"), Is.EqualTo(SiteOf("10.0.0.1:6")).And.Not.EqualTo(SiteOf("10.0.0.2:5")));
    }

    private static SocketEndpoint SiteOf(string text) => SocketEndpoint.Parse(text).Site;

    private static long ResidentBytes() =>
        long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;

    // Of the three terms; the highest bit of a page's entry tells that it is there.
    private static int ResidentPages(nint start)
    {
        using var map = File.OpenRead("/proc/self/pagemap");
        var entries = new byte[8 * 3 * TermLength / 4_096];
        map.Seek(start / 4_096 * 8, SeekOrigin.Begin);
        map.ReadExactly(entries);
        return Enumerable.Range(0, entries.Length / 8).Count(page => BitConverter.ToUInt64(entries, page * 8) >> 63 != 0);
    }

    private void SendSetup(DatagramSocket sender, int session, int mtuLength = 1_408, int termLength = 64 * 1024)
    {
        var setup = new SetupFrame(0, 0, session, AeronPair.StreamId, InitialTermId, InitialTermId, termLength, mtuLength);
        sender.TrySend(_buffer.AsSpan(0, setup.Write(_buffer)), default);
    }

    private void SendData(DatagramSocket sender, int session, int termId)
    {
        var frame = _buffer.AsSpan(0, 64);
        frame.Clear();
        new DataHeader(64, FrameFlags.DataUnfragmented, FrameType.Data, 0, session, AeronPair.StreamId, termId).Write(frame);
        sender.TrySend(frame, default);
    }

    /// <summary>Keeps where the frame lies, which is at the begin of its log here.</summary>
    private unsafe struct PlaceHandler : IFragmentHandler
    {
        public nint Place { get; private set; }

        public void OnFragment(ReadOnlySpan<byte> payload, in FragmentHeader header) =>
            Place = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(payload)) - DataHeader.LengthBytes;
    }
}
