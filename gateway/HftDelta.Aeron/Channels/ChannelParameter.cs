using System.Globalization;
using HftDelta.Aeron.Frames;

namespace HftDelta.Aeron.Channels;

/// <summary>One parameter of a channel: its name, how its value is read and printed, and what is allowed, in words.</summary>
/// <remarks>
/// Allowed: for people: completes "allowed is ...".
/// Read: the channel with the value, or null when it is not allowed.
/// Print: the value in canonical form, or null when it was not said.
/// </remarks>
internal sealed record ChannelParameter(
    string Name, string Allowed, Func<ChannelUri, string, ChannelUri?> Read, Func<ChannelUri, string?> Print)
{
    private const string AnyInteger = "a whole number from -2147483648 to 2147483647";
    private const string Switch = "true or false";
    private const string Address =
        "host:port with a name, an IPv4 address or an IPv6 address in brackets, and a port from 0 to 65535";
    private const string Mtu = "a multiple of 32 bytes from 64 to 65504, such as 1408";
    private const string Term = "a power of two from 64k to 1g";
    private const string Offset = "a multiple of 32 below the term length";
    private const string Linger = "a duration from 0ns to 1h in ns, us, ms, s, such as 5s";
    private const string Window = "a size from 64 to 512m, with k, m or g or in bytes";
    private const string Buffer = "a size from 0 to 1g, with k, m or g or in bytes; 0 leaves it to the system";
    private const int AliasLengthMax = 255;

    /// <summary>All that are understood, in the order of the canonical form.</summary>
    public static IReadOnlyList<ChannelParameter> All { get; } =
    [
        new("endpoint", Address, (c, v) => Host(v) is { } h ? c with { Endpoint = h } : null, c => c.Endpoint?.ToString()),
        new("control", Address, (c, v) => Host(v) is { } h ? c with { Control = h } : null, c => c.Control?.ToString()),
        new("control-mode", "dynamic, manual or response",
            (c, v) => Mode(v) is { } m ? c with { ControlMode = m } : null, c => ModeText(c.ControlMode)),
        new("interface", "host or host:port", (c, v) => Local(v) is { } h ? c with { Interface = h } : null,
            c => c.Interface?.ToString()),
        new("mtu", Mtu, (c, v) => Size(v) is { } n && TermArithmetic.IsMtuLength(n) ? c with { MtuLengthBytes = n } : null,
            c => Text(c.MtuLengthBytes)),
        new("term-length", Term,
            (c, v) => Size(v) is { } n && TermArithmetic.IsTermLength(n) ? c with { TermLengthBytes = n } : null,
            c => Text(c.TermLengthBytes)),
        new("session-id", AnyInteger, (c, v) => Integer(v) is { } n ? c with { SessionId = n } : null, c => Text(c.SessionId)),
        new("init-term-id", AnyInteger, (c, v) => Integer(v) is { } n ? c with { InitialTermId = n } : null,
            c => Text(c.InitialTermId)),
        new("term-id", AnyInteger, (c, v) => Integer(v) is { } n ? c with { TermId = n } : null, c => Text(c.TermId)),
        new("term-offset", Offset,
            (c, v) => Integer(v) is { } n and >= 0 && TermArithmetic.IsAligned(n) ? c with { TermOffset = n } : null,
            c => Text(c.TermOffset)),
        new("stream-id", AnyInteger, (c, v) => Integer(v) is { } n ? c with { StreamId = n } : null, c => Text(c.StreamId)),
        new("linger", Linger, (c, v) => ChannelValues.Duration(v) is { } n ? c with { LingerNanos = n } : null,
            c => c.LingerNanos is { } n ? ChannelValues.DurationText(n) : null),
        new("eos", Switch, (c, v) => Flag(v) is { } b ? c with { SignalsEndOfStream = b } : null,
            c => Text(c.SignalsEndOfStream)),
        new("pub-wnd", Window, (c, v) => WindowSize(v) is { } n ? c with { PublicationWindowBytes = n } : null,
            c => Text(c.PublicationWindowBytes)),
        new("rcv-wnd", Window, (c, v) => WindowSize(v) is { } n ? c with { ReceiverWindowBytes = n } : null,
            c => Text(c.ReceiverWindowBytes)),
        new("reliable", Switch, (c, v) => Flag(v) is { } b ? c with { IsReliable = b } : null, c => Text(c.IsReliable)),
        new("rejoin", Switch, (c, v) => Flag(v) is { } b ? c with { Rejoins = b } : null, c => Text(c.Rejoins)),
        new("so-sndbuf", Buffer, (c, v) => Size(v) is { } n ? c with { SendBufferBytes = n } : null,
            c => Text(c.SendBufferBytes)),
        new("so-rcvbuf", Buffer, (c, v) => Size(v) is { } n ? c with { ReceiveBufferBytes = n } : null,
            c => Text(c.ReceiveBufferBytes)),
        new("alias", "text of at most 255 characters",
            (c, v) => v.Length <= AliasLengthMax ? c with { Alias = v } : null, c => c.Alias),
    ];

    /// <summary>Parameters of the official implementation that mean something which this one does not do.</summary>
    public static IReadOnlySet<string> NotSupported { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "ssc", "fc", "max-resend", "sparse", "tether", "group", "gtag", "cc", "nak-delay", "ttl", "tags",
        "untethered-window-limit-timeout", "untethered-linger-timeout", "untethered-resting-timeout",
        "response-correlation-id", "response-endpoint", "media-rcv-ts-offset", "channel-rcv-ts-offset",
        "channel-snd-ts-offset",
    };

    private static HostPort? Host(string value) => HostPort.TryParse(value, out var host) is null ? host : null;

    private static HostPort? Local(string value) => Host(value) ?? Host(value + ":0");

    private static int? Size(string value) => ChannelValues.Size(value);

    private static int? WindowSize(string value) =>
        ChannelValues.Size(value) is { } size
            and >= TermArithmetic.MtuLengthBytesMin and <= TermArithmetic.TermLengthBytesMax / 2
            ? size
            : null;

    private static int? Integer(string value) =>
        int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static bool? Flag(string value) => value switch
    {
        "true" => true,
        "false" => false,
        _ => null,
    };

    private static ControlMode? Mode(string value) => value switch
    {
        "dynamic" => ControlMode.Dynamic,
        "manual" => ControlMode.Manual,
        "response" => ControlMode.Response,
        _ => null,
    };

    private static string? ModeText(ControlMode mode) => mode switch
    {
        ControlMode.Dynamic => "dynamic",
        ControlMode.Manual => "manual",
        ControlMode.Response => "response",
        _ => null,
    };

    private static string? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static string? Text(bool? flag) => flag is { } set ? (set ? "true" : "false") : null;
}
