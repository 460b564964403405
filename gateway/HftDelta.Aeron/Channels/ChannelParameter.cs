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
    private const string AnyLong = "a whole number of 64 bits";
    private const string Timestamp = "an offset into the payload of 0 or more, or reserved for the reserved value";
    private const string TagPrefix = "tag:";
    private const string ReservedText = "reserved";
    private const string PrototypeText = "prototype";
    private const int AliasLengthMax = 255;

    /// <summary>All that are understood, in the order of the canonical form.</summary>
    public static IReadOnlyList<ChannelParameter> All { get; } =
    [
        new("endpoint", Address, (c, v) => Host(v) is { } h ? c with { Endpoint = h } : null, c => c.Endpoint?.ToString()),
        new("control", Address, (c, v) => Host(v) is { } h ? c with { Control = h } : null, c => c.Control?.ToString()),
        new("control-mode", "dynamic, manual or response",
            (c, v) => Mode(v) is { } m ? c with { ControlMode = m } : null, c => ModeText(c.ControlMode)),
        new("interface", "host, host:port, host/prefix or host:port/prefix",
            (c, v) => InterfaceAddress.TryParse(v) is { } h ? c with { Interface = h } : null, c => c.Interface?.ToString()),
        new("mtu", Mtu, (c, v) => Size(v) is { } n && TermArithmetic.IsMtuLength(n) ? c with { MtuLengthBytes = n } : null,
            c => Text(c.MtuLengthBytes)),
        new("term-length", Term,
            (c, v) => Size(v) is { } n && TermArithmetic.IsTermLength(n) ? c with { TermLengthBytes = n } : null,
            c => Text(c.TermLengthBytes)),
        new("session-id", AnyInteger + ", or tag:number", Session,
            c => c.SessionIdTag is { } tag ? TagPrefix + Text(tag) : Text(c.SessionId)),
        new("init-term-id", AnyInteger, (c, v) => Integer(v) is { } n ? c with { InitialTermId = n } : null,
            c => Text(c.InitialTermId)),
        new("term-id", AnyInteger, (c, v) => Integer(v) is { } n ? c with { TermId = n } : null, c => Text(c.TermId)),
        new("term-offset", Offset,
            (c, v) => Integer(v) is { } n and >= 0 && TermArithmetic.IsAligned(n) ? c with { TermOffset = n } : null,
            c => Text(c.TermOffset)),
        new("stream-id", AnyInteger, (c, v) => Integer(v) is { } n ? c with { StreamId = n } : null, c => Text(c.StreamId)),
        new("linger", Linger, (c, v) => ChannelValues.Duration(v) is { } n ? c with { LingerNanos = n } : null,
            c => Text(c.LingerNanos, ChannelValues.DurationText)),
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
        new("ssc", Switch, (c, v) => Flag(v) is { } b ? c with { SpiesSimulateConnection = b } : null,
            c => Text(c.SpiesSimulateConnection)),
        new("fc", FlowControlChoice.Allowed,
            (c, v) => FlowControlChoice.TryParse(v) is { } f ? c with { FlowControl = f } : null,
            c => c.FlowControl?.ToString()),
        new("max-resend", "a whole number from 1 to 256",
            (c, v) => Integer(v) is { } n and >= 1 and <= ChannelUri.MaxResendMax ? c with { MaxResend = n } : null,
            c => Text(c.MaxResend)),
        new("sparse", Switch, (c, v) => Flag(v) is { } b ? c with { IsSparse = b } : null, c => Text(c.IsSparse)),
        new("tether", Switch, (c, v) => Flag(v) is { } b ? c with { IsTethered = b } : null, c => Text(c.IsTethered)),
        new("group", "true, false or inferred", (c, v) => Semantics(v) is { } g ? c with { Group = g } : null,
            c => SemanticsText(c.Group)),
        new("gtag", AnyLong, (c, v) => Long(v) is { } n ? c with { GroupTag = n } : null, c => Text(c.GroupTag)),
        new("cc", "static or cubic", (c, v) => Congestion(v) is { } k ? c with { CongestionControl = k } : null,
            c => CongestionText(c.CongestionControl)),
        new("nak-delay", Linger, (c, v) => ChannelValues.Duration(v) is { } n ? c with { NakDelayNanos = n } : null,
            c => Text(c.NakDelayNanos, ChannelValues.DurationText)),
        new("ttl", "a whole number from 0 to 255",
            (c, v) => Integer(v) is { } n and >= 0 and <= byte.MaxValue ? c with { TimeToLive = n } : null,
            c => Text(c.TimeToLive)),
        new("tags", "channel tag, or channel tag and entity tag by a comma, both whole numbers, such as 1001,7", Tags, TagsText),
        new("untethered-window-limit-timeout", Linger,
            (c, v) => ChannelValues.Duration(v) is { } n ? c with { UntetheredWindowLimitNanos = n } : null,
            c => Text(c.UntetheredWindowLimitNanos, ChannelValues.DurationText)),
        new("untethered-linger-timeout", Linger,
            (c, v) => ChannelValues.Duration(v) is { } n ? c with { UntetheredLingerNanos = n } : null,
            c => Text(c.UntetheredLingerNanos, ChannelValues.DurationText)),
        new("untethered-resting-timeout", Linger,
            (c, v) => ChannelValues.Duration(v) is { } n ? c with { UntetheredRestingNanos = n } : null,
            c => Text(c.UntetheredRestingNanos, ChannelValues.DurationText)),
        new("response-correlation-id", "a whole number of 0 or more, -1 for none, or prototype",
            (c, v) => Correlation(v) is { } n ? c with { ResponseCorrelationId = n } : null,
            c => Text(c.ResponseCorrelationId, CorrelationText)),
        new("response-endpoint", Address, (c, v) => Host(v) is { } h ? c with { ResponseEndpoint = h } : null,
            c => c.ResponseEndpoint?.ToString()),
        new("media-rcv-ts-offset", Timestamp,
            (c, v) => TimestampOffset(v) is { } n ? c with { MediaReceiveTimestampOffset = n } : null,
            c => TimestampText(c.MediaReceiveTimestampOffset)),
        new("channel-rcv-ts-offset", Timestamp,
            (c, v) => TimestampOffset(v) is { } n ? c with { ChannelReceiveTimestampOffset = n } : null,
            c => TimestampText(c.ChannelReceiveTimestampOffset)),
        new("channel-snd-ts-offset", Timestamp,
            (c, v) => TimestampOffset(v) is { } n ? c with { ChannelSendTimestampOffset = n } : null,
            c => TimestampText(c.ChannelSendTimestampOffset)),
        new("alias", "text of at most 255 characters",
            (c, v) => v.Length <= AliasLengthMax ? c with { Alias = v } : null, c => c.Alias),
    ];

    private static HostPort? Host(string value) => HostPort.TryParse(value, out var host) is null ? host : null;

    private static int? Size(string value) => ChannelValues.Size(value);

    private static int? WindowSize(string value) =>
        ChannelValues.Size(value) is { } size
            and >= TermArithmetic.MtuLengthBytesMin and <= TermArithmetic.TermLengthBytesMax / 2
            ? size
            : null;

    private static int? Integer(string value) =>
        int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static long? Long(string value) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static ChannelUri? Session(ChannelUri channel, string value)
    {
        if (value.StartsWith(TagPrefix, StringComparison.Ordinal))
        {
            return Long(value[TagPrefix.Length..]) is { } tag ? channel with { SessionIdTag = tag } : null;
        }

        return Integer(value) is { } sessionId ? channel with { SessionId = sessionId } : null;
    }

    private static ChannelUri? Tags(ChannelUri channel, string value)
    {
        var parts = value.Split(',');
        var channelTag = Long(parts[0]);
        var entityTag = parts.Length == 2 ? Long(parts[1]) : null;
        var isRead = parts.Length <= 2 && (channelTag is not null || (parts[0].Length == 0 && entityTag is not null))
            && (parts.Length == 1 || entityTag is not null);
        return isRead ? channel with { ChannelTag = channelTag, EntityTag = entityTag } : null;
    }

    private static string? TagsText(ChannelUri channel) => channel switch
    {
        { ChannelTag: null, EntityTag: null } => null,
        { EntityTag: null } => Text(channel.ChannelTag),
        _ => $"{Text(channel.ChannelTag)},{Text(channel.EntityTag)}",
    };

    private static GroupSemantics? Semantics(string value) => value switch
    {
        "inferred" => GroupSemantics.Inferred,
        "true" => GroupSemantics.Group,
        "false" => GroupSemantics.Single,
        _ => null,
    };

    private static string? SemanticsText(GroupSemantics? group) => group switch
    {
        GroupSemantics.Inferred => "inferred",
        GroupSemantics.Group => "true",
        GroupSemantics.Single => "false",
        _ => null,
    };

    private static CongestionControlKind? Congestion(string value) => value switch
    {
        "static" => CongestionControlKind.Static,
        "cubic" => CongestionControlKind.Cubic,
        _ => null,
    };

    private static string? CongestionText(CongestionControlKind? kind) => kind switch
    {
        CongestionControlKind.Static => "static",
        CongestionControlKind.Cubic => "cubic",
        _ => null,
    };

    private static int? TimestampOffset(string value) => value == ReservedText
        ? ChannelUri.ReservedValueTimestampOffset
        : Integer(value) is { } offset and >= 0 ? offset : null;

    private static string? TimestampText(int? offset) =>
        offset == ChannelUri.ReservedValueTimestampOffset ? ReservedText : Text(offset);

    private static long? Correlation(string value) => value == PrototypeText
        ? ChannelUri.PrototypeCorrelationId
        : Long(value) is { } id and >= -1 ? id : null;

    private static string CorrelationText(long id) =>
        id == ChannelUri.PrototypeCorrelationId ? PrototypeText : id.ToString(CultureInfo.InvariantCulture);

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

    private static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static string? Text(long? number, Func<long, string> print) => number is { } known ? print(known) : null;

    private static string? Text(bool? flag) => flag is { } set ? (set ? "true" : "false") : null;
}
