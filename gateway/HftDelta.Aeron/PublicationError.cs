using HftDelta.Aeron.Sockets;

namespace HftDelta.Aeron;

/// <summary>A receiver refuses a publication's stream and is no longer one of its receivers.</summary>
public sealed record PublicationError
{
    public required long RegistrationId { get; init; }

    public required string Channel { get; init; }

    public required int SessionId { get; init; }

    public required int StreamId { get; init; }

    /// <summary>Which receiver.</summary>
    public required long ReceiverId { get; init; }

    /// <summary>What it calls itself towards tagged flow control, if anything.</summary>
    public required long? GroupTag { get; init; }

    /// <summary>Where it sits.</summary>
    public required SocketEndpoint Source { get; init; }

    /// <summary>The destination by which it was reached, when the application named one; -1 otherwise.</summary>
    public required long DestinationRegistrationId { get; init; }

    /// <summary>13: the application there rejected the image.</summary>
    public required int ErrorCode { get; init; }

    /// <summary>The reason that it gave; letters that are not ASCII are told as question marks.</summary>
    public required string Reason { get; init; }
}
