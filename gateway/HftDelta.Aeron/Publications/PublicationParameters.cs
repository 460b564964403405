using HftDelta.Aeron.Channels;
using HftDelta.Aeron.Driver;
using HftDelta.Aeron.Frames;
using HftDelta.Aeron.Sockets;

namespace HftDelta.Aeron.Publications;

/// <summary>What a publication's channel says, completed by the driver's defaults and checked.</summary>
internal sealed record PublicationParameters
{
    /// <summary>What <c>response-correlation-id</c> says when there is none.</summary>
    private const long NoCorrelation = -1;

    public required string Channel { get; init; }

    public required ChannelUri Uri { get; init; }

    /// <summary>Where it sends; null while a channel of nothing but a tag is not looked up.</summary>
    public required SendAddress? Address { get; init; }

    public required int TermLengthBytes { get; init; }

    public required int MtuLengthBytes { get; init; }

    public required int WindowLengthBytes { get; init; }

    public required long LingerNanos { get; init; }

    public required bool SignalEndOfStream { get; init; }

    public required int MaxResend { get; init; }

    public required long UntetheredWindowLimitNanos { get; init; }

    public required long UntetheredLingerNanos { get; init; }

    public required long UntetheredRestingNanos { get; init; }

    public SocketEndpoint Remote => Address?.Remote ?? default;

    public bool HasGroupSemantics => Address?.HasGroupSemantics ?? false;

    public bool IsMulticast => Address?.Mode == SendMode.Multicast;

    /// <summary>It answers an image.</summary>
    public bool IsResponse => Address?.Mode == SendMode.Response;

    /// <summary>The image that it answers, or the subscription that its answers come to; null when there is neither.</summary>
    public long? ResponseCorrelationId =>
        Uri.ResponseCorrelationId is { } id and not NoCorrelation ? id : null;

    /// <summary>It answers no image, and holds the socket for those that will.</summary>
    public bool IsPrototype => IsPrototypeOf(Uri);

    /// <exception cref="AeronException">The channel cannot be a publication.</exception>
    public static PublicationParameters From(string channel, int streamId, AeronOptions options)
    {
        var uri = ChannelUri.Parse(channel);
        if (uri.StreamId is { } named && named != streamId)
        {
            throw new AeronException(
                $"channel '{channel}': its stream-id {named} is not the stream {streamId} that was asked for");
        }

        var termLength = IsPrototypeOf(uri) ? TermArithmetic.TermLengthBytesMin : uri.TermLengthBytes ?? options.TermLengthBytes;
        var mtu = uri.MtuLengthBytes ?? options.MtuLengthBytes;
        if (mtu > TermArithmetic.MessageLengthMax(termLength))
        {
            throw new AeronException(
                $"channel '{channel}': the mtu {mtu} is more than the longest message of a term of {termLength} bytes, "
                + $"{TermArithmetic.MessageLengthMax(termLength)}: lower mtu or raise term-length");
        }

        var windowLimitNanos = uri.UntetheredWindowLimitNanos ?? options.UntetheredWindowLimitTimeoutNanos;
        var parameters = new PublicationParameters
        {
            Channel = channel,
            Uri = uri,
            Address = null,
            TermLengthBytes = termLength,
            MtuLengthBytes = mtu,
            WindowLengthBytes = WindowOf(uri, channel, termLength, mtu),
            LingerNanos = uri.LingerNanos ?? options.PublicationLingerNanos,
            SignalEndOfStream = uri.SignalsEndOfStream ?? true,
            MaxResend = uri.MaxResend ?? options.MaxResend,
            UntetheredWindowLimitNanos = windowLimitNanos,
            UntetheredLingerNanos = uri.UntetheredLingerNanos ?? options.UntetheredLingerTimeoutNanos ?? windowLimitNanos,
            UntetheredRestingNanos = uri.UntetheredRestingNanos ?? options.UntetheredRestingTimeoutNanos,
        };
        return SendAddress.From(uri, channel, options) is { } address ? parameters.At(address) : parameters;
    }

    /// <summary>The same at an address, which has to go with the rest.</summary>
    /// <exception cref="AeronException">It does not.</exception>
    public PublicationParameters At(SendAddress address)
    {
        if (Uri.FlowControl is not null && !address.HasGroupSemantics)
        {
            throw new AeronException(
                $"channel '{Channel}': fc chooses among several receivers, and there is one; leave it out, or name a multicast "
                + "group or a control-mode");
        }

        var parameters = this with { Address = address };
        return parameters is { IsResponse: true, ResponseCorrelationId: null }
            ? throw new AeronException(
                $"channel '{Channel}': a response needs the image that it answers; add response-correlation-id, the image's "
                + "correlation id")
            : parameters;
    }

    private static bool IsPrototypeOf(ChannelUri uri) => uri is
    {
        ControlMode: ControlMode.Response,
        ResponseCorrelationId: ChannelUri.PrototypeCorrelationId,
    };

    private static int WindowOf(ChannelUri uri, string channel, int termLength, int mtu)
    {
        var window = uri.PublicationWindowBytes ?? termLength / 2;
        return window >= mtu && window <= termLength / 2
            ? window
            : throw new AeronException(
                $"channel '{channel}': pub-wnd is {window}; it must be from the mtu {mtu} to half a term, {termLength / 2}");
    }
}
