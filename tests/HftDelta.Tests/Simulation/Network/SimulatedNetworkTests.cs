using System.Buffers.Binary;
using HftDelta.Aeron;
using HftDelta.Aeron.Sockets;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Time;
using HftDelta.Simulation.Network;
using NUnit.Framework;

namespace HftDelta.Tests.Simulation.Network;

/// <summary>The simulated network does what it is told to, by the seed, and loses count of nothing.</summary>
[CancelAfter(20_000)]
internal sealed class SimulatedNetworkTests
{
    private const uint Millisecond = 1_000_000;

    private readonly byte[] _buffer = new byte[2_048];
    private VirtualNanoClock _clock = new();
    private SimulatedNetwork _network = null!;

    [SetUp]
    public void Build()
    {
        _clock = new VirtualNanoClock(new TimeNanos(1_000));
        _network = new SimulatedNetwork(_clock, seed: 42);
    }

    [Test]
    public void A_perfect_link_delivers_everything_once_and_in_order()
    {
        using var one = Open("127.0.0.1:0");
        using var other = Open("127.0.0.1:0");
        for (var number = 0; number < 100; number++)
        {
            Assert.That(Send(one, other, number), Is.EqualTo(100));
        }

        Assert.That(Drain(other), Is.EqualTo(Enumerable.Range(0, 100)));
        Assert.That(one.TryReceive(_buffer, out _), Is.EqualTo(DatagramResult.WouldBlock));
    }

    [Test]
    public void A_datagram_arrives_when_the_clock_has_passed_its_delay()
    {
        _network.Conditions = new LinkConditions { DelayNanos = 5 * Millisecond };
        using var one = Open("127.0.0.1:0");
        using var other = Open("127.0.0.1:0");
        Send(one, other, 1);
        Assert.That(_network.NextArrivalNanos, Is.EqualTo(1_000 + (5 * Millisecond)));

        _clock.Advance((5 * Millisecond) - 1);
        Assert.That(Drain(other), Is.Empty);
        _clock.Advance(1);
        Assert.That(other.TryReceive(_buffer, out var from), Is.EqualTo(100));
        Assert.That(from, Is.EqualTo(one.LocalEndpoint));
        Assert.That(_network.NextArrivalNanos, Is.Null);
    }

    [Test]
    public void Rates_are_kept_and_every_datagram_is_accounted_for()
    {
        const int count = 20_000;
        _network.Conditions = LinkConditions.Poor(perMille: 50, delayNanos: Millisecond);
        using var one = Open("127.0.0.1:0");
        using var other = Open("127.0.0.1:0");
        var arrived = new List<int>();
        for (var number = 0; number < count; number++)
        {
            Send(one, other, number);
            _clock.Advance(10_000);
            arrived.AddRange(Drain(other));
        }

        var statistics = _network.Statistics;
        Assert.That(statistics.Pending, Is.GreaterThan(0), "the last are under way");
        _clock.Advance(10 * Millisecond);
        arrived.AddRange(Drain(other));

        // 1,000 expected of each; the odds of being 200 off are below one in a billion, and the seed is fixed.
        Assert.That(statistics.Dropped, Is.InRange(800, 1_200));
        Assert.That(statistics.Duplicated, Is.InRange(800, 1_200));
        Assert.That(statistics.HeldUp, Is.InRange(800, 1_200));
        Assert.That(statistics.Pending, Is.Zero);
        Assert.That(statistics.Delivered, Is.EqualTo(arrived.Count));
        Assert.That(arrived, Has.Count.EqualTo(count - statistics.Dropped + statistics.Duplicated));
        var overtaken = arrived.Zip(arrived.Skip(1)).Count(pair => pair.Second < pair.First);
        Assert.That(overtaken, Is.InRange(500, 2_400));
    }

