using HftDelta.Aeron;
using HftDelta.Aeron.Frames;
using HftDelta.Aeron.Sockets;
using HftDelta.Runtime.Time;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Driver;

/// <summary>Streams to a multicast group that does not leave this machine.</summary>
[CancelAfter(20_000)]
internal sealed class MulticastStreamTests
{
    private const string Group = "aeron:udp?endpoint=224.20.30.41:24471|interface=127.0.0.0/8";
    private const long WaitMillis = 10_000;

    [Test]
    public void A_group_of_subscriptions_gets_a_stream_that_the_slowest_holds_back()
    {
        using var publisher = Driver();
        using var first = Driver();
        using var second = Driver();
        using var publication = publisher.AddPublication(Group + "|fc=min,g:/2|term-length=64k", AeronPair.StreamId);
        using var one = first.AddSubscription(Group, AeronPair.StreamId);
        Wait(() => one.IsConnected, publisher, first);
        Assert.That(publication.IsConnected, Is.False, "one of two is there");
        using var two = second.AddSubscription(Group, AeronPair.StreamId);
        Wait(() => publication.IsConnected, publisher, first, second);

        const int count = 500;
        var atOne = new KeepingHandler();
        var atTwo = new KeepingHandler();
        var sent = 0;
        var message = new byte[1_000];
        Wait(
            () =>
            {
                sent += sent < count && publication.Offer(message.AsSpan(0, 4), message) > 0 ? 1 : 0;
                one.Poll(ref atOne, 10);
                two.Poll(ref atTwo, 10);
                return atOne.Messages.Count == count && atTwo.Messages.Count == count;
            },
            publisher,
            first,
            second);
        Assert.That(atOne.Messages.Select(kept => kept.Bytes.Length), Is.All.EqualTo(1_004));
    }

    [Test]
    public void The_setup_of_a_group_says_so()
    {
        using var publisher = Driver();
        using var member = DatagramSocketFactory.Machine.Open(new DatagramSocketOptions
        {
            Local = SocketEndpoint.AnyIPv4.WithPort(24_471),
            Group = SocketEndpoint.Parse("224.20.30.41:24471"),
            Interface = SocketEndpoint.Loopback(),
            ReusesAddress = true,
        });
        using var publication = publisher.AddPublication(Group + "|ttl=5|term-length=64k|session-id=777", AeronPair.StreamId);
        var buffer = new byte[2_048];
        SetupFrame setup = default;
        Wait(
            () => member.TryReceive(buffer, out _) is > 0 and var length
                && SetupFrame.TryRead(buffer.AsSpan(0, length), out setup) == FrameFault.None && setup.SessionId == 777,
            publisher);
        Assert.That((setup.Flags, setup.TimeToLive), Is.EqualTo((FrameFlags.SetupGroup, 5)));
    }

    private static AeronDriver Driver() => new(new AeronOptions { Clock = new SystemNanoClock() });

    private static void Wait(Func<bool> holds, params AeronDriver[] drivers)
    {
        for (var end = Environment.TickCount64 + WaitMillis; !holds();)
        {
            Assert.That(Environment.TickCount64, Is.LessThan(end), "in time");
            foreach (var driver in drivers)
            {
                driver.Invoker.DoWork();
            }
        }
    }
}
