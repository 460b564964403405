using HftDelta.Aeron.Channels;
using HftDelta.Aeron.Cnc;
using HftDelta.Aeron.Counters;
using HftDelta.Aeron.Frames;
using HftDelta.Aeron.Images;
using HftDelta.Aeron.LogBuffers;
using HftDelta.Aeron.Loss;
using HftDelta.Runtime.Storage;

namespace HftDelta.Aeron.Driver;

/// <summary>
/// Makes what a new image needs, or refuses: the sender chooses how long its terms are and how soon they end, and this process
/// pays. Logs of images that have ended count until their memory is given back, or a sender that begins and ends streams without
/// pause would fill it with those that linger. Owner: the conductor.
/// </summary>
internal sealed class ImageMaker(DriverContext context)
{
    // An honest restart of everybody, even a few in a row, stays within it.
    private const long LingeringPerImageMax = 8;
    private const long LingeringPerAddressImageMax = 4;

    private readonly ImageQuota _lingering = new(
        (int)Math.Min(int.MaxValue, context.Options.ImagesPerEndpointMax * LingeringPerImageMax),
        (int)Math.Min(int.MaxValue, context.Options.ImagesPerAddressMax * LingeringPerAddressImageMax));

    private long _lingeringLengthBytes;

    /// <summary>Of the logs of all images that there are.</summary>
    public long LogLengthBytes { get; private set; }

    /// <returns>Null when there is no room, or nothing could ever be let through.</returns>
    public ImageResources? TryMake(ConductorCommand.CreateImage create, SubscriptionParameters parameters, long nowNanos)
    {
        var setup = create.Setup;
        var window = Math.Min(parameters.WindowLengthBytes, setup.TermLength / 2);
        var logLengthBytes = LogBuffer.LengthBytesOf(setup.TermLength);
        if (setup.MtuLength > window)
        {
            // Its datagrams could never be let through: no status message, and the sender goes on asking.
            Refuse(setup, $"its mtu {setup.MtuLength} is more than the receiver window of {window}");
            return null;
        }

        if (!_lingering.HasPlace(create.Source))
        {
            Refuse(setup, $"too many images have just ended");
            return null;
        }

        if (LogLengthBytes + _lingeringLengthBytes + logLengthBytes > context.Options.ImageLogLengthBytesMax)
        {
            Refuse(setup, $"all logs together would take more than {context.Options.ImageLogLengthBytesMax} bytes");
            return null;
        }

        var correlationId = context.NextCorrelationId();
        var isGroup = IsGroup(create, parameters);
        try
        {
            var log = LogBuffer.Create(
                LogOf(create, parameters, correlationId, window, isGroup), context.LogPath(LogFolders.Images, correlationId));
            LogLengthBytes += logLengthBytes;
            return new ImageResources
            {
                CorrelationId = correlationId,
                Log = log,
                Parameters = parameters,
                WindowLengthBytes = window,
                Cubic = CubicOf(parameters, setup, window, nowNanos),
                IsGroup = isGroup,
                Seed = context.NextSeed(),
                Counters = new ImageCounters(
                    context.CounterStore,
                    correlationId,
                    setup.SessionId,
                    setup.StreamId,
                    parameters.Channel,
                    PublicationImage.JoinPositionOf(setup)),
                LossSink = context.LossSink,
                Readers = [],
            };
        }
        catch (Exception refusal) when (refusal is StorageException or InsufficientMemoryException)
        {
            // No room for one more stream is no reason to end the others.
            Refuse(setup, $"{refusal.Message}");
            return null;
        }
    }

    /// <summary>The image has ended: its log lingers, for whoever may still be inside.</summary>
    public void Retire(PublicationImage image)
    {
        var length = LogBuffer.LengthBytesOf(image.Setup.TermLength);
        LogLengthBytes -= length;
        _lingeringLengthBytes += length;
        _lingering.Take(image.FirstSource);
    }

    /// <summary>Its log is gone: it counts no more.</summary>
    public void Forget(PublicationImage image)
    {
        _lingeringLengthBytes -= LogBuffer.LengthBytesOf(image.Setup.TermLength);
        _lingering.GiveBack(image.FirstSource);
    }

    // Without the session and its source, which a hostile sender would change with every SETUP: equal errors are told once.
    private void Refuse(in SetupFrame setup, FormattableString why)
    {
        context.ConductorCounters.ImagesRefused.Increment();
        if (context.HasDirectory)
        {
            context.TellError(
                FormattableString.Invariant($"image of stream {setup.StreamId} refused: ") + FormattableString.Invariant(why));
        }
    }

    private static bool IsGroup(ConductorCommand.CreateImage create, SubscriptionParameters parameters) =>
        parameters.Group switch
        {
            GroupSemantics.Group => true,
            GroupSemantics.Single => false,
            _ => !create.Transport.ControlGroup.IsNone || (create.Setup.Flags & FrameFlags.SetupGroup) != 0,
        };

    private static LogParameters LogOf(
        ConductorCommand.CreateImage create, SubscriptionParameters parameters, long correlationId, int window, bool isGroup)
    {
        var setup = create.Setup;
        return new LogParameters
        {
            Type = LogType.Image,
            CorrelationId = correlationId,
            SessionId = setup.SessionId,
            StreamId = setup.StreamId,
            InitialTermId = setup.InitialTermId,
            TermLengthBytes = setup.TermLength,
            MtuLengthBytes = setup.MtuLength,
            ReceiverWindowLengthBytes = window,
            SocketReceiveBufferLengthBytes = create.Transport.AskedReceiveBufferBytes,
            IsReliable = parameters.IsReliable,
            IsRejoin = parameters.IsRejoin,
            IsTether = parameters.IsTethered,
            HasGroupSemantics = isGroup,
            IsResponse = parameters.IsResponse,
            IsSparse = parameters.Uri.IsSparse,
            UntetheredWindowLimitNanos = parameters.UntetheredWindowLimitNanos,
            UntetheredLingerNanos = parameters.UntetheredLingerNanos,
            UntetheredRestingNanos = parameters.UntetheredRestingNanos,
        };
    }

    private CubicWindow? CubicOf(SubscriptionParameters parameters, in SetupFrame setup, int window, long nowNanos) =>
        parameters.CongestionControl == CongestionControlKind.Cubic
            ? new CubicWindow(
                setup.MtuLength,
                window,
                context.Options.CubicMeasuresRoundTrip,
                context.Options.CubicRoundTripNanos,
                nowNanos)
            : null;
}
