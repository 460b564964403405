using HftDelta.Aeron.LogBuffers;
using HftDelta.Aeron.Publications;

namespace HftDelta.Aeron;

/// <summary>
/// The sending end of a stream of its own session that one thread alone offers to: no atomic addition, otherwise as
/// <see cref="Publication"/>, whose codes it returns. Owner: the one thread that offers; <see cref="Dispose"/> from any.
/// </summary>
public sealed unsafe class ExclusivePublication : IDisposable
{
    private readonly NetworkPublication _network;
    private readonly ExclusiveAppender _appender;
    private readonly AppendTarget _target;
    private int _isClosed;

    internal ExclusivePublication(NetworkPublication network)
    {
        _network = network;
        _target = network.Target;
        _appender = new ExclusiveAppender(_target);
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

    /// <summary>Closed, lingered, and its memory given back. For any thread.</summary>
    public bool IsFreed => _network.Log.IsDisposed;

    /// <summary>Where the next message would begin, or <see cref="Publication.Closed"/>.</summary>
    public long Position => IsClosed ? Publication.Closed : _appender.Position;

    /// <summary>Where offers are refused until receivers have caught up, or <see cref="Publication.Closed"/>.</summary>
    public long PositionLimit => IsClosed ? Publication.Closed : _target.Limit.Acquire();

    /// <summary>Copies a message into the log.</summary>
    /// <returns>The position behind the message, or a negative code of <see cref="Publication"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Longer than <see cref="MaxMessageLength"/>.</exception>
    public long Offer(ReadOnlySpan<byte> message)
    {
        if (IsClosed)
        {
            return Publication.Closed;
        }

        var position = _appender.Offer(message);
        if (position == Publication.BackPressured)
        {
            _network.CountBackPressure();
        }

        return position;
    }

    /// <summary>Claims a range to be filled in place; see <see cref="BufferClaim"/>.</summary>
    /// <param name="lengthBytes">Up to <see cref="MaxPayloadLength"/>.</param>
    /// <param name="claim">Empty when the position is negative.</param>
    /// <returns>The position behind the claim, or a negative code of <see cref="Publication"/>.</returns>
    public long TryClaim(int lengthBytes, out BufferClaim claim)
    {
        claim = default;
        if (IsClosed)
        {
            return Publication.Closed;
        }

        var position = _appender.TryClaim(lengthBytes, out var frame);
        if (position > 0)
        {
            claim = new BufferClaim(frame, lengthBytes);
        }
        else if (position == Publication.BackPressured)
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