    [Test]
    public void The_same_seed_gives_the_same_run_and_another_seed_another()
    {
        var first = Run(7);
        Assert.That(Run(7), Is.EqualTo(first));
        Assert.That(Run(8), Is.Not.EqualTo(first));
    }

    [Test]
    public void Traffic_of_one_direction_changes_nothing_in_another()
    {
        Assert.That(Run(7, answers: true), Is.EqualTo(Run(7, answers: false)));
    }

    [Test]
    public void Raising_one_rate_does_not_change_what_the_others_hit()
    {
        var dropped = Run(7, LinkConditions.Perfect with { DropPerMille = 100 });
        var both = Run(7, LinkConditions.Perfect with { DropPerMille = 100, DuplicatePerMille = 200, ReorderPerMille = 300 });
        var missing = Enumerable.Range(0, 500).Except(dropped).ToHashSet();
        Assert.That(missing, Is.Not.Empty);
        var stillThere = both.GroupBy(number => number).Where(group => missing.Contains(group.Key));
        Assert.That(stillThere.All(group => group.Count() == 1), Is.True, "of what was dropped only a copy may arrive");
    }

    [Test]
    public void A_rule_names_one_direction_and_the_last_one_counts()
    {
        var client = _network.Host("10.0.0.1");
        var venue = _network.Host("10.0.0.2");
        using var one = client.Open(new DatagramSocketOptions { Local = SocketEndpoint.Parse("10.0.0.1:100") });
        using var other = venue.Open(new DatagramSocketOptions { Local = SocketEndpoint.Parse("10.0.0.2:200") });
        _network.SetLink(client.Address, venue.Address, LinkConditions.Cut);
        Send(one, other, 1);
        Send(other, one, 2);
        Assert.That((Drain(other), Drain(one)), Is.EqualTo((Array.Empty<int>(), new[] { 2 })));

        _network.SetLink(default, SocketEndpoint.Parse("10.0.0.2:200"), LinkConditions.Perfect);
        Send(one, other, 3);
        Assert.That(Drain(other), Is.EqualTo(new[] { 3 }));

        _network.SetLinks(client, venue, LinkConditions.Cut);
        Send(one, other, 4);
        Send(other, one, 5);
        Assert.That(_network.Statistics.Dropped, Is.EqualTo(3));
        _network.ClearLinks();
        Send(one, other, 6);
        Assert.That(Drain(other), Is.EqualTo(new[] { 6 }));
    }

    [Test]
    public void A_test_decides_about_single_datagrams()
    {
        using var one = Open("127.0.0.1:0");
        using var other = Open("127.0.0.1:0");
        _network.Conditions = LinkConditions.Cut;
        _network.Wish = (in from, in to, datagram) => BinaryPrimitives.ReadInt32LittleEndian(datagram) switch
        {
            0 => DatagramFate.HoldUp,
            1 => DatagramFate.Deliver,
            2 => DatagramFate.Duplicate,
            3 => DatagramFate.Drop,
            _ => DatagramFate.AsConditionsSay,
        };
        for (var number = 0; number < 5; number++)
        {
            Send(one, other, number);
        }

        _clock.Advance(2 * Millisecond);
        var arrived = Drain(other);
        Assert.That(arrived.Order(), Is.EqualTo(new[] { 0, 1, 2, 2 }));
        Assert.That(arrived[0], Is.EqualTo(1), "the first was held up");
    }

