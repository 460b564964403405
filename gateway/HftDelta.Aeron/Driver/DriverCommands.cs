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

    public sealed record AddSubscription(Subscription Subscription) : ReceiverCommand;

    public sealed record RemoveSubscription(Subscription Subscription) : ReceiverCommand;

    public sealed record AddImage(PublicationImage Image) : ReceiverCommand;

    /// <summary>An image that was asked for did not come about.</summary>
    public sealed record RefuseImage(ConductorCommand.CreateImage Asked) : ReceiverCommand;

    public sealed record AddReader(PublicationImage Image, PositionWord Position) : ReceiverCommand;

    public sealed record RemoveReader(PublicationImage Image, PositionWord Position) : ReceiverCommand;
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
    public sealed record CreateImage(ReceiveChannelEndpoint Endpoint, SetupFrame Setup, SocketEndpoint Source) : ConductorCommand;

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
