using HftDelta.Aeron;
using HftDelta.Aeron.Frames;
using HftDelta.Aeron.Sockets;
using HftDelta.Runtime.Counters;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Driver;

/// <summary>One publication, several receivers: those that announce themselves, and those that the application names.</summary>
[CancelAfter(20_000)]
internal sealed class DestinationTests
{
    private const string Control = "10.0.0.1:24331";
    private const ulong Second = 1_000 * AeronPair.Millisecond;
    private const string Dynamic = "aeron:udp?control=" + Control + "|control-mode=dynamic|" + AeronPair.RecordedStream;

    [Test]
    public void Receivers_that_announce_themselves_get_the_stream_until_they_fall_silent()
    {
        using var pair = new AeronPair();
        using var first = Receiver(pair, "10.0.0.2", 1);
        using var second = Receiver(pair, "10.0.0.3", 2);
        using var publication = pair.PublisherDriver.AddPublication(Dynamic, AeronPair.StreamId);
        pair.StepFor(200 * AeronPair.Millisecond);
        Assert.That(first.Take(), Is.Empty, "nobody is known yet");

        first.Announce();
        pair.StepFor(200 * AeronPair.Millisecond);
        var setups = first.TakeSetups();
        Assert.That(setups, Is.Not.Empty);
        Assert.That(setups[0].Flags, Is.EqualTo(FrameFlags.SetupGroup));
        first.Status();
        pair.StepFor(AeronPair.Millisecond);
        Assert.That(publication.IsConnected, Is.True);

        second.AskForSetup();
        pair.StepFor(200 * AeronPair.Millisecond);
        Assert.That(second.TakeSetups(), Is.Not.Empty);
        second.Status();
        Assert.That(publication.Offer(new byte[96]), Is.Positive);
        pair.StepFor(AeronPair.Millisecond);
        Assert.That(first.TakeData(), Is.EqualTo([(0, 128)]));
        Assert.That(second.TakeData(), Is.EqualTo([(0, 128)]));

        for (var tick = 0; tick < 6; tick++)
        {
            second.Status(128);
            pair.StepFor(Second, AeronPair.Millisecond);
        }

        first.Take();
        second.Take();
        Assert.That(publication.Offer(new byte[32]), Is.Positive);
        pair.StepFor(AeronPair.Millisecond);
        Assert.That(first.Take(), Is.Empty, "it was silent for more than five seconds");
        Assert.That(second.TakeData(), Is.EqualTo([(128, 64)]));
    }

    [Test]
    public void Our_own_subscriptions_share_one_dynamic_channel()
    {
        using var pair = new AeronPair();
        using var thirdDriver = pair.Driver(pair.Network.Host("10.0.0.3"), 77);
        using var publication = pair.PublisherDriver.AddPublication(Dynamic, AeronPair.StreamId);
        using var one = pair.SubscriberDriver.AddSubscription(
            $"aeron:udp?endpoint=10.0.0.2:24332|control={Control}|control-mode=dynamic", AeronPair.StreamId);
        using var two = thirdDriver.AddSubscription(
            $"aeron:udp?endpoint=10.0.0.3:24332|control={Control}|control-mode=dynamic", AeronPair.StreamId);
        for (var step = 0; step < 20_000 && !(one.IsConnected && two.IsConnected && publication.IsConnected); step++)
        {
            pair.Step();
            thirdDriver.Invoker.DoWork();
        }

        Assert.That(publication.Offer("to all"u8), Is.Positive);
        for (var step = 0; step < 1_000; step++)
        {
            pair.Step();
            thirdDriver.Invoker.DoWork();
        }

        var atOne = new KeepingHandler();
        var atTwo = new KeepingHandler();
        one.Poll(ref atOne, 10);
        two.Poll(ref atTwo, 10);
        Assert.That(atOne.Texts, Is.EqualTo(["to all"]));
        Assert.That(atTwo.Texts, Is.EqualTo(["to all"]));
    }

