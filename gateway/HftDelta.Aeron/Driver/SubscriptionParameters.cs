using HftDelta.Aeron.Channels;

namespace HftDelta.Aeron.Driver;

/// <summary>What a subscription's channel says, completed by the driver's defaults and checked.</summary>
internal sealed record SubscriptionParameters
{
    private const string SpyPrefix = "aeron-spy:";

    public required string Channel { get; init; }

    public required ChannelUri Uri { get; init; }

    /// <summary>
    /// Where it listens; null when its destinations are added one by one, or when it shares the socket that a tag names.
    /// </summary>
    public required ReceiveAddress? Address { get; init; }

    /// <summary>The one session that is wanted; null for all.</summary>
    public required int? SessionId { get; init; }

    public required int WindowLengthBytes { get; init; }

    public required bool IsReliable { get; init; }

    public required bool IsRejoin { get; init; }

    /// <summary>It holds the stream back; otherwise it is let go when it falls behind.</summary>
    public required bool IsTethered { get; init; }

    public required GroupSemantics Group { get; init; }

    public required long? GroupTag { get; init; }

    public required CongestionControlKind CongestionControl { get; init; }

    public required long NakDelayNanos { get; init; }

    public required long UntetheredWindowLimitNanos { get; init; }

    public required long UntetheredLingerNanos { get; init; }

    public required long UntetheredRestingNanos { get; init; }

    /// <summary>It reads the logs of this driver's own publications.</summary>
    public required bool IsSpy { get; init; }

    /// <summary>The publications that it reads; null when a tag names them, or when it is no spy.</summary>
    public required SendAddress? SpiedAddress { get; init; }

    /// <summary>Destinations are added one by one.</summary>
    public bool HasManualDestinations => !IsSpy && Uri.ControlMode == ControlMode.Manual;

    /// <summary>It takes the answers to a request stream, and nothing until it is told their session.</summary>
    public bool IsResponse => !IsSpy && Uri.ControlMode == ControlMode.Response;

    /// <exception cref="AeronException">The channel cannot be a subscription.</exception>
    public static SubscriptionParameters From(string channel, AeronOptions options)
    {
        var isSpy = channel.StartsWith(SpyPrefix, StringComparison.Ordinal);
        var uri = ChannelUri.Parse(isSpy ? channel[SpyPrefix.Length..] : channel);
        RequireSense(uri, channel, isSpy);
        var isTagOnly = uri is { Endpoint: null, Control: null, ChannelTag: not null, ControlMode: ControlMode.None };
        var windowLimitNanos = uri.UntetheredWindowLimitNanos ?? options.UntetheredWindowLimitTimeoutNanos;
        return new SubscriptionParameters
        {
            Channel = channel,
            Uri = uri,
            IsSpy = isSpy,
            SpiedAddress = isSpy ? SendAddress.From(uri, channel, options) : null,
            Address = isSpy || isTagOnly || uri.ControlMode == ControlMode.Manual
                ? null
                : ReceiveAddress.From(uri, channel, options),
            SessionId = uri.SessionId,
            WindowLengthBytes = uri.ReceiverWindowBytes ?? options.InitialWindowLengthBytes,
            IsReliable = uri.IsReliable ?? true,
            IsRejoin = uri.Rejoins ?? true,
            IsTethered = uri.IsTethered ?? true,
            Group = uri.Group ?? GroupSemantics.Inferred,
            GroupTag = uri.GroupTag ?? options.ReceiverGroupTag,
            CongestionControl = uri.CongestionControl ?? CongestionControlKind.Static,
            NakDelayNanos = uri.NakDelayNanos ?? options.NakDelayNanos,
            UntetheredWindowLimitNanos = windowLimitNanos,
            UntetheredLingerNanos = uri.UntetheredLingerNanos ?? options.UntetheredLingerTimeoutNanos ?? windowLimitNanos,
            UntetheredRestingNanos = uri.UntetheredRestingNanos ?? options.UntetheredRestingTimeoutNanos,
        };
    }

    /// <summary>Streams with the same session cannot be treated in two ways.</summary>
    /// <returns>What differs, in words; null when both can share their streams.</returns>
    public string? ConflictWith(SubscriptionParameters other)
    {
        if (SessionId is { } one && other.SessionId is { } two && one != two)
        {
            return null;
        }

        return IsReliable != other.IsReliable ? "reliable"
            : IsRejoin != other.IsRejoin ? "rejoin"
            : Group != other.Group ? "group"
            : CongestionControl != other.CongestionControl ? "cc"
            : Uri.ChannelReceiveTimestampOffset != other.Uri.ChannelReceiveTimestampOffset ? "channel-rcv-ts-offset"
            : null;
    }

    private static void RequireSense(ChannelUri uri, string channel, bool isSpy)
    {
        if (isSpy)
        {
            if (uri.IsTethered == false)
            {
                throw new AeronException(
                    $"channel '{channel}': a spy holds its publication back as long as it reads; leave tether out");
            }

            return;
        }

        if (uri.ControlMode == ControlMode.Manual && uri.Endpoint is not null)
        {
            throw new AeronException(
                $"channel '{channel}': destinations of a manual subscription are added one by one; leave endpoint out");
        }

        if (uri.MediaReceiveTimestampOffset is not null)
        {
            throw new AeronException(
                $"channel '{channel}': the network card's time of receipt is not to be had; use channel-rcv-ts-offset");
        }
    }
}
