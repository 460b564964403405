using HftDelta.Aeron.LogBuffers;
using HftDelta.Aeron.Publications;

namespace HftDelta.Aeron;

/// <summary>
/// The sending end of a stream that any number of threads offer to at once. Publications of the same channel and stream of one
/// driver share a session and a log. Nothing waits: a refusal is a negative code and the caller decides.
/// <see cref="PublicationBase.Dispose"/> from any thread; what was offered is still sent while somebody listens, then the
/// stream ends.
/// </summary>
public sealed unsafe class Publication : PublicationBase
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

    private readonly ConcurrentAppender _appender;

    internal Publication(NetworkPublication network)
        : base(network) => _appender = new ConcurrentAppender(Target);

    /// <summary>Where the next message would begin, or <see cref="Closed"/>.</summary>
    public long Position => IsClosed ? Closed : _appender.Position;

    /// <summary>Copies a message into the log.</summary>
    /// <returns>The position behind the message, or one of the negative codes: nothing was taken then.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Longer than <see cref="PublicationBase.MaxMessageLength"/>.</exception>
    public long Offer(ReadOnlySpan<byte> message) => IsClosed ? Closed : Offered(_appender.Offer(message));

    /// <summary>The same with a value of 64 bits that travels in the header of each of its frames.</summary>
    public long Offer(ReadOnlySpan<byte> message, long reservedValue) => Offer(message, default, reservedValue);

    /// <summary>Copies a message that lies in two pieces, such as header and body.</summary>
    /// <returns>The position behind the message, or one of the negative codes: nothing was taken then.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Longer than <see cref="PublicationBase.MaxMessageLength"/>.</exception>
    public long Offer(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, long reservedValue = 0)
    {
        if (IsClosed)
        {
            return Closed;
        }

        var parts = new MessageParts(first, second);
        return Offered(_appender.Offer(ref parts, reservedValue));
    }

    /// <summary>Copies a message that lies in any number of pieces.</summary>
    /// <returns>The position behind the message, or one of the negative codes: nothing was taken then.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Longer than <see cref="PublicationBase.MaxMessageLength"/>.</exception>
    public long Offer(ReadOnlySpan<ReadOnlyMemory<byte>> parts, long reservedValue = 0)
    {
        if (IsClosed)
        {
            return Closed;
        }

        var message = new MessageParts(parts);
        return Offered(_appender.Offer(ref message, reservedValue));
    }

    /// <summary>Claims a range to be filled in place; see <see cref="BufferClaim"/>.</summary>
    /// <param name="lengthBytes">Up to <see cref="PublicationBase.MaxPayloadLength"/>.</param>
    /// <param name="claim">Empty when the position is negative.</param>
    /// <returns>The position behind the claim, or one of the negative codes: nothing was claimed then.</returns>
    public long TryClaim(int lengthBytes, out BufferClaim claim)
    {
        claim = default;
        if (IsClosed)
        {
            return Closed;
        }

        var position = Counted(_appender.TryClaim(lengthBytes, out var frame));
        if (position > 0)
        {
            claim = Claim(frame, lengthBytes);
        }

        return position;
    }
}
