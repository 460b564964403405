using HftDelta.Aeron.Driver;
using HftDelta.Aeron.Frames;
using HftDelta.Aeron.Sockets;

namespace HftDelta.Aeron.Publications;

/// <summary>
/// Where the datagrams of one publication leave: its endpoint, the address that it sends to, and the time that is written into
/// them when the channel wants it. Owner: the sender.
/// </summary>
internal sealed unsafe class PublicationOutlet
{
    // Each passes the whole network stack, some 2.5 us, and other publications wait meanwhile. As many as one system call takes:
    // half as many cost a stream 6 % of its rate, twice as many gain it 2 %.
    private const int BatchOfSinglesMax = 16;

    private readonly SendChannelEndpoint _endpoint;
    private readonly DriverContext _driver;
    private readonly int _timestampOffset;
    private SocketEndpoint _to;

    public PublicationOutlet(NetworkPublication publication)
    {
        _endpoint = publication.Endpoint;
        _driver = publication.Driver;
        _to = publication.Parameters.Remote;
        HasAddress = !publication.Parameters.IsResponse;
        IsStamped = publication.Parameters.Uri.ChannelSendTimestampOffset is not null;
        _timestampOffset = publication.Parameters.Uri.ChannelSendTimestampOffset ?? 0;
    }

    /// <summary>A response has none before its receiver asked for a SETUP.</summary>
    public bool HasAddress { get; private set; }

    /// <summary>Data carries the time at which it was sent.</summary>
    public bool IsStamped { get; }

    public SocketEndpoint To => _to;

    /// <summary>
    /// How many datagrams may leave together: more of them where the kernel cuts them up itself, one where each carries the
    /// time of its own.
    /// </summary>
    public int BatchMax => IsStamped ? 1 : _endpoint.SegmentsBatches ? DatagramGathering.CountMax : BatchOfSinglesMax;

    public void SendTo(in SocketEndpoint receiver)
    {
        _to = receiver;
        HasAddress = true;
    }

    /// <summary>A control frame or a heartbeat.</summary>
    public int TrySend(ReadOnlySpan<byte> datagram) => HasAddress ? _endpoint.TrySend(datagram, _to) : 0;

    /// <summary>Frames from the log.</summary>
    public int TrySendData(byte* begin, int lengthBytes)
    {
        if (IsStamped)
        {
            Stamp(begin);
        }

        return TrySend(new ReadOnlySpan<byte>(begin, lengthBytes));
    }

    /// <summary>Datagrams from the log, one behind the other: how many left.</summary>
    public int TrySendData(byte* begin, DatagramGathering datagrams)
    {
        if (datagrams.Count == 1)
        {
            return TrySendData(begin, datagrams.LengthBytes) == datagrams.LengthBytes ? 1 : 0;
        }

        return HasAddress
            ? _endpoint.TrySendBatch(new ReadOnlySpan<byte>(begin, datagrams.LengthBytes), datagrams.LengthsBytes, _to)
            : 0;
    }

    /// <summary>The time that the channel wants in the datagram.</summary>
    public void Stamp(byte* begin) => DataTimestamp.Write(begin, _timestampOffset, _driver.NowNanos);
}
