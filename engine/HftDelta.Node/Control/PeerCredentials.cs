using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace HftDelta.Node.Control;

/// <summary>Who is at the other end of a local socket, by the kernel's word. Immutable.</summary>
/// <param name="ProcessId">The process that connected.</param>
/// <param name="UserId">The user that it ran as.</param>
internal readonly partial record struct PeerCredentials(int ProcessId, uint UserId)
{
    private const int SocketLevel = 1;
    private const int PeerCredentialsOption = 17;
    private const int LengthBytes = 12;

    /// <summary>The user that this process acts as.</summary>
    public static uint OwnUserId => EffectiveUser();

    /// <exception cref="SocketException">The peer is gone.</exception>
    public static PeerCredentials Of(Socket socket)
    {
        Span<byte> told = stackalloc byte[LengthBytes];
        socket.GetRawSocketOption(SocketLevel, PeerCredentialsOption, told);
        return new PeerCredentials(MemoryMarshal.Read<int>(told), MemoryMarshal.Read<uint>(told[4..]));
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();
}
