using System.Net;
using System.Net.Sockets;
using HftDelta.Aeron;
using HftDelta.SystemTests.Processes;

namespace HftDelta.SystemTests.Interop;

/// <summary>
/// Groups: multicast over the loopback, receivers with a tag that count more than others, and one subscription that hears a
/// stream at two addresses.
/// </summary>
[CancelAfter(120_000)]
internal sealed class GroupInteropTests
{
    private const int StreamId = 1001;
    private const int Length = 2_000;
    private const int Count = 2_000;
    private const string Address = "224.20.30.39";
    private const string AnyPort = "aeron:udp?endpoint=127.0.0.1:0";

    // The fastest receiver alone sets the pace unless fc=min: then what a slower one may lack must still lie in the term.
    [TestCase("", 0, 200)]
    [TestCase("|fc=min", 10, Count)]
    public void Two_official_subscribers_hear_our_group(string parameters, int lossPerMille, int count)
    {
        var channel = Group();
        using var first = JavaPeer.Receive(channel, StreamId, count, Length, "whole=true");
        using var second = JavaPeer.Receive(channel, StreamId, count, Length, "whole=true");
        using var ours = new OurSide(lossPerMille);
        ours.WaitFor(first, "READY");
        ours.WaitFor(second, "READY");
        using var publication = ours.Driver.AddPublication(channel + parameters, StreamId);
        ours.WaitFor(first, "IMAGE");
        ours.WaitFor(second, "IMAGE");
        ours.Publish(first, publication, Length, 0, count);
        Assert.That(ours.WaitFor(first, "RECEIVED"), Is.EqualTo($"{count}"));
        Assert.That(ours.WaitFor(second, "RECEIVED"), Is.EqualTo($"{count}"));
        publication.Dispose();
        Assert.That(ours.WaitFor(first, "GONE"), Does.StartWith("true "));
        Assert.That(ours.WaitFor(second, "GONE"), Does.StartWith("true "));
        ours.End(first);
        ours.End(second);
        InteropTable.Add(
            $"multicast {parameters}", "ours to 2 official", $"{Length}", 2 * count, $"{lossPerMille / 10.0} % faults");
    }

    [TestCase(0)]
    [TestCase(10)]
    public void We_hear_an_official_group(int lossPerMille)
    {
        var channel = Group();
        using var ours = new OurSide(lossPerMille);
        using var subscription = ours.Driver.AddSubscription(channel, StreamId);
        using var java = JavaPeer.Publish(channel, StreamId, Count, Length);
        var assembler = new FragmentAssembler<NumberedMessages>(new NumberedMessages(Length));
        ours.WaitUntil(
            java, () => subscription.Poll(ref assembler, 50) >= 0 && assembler.Handler.Count == Count, "all messages");
        Assert.That(assembler.Handler.Wrong, Is.Null);
        java.Say("close");
        ours.WaitUntil(java, () => !subscription.IsConnected, "the end of the stream");
        ours.End(java);
        InteropTable.Add("multicast", "official to ours", $"{Length}", Count, $"{lossPerMille / 10.0} % faults");
    }

    [Test]
    public void Our_tagged_flow_waits_for_the_official_subscriber_with_the_tag()
    {
        var control = $"control=127.0.0.1:{FreePort.Take()}|control-mode=dynamic";
        using var plain = JavaPeer.Receive($"{AnyPort}|{control}", StreamId, Count, Length, "whole=true");
        using var ours = new OurSide(lossPerMille: 0);
        using var publication = ours.Driver.AddPublication($"aeron:udp?{control}|fc=tagged,g:101/1", StreamId);
        ours.WaitFor(plain, "IMAGE");
        Assert.That(publication.IsConnected, Is.False, "the one that is there has no tag");
        using var tagged = JavaPeer.Receive($"{AnyPort}|{control}|gtag=101", StreamId, Count, Length, "whole=true");
        ours.WaitUntil(tagged, () => publication.IsConnected, "connected");
        ours.Publish(tagged, publication, Length, 0, Count);
        Assert.That(ours.WaitFor(tagged, "RECEIVED"), Is.EqualTo($"{Count}"));
        ours.End(plain);
        ours.End(tagged);
        InteropTable.Add("fc=tagged", "ours to 2 official", $"{Length}", Count, "connected by the tagged one");
    }

