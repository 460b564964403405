using System.Net.Sockets;
using HftDelta.Aeron;
using HftDelta.Aeron.Sockets;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Sockets;

/// <summary>
/// Real sockets on loopback, of both kinds. Loopback loses nothing that fits the buffers, so a datagram that was sent is
/// there; waiting for it is bounded by the fixture.
/// </summary>
[TestFixture(false)]
[TestFixture(true)]
[CancelAfter(20_000)]
internal sealed class MachineSocketTests(bool portable)
{
    // Far more than loopback needs on any machine; a datagram that is not there by then is lost.
    private const int WaitMillis = 10_000;

    private readonly MachineSocketFactory _factory = new(portable);

    [TestCase("127.0.0.1:0")]
    [TestCase("[::1]:0")]
    public void Datagrams_arrive_whole_from_the_sender_s_address(string address)
    {
        using var one = OpenOrSkip(address);
        using var other = OpenOrSkip(address);
        Assert.That(one.LocalEndpoint.Port, Is.Not.Zero, "the system's choice is told");
        var datagram = Pattern(1_408);

        Assert.That(one.TrySend(datagram, other.LocalEndpoint), Is.EqualTo(datagram.Length));
        Assert.That(other.TrySend(datagram.AsSpan(0, 1), one.LocalEndpoint), Is.EqualTo(1));

        var buffer = new byte[2_048];
        Assert.That(Receive(other, buffer, out var from), Is.EqualTo(datagram.Length));
        Assert.That(from, Is.EqualTo(one.LocalEndpoint));
        Assert.That(buffer[..datagram.Length], Is.EqualTo(datagram));
        Assert.That(Receive(one, buffer, out from), Is.EqualTo(1));
        Assert.That(from, Is.EqualTo(other.LocalEndpoint));
    }

    [Test]
    public void Reading_nothing_returns_at_once()
    {
        using var socket = OpenOrSkip("127.0.0.1:0");
        Assert.That(socket.TryReceive(new byte[64], out var from), Is.EqualTo(DatagramResult.WouldBlock));
        Assert.That(from.IsNone, Is.True);
    }

    [Test]
    public void A_connected_socket_hears_only_its_peer()
    {
        using var receiver = OpenOrSkip("127.0.0.1:0");
        using var stranger = OpenOrSkip("127.0.0.1:0");
        using var sender = _factory.Open(new DatagramSocketOptions { Remote = receiver.LocalEndpoint });
        Assert.That(sender.RemoteEndpoint, Is.EqualTo(receiver.LocalEndpoint));
        Assert.That(sender.LocalEndpoint.IsLoopback, Is.True, "connecting chose the address");

        Assert.That(sender.TrySend(Pattern(100), default), Is.EqualTo(100), "the address is known");
        var buffer = new byte[2_048];
        Assert.That(Receive(receiver, buffer, out var from), Is.EqualTo(100));
        Assert.That(from, Is.EqualTo(sender.LocalEndpoint));

        stranger.TrySend(Pattern(7), from);
        receiver.TrySend(Pattern(9), from);
        Assert.That(Receive(sender, buffer, out from), Is.EqualTo(9), "the stranger's came first and is not heard");
        Assert.That(from, Is.EqualTo(receiver.LocalEndpoint));
    }

    [Test]
    public void A_peer_that_is_not_there_is_told_as_a_result()
    {
        var gone = OpenOrSkip("127.0.0.1:0");
        using var sender = _factory.Open(new DatagramSocketOptions { Remote = gone.LocalEndpoint });
        gone.Dispose();

        Assert.That(sender.TrySend(Pattern(32), default), Is.EqualTo(32), "nobody knows yet");
        Assert.That(Receive(sender, new byte[64], out _), Is.EqualTo(DatagramResult.PeerUnreachable));
        Assert.That(sender.TrySend(Pattern(32), default), Is.EqualTo(32), "told once, then it goes on");
    }

    [Test]
    public void Sending_into_a_full_buffer_would_block_or_drops_but_never_waits_or_throws()
    {
        using var receiver = OpenOrSkip("127.0.0.1:0");
        using var sender = _factory.Open(new DatagramSocketOptions { Remote = receiver.LocalEndpoint, SendBufferBytes = 4_096 });
        var datagram = Pattern(1_408);
        for (var count = 0; count < 2_000; count++)
        {
            Assert.That(
                sender.TrySend(datagram, default), Is.EqualTo(datagram.Length).Or.EqualTo(DatagramResult.WouldBlock));
        }

        Assert.That(Receive(receiver, new byte[2_048], out _), Is.EqualTo(datagram.Length));
    }

