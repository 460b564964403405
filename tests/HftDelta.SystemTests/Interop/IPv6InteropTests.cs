using System.Net;
using System.Net.Sockets;
using HftDelta.Aeron;
using HftDelta.SystemTests.Processes;

namespace HftDelta.SystemTests.Interop;

/// <summary>Over IPv6: unicast and destinations on the loopback, complete and in order, with losses repaired.</summary>
[CancelAfter(120_000)]
internal sealed class IPv6InteropTests
{
    private const int StreamId = 1001;
    private const int Length = 3_000;
    private const int Count = 2_000;
    private const int LossPerMille = 10;
    private const string AnyPort = "aeron:udp?endpoint=[::1]:0";

    [SetUp]
    public void RequireLoopback()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        }
        catch (SocketException refusal)
        {
            Assert.Ignore($"this machine has no IPv6 on its loopback: {refusal.Message}");
        }
    }

    [TestCase("")]
    [TestCase("|mtu=8k|term-length=64k")]
    public void Ours_to_official(string parameters)
    {
        using var java = JavaPeer.Receive(AnyPort, StreamId, Count, Length, "whole=true");
        using var ours = new OurSide(LossPerMille);
        using var publication = ours.Driver.AddPublication(ours.WaitFor(java, "READY") + parameters, StreamId);
        Assert.That(publication.LocalEndpoint.IsIPv6, Is.True);
        ours.Publish(java, publication, Length, 0, Count);
        Assert.That(ours.WaitFor(java, "RECEIVED"), Is.EqualTo($"{Count}"));
        publication.Dispose();
        Assert.That(ours.WaitFor(java, "GONE"), Does.StartWith("true "));
        ours.End(java);
        InteropTable.Add($"IPv6 {parameters}", "ours to official", $"{Length}", Count, $"{LossPerMille / 10.0} % faults");
    }

    [TestCase("")]
    [TestCase("|mtu=8k|term-length=64k")]
    public void Official_to_ours(string parameters)
    {
        using var ours = new OurSide(LossPerMille);
        using var subscription = ours.Driver.AddSubscription(AnyPort, StreamId);
        using var java = JavaPeer.Publish(subscription.ResolvedChannel + parameters, StreamId, Count, Length);
        ReadAll(ours, java, subscription);
        InteropTable.Add($"IPv6 {parameters}", "official to ours", $"{Length}", Count, $"{LossPerMille / 10.0} % faults");
    }

    [Test]
    public void Official_to_ours_by_a_control_address()
    {
        using var ours = new OurSide(LossPerMille);
        var control = $"control=[::1]:{FreePort.Take()}|control-mode=dynamic";
        using var subscription = ours.Driver.AddSubscription($"{AnyPort}|{control}", StreamId);
        using var java = JavaPeer.Publish($"aeron:udp?{control}", StreamId, Count, Length);
        ReadAll(ours, java, subscription);
        InteropTable.Add("IPv6 control address", "official to ours", $"{Length}", Count, $"{LossPerMille / 10.0} % faults");
    }

    [Test]
    public void Ours_to_official_by_a_control_address()
    {
        var control = $"control=[::1]:{FreePort.Take()}|control-mode=dynamic";
        using var java = JavaPeer.Receive($"{AnyPort}|{control}", StreamId, Count, Length, "whole=true");
        using var ours = new OurSide(LossPerMille);
        ours.WaitFor(java, "READY");
        using var publication = ours.Driver.AddPublication($"aeron:udp?{control}", StreamId);
        ours.WaitFor(java, "IMAGE");
        ours.Publish(java, publication, Length, 0, Count);
        Assert.That(ours.WaitFor(java, "RECEIVED"), Is.EqualTo($"{Count}"));
        ours.End(java);
        InteropTable.Add("IPv6 control address", "ours to official", $"{Length}", Count, $"{LossPerMille / 10.0} % faults");
    }

    private static void ReadAll(OurSide ours, JavaPeer java, Subscription subscription)
    {
        var assembler = new FragmentAssembler<NumberedMessages>(new NumberedMessages(Length));
        ours.WaitUntil(
            java, () => subscription.Poll(ref assembler, 50) >= 0 && assembler.Handler.Count == Count, "all messages");
        Assert.That(assembler.Handler.Wrong, Is.Null);
        java.Say("close");
        ours.WaitUntil(java, () => !subscription.IsConnected, "the end of the stream");
        ours.End(java);
    }
}
