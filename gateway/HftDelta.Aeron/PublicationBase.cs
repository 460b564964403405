using HftDelta.Aeron.Counters;
using HftDelta.Aeron.LogBuffers;
using HftDelta.Aeron.Publications;
using HftDelta.Aeron.Sockets;

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

    /// <summary>How far offers may still go, or <see cref="Publication.Closed"/>.</summary>
    public long AvailableWindow =>
        IsClosed ? Publication.Closed : Math.Max(0, Target.Limit.Acquire() - _network.ProducerPosition);

    /// <summary>How the sending socket is: 0 not open yet, 1 active, 2 closing, -1 in error; 2 when this is closed.</summary>
    public long ChannelStatus => IsClosed ? ChannelCounters.Closing : _network.Endpoint.Shown.Status.Value;

    /// <summary>What the sending socket is bound to.</summary>
    public SocketEndpoint LocalEndpoint => _network.Endpoint.LocalEndpoint;

    public int InitialTermId => Target.InitialTermId;

    public int TermLengthBytes => Target.TermLengthBytes;

    /// <summary>Where the stream ends for want of term ids.</summary>
    public long MaxPossiblePosition => Target.PositionMax;

    /// <summary>Somebody has taken the stream back.</summary>
    public bool IsRevoked => _network.IsRevoked;

    /// <summary>Where offers are refused until receivers have caught up, or <see cref="Publication.Closed"/>.</summary>
    public long PositionLimit => IsClosed ? Publication.Closed : Target.Limit.Acquire();

    /// <summary>
    /// The one receiver of a unicast channel told that it has the stream to its end, or that it leaves: it waits for nothing
    /// more. Still told after this is closed. Never with several receivers.
    /// </summary>
    public bool IsEndSeen => _network.IsRemoteEnded;

    /// <summary>Several receivers may listen.</summary>
    public bool HasGroupSemantics => _network.Parameters.HasGroupSemantics;

    private protected AppendTarget Target { get; }

    /// <summary>Closed, lingered, and its memory given back.</summary>
    private protected bool IsLogFreed => _network.Log.IsDisposed;

    /// <summary>
    /// Adds a receiver to a channel of <c>control-mode=manual</c>, such as <c>aeron:udp?endpoint=10.0.0.2:40123</c>. Cold; any
    /// thread.
    /// </summary>
    /// <returns>The number by which it can be taken away again.</returns>
    /// <exception cref="AeronException">The channel has no destinations to name, or this is none.</exception>
    public long AddDestination(string endpointChannel)
    {
        RequireOpen();
        return _network.Driver.AddDestination(_network, endpointChannel);
    }

    /// <summary>Takes a receiver away again: the first one at that address.</summary>
    /// <exception cref="AeronException">The channel has no destinations to name, or this is none.</exception>
    public void RemoveDestination(string endpointChannel)
    {
        RequireOpen();
        _network.Driver.RemoveDestination(_network, endpointChannel);
    }

    /// <summary>Takes away the receiver that <see cref="AddDestination"/> gave the number for.</summary>
    /// <exception cref="AeronException">The channel has no destinations to name.</exception>
    public void RemoveDestination(long registrationId)
    {
        RequireOpen();
        _network.Driver.RemoveDestination(_network, registrationId);
    }

    /// <summary>
    /// Closes and takes the stream back: readers lose it at once with what they had not read, and nobody waits for repairs. It
    /// concerns everybody who shares the stream.
    /// </summary>
    public void Revoke()
    {
        if (!IsClosed)
        {
            _network.Driver.Revoke(_network);
            Dispose();
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 0)
        {
            _network.Driver.Release(_network, this);
        }

        GC.SuppressFinalize(this);
    }

    private void RequireOpen()
    {
        if (IsClosed)
        {
            throw new AeronException($"the publication to '{Channel}' is closed");
        }
    }

    /// <summary>The result of an offer: what was taken leaves now if it may.</summary>
    private protected long Offered(long position)
    {
        if (position > 0)
        {
            _network.SendAtOnce();
            return position;
        }

        return Counted(position);
    }

    private protected unsafe BufferClaim Claim(byte* frame, int lengthBytes) => new(frame, lengthBytes, _network);

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
