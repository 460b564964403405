using System.Runtime.CompilerServices;
using HftDelta.Aeron.Counters;
using HftDelta.Aeron.Driver;
using HftDelta.Aeron.LogBuffers;

namespace HftDelta.Aeron.Publications;

/// <summary>
/// One session of one stream towards one address: what the application, the sender and the conductor share. Each shared word has
/// one writer, named at it; what belongs to one agent alone is in <see cref="PublicationSender"/> and
/// <see cref="PublicationKeeper"/>.
/// </summary>
internal sealed class NetworkPublication
{
    private readonly List<IDisposable> _clients = [];
    private readonly ConcurrentAppender _appender;
    private PublicationSender? _atOnce;
    private int _isEndOfStream;
    private int _isRemoteEnded;
    private int _isRevoked;
    private long _backPressureCount;

    public NetworkPublication(
        DriverContext driver,
        SendChannelEndpoint endpoint,
        PublicationParameters parameters,
        LogBuffer log,
        PublicationIdentity identity,
        PublicationCounters counters)
    {
        Driver = driver;
        Endpoint = endpoint;
        Parameters = parameters;
        Log = log;
        Identity = identity;
        Counters = counters;
        Target = new AppendTarget(log, counters.Limit, identity.SessionId, identity.StreamId);
        _appender = new ConcurrentAppender(Target);
        Spies = new PublicationSpies(this);
    }

    public DriverContext Driver { get; }

    public SendChannelEndpoint Endpoint { get; }

    public PublicationParameters Parameters { get; }

    public LogBuffer Log { get; }

    public PublicationIdentity Identity { get; }

    public PublicationCounters Counters { get; }

    public string Channel => Parameters.Channel;

    public int SessionId => Identity.SessionId;

    public int StreamId => Identity.StreamId;

    public AppendTarget Target { get; }

    /// <summary>Who reads the log itself. Owner: the conductor.</summary>
    public PublicationSpies Spies { get; }

    /// <summary>Up to where datagrams have left. Writer: the sender.</summary>
    public PositionWord SenderPosition => Counters.SenderPosition;

    /// <summary>Where offers are refused. Writer: the conductor.</summary>
    public PositionWord Limit => Counters.Limit;

    /// <summary>Everything was sent and nothing will follow. Writer: the conductor.</summary>
    public bool IsEndOfStream
    {
        get => Volatile.Read(ref _isEndOfStream) != 0;
        set => Volatile.Write(ref _isEndOfStream, value ? 1 : 0);
    }

    /// <summary>The receiver told that it saw the end. Writer: the sender.</summary>
    public bool IsRemoteEnded
    {
        get => Volatile.Read(ref _isRemoteEnded) != 0;
        set => Volatile.Write(ref _isRemoteEnded, value ? 1 : 0);
    }

    /// <summary>The stream was taken back. Writer: the conductor.</summary>
    public bool IsRevoked => Volatile.Read(ref _isRevoked) != 0;

    /// <summary>Up to where the application has appended.</summary>
    public long ProducerPosition => _appender.Position;

    public void Revoke()
    {
        Log.Metadata.SetRevoked();
        Volatile.Write(ref _isRevoked, 1);
    }

    /// <summary>Who sends what the invoker's own thread offers. The sender.</summary>
    public void BeSentBy(PublicationSender? sender)
    {
        if (Driver.Options.OffersSendAtOnce)
        {
            Volatile.Write(ref _atOnce, sender);
        }
    }

    /// <summary>Something was committed: it leaves now if it may, otherwise with the sender's next turn. Any thread.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SendAtOnce() => Volatile.Read(ref _atOnce)?.SendAtOnce();

    /// <summary>Offers that were refused since the last look; any number of threads add.</summary>
    public void CountBackPressure() => Interlocked.Increment(ref _backPressureCount);

    public long TakeBackPressureCount() =>
        Volatile.Read(ref _backPressureCount) == 0 ? 0 : Interlocked.Exchange(ref _backPressureCount, 0);

    // Those below only under the driver's gate.
    public bool HasClients => _clients.Count > 0;

    public void AddClient(IDisposable client) => _clients.Add(client);

    /// <returns>True when it was the last one.</returns>
    public bool RemoveClient(IDisposable client) => _clients.Remove(client) && _clients.Count == 0;

    public IDisposable[] TakeClients() => [.. _clients];
}

/// <summary>What names a publication on the wire and in the driver.</summary>
internal readonly record struct PublicationIdentity(long RegistrationId, int SessionId, int StreamId, bool IsExclusive);
