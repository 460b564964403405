using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HftDelta.Aeron.Sockets;

/// <summary>
/// Receives many datagrams by one system call, and from a kernel that was asked to coalesce (GRO) several of one sender in one
/// slot. Owner: the one thread that receives.
/// </summary>
internal sealed unsafe class LinuxBatchReceiver
{
    private const int MessagesMax = 64;

    // On the pinned heap: their addresses hold.
    private readonly LinuxMessage[] _messages = GC.AllocateArray<LinuxMessage>(MessagesMax, pinned: true);
    private readonly LinuxBuffer[] _buffers = GC.AllocateArray<LinuxBuffer>(MessagesMax, pinned: true);
    private readonly LinuxControl[] _controls = GC.AllocateArray<LinuxControl>(MessagesMax, pinned: true);
    private readonly byte[] _addresses = GC.AllocateArray<byte>(MessagesMax * LinuxSockets.AddressBytes, pinned: true);
    private readonly SocketEndpoint _peer;
    private readonly bool _coalesces;
    private DatagramBatch? _batch;

    /// <param name="peer">The one peer of a connected socket.</param>
    /// <param name="coalesces">The kernel tells the length of a segment beside the bytes.</param>
    public LinuxBatchReceiver(in SocketEndpoint peer, bool coalesces)
    {
        _peer = peer;
        _coalesces = coalesces;
        for (var index = 0; index < MessagesMax; index++)
        {
            _messages[index].Header.Address =
                peer.IsNone ? (byte*)Unsafe.AsPointer(ref _addresses[index * LinuxSockets.AddressBytes]) : null;
            _messages[index].Header.Buffers = (LinuxBuffer*)Unsafe.AsPointer(ref _buffers[index]);
            _messages[index].Header.BufferCount = 1;
            _messages[index].Header.Control = coalesces ? (LinuxControl*)Unsafe.AsPointer(ref _controls[index]) : null;
        }
    }

    /// <returns>How many slots were filled, or minus the kernel's number for why none was.</returns>
    public int Receive(int descriptor, DatagramBatch batch, int slotsMax)
    {
        var limit = Math.Min(Math.Min(slotsMax, batch.Capacity), MessagesMax);
        if (!ReferenceEquals(batch, _batch))
        {
            Aim(batch);
        }

        for (var index = 0; index < limit; index++)
        {
            ref var message = ref _messages[index].Header;
            message.AddressLengthBytes = _peer.IsNone ? LinuxSockets.AddressBytes : 0U;
            message.ControlLengthBytes = _coalesces ? (nuint)sizeof(LinuxControl) : 0;
        }

        while (true)
        {
            // The length comes back whole even when the datagram did not fit, so that none is taken for a shorter one.
            var count = LinuxSockets.ReceiveMessages(
                descriptor,
                (LinuxMessage*)Unsafe.AsPointer(ref _messages[0]),
                (uint)limit,
                LinuxSockets.DoNotWait | LinuxSockets.Truncated,
                null);
            if (count >= 0)
            {
                Tell(batch, count);
                return count;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error != LinuxSockets.ErrorInterrupted)
            {
                return -error;
            }
        }
    }

    private void Aim(DatagramBatch batch)
    {
        _batch = batch;
        for (var index = 0; index < Math.Min(MessagesMax, batch.Capacity); index++)
        {
            _buffers[index].Bytes = batch.AddressOf(index);
            _buffers[index].LengthBytes = (nuint)batch.SlotLengthBytes;
        }
    }

    private void Tell(DatagramBatch batch, int count)
    {
        for (var index = 0; index < count; index++)
        {
            ref var message = ref _messages[index];
            var length = (int)message.LengthBytes;
            var segment = length;
            ref var control = ref _controls[index];
            if (_coalesces && message.Header.ControlLengthBytes >= LinuxControl.LengthToSend
                && control.Level == LinuxSockets.LevelUdp && control.Type == LinuxSockets.OptionCoalesce && control.Segment > 0)
            {
                segment = Math.Min(control.Segment, length);
            }

            if (length > batch.SlotLengthBytes)
            {
                length = DatagramResult.Truncated;
            }

            batch[index] = new DatagramSlot(length, segment, _peer.IsNone ? LinuxAddresses.Read(message.Header.Address) : _peer);
        }
    }
}
