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

    /// <summary>Where receivers listen.</summary>
    public HostPort? Endpoint { get; init; }

    /// <summary>
    /// Of a publication the local address that it sends from and is controlled at; of a subscription where it announces itself.
    /// </summary>
    public HostPort? Control { get; init; }

    public ControlMode ControlMode { get; init; }

    /// <summary>The local address; port 0 unless said otherwise.</summary>
    public HostPort? Interface { get; init; }

    public int? MtuLengthBytes { get; init; }

    public int? TermLengthBytes { get; init; }

    public int? SessionId { get; init; }

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