    [Test]
    public void The_application_adds_and_removes_destinations()
    {
        using var pair = new AeronPair();
        using var first = Receiver(pair, "10.0.0.2", 1);
        using var second = Receiver(pair, "10.0.0.3", 2);
        using var publication = pair.PublisherDriver.AddExclusivePublication(
            "aeron:udp?control-mode=manual|" + AeronPair.RecordedStream, AeronPair.StreamId);
        publication.AddDestination("aeron:udp?endpoint=10.0.0.2:24332");
        var number = publication.AddDestination("aeron:udp?endpoint=10.0.0.3:24332");
        pair.StepFor(200 * AeronPair.Millisecond);
        Assert.That(first.TakeSetups(), Is.Not.Empty);
        Assert.That(second.TakeSetups(), Is.Not.Empty);
        first.Status();
        second.Status();
        pair.StepFor(AeronPair.Millisecond);

        Assert.That(publication.Offer(new byte[96]), Is.Positive);
        pair.StepFor(AeronPair.Millisecond);
        Assert.That(first.TakeData(), Is.EqualTo([(0, 128)]));
        Assert.That(second.TakeData(), Is.EqualTo([(0, 128)]));

        publication.RemoveDestination(number);
        Assert.That(publication.Offer(new byte[32]), Is.Positive);
        pair.StepFor(AeronPair.Millisecond);
        Assert.That(first.TakeData(), Is.EqualTo([(128, 64)]));
        Assert.That(second.TakeData(), Is.Empty);

        publication.RemoveDestination("aeron:udp?endpoint=10.0.0.2:24332");
        publication.AddDestination("aeron:udp?endpoint=10.0.0.3:24332");
        Assert.That(publication.Offer(new byte[32]), Is.Positive);
        pair.StepFor(AeronPair.Millisecond);
        Assert.That(first.TakeData(), Is.Empty);
        Assert.That(second.TakeData(), Is.EqualTo([(192, 64)]));
    }

    [TestCase("aeron:udp?endpoint=10.0.0.2:0", "endpoint=host:port")]
    [TestCase("aeron:udp?control=10.0.0.2:7|control-mode=dynamic", "endpoint=host:port")]
    [TestCase("aeron:udp?endpoint=[::1]:7", "IPv6")]
    [TestCase("10.0.0.2:7", "aeron:udp")]
    public void What_is_no_destination_is_refused_in_words(string destination, string word)
    {
        using var pair = new AeronPair();
        using var publication = pair.PublisherDriver.AddPublication("aeron:udp?control-mode=manual", AeronPair.StreamId);
        Assert.That(
            () => publication.AddDestination(destination), Throws.TypeOf<AeronException>().With.Message.Contains(word));
    }

    [Test]
    public void Only_manual_channels_have_destinations_to_name()
    {
        using var pair = new AeronPair();
        using var publication = pair.PublisherDriver.AddPublication(Dynamic, AeronPair.StreamId);
        Assert.That(
            () => publication.AddDestination("aeron:udp?endpoint=10.0.0.2:24332"),
            Throws.TypeOf<AeronException>().With.Message.Contains("control-mode=manual"));
        publication.Dispose();
        Assert.That(
            () => publication.RemoveDestination(1), Throws.TypeOf<AeronException>().With.Message.Contains("closed"));
    }

    [Test]
    public void Destinations_that_announce_themselves_are_bounded()
    {
        var refused = Counter.Detached("none");
        using var pair = new AeronPair(adjust: options => options with
        {
            DestinationsMax = 3,
            Counters = (name, label, unit) =>
                name == "hftdelta_aeron_destinations_refused_total" ? refused : Counter.Detached(name, label, unit),
        });
        var receivers = Enumerable.Range(0, 5).Select(number => new RawReceiver(
            pair.SubscriberHost, 25_000 + number, number) { Sender = SocketEndpoint.Parse(Control) }).ToList();
        using var publication = pair.PublisherDriver.AddPublication(Dynamic, AeronPair.StreamId);
        foreach (var receiver in receivers)
        {
            receiver.Announce();
        }

        pair.StepFor(200 * AeronPair.Millisecond);
        Assert.That(receivers.Select(receiver => receiver.TakeSetups().Count > 0), Is.EqualTo([true, true, true, false, false]));
        Assert.That(refused.Value, Is.EqualTo(2));
    }

