using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using HftDelta.Aeron;
using HftDelta.Aeron.Sockets;
using HftDelta.Runtime.Time;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Driver;

/// <summary>
/// Streams over IPv6 of this machine: to one receiver and by destinations over the loopback, to a group by an interface that can
/// multicast. Skipped in words where the machine has none.
/// </summary>
[CancelAfter(20_000)]
internal sealed class IPv6StreamTests
{
    private const int StreamId = 1001;
    private const int Length = 5_000;
    private const int Count = 200;

    private static readonly TestCaseData[] Kinds = [new(true), new(false)];

    [TestCaseSource(nameof(Kinds))]
    public void One_receiver_gets_everything(bool isPortable)
    {
        RequireLoopback();
        using var drivers = new Drivers(isPortable);
        using var subscription = drivers.Receiving.AddSubscription("aeron:udp?endpoint=[::1]:0", StreamId);
        Assert.That(subscription.ResolvedChannel, Does.StartWith("aeron:udp?endpoint=[::1]:"));
        using var publication = drivers.Sending.AddPublication(subscription.ResolvedChannel, StreamId);
        drivers.SendAndCheck(publication, subscription);
        Assert.That(publication.LocalEndpoint.IsIPv6, Is.True);
        Assert.That(subscription.Images[0].Source.Address, Is.EqualTo(IPAddress.IPv6Loopback));
    }

    [Test]
    public void Two_receivers_announce_themselves_at_a_control_address()
    {
        RequireLoopback();
        using var drivers = new Drivers(isPortable: false);
        using var publication = drivers.Sending.AddPublication(
            "aeron:udp?control=[::1]:0|control-mode=dynamic|fc=min,g:/2", StreamId);
        var control = $"control={publication.LocalEndpoint}|control-mode=dynamic";
        using var first = drivers.Receiving.AddSubscription($"aeron:udp?endpoint=[::1]:0|{control}", StreamId);
        using var second = drivers.Receiving.AddSubscription($"aeron:udp?endpoint=[::1]:0|{control}", StreamId);
        drivers.SendAndCheck(publication, first, second);
    }

    [Test]
    public void A_named_destination_gets_everything()
    {
        RequireLoopback();
        using var drivers = new Drivers(isPortable: false);
        using var subscription = drivers.Receiving.AddSubscription("aeron:udp?endpoint=[::1]:0", StreamId);
        using var publication = drivers.Sending.AddPublication("aeron:udp?control=[::1]:0|control-mode=manual", StreamId);
        publication.AddDestination(subscription.ResolvedChannel);
        drivers.SendAndCheck(publication, subscription);
    }

    [TestCaseSource(nameof(Kinds))]
    public void Members_of_a_group_get_everything(bool isPortable)
    {
        using var drivers = new Drivers(isPortable);
        var group = $"[ff02::4877:{(isPortable ? 21 : 23)}]:{FreePort()}";
        var channel = $"aeron:udp?endpoint={group}|interface={InterfaceOrSkip()}|ttl=1";
        using var first = drivers.Receiving.AddSubscription(channel, StreamId);
        using var publication = drivers.Sending.AddPublication(channel + "|fc=min,g:/1", StreamId);
        drivers.SendAndCheck(publication, first);
    }

    private static void RequireLoopback()
    {
        try
        {
            _ = FreePort();
        }
        catch (SocketException refusal)
        {
            Assert.Ignore($"this machine has no IPv6 on its loopback: {refusal.Message}");
        }
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    // The loopback has no route for groups.
    private static string InterfaceOrSkip()
    {
        foreach (var network in NetworkInterface.GetAllNetworkInterfaces())
        {
            if (network.SupportsMulticast && network.OperationalStatus == OperationalStatus.Up
                && network.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            {
                foreach (var local in network.GetIPProperties().UnicastAddresses)
                {
                    if (local.Address.IsIPv6LinkLocal)
                    {
                        return $"[{local.Address}]";
                    }
                }
            }
        }

        Assert.Ignore("this machine has no interface that can multicast over IPv6");
        return "";
    }

    /// <summary>Two drivers on this machine, run in turns by the test.</summary>
    private sealed class Drivers(bool isPortable) : IDisposable
    {
        public AeronDriver Sending { get; } = Driver(isPortable);

        public AeronDriver Receiving { get; } = Driver(isPortable);

        public void SendAndCheck(Publication publication, params Subscription[] subscriptions)
        {
            var handlers = subscriptions.Select(_ => new FragmentAssembler<KeepingHandler>(new KeepingHandler())).ToArray();
            while (!publication.IsConnected || !subscriptions.All(subscription => subscription.IsConnected))
            {
                Step();
            }

            var sent = 0;
            while (handlers.Any(handler => handler.Handler.Messages.Count < Count))
            {
                TestContext.CurrentContext.CancellationToken.ThrowIfCancellationRequested();
                if (sent < Count && publication.Offer(TestMessages.Recorded(sent, Length)) > 0)
                {
                    sent++;
                }

                Step();
                for (var index = 0; index < subscriptions.Length; index++)
                {
                    subscriptions[index].Poll(ref handlers[index], 10);
                }
            }

            var expected = Enumerable.Range(0, Count).Select(number => TestMessages.Recorded(number, Length));
            var came = handlers.Select(handler => handler.Handler.Messages.Select(message => message.Bytes));
            Assert.That(came, Is.All.EqualTo(expected));
        }

        public void Dispose()
        {
            Sending.Dispose();
            Receiving.Dispose();
        }

        private void Step()
        {
            TestContext.CurrentContext.CancellationToken.ThrowIfCancellationRequested();
            Sending.Invoker.DoWork();
            Receiving.Invoker.DoWork();
        }

        private static AeronDriver Driver(bool isPortable) => new(new AeronOptions
        {
            Clock = new SystemNanoClock(),
            Sockets = isPortable ? new MachineSocketFactory(portable: true) : DatagramSocketFactory.Machine,
        });
    }
}
