namespace HftDelta.Aeron.Sockets;

/// <summary>What a socket is opened with.</summary>
public readonly record struct DatagramSocketOptions
{
    /// <summary>What to bind to; port 0 lets the system choose. Without it any address of the remote's family.</summary>
    public SocketEndpoint Local { get; init; }

    /// <summary>
    /// The one peer, if there is one: the system then drops what comes from anywhere else, and tells when nobody listens
    /// there. None for a socket that talks to many, as one does that sends to a multicast group and hears its receivers.
    /// </summary>
    public SocketEndpoint Remote { get; init; }

    /// <summary>The multicast group whose datagrams are received, on <see cref="Interface"/>; its port does not matter.</summary>
    public SocketEndpoint Group { get; init; }

    /// <summary>
    /// An address of the interface that <see cref="Group"/> is joined on and that multicast leaves by; for IPv6 the scope alone
    /// does too. None leaves it to the system's routes.
    /// </summary>
    public SocketEndpoint Interface { get; init; }

    /// <summary>How many routers a multicast datagram may pass, from 1 to 255; 0 leaves the system's, which is 1.</summary>
    public int MulticastTimeToLive { get; init; }

    /// <summary>Multicast that leaves here is not heard by receivers on this machine.</summary>
    public bool SuppressesMulticastLoop { get; init; }

    /// <summary>Others may bind to the same address: what several receivers of one group on one machine need.</summary>
    public bool ReusesAddress { get; init; }

    /// <summary>SO_RCVBUF; 0 leaves the system's.</summary>
    public int ReceiveBufferBytes { get; init; }

    /// <summary>SO_SNDBUF; 0 leaves the system's.</summary>
    public int SendBufferBytes { get; init; }

    /// <summary>Batches leave by few passes through the network stack, where the system can.</summary>
    public bool UsesSegmentationOffload { get; init; }

    /// <summary>Several datagrams of one sender may come in one slot of a batch, where the system can.</summary>
    public bool UsesReceiveOffload { get; init; }

    /// <summary>
    /// How long a look at an empty socket may drive the network card itself (SO_BUSY_POLL), best effort; 0 leaves the system's.
    /// </summary>
    public int BusyPollMicros { get; init; }
}
