using HftDelta.Aeron.Sockets;

namespace HftDelta.Aeron.Driver;

/// <summary>
/// One socket of a receiving endpoint: most endpoints have one, those of several destinations one for each. Control frames
/// leave by the socket that the data came to, to the data's source or to the group that multicast senders listen to. Owner: the
/// receiver.
/// </summary>
internal sealed class ReceiveTransport(DatagramSocket socket, ReceiveAddress address, long? groupTag) : IDisposable
{
    private int _slotsPerCycle = 1;

    public DatagramSocket Socket { get; } = socket;

    /// <summary>Where multicast senders hear control frames; none for unicast.</summary>
    public SocketEndpoint ControlGroup { get; } = address.ControlGroup;

    /// <summary>Where it announces itself; none when it waits to be sent to.</summary>
    public SocketEndpoint AnnounceTo { get; } = address.AnnounceTo;

    /// <summary>What it calls itself there.</summary>
    public long? GroupTag { get; } = groupTag;

    /// <summary>SO_RCVBUF as it was asked for.</summary>
    public int AskedReceiveBufferBytes { get; } = address.ReceiveBufferBytes;

    /// <summary>When it announces itself next.</summary>
    public long AnnounceNanos { get; set; } = long.MinValue;

    public bool IsClosed { get; private set; }

    /// <summary>Where control frames for the sender at this address go.</summary>
    public SocketEndpoint ControlOf(in SocketEndpoint source) => ControlGroup.IsNone ? source : ControlGroup;

    /// <summary>
    /// Takes what waits into slots, of a quiet socket one: it goes on at once to whoever waits for it. When they come in
    /// crowds more are taken by one call, which saves turns of the loop.
    /// </summary>
    /// <returns>How many slots were filled.</returns>
    public int Receive(DatagramBatch batch)
    {
        var count = Socket.TryReceiveBatch(batch, _slotsPerCycle);
        _slotsPerCycle = count == _slotsPerCycle ? Math.Min(count * 2, batch.Capacity) : 1;
        return count;
    }

    public void Dispose()
    {
        IsClosed = true;
        Socket.Dispose();
    }
}
