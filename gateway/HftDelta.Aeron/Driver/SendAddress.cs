using HftDelta.Aeron.Channels;
using HftDelta.Aeron.Sockets;

namespace HftDelta.Aeron.Driver;

/// <summary>Whom the socket of a publication speaks to.</summary>
internal enum SendMode
{
    /// <summary>One receiver, which the socket is connected to.</summary>
    Unicast,

    /// <summary>A multicast group; control frames come to the group beside it.</summary>
    Multicast,

    /// <summary>The receivers that announce themselves.</summary>
    Dynamic,

    /// <summary>The receivers that the application names.</summary>
    Manual,

    /// <summary>Whoever asked each single publication.</summary>
    Response,
}

/// <summary>Where one socket of publications sends from and to, resolved.</summary>
internal sealed record SendAddress
{
    public required SendMode Mode { get; init; }

    /// <summary>Where datagrams go; none when that is not the channel's to say.</summary>
    public SocketEndpoint Remote { get; init; }

    /// <summary>What the socket is bound to; none lets the system choose.</summary>
    public SocketEndpoint Local { get; init; }

    /// <summary>The multicast group that receivers send control frames to.</summary>
    public SocketEndpoint ControlGroup { get; init; }

    /// <summary>By which multicast is sent and heard.</summary>
    public SocketEndpoint Interface { get; init; }

    public int TimeToLive { get; init; }

    /// <summary>SO_SNDBUF; 0 leaves the system's.</summary>
    public int SendBufferBytes { get; init; }

    /// <summary>SO_RCVBUF; 0 leaves the system's.</summary>
    public int ReceiveBufferBytes { get; init; }

    /// <summary>Several receivers may be there.</summary>
    public bool HasGroupSemantics => Mode is SendMode.Multicast or SendMode.Dynamic or SendMode.Manual;

    public bool HasDestinations => Mode is SendMode.Dynamic or SendMode.Manual;

    /// <summary>
    /// Publications of one key share a socket; null when they do not: two ports that the system chooses are two ports.
    /// </summary>
    public string? Key => Mode switch
    {
        SendMode.Unicast => $"{Local}>{Remote}",
        SendMode.Multicast => $"{Interface}>{Remote}",
        _ => Local.Port == 0 ? null : $"{Mode} {Local}",
    };

    /// <summary>Null when the channel names nothing but a tag.</summary>
    /// <exception cref="AeronException">The channel names no address that can be sent to.</exception>
    public static SendAddress? From(ChannelUri uri, string channel, AeronOptions options)
    {
        if (uri.Endpoint is null && uri.Control is null && uri.ControlMode == ControlMode.None)
        {
            return null;
        }

        var address = uri.ControlMode == ControlMode.None ? ToEndpoint(uri, channel) : FromControl(uri);
        return address with
        {
            SendBufferBytes = uri.SendBufferBytes ?? options.SocketSendBufferLengthBytes,
            ReceiveBufferBytes = uri.ReceiveBufferBytes ?? 0,
        };
    }

    public DatagramSocketOptions SocketOptions() => new()
    {
        Local = Local,
        Remote = Mode == SendMode.Unicast ? Remote : default,
        Group = ControlGroup,
        Interface = Interface,
        MulticastTimeToLive = TimeToLive,
        ReusesAddress = Mode == SendMode.Multicast,
        SendBufferBytes = SendBufferBytes,
        ReceiveBufferBytes = ReceiveBufferBytes,
    };

    private static SendAddress ToEndpoint(ChannelUri uri, string channel)
    {
        if (uri.Endpoint is null)
        {
            throw new AeronException(
                $"channel '{channel}': a publication needs to know its receivers; name one endpoint=host:port, or add "
                + "control-mode=dynamic or control-mode=manual");
        }

        var remote = uri.Endpoint.Resolve();
        if (remote.Port == 0)
        {
            throw new AeronException($"channel '{channel}': a publication needs a port to send to, not 0");
        }

        if (!remote.IsMulticast)
        {
            return new SendAddress
            {
                Mode = SendMode.Unicast,
                Remote = remote,
                Local = uri.Control?.Resolve() ?? uri.Interface?.Resolve() ?? default,
            };
        }

        return new SendAddress
        {
            Mode = SendMode.Multicast,
            Remote = remote,
            Local = remote.AnyOfKind().WithPort(remote.Port),
            ControlGroup = MulticastGroup.ControlOf(remote),
            Interface = uri.Interface?.Resolve() ?? default,
            TimeToLive = uri.TimeToLive ?? 0,
        };
    }

    // Destinations may be groups too, hence the time to live.
    private static SendAddress FromControl(ChannelUri uri) => new()
    {
        Mode = uri.ControlMode switch
        {
            ControlMode.Dynamic => SendMode.Dynamic,
            ControlMode.Manual => SendMode.Manual,
            _ => SendMode.Response,
        },
        Local = uri.Control?.Resolve() ?? uri.Interface?.Resolve() ?? SocketEndpoint.AnyIPv4,
        TimeToLive = uri.TimeToLive ?? 0,
    };
}
