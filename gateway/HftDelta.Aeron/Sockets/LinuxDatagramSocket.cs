using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace HftDelta.Aeron.Sockets;

/// <summary>
/// A UDP socket by system calls: one call per datagram and no exception when nothing waits, which the class library throws.
/// The class library opened it and closes it. See <see cref="DatagramSocket"/> for who may call what.
/// </summary>
internal sealed unsafe class LinuxDatagramSocket : DatagramSocket
{
    // A flood of empty datagrams must not hold the caller: after these the rest waits for the next call.
    private const int EmptyDatagramsMax = 16;

    private readonly Socket _socket;
    private readonly bool _isConnected;
    private int _descriptor;
    private int _lastErrorCode;

    public LinuxDatagramSocket(Socket socket, in SocketEndpoint remote)
    {
        _socket = socket;
        _descriptor = (int)socket.SafeHandle.DangerousGetHandle();
        _isConnected = !remote.IsNone;
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
        var address = stackalloc byte[LinuxSockets.AddressBytes];
        var addressLength = 0;
        if (!_isConnected)
        {
            addressLength = WriteAddress(to, address);
            if (addressLength == 0)
            {
                return Fail(LinuxSockets.ErrorNoDestination);
            }
        }

        fixed (byte* bytes = datagram)
        {
            while (true)
            {
                var sent = LinuxSockets.SendTo(
                    _descriptor,
                    bytes,
                    (nuint)datagram.Length,
                    LinuxSockets.DoNotWait | LinuxSockets.NoSignal,
                    addressLength == 0 ? null : address,
                    addressLength);
                if (sent >= 0)
                {
                    return (int)sent;
                }

                var error = Marshal.GetLastPInvokeError();
                if (error != LinuxSockets.ErrorInterrupted)
                {
                    return Result(error);
                }
            }
        }
    }

    public override int TryReceive(Span<byte> buffer, out SocketEndpoint from)
    {
        var address = stackalloc byte[LinuxSockets.AddressBytes];
        from = default;
        var emptyLeft = EmptyDatagramsMax;
        fixed (byte* bytes = buffer)
        {
            while (true)
            {
                // The length comes back whole even when the datagram did not fit, so that none is taken for a shorter one.
                var addressLength = LinuxSockets.AddressBytes;
                var received = LinuxSockets.ReceiveFrom(
                    _descriptor,
                    bytes,
                    (nuint)buffer.Length,
                    LinuxSockets.DoNotWait | LinuxSockets.Truncated,
                    _isConnected ? null : address,
                    _isConnected ? null : &addressLength);
                if (received > 0)
                {
                    from = _isConnected ? RemoteEndpoint : ReadAddress(address);
                    return received <= buffer.Length ? (int)received : DatagramResult.Truncated;
                }

                if (received == 0)
                {
                    if (--emptyLeft == 0)
                    {
                        return DatagramResult.WouldBlock;
                    }

                    continue;
                }

                var error = Marshal.GetLastPInvokeError();
                if (error != LinuxSockets.ErrorInterrupted)
                {
                    return Result(error);
                }
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        // The system gives the number to the next file that is opened; a late call must not reach that one.
        _descriptor = -1;
        _socket.Dispose();
    }

    private static int WriteAddress(in SocketEndpoint to, byte* address)
    {
        var bytes = new Span<byte>(address, LinuxSockets.AddressBytes);
        bytes.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], to.Port);
        if (to.IsIPv4)
        {
            *(ushort*)address = LinuxSockets.FamilyIPv4;
            BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], to.IPv4Address);
            return LinuxSockets.AddressBytesIPv4;
        }

        if (to.IsIPv6)
        {
            *(ushort*)address = LinuxSockets.FamilyIPv6;
            to.WriteAddress(bytes[8..]);
            *(uint*)(address + 24) = to.Scope;
            return LinuxSockets.AddressBytesIPv6;
        }

        return 0;
    }

    private static SocketEndpoint ReadAddress(byte* address)
    {
        var bytes = new ReadOnlySpan<byte>(address, LinuxSockets.AddressBytes);
        var port = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return *(ushort*)address == LinuxSockets.FamilyIPv4
            ? SocketEndpoint.IPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), port)
            : SocketEndpoint.IPv6(bytes.Slice(8, 16), port, *(uint*)(address + 24));
    }

    private int Result(int error) => error switch
    {
        LinuxSockets.ErrorWouldBlock or LinuxSockets.ErrorNoBuffers => DatagramResult.WouldBlock,
        LinuxSockets.ErrorConnectionRefused or LinuxSockets.ErrorHostUnreachable or LinuxSockets.ErrorHostDown
            or LinuxSockets.ErrorNetworkUnreachable or LinuxSockets.ErrorNetworkDown => DatagramResult.PeerUnreachable,
        _ => Fail(error),
    };

    private int Fail(int error)
    {
        Volatile.Write(ref _lastErrorCode, error);
        return DatagramResult.Failed;
    }
}
