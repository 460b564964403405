using HftDelta.Aeron.Channels;
using HftDelta.Aeron.Sockets;

namespace HftDelta.Aeron.Driver;

/// <summary>What a subscription's channel says, completed by the driver's defaults and checked.</summary>
internal sealed record SubscriptionParameters
{
    public required string Channel { get; init; }

    /// <summary>What the socket is bound to; port 0 lets the system choose.</summary>
    public required SocketEndpoint Local { get; init; }

    /// <summary>Where the subscription announces itself; none when it waits to be sent to.</summary>
    public required SocketEndpoint Control { get; init; }

    public required int WindowLengthBytes { get; init; }

    /// <summary>The one session that is wanted; null for all.</summary>
    public required int? SessionId { get; init; }

    public required bool IsReliable { get; init; }

    public required bool IsRejoin { get; init; }

    /// <summary>SO_RCVBUF.</summary>
    public required int ReceiveBufferBytes { get; init; }

    /// <exception cref="AeronException">The channel cannot be a unicast subscription.</exception>
    public static SubscriptionParameters From(string channel, AeronOptions options)
    {
        var uri = ChannelUri.Parse(channel);
        if (uri.Endpoint is null || uri.ControlMode is ControlMode.Manual or ControlMode.Response)
        {
            throw new AeronException(
                $"channel '{channel}': a subscription needs the address to listen at; add endpoint=host:port");
        }

        var local = uri.Endpoint.Resolve();
        if (local.IsMulticast)
        {
            throw new AeronException($"channel '{channel}': multicast is not supported; name an address of this machine");
        }

        return new SubscriptionParameters
        {
            Channel = channel,
            Local = local,
            Control = uri.Control?.Resolve() ?? default,
            WindowLengthBytes = uri.ReceiverWindowBytes ?? options.InitialWindowLengthBytes,
            SessionId = uri.SessionId,
            IsReliable = uri.IsReliable ?? true,
            IsRejoin = uri.Rejoins ?? true,
            ReceiveBufferBytes = uri.ReceiveBufferBytes ?? options.SocketReceiveBufferLengthBytes,
        };
    }

    public bool Wants(int sessionId) => SessionId is not { } only || only == sessionId;
}
