using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace HftDelta.Perf.Network;

/// <summary>
/// The floor: one of two connected UDP sockets on loopback, a message being a datagram, by system calls that do not wait. The
/// class library does the same where there is no Linux. Owner: one thread at a time.
/// </summary>
internal sealed unsafe partial class RawEnd : MessageEnd
{
    private const int DoNotWait = 0x40;
    private const int ReceiveBufferBytes = 2 * 1024 * 1024;

    private readonly Socket _socket;
    private readonly int _descriptor;

    private RawEnd()
    {
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)
        {
            Blocking = false,
            ReceiveBufferSize = ReceiveBufferBytes,
        };
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _descriptor = OperatingSystem.IsLinux() ? (int)_socket.SafeHandle.DangerousGetHandle() : -1;
    }

    public static (RawEnd Near, RawEnd Far) OpenPair()
    {
        var near = new RawEnd();
        var far = new RawEnd();
        near._socket.Connect(far._socket.LocalEndPoint!);
        far._socket.Connect(near._socket.LocalEndPoint!);
        return (near, far);
    }

    public override bool TrySend(ReadOnlySpan<byte> message)
    {
        if (_descriptor < 0)
        {
            return _socket.Send(message, SocketFlags.None, out _) == message.Length;
        }

        fixed (byte* bytes = message)
        {
            return Send(_descriptor, bytes, (nuint)message.Length, DoNotWait) == message.Length;
        }
    }

    public override int TryReceive(byte[] buffer)
    {
        if (_descriptor < 0)
        {
            var length = _socket.Receive(buffer, SocketFlags.None, out var error);
            return error == SocketError.Success ? length : 0;
        }

        fixed (byte* bytes = buffer)
        {
            return Math.Max(0, (int)Receive(_descriptor, bytes, (nuint)buffer.Length, DoNotWait));
        }
    }

    public override void Dispose() => _socket.Dispose();

    [LibraryImport("libc", EntryPoint = "send")]
    private static partial nint Send(int descriptor, byte* bytes, nuint lengthBytes, int flags);

    [LibraryImport("libc", EntryPoint = "recv")]
    private static partial nint Receive(int descriptor, byte* bytes, nuint lengthBytes, int flags);
}
