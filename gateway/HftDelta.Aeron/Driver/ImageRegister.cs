using System.Globalization;
using HftDelta.Aeron.Cnc;
using HftDelta.Aeron.Counters;
using HftDelta.Aeron.Frames;
using HftDelta.Aeron.Images;
using HftDelta.Aeron.LogBuffers;
using HftDelta.Runtime.Storage;

namespace HftDelta.Aeron.Driver;

/// <summary>
/// Which subscription reads which received stream: makes images for new streams and new subscriptions, and takes them away again.
/// Owner: the conductor, which alone writes the subscriptions' arrays of images.
/// </summary>
internal sealed class ImageRegister(DriverContext context, RetiredLogs retired)
{
    private readonly List<Subscription> _subscriptions = [];
    private readonly List<Entry> _entries = [];

    /// <summary>Streams that are received.</summary>
    public int Count => _entries.Count;

    public long LogBytes
    {
        get
        {
            var bytes = 0L;
            foreach (var entry in _entries)
            {
                bytes += entry.Network.Log.LengthBytes;
            }

            return bytes;
        }
    }

    /// <summary>A new subscription also reads the streams that are received already, from where they stand.</summary>
    public void Add(Subscription subscription)
    {
        _subscriptions.Add(subscription);
        foreach (var entry in _entries)
        {
            if (entry.Readers.Count > 0 && IsFor(subscription, entry.Network.Endpoint, entry.Network.StreamId)
                && subscription.Parameters.Wants(entry.Network.SessionId))
            {
                var position = ReaderPosition(
                    subscription, entry.Network.Setup, entry.Network.CorrelationId, entry.Network.RebuildPosition.Acquire());
                Join(entry, subscription, position);
                context.ToReceiver.Enqueue(new ReceiverCommand.AddReader(entry.Network, position));
            }
        }
    }

    public void Close(Subscription subscription, long nowNanos)
    {
        _subscriptions.Remove(subscription);
        foreach (var entry in _entries)
        {
            var index = entry.Readers.FindIndex(reader => ReferenceEquals(reader.Image.Subscription, subscription));
            if (index >= 0)
            {
                var reader = entry.Readers[index];
                entry.Readers.RemoveAt(index);
                var former = Leave(entry, reader.Image);
                retired.Add(null, [reader.Position.Slot], [former], nowNanos);
                context.ToReceiver.Enqueue(new ReceiverCommand.RemoveReader(entry.Network, reader.Position));
            }
        }

        context.ToReceiver.Enqueue(new ReceiverCommand.RemoveSubscription(subscription));
    }

    /// <summary>A stream has come: makes its log and an image for every subscription that wants it.</summary>
    public void Create(ConductorCommand.CreateImage create, long nowNanos)
    {
        var setup = create.Setup;
        var subscriptions = _subscriptions.FindAll(subscription =>
            IsFor(subscription, create.Endpoint, setup.StreamId) && subscription.Parameters.Wants(setup.SessionId));
        if (subscriptions.Count == 0 || TryMake(create, subscriptions[0].Parameters) is not { } resources)
        {
            context.ToReceiver.Enqueue(new ReceiverCommand.RefuseImage(create));
            return;
        }

        var position = PublicationImage.JoinPositionOf(setup);
        var positions = subscriptions.ConvertAll(
            subscription => ReaderPosition(subscription, setup, resources.CorrelationId, position));
        resources = resources with { Readers = positions };
        var network = new PublicationImage(create.Endpoint, setup, create.Source, resources, context.Options, nowNanos);
        context.Retain(create.Endpoint);
        var entry = new Entry(network);
        _entries.Add(entry);
        for (var index = 0; index < subscriptions.Count; index++)
        {
            Join(entry, subscriptions[index], positions[index]);
        }

        context.ToReceiver.Enqueue(new ReceiverCommand.AddImage(network));
    }

    /// <summary>The receiver has let go of the stream.</summary>
    public void End(PublicationImage network, long nowNanos)
    {
        var entry = _entries.Find(other => ReferenceEquals(other.Network, network));
        if (entry is null)
        {
            return;
        }

        _entries.Remove(entry);
        foreach (var reader in entry.Readers)
        {
            Leave(entry, reader.Image);
        }

        retired.Add(
            network.Log,
            [.. network.Counters.Slots, .. entry.Readers.Select(reader => reader.Position.Slot)],
            entry.FormerReaders,
            nowNanos);
        context.Forget(network.Endpoint);
    }

