using HftDelta.Aeron.Sockets;
using HftDelta.Primitives;
using HftDelta.Runtime.Time;
using HftDelta.Simulation.Randomness;

namespace HftDelta.Simulation.Network;

/// <summary>
/// A network in memory on a virtual clock. A datagram is on its way until the clock has passed its arrival; then it waits
/// in the socket of whoever is bound to its address at that moment. What is sent to a group goes to each socket that joined it.
/// seed, for each direction between two endpoints by itself: traffic elsewhere changes nothing here. Nothing is allocated for
/// a datagram once the pools are warm. Owner: the one thread that steps everything.
/// </summary>
public sealed class SimulatedNetwork
{
    /// <summary>What UDP over IPv4 carries at most.</summary>
    public const int DatagramLengthBytesMax = 65_507;

    private readonly NanoClock _clock;
    private readonly ulong _seed;
    private readonly PriorityQueue<Flight, (ulong DueNanos, ulong Sequence)> _flights = new();
    private readonly Dictionary<SocketEndpoint, List<SimulatedSocket>> _bound = [];
    private readonly Dictionary<SocketEndpoint, List<SimulatedSocket>> _members = [];
    private readonly Dictionary<(SocketEndpoint From, SocketEndpoint To), SeededRandom> _draws = [];
    private readonly Dictionary<SocketEndpoint, SimulatedHost> _hosts = [];
    private readonly List<Rule> _rules = [];
    private ulong _nextSequence;
    private long _nextNumber;

    public SimulatedNetwork(NanoClock clock, ulong seed)
    {
        _clock = clock;
        _seed = seed;
        Sockets = Host("127.0.0.1");
    }

    /// <summary>The sockets of the host 127.0.0.1, for whoever needs only one.</summary>
    public DatagramSocketFactory Sockets { get; }

    /// <summary>Of every link that no rule of <see cref="SetLink"/> names; may change at any time.</summary>
    public LinkConditions Conditions { get; set; } = LinkConditions.Perfect;

    /// <summary>A test's say in single datagrams, before the conditions; the draws go on as without it.</summary>
    public DatagramWish? Wish { get; set; }

    /// <summary>Sees everything; null for nobody.</summary>
    public NetworkObserver? Observer { get; set; }

    /// <summary>Datagrams under way at once; more are lost.</summary>
    public int FlightsMax { get; set; } = 65_536;

    public NetworkStatistics Statistics { get; } = new();

    /// <summary>When the next datagram arrives, or null: where a simulation with nothing to do may set its clock.</summary>
    public ulong? NextArrivalNanos => _flights.TryPeek(out _, out var order) ? order.DueNanos : null;

    internal DatagramBuffers Buffers { get; } = new();

    /// <summary>The machine with this address; its sockets see only it as their own.</summary>
    public SimulatedHost Host(string address)
    {
        var endpoint = SocketEndpoint.Parse(address);
        if (!_hosts.TryGetValue(endpoint, out var host))
        {
            host = new SimulatedHost(this, endpoint);
            _hosts.Add(endpoint, host);
        }

        return host;
    }

    /// <summary>
    /// Sets the conditions of a direction. No endpoint means any, port 0 any port of the address; of several rules that match
    /// the one set last counts.
    /// </summary>
    public void SetLink(in SocketEndpoint from, in SocketEndpoint to, LinkConditions conditions) =>
        _rules.Add(new Rule(from, to, conditions));

    /// <summary>Both directions between two machines.</summary>
    public void SetLinks(SimulatedHost one, SimulatedHost other, LinkConditions conditions)
    {
        SetLink(one.Address, other.Address, conditions);
        SetLink(other.Address, one.Address, conditions);
    }

    /// <summary>Forgets every rule; <see cref="Conditions"/> remain.</summary>
    public void ClearLinks() => _rules.Clear();

    /// <summary>
    /// A datagram that claims to come from an endpoint, bound or not, as a stranger may send it who can write any source address.
    /// </summary>
    public void Forge(in SocketEndpoint from, in SocketEndpoint to, ReadOnlySpan<byte> datagram) => Send(from, to, datagram);

    /// <summary>Somebody is bound there who does not share.</summary>
    internal bool IsTaken(in SocketEndpoint endpoint, bool reusesAddress) =>
        _bound.TryGetValue(endpoint, out var sockets) && !(reusesAddress && sockets.TrueForAll(socket => socket.ReusesAddress));

    /// <summary>Of those that share an address the last one hears what is sent to it alone.</summary>
    internal void Bind(in SocketEndpoint endpoint, SimulatedSocket socket) => Add(_bound, endpoint, socket);

    internal void Unbind(in SocketEndpoint endpoint, SimulatedSocket socket) => Remove(_bound, endpoint, socket);

    internal void Join(in SocketEndpoint group, SimulatedSocket socket) => Add(_members, group.WithPort(0), socket);

