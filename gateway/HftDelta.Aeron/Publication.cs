using HftDelta.Aeron.LogBuffers;
using HftDelta.Aeron.Publications;

namespace HftDelta.Aeron;

/// <summary>
/// The sending end of a stream that any number of threads offer to at once. Publications of the same channel and stream of one
/// driver share a session and a log. Nothing waits: a refusal is a negative code and the caller decides.
/// <see cref="Dispose"/> from any thread; what was offered is still sent while somebody listens, then the stream ends.
/// </summary>
public sealed unsafe class Publication : IDisposable
{
    /// <summary>Nobody listens yet, or nobody any more.</summary>
    public const long NotConnected = -1;

    /// <summary>The receivers are behind: try again after they have caught up.</summary>
    public const long BackPressured = -2;

    /// <summary>The log moves on to its next term: try again at once.</summary>
    public const long AdminAction = -3;

    /// <summary>The publication was closed.</summary>
    public const long Closed = -4;

    /// <summary>The stream has used up its positions: only a new publication helps.</summary>
    public const long MaxPositionExceeded = -5;

    private readonly NetworkPublication _network;
    private readonly ConcurrentAppender _appender;
    private readonly AppendTarget _target;
    private int _isClosed;

    internal Publication(NetworkPublication network)
    {
        _network = network;
        _target = network.Target;
        _appender = new ConcurrentAppender(_target);
    }

    /// <summary>The channel as it was asked for.</summary>
    public string Channel => _network.Channel;

    public int SessionId => _network.SessionId;

    public int StreamId => _network.StreamId;

    /// <summary>The longest message that travels in one frame, and the longest claim.</summary>
    public int MaxPayloadLength => _target.PayloadLengthMax;

    /// <summary>The longest message at all: an eighth of the term length.</summary>
    public int MaxMessageLength => _target.MessageLengthMax;

    /// <summary>Somebody listens.</summary>
    public bool IsConnected => !IsClosed && _target.Metadata.IsConnected;

    public bool IsClosed => Volatile.Read(ref _isClosed) != 0;

    /// <summary>Where the next message would begin, or <see cref="Closed"/>.</summary>
    public long Position => IsClosed ? Closed : _appender.Position;

    /// <summary>Where offers are refused until receivers have caught up, or <see cref="Closed"/>.</summary>
    public long PositionLimit => IsClosed ? Closed : _target.Limit.Acquire();

    /// <summary>Copies a message into the log.</summary>
    /// <returns>The position behind the message, or one of the negative codes: nothing was taken then.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Longer than <see cref="MaxMessageLength"/>.</exception>
    public long Offer(ReadOnlySpan<byte> message)
    {
        if (IsClosed)
        {
            return Closed;
        }

        var position = _appender.Offer(message);
        if (position == BackPressured)
        {
            _network.CountBackPressure();
        }

        return position;
    }

    /// <summary>Claims a range to be filled in place; see <see cref="BufferClaim"/>.</summary>
    /// <param name="lengthBytes">Up to <see cref="MaxPayloadLength"/>.</param>
    /// <param name="claim">Empty when the position is negative.</param>
    /// <returns>The position behind the claim, or one of the negative codes: nothing was claimed then.</returns>
    public long TryClaim(int lengthBytes, out BufferClaim claim)
    {
        claim = default;
        if (IsClosed)
        {
            return Closed;
        }

        var position = _appender.TryClaim(lengthBytes, out var frame);
        if (position > 0)
        {
            claim = new BufferClaim(frame, lengthBytes);
        }
        else if (position == BackPressured)
        {
            _network.CountBackPressure();
        }

        return position;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 0)
        {
            _network.Driver.Release(_network, this);
        }
    }
}
