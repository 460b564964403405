using HftDelta.Aeron;
using HftDelta.Aeron.Sockets;

namespace HftDelta.Simulation.Network;

/// <summary>One machine of a <see cref="SimulatedNetwork"/>: it has one address, and gives out ports in order.</summary>
public sealed class SimulatedHost : DatagramSocketFactory
{
    private const int FirstEphemeralPort = 32_768;
    private const int DefaultReceiveBufferBytes = 256 * 1024;

    private readonly SimulatedNetwork _network;
    private readonly List<SimulatedSocket> _open = [];
    private int _nextPort = FirstEphemeralPort;

    internal SimulatedHost(SimulatedNetwork network, in SocketEndpoint address)
    {
        _network = network;
        Address = address;
    }

    /// <summary>With port 0.</summary>
    public SocketEndpoint Address { get; }

    /// <summary>Sockets that are open on this machine.</summary>
    public int OpenCount => _open.Count;

    public override DatagramSocket Open(in DatagramSocketOptions options)
    {
        var wanted = options.Local.IsNone ? Address : options.Local;
        if (!wanted.IsAny && !wanted.IsMulticast && !wanted.HasAddressOf(Address))
        {
            throw new AeronException($"{wanted} is not an address of this machine: its own is {Address}");
        }

        if (!options.Interface.IsNone && !options.Interface.IsAny && !options.Interface.HasAddressOf(Address))
        {
            throw new AeronException($"{options.Interface} is not an interface of this machine: its address is {Address}");
        }

        var bound = wanted.Port == 0 ? FreePort() : Address.WithPort(wanted.Port);
        if (_network.IsTaken(bound, options.ReusesAddress))
        {
            throw new AeronException($"UDP port {bound} is taken by another socket: choose another port");
        }

        var buffer = options.ReceiveBufferBytes > 0 ? options.ReceiveBufferBytes : DefaultReceiveBufferBytes;
        var socket = new SimulatedSocket(_network, this, bound, wanted, options, buffer);
        _network.Bind(bound, socket);
        if (!options.Group.IsNone)
        {
            _network.Join(options.Group, socket);
        }

        _open.Add(socket);
        return socket;
    }

    /// <summary>The process on this machine dies: its sockets are gone, what is under way to them goes on.</summary>
    public void CloseAll()
    {
        while (_open.Count > 0)
        {
            _open[^1].Dispose();
        }
    }

    internal void Forget(SimulatedSocket socket) => _open.Remove(socket);

    // A port is not given out again soon, as on a real machine.
    private SocketEndpoint FreePort()
    {
        for (var tries = 0; tries <= ushort.MaxValue - FirstEphemeralPort; tries++)
        {
            var bound = Address.WithPort(_nextPort);
            _nextPort = _nextPort == ushort.MaxValue ? FirstEphemeralPort : _nextPort + 1;
            if (!_network.IsTaken(bound, reusesAddress: false))
            {
                return bound;
            }
        }

        throw new AeronException($"every ephemeral port of {Address} is taken: close sockets");
    }
}