    internal void Leave(in SocketEndpoint group, SimulatedSocket socket) => Remove(_members, group.WithPort(0), socket);

    /// <param name="from">Where the sender is bound.</param>
    /// <param name="to">One endpoint, or a group: then every member gets a copy of its own, by a link of its own.</param>
    /// <param name="datagram">Its bytes.</param>
    /// <param name="isLoopSuppressed">Members on the sender's machine get no copy.</param>
    internal void Send(
        in SocketEndpoint from, in SocketEndpoint to, ReadOnlySpan<byte> datagram, bool isLoopSuppressed = false)
    {
        Observer?.OnSent(from, to, datagram);
        if (!to.IsMulticast)
        {
            SendOne(from, to, datagram, null);
            return;
        }

        if (!_members.TryGetValue(to.WithPort(0), out var members))
        {
            return;
        }

        foreach (var member in members)
        {
            if (member.Bound.Port == to.Port && !(isLoopSuppressed && member.Bound.HasAddressOf(from)))
            {
                SendOne(from, member.Bound, datagram, member);
            }
        }
    }

    private void SendOne(in SocketEndpoint from, in SocketEndpoint to, ReadOnlySpan<byte> datagram, SimulatedSocket? member)
    {
        Statistics.Sent++;
        var conditions = ConditionsOf(from, to);
        var draw = Draw(from, to, conditions);
        var number = _nextNumber++;
        switch (Wish?.Invoke(from, to, datagram) ?? DatagramFate.AsConditionsSay)
        {
            case DatagramFate.AsConditionsSay:
                break;
            case DatagramFate.Deliver:
                draw = draw with { IsDropped = false, IsDuplicated = false, IsCorrupted = false, HoldUpNanos = 0 };
                break;
            case DatagramFate.Drop:
                draw = draw with { IsDropped = true };
                break;
            case DatagramFate.Duplicate:
                draw = draw with { IsDropped = false, IsDuplicated = true };
                break;
            case DatagramFate.HoldUp:
                draw = draw with { IsDropped = false, HoldUpNanos = conditions.ReorderDelayNanos };
                break;
            case DatagramFate.Corrupt:
                draw = draw with { IsDropped = false, IsCorrupted = true };
                break;
        }

        if (draw.IsDisturbed)
        {
            Observer?.OnDisturbed(number);
        }

        Dispatch(new Way(from, to, member), datagram, conditions, draw);
    }

    /// <summary>Brings what the clock has passed to whoever is bound there now.</summary>
    internal void Arrive()
    {
        var now = _clock.Now.Value;
        while (_flights.TryPeek(out var flight, out var order) && order.DueNanos <= now)
        {
            _flights.Dequeue();
            var receiver = flight.Way.Member ?? BoundTo(flight.Way.To);
            if (receiver is { IsClosed: false })
            {
                receiver.Accept(flight);
                continue;
            }

            Statistics.Unreachable++;
            Buffers.Return(flight.Bytes);

            // As a machine does that has no such port: whoever is connected to it learns of it.
            BoundTo(flight.Way.From)?.LearnUnreachable(flight.Way.To);
        }
    }

    private void Dispatch(in Way way, ReadOnlySpan<byte> datagram, LinkConditions conditions, in Drawn draw)
    {
        // A copy has its own way: the original may be lost and the copy arrive.
        if (draw.IsDuplicated)
        {
            Statistics.Duplicated++;
            TakeOff(way, datagram, conditions.DelayNanos + draw.CopyDelayNanos);
        }

        if (draw.IsDropped)
        {
            Statistics.Dropped++;
            return;
        }

        if (draw.IsCorrupted && !conditions.IsChecksumOff)
        {
            // The checksum of UDP finds every burst of up to fifteen bits, which is what is drawn.
            Statistics.Corrupted++;
            return;
        }

        if (draw.HoldUpNanos > 0)
        {
            Statistics.HeldUp++;
        }

        var bytes = TakeOff(way, datagram, conditions.DelayNanos + draw.JitterNanos + draw.HoldUpNanos);
        if (draw.IsCorrupted && bytes is not null && datagram.Length > 0)
        {
            Corrupt(bytes.AsSpan(0, datagram.Length), draw.Burst);
        }
    }

    // A burst of up to fifteen bits anywhere, of which at least the first changes.
    private static void Corrupt(Span<byte> bytes, ulong burst)
    {
        const int burstBits = 15;
        var first = (int)((burst >> 32) % (ulong)(bytes.Length * 8));
        for (var bit = 0; bit < burstBits && first + bit < bytes.Length * 8; bit++)
        {
            if (bit == 0 || ((burst >> bit) & 1) != 0)
            {
                bytes[(first + bit) / 8] ^= (byte)(1 << ((first + bit) % 8));
            }
        }
    }

