using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HftDelta.Aeron.Sockets;

/// <summary>
/// Sends many datagrams by one system call. Those of one length in a row go as one message that the kernel cuts up (GSO), which
/// passes the network stack once; should the kernel or the route refuse that, all go one by one from then on. Owner: the one
/// thread that sends.
/// </summary>
internal sealed unsafe class LinuxBatchSender
{
    private const int MessagesMax = 16;
    private const int SegmentsMax = 64;

    // What an IPv4 packet holds behind its own header and that of UDP.
    private const int MessageLengthBytesMax = 65_507;

    // On the pinned heap: their addresses hold.
    private readonly LinuxMessage[] _messages = GC.AllocateArray<LinuxMessage>(MessagesMax, pinned: true);
    private readonly LinuxBuffer[] _buffers = GC.AllocateArray<LinuxBuffer>(MessagesMax, pinned: true);
    private readonly LinuxControl[] _controls = GC.AllocateArray<LinuxControl>(MessagesMax, pinned: true);
    private readonly int[] _datagrams = new int[MessagesMax];
    private bool _segments;

    public LinuxBatchSender(bool segments)
    {
        _segments = segments;
        for (var index = 0; index < MessagesMax; index++)
        {
            _controls[index].LengthBytes = LinuxControl.LengthToSend;
            _controls[index].Level = LinuxSockets.LevelUdp;
            _controls[index].Type = LinuxSockets.OptionSegment;
            _messages[index].Header.Buffers = (LinuxBuffer*)Unsafe.AsPointer(ref _buffers[index]);
            _messages[index].Header.BufferCount = 1;
        }
    }

    /// <summary>The kernel cuts messages up, as far as is known.</summary>
    public bool Segments => Volatile.Read(ref _segments);

    /// <returns>How many datagrams left, or minus the kernel's number for why the first one did not.</returns>
    public int Send(int descriptor, byte* bytes, ReadOnlySpan<int> lengthsBytes, byte* address, int addressLengthBytes)
    {
        var sent = 0;
        while (sent < lengthsBytes.Length)
        {
            var messages = Arrange(bytes, lengthsBytes[sent..], address, addressLengthBytes);
            var left = LinuxSockets.SendMessages(
                descriptor,
                (LinuxMessage*)Unsafe.AsPointer(ref _messages[0]),
                (uint)messages,
                LinuxSockets.DoNotWait | LinuxSockets.NoSignal);
            if (left > 0)
            {
                // Why one in the middle did not leave is told when it is the first.
                for (var index = 0; index < left; index++)
                {
                    sent += _datagrams[index];
                    bytes += _buffers[index].LengthBytes;
                }

                continue;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error == LinuxSockets.ErrorInterrupted)
            {
                continue;
            }

            if (_datagrams[0] > 1 && IsRefusalToSegment(error))
            {
                Volatile.Write(ref _segments, false);
                continue;
            }

            return sent > 0 ? sent : -error;
        }

        return sent;
    }

    private static bool IsRefusalToSegment(int error) =>
        error is LinuxSockets.ErrorInputOutput or LinuxSockets.ErrorInvalid or LinuxSockets.ErrorMessageTooLong
            or LinuxSockets.ErrorNotSupported or LinuxSockets.ErrorNoSuchOption;

    private int Arrange(byte* bytes, ReadOnlySpan<int> lengthsBytes, byte* address, int addressLengthBytes)
    {
        var messages = 0;
        var first = 0;
        while (first < lengthsBytes.Length && messages < MessagesMax)
        {
            var end = _segments ? EndOfRun(lengthsBytes, first, out var length) : One(lengthsBytes, first, out length);
            ref var message = ref _messages[messages].Header;
            message.Address = addressLengthBytes > 0 ? address : null;
            message.AddressLengthBytes = (uint)addressLengthBytes;
            _buffers[messages].Bytes = bytes;
            _buffers[messages].LengthBytes = (nuint)length;
            var isCut = end - first > 1;
            _controls[messages].Segment = lengthsBytes[first];
            message.Control = isCut ? (LinuxControl*)Unsafe.AsPointer(ref _controls[messages]) : null;
            message.ControlLengthBytes = isCut ? (nuint)sizeof(LinuxControl) : 0;
            _datagrams[messages] = end - first;
            bytes += length;
            first = end;
            messages++;
        }

        return messages;
    }

    private static int One(ReadOnlySpan<int> lengthsBytes, int first, out int lengthBytes)
    {
        lengthBytes = lengthsBytes[first];
        return first + 1;
    }

    // Datagrams of one length, and perhaps a last one that is shorter.
    private static int EndOfRun(ReadOnlySpan<int> lengthsBytes, int first, out int lengthBytes)
    {
        var segment = lengthsBytes[first];
        var end = first + 1;
        var limit = Math.Min(lengthsBytes.Length, first + SegmentsMax);
        lengthBytes = segment;
        while (end < limit && lengthsBytes[end] <= segment && lengthBytes + lengthsBytes[end] <= MessageLengthBytesMax)
        {
            lengthBytes += lengthsBytes[end];
            end++;
            if (lengthsBytes[end - 1] < segment)
            {
                break;
            }
        }

        return end;
    }
}