    [Test]
    public void A_destination_that_asks_again_from_a_stream_far_away_is_not_registered()
    {
        using var pair = new AeronPair();
        using var receiver = Receiver(pair, "10.0.0.2", 1);
        using var publication = pair.PublisherDriver.AddPublication(Dynamic, AeronPair.StreamId);
        pair.StepFor(AeronPair.Millisecond);

        receiver.Status(termId: 70);
        pair.StepFor(200 * AeronPair.Millisecond);
        Assert.That(receiver.Take(), Is.Empty);
        Assert.That(publication.IsConnected, Is.False);
    }

    [Test]
    public void The_slowest_of_several_destinations_decides_when_the_channel_says_so()
    {
        using var pair = new AeronPair();
        using var first = Receiver(pair, "10.0.0.2", 1);
        using var second = Receiver(pair, "10.0.0.3", 2);
        using var publication = pair.PublisherDriver.AddPublication(Dynamic + "|fc=min,g:/2", AeronPair.StreamId);
        first.Announce();
        second.Announce();
        pair.StepFor(200 * AeronPair.Millisecond);
        first.Status();
        pair.StepFor(AeronPair.Millisecond);
        Assert.That(publication.IsConnected, Is.False, "one of two is there");
        second.Status();
        pair.StepFor(AeronPair.Millisecond);
        Assert.That(publication.IsConnected, Is.True);

        // Both have 32 KiB: the first one reads on, the second one does not.
        var offered = Fill(pair, publication);
        Assert.That(offered, Is.EqualTo(32 * 1_024));
        first.Status(offered);
        Assert.That(Fill(pair, publication), Is.Zero);
        second.Status(offered);
        Assert.That(Fill(pair, publication), Is.Positive);
    }

    [Test]
    public void The_recorded_dynamic_channel_sends_the_recorded_setup_and_data()
    {
        using var recorded = VectorFiles.Read("11-mdc-dynamic");
        using var pair = new AeronPair();
        using var receiver = Receiver(pair, "10.0.0.2", 1);
        var channel = recorded.RootElement.GetProperty("params").GetProperty("pub_channel").GetString()!;
        using var publication = pair.PublisherDriver.AddPublication(
            channel.Replace("127.0.0.1", "10.0.0.1", StringComparison.Ordinal), AeronPair.StreamId);
        foreach (var (bytes, entry) in VectorFiles.Datagrams(recorded).Where(IsFromReceiver).Take(1))
        {
            receiver.Send(bytes);
        }

        pair.StepFor(200 * AeronPair.Millisecond);
        var setup = VectorFiles.Datagrams(recorded).Select(datagram => datagram.Bytes)
            .First(bytes => SetupFrame.TryRead(bytes, out _) == FrameFault.None);
        Assert.That(receiver.Take().Select(Convert.ToHexString), Does.Contain(Convert.ToHexString(setup)));
    }

    private static bool IsFromReceiver((byte[] Bytes, System.Text.Json.JsonElement Entry) datagram) =>
        StatusMessageFrame.TryRead(datagram.Bytes, out _) == FrameFault.None;

    private static int Fill(AeronPair pair, Publication publication)
    {
        var before = publication.PositionLimit;
        pair.StepFor(AeronPair.Millisecond);
        while (publication.Offer(new byte[992]) > 0)
        {
            pair.StepFor(AeronPair.Millisecond / 10);
        }

        // The limit follows the sender.
        pair.StepFor(AeronPair.Millisecond);
        return (int)(publication.PositionLimit - before);
    }

    private static RawReceiver Receiver(AeronPair pair, string address, long receiverId) =>
        new(address == "10.0.0.2" ? pair.SubscriberHost : pair.Network.Host(address), 24_332, receiverId)
        {
            Sender = SocketEndpoint.Parse(Control),
        };
}