    /// <summary>Frees everything: after the agents have stopped and the application has let go.</summary>
    public void FreeAll()
    {
        foreach (var entry in _entries)
        {
            foreach (var reader in entry.Readers)
            {
                Leave(entry, reader.Image);
            }

            entry.Network.Log.Dispose();
        }

        _entries.Clear();
    }

    private static bool IsFor(Subscription subscription, ReceiveChannelEndpoint endpoint, int streamId) =>
        ReferenceEquals(subscription.Endpoint, endpoint) && subscription.StreamId == streamId;

    private static void Join(Entry entry, Subscription subscription, PositionWord position)
    {
        var network = entry.Network;
        var image = new Image(
            network.Log, position, network.SessionId, network.Source.ToIPEndPoint(), subscription, network.CorrelationId);
        entry.Readers.Add(new Reader(image, position));
        subscription.AddImage(image);
    }

    private static FormerReader Leave(Entry entry, Image image)
    {
        image.Close();
        image.Subscription.RemoveImage(image);
        var former = new FormerReader(image.Subscription, image.Subscription.PollsBegun);
        entry.FormerReaders.Add(former);
        return former;
    }

    private void Refuse(ConductorCommand.CreateImage create, string why)
    {
        context.ConductorCounters.ImagesRefused.Increment();
        if (context.HasDirectory)
        {
            context.TellError(string.Create(
                CultureInfo.InvariantCulture,
                $"image of session {create.Setup.SessionId} stream {create.Setup.StreamId} from {create.Source}: {why}"));
        }
    }

    // Keyed by the subscription; the image is told beside it.
    private PositionWord ReaderPosition(
        Subscription subscription, in SetupFrame setup, long imageCorrelationId, long joinPosition)
    {
        var counters = new StreamCounters(
            context.CounterStore, subscription.RegistrationId, setup.SessionId, setup.StreamId, subscription.Channel);
        return counters.ReaderPosition(joinPosition, imageCorrelationId);
    }

    private ImageResources? TryMake(ConductorCommand.CreateImage create, SubscriptionParameters parameters)
    {
        var setup = create.Setup;
        var window = Math.Min(parameters.WindowLengthBytes, setup.TermLength / 2);
        if (setup.MtuLength > window)
        {
            // Its datagrams could never be let through: no status message, and the sender goes on asking.
            Refuse(create, $"its mtu {setup.MtuLength} is more than the receiver window of {window}");
            return null;
        }

        var correlationId = context.NextCorrelationId();
        try
        {
            var log = LogBuffer.Create(
                new LogParameters
                {
                    Type = LogType.Image,
                    CorrelationId = correlationId,
                    SessionId = setup.SessionId,
                    StreamId = setup.StreamId,
                    InitialTermId = setup.InitialTermId,
                    TermLengthBytes = setup.TermLength,
                    MtuLengthBytes = setup.MtuLength,
                    ReceiverWindowLengthBytes = window,
                    SocketReceiveBufferLengthBytes = parameters.ReceiveBufferBytes,
                    IsReliable = parameters.IsReliable,
                    IsRejoin = parameters.IsRejoin,
                    IsTether = true,
                },
                context.LogPath(LogFolders.Images, correlationId));
            log.Metadata.Write(LogMetadata.ActiveTransportCountOffset, 1);
            return new ImageResources(correlationId, log, window, parameters.IsReliable, parameters.IsRejoin, [])
            {
                Channel = parameters.Channel,
                Counters = new ImageCounters(
                    context.CounterStore,
                    correlationId,
                    setup.SessionId,
                    setup.StreamId,
                    parameters.Channel,
                    PublicationImage.JoinPositionOf(setup)),
                LossSink = context.LossSink,
            };
        }
        catch (Exception refusal) when (refusal is StorageException or InsufficientMemoryException)
        {
            // No room for one more stream is no reason to end the others.
            Refuse(create, refusal.Message);
            return null;
        }
    }

    private readonly record struct Reader(Image Image, PositionWord Position);

    private sealed class Entry(PublicationImage network)
    {
        public PublicationImage Network { get; } = network;

        public List<Reader> Readers { get; } = [];

        public List<FormerReader> FormerReaders { get; } = [];
    }
}
