using HftDelta.Aeron.Counters;
using HftDelta.Aeron.Frames;
using HftDelta.Aeron.Images;
using HftDelta.Aeron.LogBuffers;

namespace HftDelta.Aeron.Driver;

/// <summary>
/// Which subscription reads which received stream: makes images for new streams and new subscriptions, and takes them away again.
/// Owner: the conductor, which alone writes the subscriptions' arrays of images.
/// </summary>
internal sealed class ImageRegister(DriverContext context, RetiredLogs retired)
{
    private readonly List<Subscription> _subscriptions = [];
    private readonly List<ImageEntry> _entries = [];
    private readonly ImageMaker _maker = new(context);

    /// <summary>Streams that are received.</summary>
    public int Count => _entries.Count;

    public long LogBytes => _maker.LogLengthBytes;

    /// <summary>A new subscription also reads the streams that are received already, from where they stand.</summary>
    public void Add(Subscription subscription, long nowNanos)
    {
        _subscriptions.Add(subscription);
        foreach (var entry in _entries)
        {
            if (entry.Readers.Count > 0 && IsFor(subscription, entry.Network.Endpoint, entry.Network.StreamId)
                && subscription.Wants(entry.Network.SessionId))
            {
                var reader = new ImageReader(subscription, nowNanos);
                entry.Readers.Add(reader);
                JoinLive(entry, reader, nowNanos);
            }
        }
    }

    public void Close(Subscription subscription, long nowNanos)
    {
        _subscriptions.Remove(subscription);
        foreach (var entry in _entries)
        {
            var index = entry.Readers.FindIndex(reader => ReferenceEquals(reader.Subscription, subscription));
            if (index >= 0)
            {
                var reader = entry.Readers[index];
                entry.Readers.RemoveAt(index);
                Leave(entry, reader);
                if (reader.Position is { } position)
                {
                    retired.Add(null, [position.Slot], [entry.FormerReaders[^1]], nowNanos);
                }

                // One that rests is not counted there; that nobody is left has to be noticed all the same.
                context.ToReceiver.Enqueue(
                    new ReceiverCommand.RemoveReader(entry.Network, reader.Position ?? new PositionWord(0)));
            }
        }

        context.ToReceiver.Enqueue(new ReceiverCommand.RemoveSubscription(subscription));
    }

