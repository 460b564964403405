namespace HftDelta.Aeron.Sockets;

/// <summary>
/// The seam between the transport and the network. Never blocks, never throws for what the network does, allocates nothing
/// for a datagram. One thread sends and one receives, they may be two; Dispose comes after both have stopped.
/// </summary>
public abstract class DatagramSocket : IDisposable
{
    /// <summary>What it is bound to, with the port that the system chose.</summary>
    public abstract SocketEndpoint LocalEndpoint { get; }

    /// <summary>The one peer of a connected socket; none for others.</summary>
    public abstract SocketEndpoint RemoteEndpoint { get; }

    /// <summary>What the system really gives for received datagrams.</summary>
    public abstract int ReceiveBufferBytes { get; }

    /// <summary>What the system really gives for datagrams on their way out.</summary>
    public abstract int SendBufferBytes { get; }

    /// <summary>The system's number for the last <see cref="DatagramResult.Failed"/>; for logs.</summary>
    public abstract int LastErrorCode { get; }

    /// <summary>
    /// Sends one datagram whole or not at all: its length, or one of <see cref="DatagramResult"/>. A connected socket sends
    /// to its peer and does not look at <paramref name="to"/>.
    /// </summary>
    public abstract int TrySend(ReadOnlySpan<byte> datagram, in SocketEndpoint to);

    /// <summary>
    /// Takes one datagram: its length, always more than 0, or one of <see cref="DatagramResult"/>. Empty datagrams are
    /// dropped. What fails here concerns one datagram: the next call may succeed.
    /// </summary>
    public abstract int TryReceive(Span<byte> buffer, out SocketEndpoint from);

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