    [Test]
    public void A_changed_datagram_is_refused_by_the_checksum_and_arrives_changed_without_one()
    {
        _network.Conditions = new LinkConditions { CorruptPerMille = 300 };
        using var one = Open("127.0.0.1:0");
        using var other = Open("127.0.0.1:0");
        var watch = new Watch();
        _network.Observer = watch;
        for (var number = 0; number < 1_000; number++)
        {
            Send(one, other, number);
        }

        var arrived = Drain(other);
        Assert.That(_network.Statistics.Corrupted, Is.InRange(250, 350).And.EqualTo(1_000 - arrived.Length));
        Assert.That(watch.Disturbed, Is.EqualTo(Enumerable.Range(0, 1_000).Except(arrived)));
        Assert.That((watch.Sent, watch.Received), Is.EqualTo((1_000, arrived.Length)));
        Assert.That(_network.Statistics.Pending, Is.Zero);

        _network.Conditions = new LinkConditions { CorruptPerMille = 1_000, IsChecksumOff = true };
        var sent = new byte[100];
        for (var number = 0; number < 1_000; number++)
        {
            one.TrySend(sent, other.LocalEndpoint);
            Assert.That(other.TryReceive(_buffer, out _), Is.EqualTo(sent.Length));
            Assert.That(_buffer[..100], Is.Not.EqualTo(sent));
        }
    }

    [Test]
    public void A_forged_datagram_comes_from_where_it_claims()
    {
        using var one = Open("127.0.0.1:0");
        _network.Forge(SocketEndpoint.Parse("10.1.2.3:4"), one.LocalEndpoint, new byte[7]);

        Assert.That(one.TryReceive(_buffer, out var from), Is.EqualTo(7));
        Assert.That(from, Is.EqualTo(SocketEndpoint.Parse("10.1.2.3:4")));
    }

    [Test]
    public void Every_member_of_a_group_gets_a_copy_by_a_link_of_its_own()
    {
        var group = SocketEndpoint.Parse("224.0.1.1:4000");
        var hosts = Enumerable.Range(1, 3).Select(number => _network.Host($"10.0.0.{number}")).ToArray();
        var options = new DatagramSocketOptions
        {
            Local = SocketEndpoint.AnyIPv4.WithPort(4000),
            Group = group,
            ReusesAddress = true,
        };
        using var sender = hosts[0].Open(options with { Group = default, SuppressesMulticastLoop = true });
        using var sameMachine = hosts[0].Open(options);
        using var one = hosts[1].Open(options);
        using var two = hosts[1].Open(options);
        using var other = hosts[2].Open(options);
        using var elsewhere = hosts[2].Open(options with { Local = SocketEndpoint.AnyIPv4.WithPort(4001) });
        _network.SetLinks(hosts[0], hosts[2], LinkConditions.Cut);

        sender.TrySend(new byte[9], group);

        Assert.That(one.TryReceive(_buffer, out var from), Is.EqualTo(9));
        Assert.That(from, Is.EqualTo(SocketEndpoint.Parse("10.0.0.1:4000")));
        Assert.That(two.TryReceive(_buffer, out _), Is.EqualTo(9), "those that share a port each get one");
        Assert.That(other.TryReceive(_buffer, out _), Is.Zero, "cut off");
        Assert.That(elsewhere.TryReceive(_buffer, out _), Is.Zero, "another port");
        Assert.That(sameMachine.TryReceive(_buffer, out _), Is.Zero, "the sender does not want it");
        Assert.That(sender.TryReceive(_buffer, out _), Is.Zero, "not a member");

        // One that left gets nothing any more, not even what is under way.
        _network.ClearLinks();
        _network.Conditions = new LinkConditions { DelayNanos = Millisecond };
        sender.TrySend(new byte[9], group);
        other.Dispose();
        _clock.Advance(Millisecond);
        Assert.That(one.TryReceive(_buffer, out _), Is.EqualTo(9));
        Assert.That(two.TryReceive(_buffer, out _), Is.EqualTo(9));
        Assert.That((_network.Statistics.Unreachable, _network.Statistics.Pending), Is.EqualTo((1, 0)));
    }