    [Test]
    public void The_official_tagged_flow_waits_for_our_tag()
    {
        var control = $"control=127.0.0.1:{FreePort.Take()}|control-mode=dynamic";
        using var ours = new OurSide(lossPerMille: 0);
        using var plain = ours.Driver.AddSubscription($"{AnyPort}|{control}", StreamId);
        using var java = JavaPeer.Publish($"aeron:udp?{control}|fc=tagged,g:101/1", StreamId, Count, Length);
        ours.WaitUntil(java, () => plain.IsConnected, "a stream");
        using var tagged = ours.Driver.AddSubscription($"{AnyPort}|{control}|gtag=101", StreamId);
        var assembler = new FragmentAssembler<NumberedMessages>(new NumberedMessages(Length));
        var ignored = new FragmentAssembler<NumberedMessages>(new NumberedMessages(Length));
        ours.WaitUntil(
            java,
            () => tagged.Poll(ref assembler, 50) + plain.Poll(ref ignored, 50) >= 0 && assembler.Handler.Count == Count,
            "all messages");
        Assert.That(assembler.Handler.Wrong, Is.Null);
        ours.End(java);
        InteropTable.Add("fc=tagged", "official to 2 of ours", $"{Length}", Count, "connected by the tagged one");
    }

    [Test]
    public void We_hear_an_official_stream_at_two_addresses_as_one()
    {
        using var ours = new OurSide(lossPerMille: 20);
        var here = $"aeron:udp?endpoint=127.0.0.1:{FreePort.Take()}";
        var there = $"aeron:udp?endpoint=127.0.0.1:{FreePort.Take()}";
        using var subscription = ours.Driver.AddSubscription("aeron:udp?control-mode=manual", StreamId);
        subscription.AddDestination(here);
        subscription.AddDestination(there);
        using var java = JavaPeer.Publish(
            "aeron:udp?control-mode=manual", StreamId, Count, Length, $"destinations={here},{there}");
        var assembler = new FragmentAssembler<NumberedMessages>(new NumberedMessages(Length));
        var transports = 0;
        ours.WaitUntil(java, () => PollAndCount() == Count, "all messages");
        Assert.That(assembler.Handler.Wrong, Is.Null);
        Assert.That(transports, Is.EqualTo(2));
        java.Say("close");
        ours.WaitUntil(java, () => PollAndCount() == Count && !subscription.IsConnected, "the end of the stream");
        ours.End(java);
        InteropTable.Add("receive destinations", "official to ours by 2 ways", $"{Length}", Count);

        int PollAndCount()
        {
            subscription.Poll(ref assembler, 50);
            if (subscription.IsConnected)
            {
                transports = Math.Max(transports, subscription.Images[0].ActiveTransportCount);
            }

            return assembler.Handler.Count;
        }
    }

    [Test]
    public void The_official_subscriber_hears_our_stream_at_two_addresses_as_one()
    {
        var here = $"aeron:udp?endpoint=127.0.0.1:{FreePort.Take()}";
        var there = $"aeron:udp?endpoint=127.0.0.1:{FreePort.Take()}";
        using var java = JavaPeer.Receive(
            "aeron:udp?control-mode=manual", StreamId, Count, Length, "whole=true", $"destinations={here},{there}");
        using var ours = new OurSide(lossPerMille: 20);
        ours.WaitFor(java, "READY");
        using var publication = ours.Driver.AddPublication("aeron:udp?control-mode=manual", StreamId);
        publication.AddDestination(here);
        publication.AddDestination(there);
        ours.WaitUntil(java, () => publication.IsConnected, "connected");
        ours.Publish(java, publication, Length, 0, Count);
        Assert.That(ours.WaitFor(java, "RECEIVED"), Is.EqualTo($"{Count}"));
        publication.Dispose();
        Assert.That(ours.WaitFor(java, "GONE"), Does.StartWith("true "));
        ours.End(java);
        InteropTable.Add("receive destinations", "ours to official by 2 ways", $"{Length}", Count);
    }

    // Each test a group of its own: those of a neighbour's run must not be heard.
    private static string Group()
    {
        var port = FreePort.Take();
        if (!HearsItself(port))
        {
            Assert.Ignore("multicast over the loopback is not to be had on this machine");
        }

        return $"aeron:udp?endpoint={Address}:{port}|interface=127.0.0.1";
    }

    private static bool HearsItself(int port)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            var group = IPAddress.Parse(Address);
            socket.SetSocketOption(
                SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(group, IPAddress.Loopback));
            socket.SetSocketOption(
                SocketOptionLevel.IP, SocketOptionName.MulticastInterface, IPAddress.Loopback.GetAddressBytes());
            socket.SendTo([1], new IPEndPoint(group, port));
            return socket.Poll(TimeSpan.FromSeconds(2), SelectMode.SelectRead);
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
