using HftDelta.Aeron.Channels;
using HftDelta.Aeron.Frames;
using HftDelta.Aeron.Sockets;

namespace HftDelta.Aeron.Publications;

/// <summary>What a publication's channel says, completed by the driver's defaults and checked.</summary>
internal sealed record PublicationParameters
{
    public required string Channel { get; init; }

    /// <summary>Where datagrams go.</summary>
    public required SocketEndpoint Remote { get; init; }

    /// <summary>Where they come from; none lets the system choose.</summary>
    public required SocketEndpoint Local { get; init; }

    public required int TermLengthBytes { get; init; }

    public required int MtuLengthBytes { get; init; }

    public required int WindowLengthBytes { get; init; }

    public required long LingerNanos { get; init; }

    public required bool SignalEndOfStream { get; init; }

    public required ChannelUri Uri { get; init; }

    /// <summary>Publications of one key share a socket.</summary>
    public string EndpointKey => $"{Local}>{Remote}";

    /// <exception cref="AeronException">The channel cannot be a unicast publication.</exception>
    public static PublicationParameters From(string channel, int streamId, AeronOptions options)
    {
        var uri = ChannelUri.Parse(channel);
        if (uri.Endpoint is null || uri.ControlMode != ControlMode.None)
        {
            throw new AeronException(
                $"channel '{channel}': a publication to many destinations is not supported; name one endpoint=host:port "
                + "and no control-mode");
        }

        if (uri.StreamId is { } named && named != streamId)
        {
            throw new AeronException(
                $"channel '{channel}': its stream-id {named} is not the stream {streamId} that was asked for");
        }

        var remote = uri.Endpoint.Resolve();
        if (remote.Port == 0)
        {
            throw new AeronException($"channel '{channel}': a publication needs a port to send to, not 0");
        }

        if (remote.IsMulticast)
        {
            throw new AeronException($"channel '{channel}': multicast is not supported; name the address of one receiver");
        }

        var termLength = uri.TermLengthBytes ?? options.TermLengthBytes;
        var mtu = uri.MtuLengthBytes ?? options.MtuLengthBytes;
        if (mtu > TermArithmetic.MessageLengthMax(termLength))
        {
            throw new AeronException(
                $"channel '{channel}': the mtu {mtu} is more than the longest message of a term of {termLength} bytes, "
                + $"{TermArithmetic.MessageLengthMax(termLength)}: lower mtu or raise term-length");
        }

        return new PublicationParameters
        {
            Channel = channel,
            Remote = remote,
            Local = uri.Control?.Resolve() ?? uri.Interface?.Resolve() ?? default,
            TermLengthBytes = termLength,
            MtuLengthBytes = mtu,
            WindowLengthBytes = WindowOf(uri, channel, termLength, mtu),
            LingerNanos = uri.LingerNanos ?? options.PublicationLingerNanos,
            SignalEndOfStream = uri.SignalsEndOfStream ?? true,
            Uri = uri,
        };
    }

    private static int WindowOf(ChannelUri uri, string channel, int termLength, int mtu)
    {
        var window = uri.PublicationWindowBytes ?? termLength / 2;
        return window >= mtu && window <= termLength / 2
            ? window
            : throw new AeronException(
                $"channel '{channel}': pub-wnd is {window}; it must be from the mtu {mtu} to half a term, {termLength / 2}");
    }
}
