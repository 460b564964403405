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

    /// <summary>Sending a batch costs little more than sending one datagram, as long as they are of one length.</summary>
    public virtual bool SegmentsBatches => false;

    /// <summary>A slot of a batch may hold several datagrams.</summary>
    public virtual bool CoalescesBatches => false;

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

    /// <summary>
    /// Sends datagrams that lie one behind the other in memory, in order, until one does not leave: how many left, or one of
    /// <see cref="DatagramResult"/> when not even the first did.
    /// </summary>
    /// <param name="datagrams">All of them.</param>
    /// <param name="lengthsBytes">Of each; their sum is the length of all.</param>
    /// <param name="to">As for <see cref="TrySend"/>.</param>
    public virtual int TrySendBatch(ReadOnlySpan<byte> datagrams, ReadOnlySpan<int> lengthsBytes, in SocketEndpoint to)
    {
        var offset = 0;
        for (var index = 0; index < lengthsBytes.Length; index++)
        {
            var length = lengthsBytes[index];
            var sent = TrySend(datagrams.Slice(offset, length), to);
            if (sent != length)
            {
                return index > 0 ? index : Math.Min(sent, DatagramResult.WouldBlock);
            }

            offset += length;
        }

        return lengthsBytes.Length;
    }

    /// <summary>
    /// Fills up to <paramref name="slotsMax"/> slots from the first on with what waits: how many. A slot tells the length or
    /// why there is none; 0 only says that nothing waits.
    /// </summary>
    public virtual unsafe int TryReceiveBatch(DatagramBatch batch, int slotsMax)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var limit = Math.Min(slotsMax, batch.Capacity);
        for (var index = 0; index < limit; index++)
        {
            var buffer = new Span<byte>(batch.AddressOf(index), batch.SlotLengthBytes);
            var length = TryReceive(buffer, out var from);
            if (length == DatagramResult.WouldBlock)
            {
                return index;
            }

            batch[index] = new DatagramSlot(length, length, from);
        }

        return limit;
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
