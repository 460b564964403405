using System.Globalization;
using System.Text;

namespace HftDelta.Aeron.Channels;

/// <summary>
/// A channel as text and as values: <c>aeron:udp?endpoint=host:port|mtu=1408</c>. What is not said is null: who uses the
/// channel knows the defaults. Immutable; <see cref="ToString"/> prints the canonical form, in which equal channels are equal
/// text and which every official peer reads.
/// </summary>
public sealed record ChannelUri
{
    public const string Prefix = "aeron:udp";
    public const int TextLengthMax = 4095;
    public const int MaxResendMax = 256;

    /// <summary>
    /// A response publication that answers nobody: it holds the socket at <see cref="Control"/> before there is a request.
    /// </summary>
    public const long PrototypeCorrelationId = -2;

    /// <summary>A timestamp offset that means the reserved value of the header instead of the payload.</summary>
    public const int ReservedValueTimestampOffset = -8;

    /// <summary>Where receivers listen.</summary>
    public HostPort? Endpoint { get; init; }

    /// <summary>
    /// Of a publication the local address that it sends from and is controlled at; of a subscription where it announces itself.
    /// </summary>
    public HostPort? Control { get; init; }

    public ControlMode ControlMode { get; init; }

    /// <summary>The local address.</summary>
    public InterfaceAddress? Interface { get; init; }

    public int? MtuLengthBytes { get; init; }

    public int? TermLengthBytes { get; init; }

    public int? SessionId { get; init; }

    /// <summary>The session is that of the publication with this entity tag.</summary>
    public long? SessionIdTag { get; init; }

    public int? InitialTermId { get; init; }

    public int? TermId { get; init; }

    public int? TermOffset { get; init; }

    public int? StreamId { get; init; }

    /// <summary>How long a closed publication stays to repair losses.</summary>
    public long? LingerNanos { get; init; }

    /// <summary>Whether heartbeats tell the end of the stream.</summary>
    public bool? SignalsEndOfStream { get; init; }

    public int? PublicationWindowBytes { get; init; }

    public int? ReceiverWindowBytes { get; init; }

    /// <summary>False: losses are skipped instead of repaired.</summary>
    public bool? IsReliable { get; init; }

    /// <summary>Whether a session that went away may come back.</summary>
    public bool? Rejoins { get; init; }

    public int? SendBufferBytes { get; init; }

    public int? ReceiveBufferBytes { get; init; }

    /// <summary>Whether spies of a publication make it connected when nobody else listens.</summary>
    public bool? SpiesSimulateConnection { get; init; }

    /// <summary>Which receivers of a group hold the sender back.</summary>
    public FlowControlChoice? FlowControl { get; init; }

    /// <summary>How many repairs a publication to a group has under way at once.</summary>
    public int? MaxResend { get; init; }

    /// <summary>Whether the file of a log takes its space only as it is written.</summary>
    public bool? IsSparse { get; init; }

    /// <summary>False: a subscriber that falls behind is let go instead of holding the stream back.</summary>
    public bool? IsTethered { get; init; }

    public GroupSemantics? Group { get; init; }

    /// <summary>What a subscription calls itself towards tagged flow control.</summary>
    public long? GroupTag { get; init; }

    public CongestionControlKind? CongestionControl { get; init; }

    /// <summary>From a gap's discovery to its first NAK.</summary>
    public long? NakDelayNanos { get; init; }

    /// <summary>How many routers a multicast datagram passes.</summary>
    public int? TimeToLive { get; init; }

    /// <summary>Names the channel, so that a channel of nothing but this tag means the same.</summary>
    public long? ChannelTag { get; init; }

    /// <summary>Names the publication or subscription itself.</summary>
    public long? EntityTag { get; init; }

    public long? UntetheredWindowLimitNanos { get; init; }

    public long? UntetheredLingerNanos { get; init; }

    public long? UntetheredRestingNanos { get; init; }

    /// <summary>
    /// Of a request publication the registration id of the response subscription; of a response publication the correlation id
    /// of the image that asked; -1 for none, or <see cref="PrototypeCorrelationId"/>.
    /// </summary>
    public long? ResponseCorrelationId { get; init; }

    public HostPort? ResponseEndpoint { get; init; }

    /// <summary>Where the network card's receive time goes: a payload offset or the reserved value.</summary>
    public int? MediaReceiveTimestampOffset { get; init; }

    /// <summary>Where the driver's receive time goes.</summary>
    public int? ChannelReceiveTimestampOffset { get; init; }

    /// <summary>Where the driver's send time goes.</summary>
    public int? ChannelSendTimestampOffset { get; init; }

    /// <summary>A comment.</summary>
    public string? Alias { get; init; }

    /// <summary>Reads and checks a channel.</summary>
    /// <exception cref="AeronException">It cannot be; the message names the parameter and what is allowed.</exception>
    public static ChannelUri Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var channel, out var reason) ? channel! : throw new AeronException(reason);
    }

    /// <summary>The same without an exception; <paramref name="reason"/> is empty on success.</summary>
    public static bool TryParse(string text, out ChannelUri? channel, out string reason) =>
        ChannelParser.TryParse(text, out channel, out reason);

    /// <summary>The same channel at an address that is known by now, as numbers.</summary>
    public ChannelUri WithEndpoint(in Sockets.SocketEndpoint endpoint) => this with { Endpoint = HostPort.From(endpoint) };

    /// <summary>The canonical form: parameters in one order, sizes in bytes, durations in their largest whole unit.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Prefix);
        var separator = '?';
        foreach (var parameter in ChannelParameter.All)
        {
            if (parameter.Print(this) is { } value)
            {
                text.Append(CultureInfo.InvariantCulture, $"{separator}{parameter.Name}={value}");
                separator = '|';
            }
        }

        return text.ToString();
    }
}
