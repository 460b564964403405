namespace HftDelta.Aeron.Sockets;

/// <summary>What a socket is opened with.</summary>
public readonly record struct DatagramSocketOptions
{
    /// <summary>What to bind to; port 0 lets the system choose. Without it any address of the remote's family.</summary>
    public SocketEndpoint Local { get; init; }

    /// <summary>
    /// The one peer, if there is one: the system then drops what comes from anywhere else, and tells when nobody listens
    /// there. None for a socket that talks to many.
    /// </summary>
    public SocketEndpoint Remote { get; init; }

    /// <summary>SO_RCVBUF; 0 leaves the system's.</summary>
    public int ReceiveBufferBytes { get; init; }

    /// <summary>SO_SNDBUF; 0 leaves the system's.</summary>
    public int SendBufferBytes { get; init; }
}