    /// <returns>Its bytes on their way, or null when the network is full.</returns>
    private byte[]? TakeOff(in Way way, ReadOnlySpan<byte> datagram, ulong delayNanos)
    {
        if (_flights.Count >= FlightsMax)
        {
            Statistics.Overflowed++;
            return null;
        }

        var bytes = Buffers.Rent(datagram.Length);
        datagram.CopyTo(bytes);
        _flights.Enqueue(
            new Flight(way, bytes, datagram.Length), (_clock.Now.Value + delayNanos, _nextSequence++));
        return bytes;
    }

    private SimulatedSocket? BoundTo(in SocketEndpoint endpoint) =>
        _bound.TryGetValue(endpoint, out var sockets) ? sockets[^1] : null;

    private static void Add(
        Dictionary<SocketEndpoint, List<SimulatedSocket>> map, in SocketEndpoint endpoint, SimulatedSocket socket)
    {
        if (!map.TryGetValue(endpoint, out var sockets))
        {
            sockets = [];
            map.Add(endpoint, sockets);
        }

        sockets.Add(socket);
    }

    private static void Remove(
        Dictionary<SocketEndpoint, List<SimulatedSocket>> map, in SocketEndpoint endpoint, SimulatedSocket socket)
    {
        var sockets = map[endpoint];
        Check.That(sockets.Remove(socket));
        if (sockets.Count == 0)
        {
            map.Remove(endpoint);
        }
    }

    private LinkConditions ConditionsOf(in SocketEndpoint from, in SocketEndpoint to)
    {
        for (var index = _rules.Count - 1; index >= 0; index--)
        {
            var rule = _rules[index];
            if (Matches(rule.From, from) && Matches(rule.To, to))
            {
                return rule.Conditions;
            }
        }

        return Conditions;
    }

    private static bool Matches(in SocketEndpoint rule, in SocketEndpoint endpoint) =>
        rule.IsNone || (rule.HasAddressOf(endpoint) && (rule.Port == 0 || rule.Port == endpoint.Port));

    // Every datagram takes the same number of draws, whatever becomes of it.
    private Drawn Draw(in SocketEndpoint from, in SocketEndpoint to, LinkConditions conditions)
    {
        const ulong perMille = 1_000;
        if (!_draws.TryGetValue((from, to), out var random))
        {
            random = new SeededRandom(LinkSeed(from, to));
            _draws.Add((from, to), random);
        }

        var isDropped = random.NextBelow(perMille) < (ulong)conditions.DropPerMille;
        var isDuplicated = random.NextBelow(perMille) < (ulong)conditions.DuplicatePerMille;
        var isHeldUp = random.NextBelow(perMille) < (ulong)conditions.ReorderPerMille;
        var jitter = Portion(random.NextUInt64(), conditions.JitterNanos);
        var holdUp = 1 + Portion(random.NextUInt64(), conditions.ReorderDelayNanos);
        var copyDelay = Portion(random.NextUInt64(), conditions.ReorderDelayNanos);
        var isCorrupted = random.NextBelow(perMille) < (ulong)conditions.CorruptPerMille;
        var burst = random.NextUInt64();
        return new Drawn(isDropped, isDuplicated, isCorrupted, jitter, isHeldUp ? holdUp : 0, copyDelay, burst);
    }

    private static ulong Portion(ulong draw, uint most) => Math.BigMul(draw, most + 1UL, out _);

    private ulong LinkSeed(in SocketEndpoint from, in SocketEndpoint to)
    {
        Span<byte> address = stackalloc byte[16];
        var seed = _seed;
        foreach (var endpoint in (ReadOnlySpan<SocketEndpoint>)[from, to])
        {
            endpoint.WriteAddress(address);
            seed = SplitMix64.Mix(seed ^ BitConverter.ToUInt64(address));
            seed = SplitMix64.Mix(seed ^ BitConverter.ToUInt64(address[8..]));
            seed = SplitMix64.Mix(seed ^ endpoint.Port);
        }

        return seed;
    }

    /// <summary>A datagram under way or waiting; its bytes belong to the pool.</summary>
    internal readonly record struct Flight(Way Way, byte[] Bytes, int LengthBytes);

    /// <summary>From where to where, and to which member when it was sent to a group.</summary>
    internal readonly record struct Way(SocketEndpoint From, SocketEndpoint To, SimulatedSocket? Member);

    private readonly record struct Rule(SocketEndpoint From, SocketEndpoint To, LinkConditions Conditions);

    private readonly record struct Drawn(
        bool IsDropped,
        bool IsDuplicated,
        bool IsCorrupted,
        ulong JitterNanos,
        ulong HoldUpNanos,
        ulong CopyDelayNanos,
        ulong Burst)
    {
        public bool IsDisturbed => IsDropped || IsDuplicated || IsCorrupted || HoldUpNanos > 0;
    }
}
