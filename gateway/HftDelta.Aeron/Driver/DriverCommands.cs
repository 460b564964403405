using HftDelta.Aeron.Frames;
using HftDelta.Aeron.Images;
using HftDelta.Aeron.LogBuffers;
using HftDelta.Aeron.Publications;
using HftDelta.Aeron.Sockets;

namespace HftDelta.Aeron.Driver;

/// <summary>What the sender is told, cold, over its queue.</summary>
internal abstract record SenderCommand
{
    public sealed record AddEndpoint(SendChannelEndpoint Endpoint) : SenderCommand;

    public sealed record RemoveEndpoint(SendChannelEndpoint Endpoint) : SenderCommand;

    public sealed record AddPublication(NetworkPublication Publication) : SenderCommand;

    public sealed record RemovePublication(NetworkPublication Publication) : SenderCommand;

    /// <summary>The application names a destination.</summary>
    public sealed record AddDestination(SendChannelEndpoint Endpoint, SocketEndpoint Address, long RegistrationId)
        : SenderCommand;

    public sealed record RemoveDestination(SendChannelEndpoint Endpoint, SocketEndpoint Address) : SenderCommand;

    public sealed record RemoveDestinationById(SendChannelEndpoint Endpoint, long RegistrationId) : SenderCommand;
}

/// <summary>What the receiver is told, cold, over its queue.</summary>
internal abstract record ReceiverCommand
{
    public sealed record AddEndpoint(ReceiveChannelEndpoint Endpoint) : ReceiverCommand;

    public sealed record RemoveEndpoint(ReceiveChannelEndpoint Endpoint) : ReceiverCommand;

    /// <summary>A destination was added.</summary>
    public sealed record AddTransport(ReceiveChannelEndpoint Endpoint, ReceiveTransport Transport) : ReceiverCommand;

    public sealed record RemoveTransport(ReceiveChannelEndpoint Endpoint, ReceiveTransport Transport) : ReceiverCommand;

    public sealed record AddSubscription(Subscription Subscription) : ReceiverCommand;

    /// <summary>The session that answers a response subscription is known: it is asked for.</summary>
    public sealed record AddResponseSession(Subscription Subscription, int SessionId) : ReceiverCommand;

    public sealed record RemoveSubscription(Subscription Subscription) : ReceiverCommand;

    public sealed record AddImage(PublicationImage Image) : ReceiverCommand;

    /// <summary>An image that was asked for did not come about.</summary>
    public sealed record RefuseImage(ConductorCommand.CreateImage Asked) : ReceiverCommand;

    public sealed record AddReader(PublicationImage Image, PositionWord Position) : ReceiverCommand;

    public sealed record RemoveReader(PublicationImage Image, PositionWord Position) : ReceiverCommand;

    /// <summary>A reader that fell behind no longer counts; others go on.</summary>
    public sealed record RestReader(PublicationImage Image, PositionWord Position) : ReceiverCommand;

    /// <summary>The application refuses the stream, for a reason in ASCII.</summary>
    public sealed record RejectImage(PublicationImage Image, byte[] Reason) : ReceiverCommand;

    /// <summary>The session that answers the image's requests, to be told its sender; null when it need not be told any more.
    /// </summary>
    public sealed record SetResponse(PublicationImage Image, int? SessionId) : ReceiverCommand;
}

/// <summary>What the conductor is told, cold, over its queue.</summary>
internal abstract record ConductorCommand
{
    public sealed record AddPublication(NetworkPublication Publication) : ConductorCommand;

    /// <summary>The last client has closed.</summary>
    public sealed record ClosePublication(NetworkPublication Publication) : ConductorCommand;

    /// <summary>A client takes the stream back.</summary>
    public sealed record RevokePublication(NetworkPublication Publication) : ConductorCommand;

    /// <summary>A receiver refuses the stream.</summary>
    public sealed record PublicationFailed(PublicationError Error) : ConductorCommand;

    /// <summary>The sender has let go of it.</summary>
    public sealed record PublicationRemoved(NetworkPublication Publication) : ConductorCommand;

    public sealed record AddSubscription(Subscription Subscription) : ConductorCommand;

    public sealed record CloseSubscription(Subscription Subscription) : ConductorCommand;

    /// <summary>The receiver has let go of it.</summary>
    public sealed record SubscriptionRemoved(Subscription Subscription) : ConductorCommand;

    /// <summary>A stream has come whose log must be made.</summary>
    public sealed record CreateImage(
        ReceiveChannelEndpoint Endpoint, ReceiveTransport Transport, SetupFrame Setup, SocketEndpoint Source) : ConductorCommand;

    /// <summary>The application refuses the stream, for a reason in ASCII.</summary>
    public sealed record RejectImage(long ImageCorrelationId, byte[] Reason) : ConductorCommand;

    /// <summary>
    /// A publication answers the requests of an image: its session is told the requester until it is connected, then null.
    /// </summary>
    public sealed record SetResponse(long ImageCorrelationId, int? SessionId) : ConductorCommand;

    /// <summary>The answerer of a request publication told the session of its answers (RSP_SETUP).</summary>
    public sealed record ResponseSetup(long SubscriptionRegistrationId, int SessionId) : ConductorCommand;

    /// <summary>Data came: the rest of its log is brought in before it is needed.</summary>
    public sealed record PopulateImage(PublicationImage Image) : ConductorCommand;

    /// <summary>The receiver has let go of it.</summary>
    public sealed record ImageEnded(PublicationImage Image) : ConductorCommand;
}
