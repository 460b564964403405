using HftDelta.Aeron;
using HftDelta.Aeron.Sockets;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Sockets;

/// <summary>Multicast over the loopback interface, by sockets of both kinds.</summary>
[TestFixture(false)]
[TestFixture(true)]
[CancelAfter(20_000)]
internal sealed class MulticastSocketTests(bool portable)
{
    private const int WaitMillis = 10_000;

    private readonly MachineSocketFactory _factory = new(portable);

    [TestCase("127.0.0.1:0", "239.255.77.9:0")]
    [TestCase("[::1]:0", "[ff02::77:9]:0")]
    public void All_members_of_a_group_hear_it_and_others_do_not(string loopback, string groupAddress)
    {
        var by = SocketEndpoint.Parse(loopback);
        var group = SocketEndpoint.Parse(groupAddress);
        using var one = OpenMemberOrSkip(by, group, port: 0);
        group = group.WithPort(one.LocalEndpoint.Port);
        using var other = OpenMemberOrSkip(by, group, group.Port);
        using var stranger = OpenMemberOrSkip(by, default, group.Port);
        using var sender = _factory.Open(new DatagramSocketOptions { Local = by, Interface = by, MulticastTimeToLive = 3 });

        Assert.That(sender.TrySend(new byte[100], group), Is.EqualTo(100));

        var buffer = new byte[256];
        Assert.That(Receive(one, buffer, out var from), Is.EqualTo(100));
        Assert.That(from.Port, Is.EqualTo(sender.LocalEndpoint.Port));
        Assert.That(Receive(other, buffer, out _), Is.EqualTo(100));
        Assert.That(stranger.TryReceive(buffer, out _), Is.EqualTo(DatagramResult.WouldBlock), "it did not join");
    }

    [TestCase("127.0.0.1:0", "239.255.77.11:0")]
    [TestCase("[::1]:0", "[ff02::77:11]:0")]
    public void Without_loop_nothing_comes_back_to_this_machine(string loopback, string groupAddress)
    {
        var by = SocketEndpoint.Parse(loopback);
        var group = SocketEndpoint.Parse(groupAddress);
        using var member = OpenMemberOrSkip(by, group, port: 0);
        group = group.WithPort(member.LocalEndpoint.Port);
        using var silent = _factory.Open(
            new DatagramSocketOptions { Local = by, Interface = by, SuppressesMulticastLoop = true });
        using var loud = _factory.Open(new DatagramSocketOptions { Local = by, Interface = by });
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

    private DatagramSocket OpenMemberOrSkip(in SocketEndpoint by, in SocketEndpoint group, int port)
    {
        var any = by.IsIPv4 ? SocketEndpoint.AnyIPv4 : SocketEndpoint.Parse("[::]:0");
        try
        {
            return _factory.Open(new DatagramSocketOptions
            {
                Local = any.WithPort(port), Group = group, Interface = by, ReusesAddress = true,
            });
        }
        catch (AeronException refusal) when (!group.IsNone)
        {
            Assert.Ignore($"this machine has no multicast on loopback: {refusal.Message}");
            throw;
        }
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
