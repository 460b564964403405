using HftDelta.Aeron.Channels;
using HftDelta.Aeron.Sockets;

namespace HftDelta.Aeron.Driver;

/// <summary>Where one socket of a subscription listens and speaks, resolved. None: the channel does not have it.</summary>
internal sealed record ReceiveAddress
{
    /// <summary>What the socket is bound to; port 0 lets the system choose.</summary>
    public required SocketEndpoint Local { get; init; }

    /// <summary>The multicast group that is joined.</summary>
    public SocketEndpoint Group { get; init; }

    /// <summary>Where multicast senders hear control frames.</summary>
    public SocketEndpoint ControlGroup { get; init; }

    /// <summary>By which multicast is heard and sent.</summary>
    public SocketEndpoint Interface { get; init; }

    public int TimeToLive { get; init; }

    /// <summary>Where a sender of several destinations is told that somebody is here.</summary>
    public SocketEndpoint AnnounceTo { get; init; }

    /// <summary>Where the answers to requests are sent from.</summary>
    public SocketEndpoint AnswersFrom { get; init; }

    /// <summary>SO_RCVBUF.</summary>
    public required int ReceiveBufferBytes { get; init; }

    public bool IsMulticast => !Group.IsNone;

    /// <exception cref="AeronException">The channel names no address that can be listened at.</exception>
    public static ReceiveAddress From(ChannelUri uri, string channel, AeronOptions options)
    {
        var receiveBufferBytes = uri.ReceiveBufferBytes ?? options.SocketReceiveBufferLengthBytes;
        if (uri.ControlMode == ControlMode.Response)
        {
            return ForResponses(uri, receiveBufferBytes);
        }

        if (uri.Endpoint is null)
        {
            throw new AeronException(
                $"channel '{channel}': a subscription needs the address to listen at; add endpoint=host:port");
        }

        var endpoint = uri.Endpoint.Resolve();
        if (endpoint.IsMulticast)
        {
            return ForGroup(uri, channel, endpoint, receiveBufferBytes);
        }

        return new ReceiveAddress
        {
            Local = endpoint,
            AnnounceTo = uri.Control?.Resolve() ?? default,
            ReceiveBufferBytes = receiveBufferBytes,
        };
    }

    public DatagramSocketOptions SocketOptions() => new()
    {
        Local = Local,
        Group = Group,
        Interface = Interface,
        MulticastTimeToLive = TimeToLive,
        ReusesAddress = IsMulticast,
        ReceiveBufferBytes = ReceiveBufferBytes,
    };

    // Answers come to a port that the system chooses; the server learns it from the request for its SETUP.
    private static ReceiveAddress ForResponses(ChannelUri uri, int receiveBufferBytes)
    {
        var control = uri.Control!.Resolve();
        var local = uri.Endpoint?.Resolve() ?? uri.Interface?.Resolve() ?? control.AnyOfKind();
        return new ReceiveAddress { Local = local, AnswersFrom = control, ReceiveBufferBytes = receiveBufferBytes };
    }

    private static ReceiveAddress ForGroup(ChannelUri uri, string channel, in SocketEndpoint group, int receiveBufferBytes)
    {
        if (group.Port == 0)
        {
            throw new AeronException($"channel '{channel}': a multicast group needs the port that its senders use");
        }

        return new ReceiveAddress
        {
            Local = group.AnyOfKind().WithPort(group.Port),
            Group = group,
            ControlGroup = MulticastGroup.ControlOf(group),
            Interface = uri.Interface?.Resolve() ?? default,
            TimeToLive = uri.TimeToLive ?? 0,
            ReceiveBufferBytes = receiveBufferBytes,
        };
    }
}
