using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace HftDelta.Aeron.Sockets;

/// <summary>
/// A UDP socket by system calls: one call for a datagram or for many, and no exception when nothing waits, which the class
/// library throws. The class library opened it and closes it. See <see cref="DatagramSocket"/> for who may call what.
/// </summary>
internal sealed unsafe class LinuxDatagramSocket : DatagramSocket
{
    // A flood of empty datagrams must not hold the caller: after these the rest waits for the next call.
    private const int EmptyDatagramsMax = 16;

    private readonly Socket _socket;
    private readonly bool _isConnected;
    private readonly LinuxBatchSender _sender;
    private readonly LinuxBatchReceiver _receiver;
    private readonly DatagramBatch? _coalesced;
    private int _coalescedOffset;
    private int _coalescedLeft;
    private int _descriptor;
    private int _lastErrorCode;

    public LinuxDatagramSocket(Socket socket, in DatagramSocketOptions options)
    {
        _socket = socket;
        _descriptor = (int)socket.SafeHandle.DangerousGetHandle();
        _isConnected = !options.Remote.IsNone;
        RemoteEndpoint = options.Remote;
        LocalEndpoint = SocketEndpoint.From((IPEndPoint)socket.LocalEndPoint!);
        ReceiveBufferBytes = socket.ReceiveBufferSize;
        SendBufferBytes = socket.SendBufferSize;

        // Asking for no length by default changes nothing, and tells whether the kernel knows the option.
        _sender = new LinuxBatchSender(
            options.UsesSegmentationOffload && TrySet(LinuxSockets.LevelUdp, LinuxSockets.OptionSegment, 0));
        CoalescesBatches = options.UsesReceiveOffload && TrySet(LinuxSockets.LevelUdp, LinuxSockets.OptionCoalesce, 1);
        _receiver = new LinuxBatchReceiver(options.Remote, CoalescesBatches);
        _coalesced = CoalescesBatches ? new DatagramBatch(1) : null;
        if (options.BusyPollMicros > 0)
        {
            // More than the system's own value needs rights; without them the socket works as ever.
            TrySet(LinuxSockets.LevelSocket, LinuxSockets.OptionBusyPoll, options.BusyPollMicros);
        }
    }

    public override SocketEndpoint LocalEndpoint { get; }

    public override SocketEndpoint RemoteEndpoint { get; }

    public override int ReceiveBufferBytes { get; }

    public override int SendBufferBytes { get; }

    public override int LastErrorCode => Volatile.Read(ref _lastErrorCode);

    public override bool SegmentsBatches => _sender.Segments;

    public override bool CoalescesBatches { get; }

    public override int TrySend(ReadOnlySpan<byte> datagram, in SocketEndpoint to)
    {
        var address = stackalloc byte[LinuxSockets.AddressBytes];
        if (!TryWriteAddress(to, address, out var addressLength))
        {
            return Fail(LinuxSockets.ErrorNoDestination);
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

    public override int TrySendBatch(ReadOnlySpan<byte> datagrams, ReadOnlySpan<int> lengthsBytes, in SocketEndpoint to)
    {
        if (lengthsBytes.IsEmpty)
        {
            return 0;
        }

        var address = stackalloc byte[LinuxSockets.AddressBytes];
        if (!TryWriteAddress(to, address, out var addressLength))
        {
            return Fail(LinuxSockets.ErrorNoDestination);
        }

        fixed (byte* bytes = datagrams)
        {
            var sent = _sender.Send(_descriptor, bytes, lengthsBytes, address, addressLength);
            return sent > 0 ? sent : Result(-sent);
        }
    }

    public override int TryReceiveBatch(DatagramBatch batch, int slotsMax)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (slotsMax <= 0)
        {
            return 0;
        }

        // A coalescing kernel fills whatever room there is for one; and what single calls left over comes first.
        if (CoalescesBatches && (_coalescedLeft > 0 || batch.SlotLengthBytes < DatagramBatch.SlotLengthBytesMax))
        {
            return base.TryReceiveBatch(batch, slotsMax);
        }

        // For one datagram the plain call is the quicker one.
        if (slotsMax == 1 && !CoalescesBatches)
        {
            return base.TryReceiveBatch(batch, 1);
        }

        var count = _receiver.Receive(_descriptor, batch, slotsMax);
        if (count >= 0)
        {
            return count;
        }

        var result = Result(-count);
        if (result == DatagramResult.WouldBlock)
        {
            return 0;
        }

        batch[0] = new DatagramSlot(result, result, default);
        return 1;
    }

    public override int TryReceive(Span<byte> buffer, out SocketEndpoint from)
    {
        if (CoalescesBatches)
        {
            return TryReceiveCoalesced(buffer, out from);
        }

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
                    from = _isConnected ? RemoteEndpoint : LinuxAddresses.Read(address);
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

    // One datagram at a time out of what the kernel handed over at once.
    private int TryReceiveCoalesced(Span<byte> buffer, out SocketEndpoint from)
    {
        from = default;
        ref var slot = ref _coalesced![0];
        for (var attempt = 0; _coalescedLeft == 0; attempt++)
        {
            var count = attempt < EmptyDatagramsMax ? _receiver.Receive(_descriptor, _coalesced, 1) : 0;
            if (count <= 0)
            {
                return count == 0 ? DatagramResult.WouldBlock : Result(-count);
            }

            if (slot.LengthBytes < 0)
            {
                return slot.LengthBytes;
            }

            _coalescedOffset = 0;
            _coalescedLeft = slot.LengthBytes;
        }

        var length = Math.Min(slot.SegmentLengthBytes, _coalescedLeft);
        var bytes = new ReadOnlySpan<byte>(_coalesced.AddressOf(0) + _coalescedOffset, length);
        _coalescedOffset += length;
        _coalescedLeft -= length;
        if (length > buffer.Length)
        {
            return DatagramResult.Truncated;
        }

        bytes.CopyTo(buffer);
        from = slot.From;
        return length;
    }

    // A connected socket has its peer: the kernel is told no address, and the length stays 0.
    private bool TryWriteAddress(in SocketEndpoint to, byte* address, out int lengthBytes)
    {
        lengthBytes = _isConnected ? 0 : LinuxAddresses.Write(to, address);
        return _isConnected || lengthBytes > 0;
    }

    private bool TrySet(int level, int option, int value)
    {
        try
        {
            _socket.SetRawSocketOption(level, option, BitConverter.GetBytes(value));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
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
