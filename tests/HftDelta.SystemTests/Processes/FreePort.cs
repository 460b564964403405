using System.Net;
using System.Net.Sockets;

namespace HftDelta.SystemTests.Processes;

/// <summary>
/// A UDP port of the loopback that nobody holds now, for two processes that have to know each other's before either runs.
/// </summary>
internal static class FreePort
{
    public static int Take()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
