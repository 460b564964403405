using System.Net.NetworkInformation;
using System.Net.Sockets;
using HftDelta.Aeron;
using HftDelta.Aeron.Sockets;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Sockets;

/// <summary>Multicast that stays on this machine's link, by sockets of both kinds.</summary>
[TestFixture(false)]
[TestFixture(true)]
[CancelAfter(20_000)]
internal sealed class MulticastSocketTests(bool portable)
{
    private const int WaitMillis = 10_000;

    private readonly MachineSocketFactory _factory = new(portable);

    [Test]
    public void All_members_of_a_group_hear_it_and_others_do_not([Values] bool isIPv6)
    {
        // IPv4 crosses the loopback interface; IPv6 has no route for multicast there.
        var by = isIPv6 ? InterfaceOrSkip(isIPv6) : SocketEndpoint.Loopback();
        var group = Group(isIPv6, 9);
        using var one = OpenMember(by, group, port: 0);
        group = group.WithPort(one.LocalEndpoint.Port);
        using var other = OpenMember(by, group, group.Port);
        using var stranger = OpenMember(by, default, group.Port);
        using var sender = _factory.Open(
            new DatagramSocketOptions { Local = Any(isIPv6), Interface = by, MulticastTimeToLive = 1 });

        Assert.That(sender.TrySend(new byte[100], group), Is.EqualTo(100));

        var buffer = new byte[256];
        Assert.That(Receive(one, buffer, out var from), Is.EqualTo(100));
        Assert.That(from.Port, Is.EqualTo(sender.LocalEndpoint.Port));
        Assert.That(Receive(other, buffer, out _), Is.EqualTo(100));
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        Assert.That(stranger.TryReceive(buffer, out _), Is.EqualTo(DatagramResult.WouldBlock), "it did not join");
    }

    [Test]
    public void Without_loop_nothing_comes_back_to_this_machine([Values] bool isIPv6)
    {
        var by = InterfaceOrSkip(isIPv6);
        var group = Group(isIPv6, 11);
        using var member = OpenMember(by, group, port: 0);
        group = group.WithPort(member.LocalEndpoint.Port);
        using var silent = _factory.Open(
            new DatagramSocketOptions { Local = Any(isIPv6), Interface = by, SuppressesMulticastLoop = true });
        using var loud = _factory.Open(new DatagramSocketOptions { Local = Any(isIPv6), Interface = by });
        silent.TrySend(new byte[7], group);
        loud.TrySend(new byte[9], group);
        Assert.That(Receive(member, new byte[64], out _), Is.EqualTo(9), "the first one stayed away");
    }

    [Test]
    public void A_port_is_shared_only_when_both_say_so()
    {
        using var one = _factory.Open(new DatagramSocketOptions { Local = SocketEndpoint.Loopback(), ReusesAddress = true });
        var address = one.LocalEndpoint;
        using var other = _factory.Open(new DatagramSocketOptions { Local = address, ReusesAddress = true });
        Assert.That(other.LocalEndpoint, Is.EqualTo(address));
        Assert.That(
            () => _factory.Open(new DatagramSocketOptions { Local = address }), Throws.TypeOf<AeronException>());
    }

    [Test]
    public void What_cannot_be_is_refused_with_what_to_do()
    {
        var any = SocketEndpoint.AnyIPv4;
        Assert.That(
            () => _factory.Open(new DatagramSocketOptions { Local = any, Group = SocketEndpoint.Parse("10.0.0.1:0") }),
            Throws.TypeOf<AeronException>().With.Message.Contains("no multicast group"));
        Assert.That(
            () => _factory.Open(new DatagramSocketOptions { Local = any, Group = SocketEndpoint.Parse("[ff02::1]:0") }),
            Throws.TypeOf<AeronException>().With.Message.Contains("IPv6"));
        Assert.That(
            () => _factory.Open(new DatagramSocketOptions { Local = any, MulticastTimeToLive = 256 }),
            Throws.TypeOf<AeronException>().With.Message.Contains("ttl 256"));

        // Reserved for documentation, so no machine has it.
        var foreign = SocketEndpoint.Parse("192.0.2.77:0");
        Assert.That(
            () => _factory.Open(new DatagramSocketOptions
            {
                Local = any, Group = SocketEndpoint.Parse("239.255.77.9:0"), Interface = foreign,
            }),
            Throws.TypeOf<AeronException>().With.Message.Contains("192.0.2.77"));
    }

    private DatagramSocket OpenMember(in SocketEndpoint by, in SocketEndpoint group, int port) =>
        _factory.Open(new DatagramSocketOptions
        {
            Local = Any(by.IsIPv6).WithPort(port), Group = group, Interface = by, ReusesAddress = true,
        });

    private static SocketEndpoint Any(bool isIPv6) => isIPv6 ? SocketEndpoint.Parse("[::]:0") : SocketEndpoint.AnyIPv4;

    // Groups that stay on the link.
    private static SocketEndpoint Group(bool isIPv6, int number) =>
        SocketEndpoint.Parse(isIPv6 ? $"[ff02::4877:{number}]:0" : $"224.0.0.{200 + number}:0");

    private static SocketEndpoint InterfaceOrSkip(bool isIPv6)
    {
        var wanted = isIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        foreach (var candidate in NetworkInterface.GetAllNetworkInterfaces())
        {
            var address = candidate.GetIPProperties().UnicastAddresses
                .FirstOrDefault(unicast => unicast.Address.AddressFamily == wanted)?.Address;
            if (address is not null && candidate.SupportsMulticast && candidate.OperationalStatus == OperationalStatus.Up
                && candidate.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            {
                return SocketEndpoint.From(address, 0);
            }
        }

        Assert.Ignore($"no interface of this machine can multicast by {wanted}");
        return default;
    }

    private static int Receive(DatagramSocket socket, byte[] buffer, out SocketEndpoint from)
    {
        var deadline = Environment.TickCount64 + WaitMillis;
        int length;
        while ((length = socket.TryReceive(buffer, out from)) == DatagramResult.WouldBlock
            && Environment.TickCount64 < deadline)
        {
            Thread.Yield();
        }

        return length;
    }
}