    [Test]
    public void A_datagram_longer_than_the_buffer_is_dropped_as_a_result_and_the_next_one_is_read()
    {
        using var one = OpenOrSkip("127.0.0.1:0");
        using var other = OpenOrSkip("127.0.0.1:0");
        one.TrySend(Pattern(65), other.LocalEndpoint);
        one.TrySend([], other.LocalEndpoint);
        one.TrySend(Pattern(64), other.LocalEndpoint);
        var buffer = new byte[64];
        Assert.That(Receive(other, buffer, out _), Is.EqualTo(DatagramResult.Truncated));
        Assert.That(Receive(other, buffer, out _), Is.EqualTo(64), "the empty one between is dropped");
    }

    [Test]
    public void What_the_system_does_not_send_is_told_with_its_error()
    {
        using var socket = OpenOrSkip("127.0.0.1:0");
        Assert.That(socket.TrySend(new byte[65_508], SocketEndpoint.Loopback(9)), Is.EqualTo(DatagramResult.Failed));
        Assert.That(socket.LastErrorCode, Is.Not.Zero);
        Assert.That(socket.TrySend(new byte[8], default), Is.EqualTo(DatagramResult.Failed), "to nobody");
    }

    [Test]
    public void Buffers_are_set_and_told()
    {
        using var socket = _factory.Open(new DatagramSocketOptions
        {
            Local = SocketEndpoint.Loopback(), ReceiveBufferBytes = 65_536, SendBufferBytes = 32_768,
        });
        Assert.That(socket.ReceiveBufferBytes, Is.AtLeast(65_536));
        Assert.That(socket.SendBufferBytes, Is.AtLeast(32_768));
    }

    [Test]
    public void An_address_that_is_taken_or_foreign_is_refused_with_what_to_do()
    {
        using var taken = OpenOrSkip("127.0.0.1:0");
        var address = taken.LocalEndpoint;
        Assert.That(
            () => _factory.Open(new DatagramSocketOptions { Local = address }),
            Throws.TypeOf<AeronException>().With.Message.Contains($"{address} is taken").And.Message.Contains("choose another"));

        // Reserved for documentation, so no machine has it.
        Assert.That(
            () => _factory.Open(new DatagramSocketOptions { Local = SocketEndpoint.Parse("192.0.2.1:0") }),
            Throws.TypeOf<AeronException>().With.Message.Contains("not an address of this machine"));
        Assert.That(
            () => _factory.Open(new DatagramSocketOptions { Local = address, Remote = SocketEndpoint.Parse("[::1]:9") }),
            Throws.TypeOf<AeronException>().With.Message.Contains("IPv6"));
    }

    [Test]
    public void A_closed_socket_gives_its_port_back_and_answers_without_harm()
    {
        var socket = OpenOrSkip("127.0.0.1:0");
        var address = socket.LocalEndpoint;
        socket.Dispose();
        socket.Dispose();
        using var again = _factory.Open(new DatagramSocketOptions { Local = address });
        Assert.That(again.LocalEndpoint, Is.EqualTo(address));
    }

    [Test]
    public void Sending_and_receiving_allocates_nothing()
    {
        using var one = OpenOrSkip("127.0.0.1:0");
        using var other = OpenOrSkip("127.0.0.1:0");
        var to = other.LocalEndpoint;
        var datagram = Pattern(288);
        var buffer = new byte[2_048];
        RoundTrips(50);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var received = RoundTrips(500);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.That(received, Is.EqualTo(500));
        Assert.That(allocated, Is.Zero);

        int RoundTrips(int count)
        {
            var arrived = 0;
            for (var trip = 0; trip < count; trip++)
            {
                one.TrySend(datagram, to);
                arrived += Receive(other, buffer, out _) == datagram.Length ? 1 : 0;
            }

            return arrived;
        }
    }

    private DatagramSocket OpenOrSkip(string address)
    {
        var local = SocketEndpoint.Parse(address);
        if (local.IsIPv6 && !Socket.OSSupportsIPv6)
        {
            Assert.Ignore("this machine has no IPv6");
        }

        try
        {
            return _factory.Open(new DatagramSocketOptions { Local = local });
        }
        catch (AeronException refusal) when (local.IsIPv6)
        {
            Assert.Ignore($"this machine has no IPv6 on loopback: {refusal.Message}");
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

    private static byte[] Pattern(int length) => [.. Enumerable.Range(0, length).Select(index => (byte)(index * 7))];
}