    [Test]
    public void Only_those_who_all_agree_share_a_port_and_the_last_of_them_hears_what_is_for_one()
    {
        using var one = Open("127.0.0.1:500", reuse: true);
        using var two = Open("127.0.0.1:500", reuse: true);
        using var sender = Open("127.0.0.1:0");

        Assert.That(() => Open("127.0.0.1:500"), Throws.InstanceOf<AeronException>());
        Send(sender, two, 1);
        Assert.That((Drain(one).Length, Drain(two).Length), Is.EqualTo((0, 1)));
        two.Dispose();
        Send(sender, one, 1);
        Assert.That(Drain(one), Has.Length.EqualTo(1));
    }

    [Test]
    public void Datagrams_outlive_the_process_and_reach_whoever_is_bound_when_they_arrive()
    {
        _network.Conditions = new LinkConditions { DelayNanos = Millisecond };
        var venue = _network.Host("10.0.0.2");
        var address = SocketEndpoint.Parse("10.0.0.2:200");
        using var one = Open("127.0.0.1:0");
        venue.Open(new DatagramSocketOptions { Local = address });
        one.TrySend(Numbered(1), address);
        venue.CloseAll();
        Assert.That(venue.OpenCount, Is.Zero);
        using var again = venue.Open(new DatagramSocketOptions { Local = address });
        _clock.Advance(Millisecond);
        Assert.That(Drain(again), Is.EqualTo(new[] { 1 }));
    }

    [Test]
    public void Only_a_connected_sender_learns_that_nobody_is_there_and_only_its_peer_reaches_it()
    {
        var nobody = SocketEndpoint.Loopback(9);
        using var open = Open("127.0.0.1:0");
        using var connected = _network.Sockets.Open(new DatagramSocketOptions { Remote = nobody });
        Assert.That(open.TrySend(Numbered(1), nobody), Is.EqualTo(100));
        Assert.That(connected.TrySend(Numbered(1), default), Is.EqualTo(100));
        Assert.That(open.TryReceive(_buffer, out _), Is.EqualTo(DatagramResult.WouldBlock));
        Assert.That(connected.TryReceive(_buffer, out _), Is.EqualTo(DatagramResult.PeerUnreachable));
        Assert.That(connected.TryReceive(_buffer, out _), Is.EqualTo(DatagramResult.WouldBlock));
        Assert.That(_network.Statistics.Unreachable, Is.EqualTo(2));

        open.TrySend(Numbered(2), connected.LocalEndpoint);
        using var peer = _network.Sockets.Open(new DatagramSocketOptions { Local = nobody });
        peer.TrySend(Numbered(3), connected.LocalEndpoint);
        Assert.That(Drain(connected), Is.EqualTo(new[] { 3 }));
        Assert.That(_network.Statistics.Filtered, Is.EqualTo(1));
    }

    [Test]
    public void Queues_are_bounded()
    {
        using var one = Open("127.0.0.1:0");
        using var other = _network.Sockets.Open(new DatagramSocketOptions { ReceiveBufferBytes = 10 * 164 });
        for (var number = 0; number < 25; number++)
        {
            Send(one, other, number);
        }

        Assert.That(Drain(other), Is.EqualTo(Enumerable.Range(0, 10)), "what came first is kept");
        Assert.That(_network.Statistics.Overflowed, Is.EqualTo(15));
        _network.FlightsMax = 3;
        _network.Conditions = new LinkConditions { DelayNanos = Millisecond };
        for (var number = 0; number < 5; number++)
        {
            Send(one, other, number);
        }

        Assert.That(_network.Statistics.Overflowed, Is.EqualTo(17));
    }

    [Test]
    public void Addresses_are_checked_as_by_a_machine()
    {
        using var taken = Open("127.0.0.1:77");
        Assert.That(() => Open("127.0.0.1:77"), Throws.TypeOf<AeronException>().With.Message.Contains("taken"));
        Assert.That(() => Open("10.0.0.9:1"), Throws.TypeOf<AeronException>().With.Message.Contains("not an address"));
        using var any = Open("0.0.0.0:78");
        taken.TrySend(Numbered(1), SocketEndpoint.Loopback(78));
        Assert.That(Drain(any), Is.EqualTo(new[] { 1 }));
        Assert.That(any.LocalEndpoint, Is.EqualTo(SocketEndpoint.Parse("0.0.0.0:78")));
    }