    /// <summary>A stream has come: makes its log and an image for every subscription that wants it.</summary>
    public void Create(ConductorCommand.CreateImage create, long nowNanos)
    {
        var setup = create.Setup;
        var subscriptions = _subscriptions.FindAll(subscription =>
            IsFor(subscription, create.Endpoint, setup.StreamId) && subscription.Wants(setup.SessionId));
        if (subscriptions.Count == 0
            || _maker.TryMake(create, subscriptions[0].Parameters, nowNanos) is not { } resources)
        {
            context.ToReceiver.Enqueue(new ReceiverCommand.RefuseImage(create));
            return;
        }

        var position = PublicationImage.JoinPositionOf(setup);
        var positions = subscriptions.ConvertAll(
            subscription => ReaderPosition(subscription, setup, resources.CorrelationId, position));
        resources = resources with { Readers = positions };
        var source = new ImageSource(create.Transport, create.Source, nowNanos);
        var network = new PublicationImage(create.Endpoint, source, setup, resources, context.Options, nowNanos);
        context.Retain(create.Endpoint);
        var entry = new ImageEntry(network);
        _entries.Add(entry);
        context.Show(network);
        for (var index = 0; index < subscriptions.Count; index++)
        {
            var reader = new ImageReader(subscriptions[index], nowNanos);
            entry.Readers.Add(reader);
            Join(entry, reader, positions[index], nowNanos);
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
        context.Hide(network);
        foreach (var reader in entry.Readers)
        {
            Leave(entry, reader);
        }

        var positions = entry.Readers.Select(reader => reader.Position).OfType<PositionWord>();
        retired.Add(
            network.Log,
            [.. network.Counters.Slots, .. positions.Select(position => position.Slot)],
            entry.FormerReaders,
            nowNanos,
            () => _maker.Forget(network));
        _maker.Retire(network);
        context.Forget(network.Endpoint);
    }

    public void Reject(long imageCorrelationId, byte[] reason)
    {
        if (Find(imageCorrelationId) is { } entry)
        {
            context.ToReceiver.Enqueue(new ReceiverCommand.RejectImage(entry.Network, reason));
        }
    }

    public void SetResponse(long imageCorrelationId, int? sessionId)
    {
        if (Find(imageCorrelationId) is { } entry)
        {
            context.ToReceiver.Enqueue(new ReceiverCommand.SetResponse(entry.Network, sessionId));
        }
    }

    /// <summary>
    /// The answerer of a request told its session: the subscription takes that one from now on. While the one of before is still
    /// there it stays.
    /// </summary>
    public void OnResponseSetup(long registrationId, int sessionId)
    {
        var subscription = _subscriptions.Find(other => other.RegistrationId == registrationId);
        if (subscription is { Parameters.IsResponse: true, IsConnected: false })
        {
            subscription.SetResponseSession(sessionId);
            context.ToReceiver.Enqueue(new ReceiverCommand.AddResponseSession(subscription, sessionId));
        }
    }

    /// <summary>Lets go of untethered readers that have fallen behind, and takes them in again.</summary>
    public void OnTimer(long nowNanos)
    {
        foreach (var entry in _entries)
        {
            if (entry.Readers.Exists(static reader => !reader.Subscription.Parameters.IsTethered))
            {
                CheckUntethered(entry, nowNanos);
            }
        }
    }

    /// <summary>Frees everything: after the agents have stopped and the application has let go.</summary>
    public void FreeAll()
    {
        foreach (var entry in _entries)
        {
            foreach (var reader in entry.Readers)
            {
                Leave(entry, reader);
            }

            entry.Network.Log.Dispose();
        }

        _entries.Clear();
    }

    private static bool IsFor(Subscription subscription, ReceiveChannelEndpoint endpoint, int streamId) =>
        ReferenceEquals(subscription.Endpoint, endpoint) && subscription.StreamId == streamId;

    private ImageEntry? Find(long imageCorrelationId) =>
        _entries.Find(entry => entry.Network.CorrelationId == imageCorrelationId);

    private void CheckUntethered(ImageEntry entry, long nowNanos)
    {
        var fastest = entry.Readers.Max(static reader => reader.Position?.Acquire() ?? 0);
        var window = entry.Network.WindowLengthBytes;
        var limit = fastest - window + (window / 4);
        foreach (var reader in entry.Readers)
        {
            var parameters = reader.Subscription.Parameters;
            if (parameters.IsTethered)
            {
                continue;
            }

            switch (reader.State)
            {
                case ImageReaderState.Active:
                    if (reader.Position!.Acquire() > limit)
                    {
                        reader.SinceNanos = nowNanos;
                    }
                    else if (nowNanos - reader.SinceNanos >= parameters.UntetheredWindowLimitNanos)
                    {
                        Leave(entry, reader);
                        reader.Linger(nowNanos);
                    }

                    break;
                case ImageReaderState.Lingering:
                    if (nowNanos - reader.SinceNanos >= parameters.UntetheredLingerNanos)
                    {
                        context.ToReceiver.Enqueue(new ReceiverCommand.RestReader(entry.Network, reader.Position!));
                        retired.Add(null, [reader.Position!.Slot], [], nowNanos);
                        reader.Rest(nowNanos);
                    }

                    break;
                default:
                    if (nowNanos - reader.SinceNanos >= parameters.UntetheredRestingNanos)
                    {
                        JoinLive(entry, reader, nowNanos);
                    }

                    break;
            }
        }
    }

    private void JoinLive(ImageEntry entry, ImageReader reader, long nowNanos)
    {
        var network = entry.Network;
        var position = ReaderPosition(
            reader.Subscription, network.Setup, network.CorrelationId, network.RebuildPosition.Acquire());
        Join(entry, reader, position, nowNanos);
        context.ToReceiver.Enqueue(new ReceiverCommand.AddReader(network, position));
    }

    private static void Join(ImageEntry entry, ImageReader reader, PositionWord position, long nowNanos)
    {
        var network = entry.Network;
        var image = new Image(
            network.Log,
            position,
            network.SessionId,
            network.FirstSource.ToIPEndPoint(),
            reader.Subscription,
            network.CorrelationId);
        reader.Join(image, position, nowNanos);
        reader.Subscription.AddImage(image);
    }

    // Those that linger or rest have left already.
    private static void Leave(ImageEntry entry, ImageReader reader)
    {
        if (reader.Image is { } image)
        {
            image.Close();
            image.Subscription.RemoveImage(image);
        }

        entry.FormerReaders.Add(new FormerReader(reader.Subscription, reader.Subscription.PollsBegun));
    }

    // Keyed by the subscription; the image is told beside it.
    private PositionWord ReaderPosition(
        Subscription subscription, in SetupFrame setup, long imageCorrelationId, long joinPosition)
    {
        var counters = new StreamCounters(
            context.CounterStore, subscription.RegistrationId, setup.SessionId, setup.StreamId, subscription.Channel);
        return counters.ReaderPosition(joinPosition, imageCorrelationId);
    }
}
