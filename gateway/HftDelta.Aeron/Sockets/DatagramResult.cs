namespace HftDelta.Aeron.Sockets;

/// <summary>What <see cref="DatagramSocket"/> returns instead of a length. All are ordinary: nothing is thrown.</summary>
public static class DatagramResult
{
    /// <summary>Nothing waits to be read, or there is no room to send: try again later.</summary>
    public const int WouldBlock = 0;

    /// <summary>Somebody told that nobody listens at the peer's address. The peer may be starting or gone.</summary>
    public const int PeerUnreachable = -1;

    /// <summary>A datagram was longer than the buffer and is dropped.</summary>
    public const int Truncated = -2;

    /// <summary>The system refused for another reason: see <see cref="DatagramSocket.LastErrorCode"/>.</summary>
    public const int Failed = -3;
}
