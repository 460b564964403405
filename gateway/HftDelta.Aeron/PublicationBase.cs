using HftDelta.Aeron.LogBuffers;
using HftDelta.Aeron.Publications;

namespace HftDelta.Aeron;

/// <summary>
/// What both kinds of publication are: the sending end of a stream, open until it is closed. Nothing of it is virtual: they
/// differ in how they append, and each does that itself. Any thread.
/// </summary>
public abstract class PublicationBase : IDisposable
{
    private readonly NetworkPublication _network;
    private int _isClosed;

    private protected PublicationBase(NetworkPublication network)
    {
        _network = network;
        Target = network.Target;
    }

    /// <summary>The channel as it was asked for.</summary>
    public string Channel => _network.Channel;

    public int SessionId => _network.SessionId;

    public int StreamId => _network.StreamId;

    /// <summary>The driver's number for it: its counters and its log file carry it.</summary>
    public long RegistrationId => _network.Identity.RegistrationId;

    /// <summary>The longest message that travels in one frame, and the longest claim.</summary>
    public int MaxPayloadLength => Target.PayloadLengthMax;

    /// <summary>The longest message at all: an eighth of the term length.</summary>
    public int MaxMessageLength => Target.MessageLengthMax;

    /// <summary>Somebody listens.</summary>
    public bool IsConnected => !IsClosed && Target.Metadata.IsConnected;

    public bool IsClosed => Volatile.Read(ref _isClosed) != 0;

    /// <summary>Where offers are refused until receivers have caught up, or <see cref="Publication.Closed"/>.</summary>
    public long PositionLimit => IsClosed ? Publication.Closed : Target.Limit.Acquire();

    private protected AppendTarget Target { get; }

    /// <summary>Closed, lingered, and its memory given back.</summary>
    private protected bool IsLogFreed => _network.Log.IsDisposed;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 0)
        {
            _network.Driver.Release(_network, this);
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>The result of an offer or a claim, counted when receivers are behind.</summary>
    private protected long Counted(long position)
    {
        if (position == Publication.BackPressured)
        {
            _network.CountBackPressure();
        }

        return position;
    }
}