    [Test]
    public void A_blocked_sender_sends_nothing()
    {
        using var one = (SimulatedSocket)Open("127.0.0.1:0");
        using var other = Open("127.0.0.1:0");
        one.IsSendBlocked = true;
        Assert.That(Send(one, other, 1), Is.EqualTo(DatagramResult.WouldBlock));
        one.IsSendBlocked = false;
        Assert.That(Send(one, other, 2), Is.EqualTo(100));
        Assert.That(Drain(other), Is.EqualTo(new[] { 2 }));
    }

    [Test]
    public void A_warm_network_allocates_nothing()
    {
        _network.Conditions = LinkConditions.Poor(100, Millisecond);
        using var one = Open("127.0.0.1:0");
        using var other = Open("127.0.0.1:0");
        var datagram = Numbered(1);
        Exchange(20_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Exchange(1_000);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        Assert.That(_network.Statistics.Delivered, Is.GreaterThan(20_000));

        void Exchange(int count)
        {
            for (var trip = 0; trip < count; trip++)
            {
                one.TrySend(datagram, other.LocalEndpoint);
                _clock.Advance(Millisecond / 4);
                while (other.TryReceive(_buffer, out _) > 0)
                {
                }
            }
        }
    }

    private static int[] Run(ulong seed, bool answers = false) => Run(seed, LinkConditions.Poor(100, Millisecond), answers);

    private static int[] Run(ulong seed, LinkConditions conditions, bool answers = false)
    {
        var clock = new VirtualNanoClock();
        var network = new SimulatedNetwork(clock, seed) { Conditions = conditions };
        using var one = network.Sockets.Open(new DatagramSocketOptions { Local = SocketEndpoint.Loopback(1) });
        using var other = network.Sockets.Open(new DatagramSocketOptions { Local = SocketEndpoint.Loopback(2) });
        var arrived = new List<int>();
        for (var number = 0; number < 500; number++)
        {
            one.TrySend(Numbered(number), other.LocalEndpoint);
            if (answers)
            {
                other.TrySend(Numbered(number), one.LocalEndpoint);
            }

            clock.Advance(Millisecond / 2);
            arrived.AddRange(Drain(other));
        }

        clock.Advance(10 * Millisecond);
        arrived.AddRange(Drain(other));
        return [.. arrived];
    }

    private DatagramSocket Open(string address, bool reuse = false) => _network.Sockets.Open(
        new DatagramSocketOptions { Local = SocketEndpoint.Parse(address), ReusesAddress = reuse });

    private static int Send(DatagramSocket from, DatagramSocket to, int number) =>
        from.TrySend(Numbered(number), to.LocalEndpoint);

    private static byte[] Numbered(int number)
    {
        var datagram = new byte[100];
        BinaryPrimitives.WriteInt32LittleEndian(datagram, number);
        return datagram;
    }

    private static int[] Drain(DatagramSocket socket)
    {
        var numbers = new List<int>();
        var buffer = new byte[2_048];
        while (socket.TryReceive(buffer, out _) > 0)
        {
            numbers.Add(BinaryPrimitives.ReadInt32LittleEndian(buffer));
        }

        return [.. numbers];
    }

    private sealed class Watch : NetworkObserver
    {
        public int Sent { get; private set; }

        public int Received { get; private set; }

        public List<long> Disturbed { get; } = [];

        public override void OnSent(in SocketEndpoint from, in SocketEndpoint to, ReadOnlySpan<byte> datagram) => Sent++;

        public override void OnReceived(in SocketEndpoint from, in SocketEndpoint to, ReadOnlySpan<byte> datagram) => Received++;

        public override void OnDisturbed(long number) => Disturbed.Add(number);
    }
}
