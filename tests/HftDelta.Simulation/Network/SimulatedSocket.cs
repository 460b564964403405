using HftDelta.Aeron.Sockets;

namespace HftDelta.Simulation.Network;

/// <summary>A socket of a <see cref="SimulatedNetwork"/>: what arrived waits in it, up to its receive buffer.</summary>
public sealed class SimulatedSocket : DatagramSocket
{
    // What the kernel takes for a datagram beside its bytes, so that empty ones fill a buffer too.
    private const int OverheadBytes = 64;

    private readonly SimulatedNetwork _network;
    private readonly SimulatedHost _host;
    private readonly SocketEndpoint _bound;
    private readonly SocketEndpoint _group;
    private readonly bool _isLoopSuppressed;
    private readonly Queue<SimulatedNetwork.Flight> _waiting = new();
    private int _waitingBytes;
    private bool _isRefused;
    private bool _isClosed;
    private int _lastErrorCode;

    internal SimulatedSocket(
        SimulatedNetwork network, SimulatedHost host, in SocketEndpoint bound, in SocketEndpoint wanted,
        in DatagramSocketOptions options, int receiveBufferBytes)
    {
        _network = network;
        _host = host;
        _bound = bound;
        _group = options.Group;
        _isLoopSuppressed = options.SuppressesMulticastLoop;
        ReusesAddress = options.ReusesAddress;
        RemoteEndpoint = options.Remote;
        LocalEndpoint = (wanted.IsAny || wanted.IsMulticast) && RemoteEndpoint.IsNone ? wanted.WithPort(bound.Port) : bound;
        ReceiveBufferBytes = receiveBufferBytes;
    }

    public override SocketEndpoint LocalEndpoint { get; }

    public override SocketEndpoint RemoteEndpoint { get; }

    public override int ReceiveBufferBytes { get; }

    public override int SendBufferBytes => SimulatedNetwork.DatagramLengthBytesMax;

    public override int LastErrorCode => _lastErrorCode;

    /// <summary>While set every send would block, as with a full send buffer.</summary>
    public bool IsSendBlocked { get; set; }

    public override int TrySend(ReadOnlySpan<byte> datagram, in SocketEndpoint to)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        _network.Arrive();
        if (TakeRefusal())
        {
            return DatagramResult.PeerUnreachable;
        }

        if (IsSendBlocked)
        {
            return DatagramResult.WouldBlock;
        }

        var target = RemoteEndpoint.IsNone ? to : RemoteEndpoint;
        if (datagram.Length > SimulatedNetwork.DatagramLengthBytesMax || target.IsNone)
        {
            const int messageTooLong = 90;
            _lastErrorCode = messageTooLong;
            return DatagramResult.Failed;
        }

        _network.Send(_bound, target, datagram, _isLoopSuppressed);
        return datagram.Length;
    }

    public override int TryReceive(Span<byte> buffer, out SocketEndpoint from)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        _network.Arrive();
        from = default;
        if (TakeRefusal())
        {
            return DatagramResult.PeerUnreachable;
        }

        while (_waiting.TryDequeue(out var flight))
        {
            _waitingBytes -= flight.LengthBytes + OverheadBytes;
            _network.Statistics.Delivered++;
            _network.Statistics.DeliveredBytes += flight.LengthBytes;
            var fits = flight.LengthBytes <= buffer.Length;
            if (fits)
            {
                var bytes = flight.Bytes.AsSpan(0, flight.LengthBytes);
                bytes.CopyTo(buffer);
                _network.Observer?.OnReceived(flight.Way.From, _bound, bytes);
            }

            _network.Buffers.Return(flight.Bytes);
            if (flight.LengthBytes > 0)
            {
                from = flight.Way.From;
                return fits ? flight.LengthBytes : DatagramResult.Truncated;
            }
        }

        return DatagramResult.WouldBlock;
    }

    /// <summary>Its machine's address, and its port.</summary>
    internal SocketEndpoint Bound => _bound;

    internal bool ReusesAddress { get; }

    internal bool IsClosed => _isClosed;

    internal void Accept(in SimulatedNetwork.Flight flight)
    {
        if (!RemoteEndpoint.IsNone && RemoteEndpoint != flight.Way.From)
        {
            _network.Statistics.Filtered++;
            _network.Buffers.Return(flight.Bytes);
        }
        else if (_waitingBytes + flight.LengthBytes + OverheadBytes > ReceiveBufferBytes)
        {
            _network.Statistics.Overflowed++;
            _network.Buffers.Return(flight.Bytes);
        }
        else
        {
            _waitingBytes += flight.LengthBytes + OverheadBytes;
            _waiting.Enqueue(flight);
        }
    }

    /// <summary>Only a connected socket is told, and once.</summary>
    internal void LearnUnreachable(in SocketEndpoint target) => _isRefused |= RemoteEndpoint == target;

    protected override void Dispose(bool disposing)
    {
        if (_isClosed)
        {
            return;
        }

        _isClosed = true;
        _network.Unbind(_bound, this);
        if (!_group.IsNone)
        {
            _network.Leave(_group, this);
        }

        _host.Forget(this);
        while (_waiting.TryDequeue(out var flight))
        {
            _network.Statistics.Abandoned++;
            _network.Buffers.Return(flight.Bytes);
        }
    }

    private bool TakeRefusal()
    {
        var refused = _isRefused;
        _isRefused = false;
        return refused;
    }
}
