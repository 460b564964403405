using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace HftDelta.Aeron.Sockets;

/// <summary>
/// A UDP socket by the class library, for systems without <see cref="LinuxDatagramSocket"/>. It asks whether something waits
/// before it reads, because reading nothing throws; a refusal of the network is caught and told as a result.
/// </summary>
internal sealed class PortableDatagramSocket : DatagramSocket
{
    private const int EmptyDatagramsMax = 16;

    private readonly Socket _socket;
    private readonly bool _isConnected;
    private readonly SocketAddress _sendAddress;
    private readonly SocketAddress _receiveAddress;
    private readonly byte[] _received = new byte[ushort.MaxValue + 1];
    private SocketEndpoint _sendEndpoint;
    private int _lastErrorCode;

    public PortableDatagramSocket(Socket socket, in SocketEndpoint remote)
    {
        _socket = socket;
        _isConnected = !remote.IsNone;
        _sendAddress = new SocketAddress(socket.AddressFamily);
        _receiveAddress = new SocketAddress(socket.AddressFamily);
        RemoteEndpoint = remote;
        LocalEndpoint = SocketEndpoint.From((IPEndPoint)socket.LocalEndPoint!);
        ReceiveBufferBytes = socket.ReceiveBufferSize;
        SendBufferBytes = socket.SendBufferSize;
    }

    public override SocketEndpoint LocalEndpoint { get; }

    public override SocketEndpoint RemoteEndpoint { get; }

    public override int ReceiveBufferBytes { get; }

    public override int SendBufferBytes { get; }

    public override int LastErrorCode => Volatile.Read(ref _lastErrorCode);

    public override int TrySend(ReadOnlySpan<byte> datagram, in SocketEndpoint to)
    {
        try
        {
            if (_isConnected)
            {
                var sent = _socket.Send(datagram, SocketFlags.None, out var error);
                return error == SocketError.Success ? sent : Result(error);
            }

            if (to.IsIPv4 != LocalEndpoint.IsIPv4 || to.IsNone)
            {
                return Fail(SocketError.AddressFamilyNotSupported);
            }

            Aim(to);
            return _socket.SendTo(datagram, SocketFlags.None, _sendAddress);
        }
        catch (SocketException refusal)
        {
            return Result(refusal.SocketErrorCode);
        }
    }

    public override int TryReceive(Span<byte> buffer, out SocketEndpoint from)
    {
        from = default;
        try
        {
            for (var attempt = 0; attempt < EmptyDatagramsMax; attempt++)
            {
                // A refusal waits as an error, not as something to read; reading then tells it.
                if (!_socket.Poll(0, SelectMode.SelectRead) && !_socket.Poll(0, SelectMode.SelectError))
                {
                    return DatagramResult.WouldBlock;
                }

                // Into room for the longest there is: a shorter buffer would cut a datagram without a word.
                var length = _socket.ReceiveFrom(_received, SocketFlags.None, _receiveAddress);
                if (length == 0)
                {
                    continue;
                }

                from = _isConnected ? RemoteEndpoint : Source();
                if (length > buffer.Length)
                {
                    return DatagramResult.Truncated;
                }

                _received.AsSpan(0, length).CopyTo(buffer);
                return length;
            }

            return DatagramResult.WouldBlock;
        }
        catch (SocketException refusal)
        {
            return Result(refusal.SocketErrorCode);
        }
    }

    protected override void Dispose(bool disposing) => _socket.Dispose();

    // A stream's datagrams go to one address, so the address is rarely written anew.
    private void Aim(in SocketEndpoint to)
    {
        if (to != _sendEndpoint)
        {
            var address = to.ToIPEndPoint().Serialize();
            address.Buffer.Span[..address.Size].CopyTo(_sendAddress.Buffer.Span);
            _sendEndpoint = to;
        }
    }

    // Family, port, then the address: the class library keeps this order on every system.
    private SocketEndpoint Source()
    {
        var bytes = _receiveAddress.Buffer.Span;
        var port = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return LocalEndpoint.IsIPv4
            ? SocketEndpoint.IPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), port)
            : SocketEndpoint.IPv6(bytes.Slice(8, 16), port, BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]));
    }

    private int Result(SocketError error)
    {
        switch (error)
        {
            case SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable or SocketError.Interrupted:
                return DatagramResult.WouldBlock;
            case SocketError.ConnectionRefused or SocketError.ConnectionReset or SocketError.HostUnreachable
                or SocketError.HostDown or SocketError.NetworkUnreachable or SocketError.NetworkDown:
                return DatagramResult.PeerUnreachable;
            default:
                return Fail(error);
        }
    }

    private int Fail(SocketError error)
    {
        Volatile.Write(ref _lastErrorCode, (int)error);
        return DatagramResult.Failed;
    }
}
