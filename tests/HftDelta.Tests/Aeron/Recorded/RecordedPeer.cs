using HftDelta.Aeron.Sockets;
using HftDelta.Runtime.Time;
using HftDelta.Simulation.Network;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Recorded;

/// <summary>
/// What a player has around our driver: the clock, the machine, and at the relay's address the recorded peer, which says what a
/// test hands it and keeps what it is sent.
/// </summary>
internal sealed class RecordedPeer : IDisposable
{
    public const ulong StepNanos = 100_000;
    public const ulong BriefNanos = 2_000;
    public const ulong Millisecond = 1_000_000;

    private readonly DatagramSocket _socket;
    private readonly byte[] _buffer = new byte[65_536];

    public RecordedPeer()
    {
        Host = new SimulatedNetwork(Clock, 1).Host("127.0.0.1");
        _socket = Host.Open(new DatagramSocketOptions { Local = SocketEndpoint.Parse(RecordedScenario.Relay) });
    }

    public VirtualNanoClock Clock { get; } = new();

    public ulong NowNanos => Clock.Now.Value;

    public SimulatedHost Host { get; }

    public List<byte[]> Received { get; } = [];

    public void Send(byte[] datagram, in SocketEndpoint to) =>
        Assert.That(_socket.TrySend(datagram, to), Is.EqualTo(datagram.Length));

    /// <summary>Takes what our driver has sent; then time passes.</summary>
    public void Step(ulong nanos)
    {
        while (_socket.TryReceive(_buffer, out _) is > 0 and var length)
        {
            Received.Add(_buffer[..length]);
        }

        Clock.Advance(nanos);
    }

    public void Dispose() => _socket.Dispose();
}
