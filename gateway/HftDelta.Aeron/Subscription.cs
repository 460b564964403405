using HftDelta.Aeron.Driver;
using HftDelta.Aeron.Sockets;

namespace HftDelta.Aeron;

/// <summary>
/// The receiving end: every publisher that sends to its channel and stream is an <see cref="Image"/> of it. Owner: the one
/// thread that polls; <see cref="Dispose"/> from any thread, after the last poll or between two.
/// </summary>
public sealed class Subscription : IDisposable
{
    // No session id is that long.
    private const long NoSession = long.MaxValue;

    private readonly DriverContext _driver;
    private readonly ReceiveChannelEndpoint? _endpoint;
    private Image[] _images = [];
    private int _firstIndex;
    private long _pollsBegun;
    private long _pollsEnded;
    private long _responseSession = NoSession;
    private int _isClosed;

    internal Subscription(
        DriverContext driver,
        ReceiveChannelEndpoint? endpoint,
        SubscriptionParameters parameters,
        int streamId,
        long registrationId)
    {
        _driver = driver;
        _endpoint = endpoint;
        Parameters = parameters;
        StreamId = streamId;
        RegistrationId = registrationId;
    }

    /// <summary>The channel as it was asked for.</summary>
    public string Channel => Parameters.Channel;

    public int StreamId { get; }

    /// <summary>The driver's number for it: counters and response channels name it by this.</summary>
    public long RegistrationId { get; }

    /// <summary>
    /// The address that publishers send to, with the port that the system chose when 0 was asked for; none for destinations that
    /// are added one by one, and for a spy.
    /// </summary>
    public SocketEndpoint LocalEndpoint => _endpoint?.LocalEndpoint ?? default;

    /// <summary>The channel that publishers reach this subscription by: <see cref="LocalEndpoint"/> as its endpoint.</summary>
    public string ResolvedChannel => LocalEndpoint.IsNone ? Channel : $"aeron:udp?endpoint={LocalEndpoint}";

    /// <summary>The images of now: a snapshot, which the driver replaces and never changes.</summary>
    public ReadOnlySpan<Image> Images => Volatile.Read(ref _images);

    /// <summary>Somebody sends.</summary>
    public bool IsConnected => Volatile.Read(ref _images).Length > 0;

    public bool IsClosed => Volatile.Read(ref _isClosed) != 0;

    /// <summary>Of everything but a spy.</summary>
    internal ReceiveChannelEndpoint Endpoint => _endpoint!;

    internal SubscriptionParameters Parameters { get; }

    /// <summary>How many polls have begun, for the conductor: logs go only after those that might be inside have ended.</summary>
    internal long PollsBegun => Volatile.Read(ref _pollsBegun);

    internal long PollsEnded => Volatile.Read(ref _pollsEnded);

    public Image? ImageBySessionId(int sessionId)
    {
        foreach (var image in Images)
        {
            if (image.SessionId == sessionId)
            {
                return image;
            }
        }

        return null;
    }

    /// <summary>
    /// Listens at one more address: for subscriptions with <c>control-mode=manual</c>. Streams that come by several destinations
    /// with the same session are one image. The socket is bound when this returns. Cold; for any thread.
    /// </summary>
    /// <exception cref="AeronException">It cannot be; the message says why and what to do.</exception>
    public void AddDestination(string channel) => _driver.AddDestination(this, channel);

    /// <summary>Takes back what <see cref="AddDestination"/> added, by the same channel. Cold; for any thread.</summary>
    /// <exception cref="AeronException">There is no such destination.</exception>
    public void RemoveDestination(string channel) => _driver.RemoveDestination(this, channel);

    /// <summary>Hands up to so many fragments to the handler, image by image; each call begins with another image.</summary>
    /// <returns>How many fragments were handed on; padding is none.</returns>
    public int Poll<THandler>(ref THandler handler, int fragmentLimit)
        where THandler : struct, IFragmentHandler
    {
        var images = BeginPoll();
        var fragments = 0;
        try
        {
            var first = FirstIndex(images.Length);
            for (var step = 0; step < images.Length && fragments < fragmentLimit; step++)
            {
                var index = first + step;
                index = index < images.Length ? index : index - images.Length;
                fragments += images[index].Poll(ref handler, fragmentLimit - fragments);
            }
        }
        finally
        {
            EndPoll();
        }

        return fragments;
    }

    /// <summary>The same with a handler that says after each fragment how to go on.</summary>
    /// <returns>How many fragments were consumed.</returns>
    public int ControlledPoll<THandler>(ref THandler handler, int fragmentLimit)
        where THandler : struct, IControlledFragmentHandler
    {
        var images = BeginPoll();
        var fragments = 0;
        try
        {
            var first = FirstIndex(images.Length);
            for (var step = 0; step < images.Length && fragments < fragmentLimit; step++)
            {
                var index = first + step;
                index = index < images.Length ? index : index - images.Length;
                fragments += images[index].ControlledPoll(ref handler, fragmentLimit - fragments);
            }
        }
        finally
        {
            EndPoll();
        }

        return fragments;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 0)
        {
            _driver.Release(this);
        }
    }

    /// <summary>Whether streams of this session are for it. For any thread of the driver.</summary>
    internal bool Wants(int sessionId) => Parameters.IsResponse
        ? Volatile.Read(ref _responseSession) == sessionId
        : Parameters.SessionId is not { } only || only == sessionId;

    /// <summary>It is a spy of this publication.</summary>
    internal bool Spies(Publications.NetworkPublication publication) =>
        Parameters.IsSpy && StreamId == publication.StreamId
        && (Parameters.Uri.ChannelTag is { } tag && tag == publication.Endpoint.Tag
            || (Parameters.SpiedAddress is { Key: { } key } && key == publication.Endpoint.Address.Key
                && Wants(publication.SessionId)));

    /// <summary>The session that answers. For the conductor.</summary>
    internal void SetResponseSession(int sessionId) => Volatile.Write(ref _responseSession, sessionId);

    internal void Reject(Image image, byte[] reason) =>
        _driver.ToConductor.Enqueue(new ConductorCommand.RejectImage(image.CorrelationId, reason));

    // The two methods below belong to the conductor, the only writer of the array.
    internal void AddImage(Image image)
    {
        Image[] images = [.. _images, image];

        // release: whoever sees the array sees its images whole.
        Volatile.Write(ref _images, images);
    }

    internal void RemoveImage(Image image) =>
        Volatile.Write(ref _images, Array.FindAll(_images, other => !ReferenceEquals(other, image)));

    private Image[] BeginPoll()
    {
        // The time that the conductor leaves between taking an image away and looking at these counts is long against any
        // delay of a store, so that plain release stores are enough.
        Volatile.Write(ref _pollsBegun, _pollsBegun + 1);
        return Volatile.Read(ref _images);
    }

    // release: the end of the poll is seen after its last read of a log.
    private void EndPoll() => Volatile.Write(ref _pollsEnded, _pollsBegun);

    private int FirstIndex(int count)
    {
        var first = _firstIndex;
        if (first >= count)
        {
            first = 0;
        }

        _firstIndex = first + 1;
        return first;
    }
}
