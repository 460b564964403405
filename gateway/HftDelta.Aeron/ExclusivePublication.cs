using HftDelta.Aeron.LogBuffers;
using HftDelta.Aeron.Publications;

namespace HftDelta.Aeron;

/// <summary>
/// The sending end of a stream of its own session that one thread alone offers to: no atomic addition, otherwise as
/// <see cref="Publication"/>, whose codes it returns. Owner: the one thread that offers;
/// <see cref="PublicationBase.Dispose"/> from any.
/// </summary>
public sealed unsafe class ExclusivePublication : PublicationBase
{
    private readonly ExclusiveAppender _appender;

    internal ExclusivePublication(NetworkPublication network)
        : base(network) => _appender = new ExclusiveAppender(Target);

    /// <summary>Closed, lingered, and its memory given back. For any thread.</summary>
    public bool IsFreed => IsLogFreed;

    /// <summary>Where the next message would begin, or <see cref="Publication.Closed"/>.</summary>
    public long Position => IsClosed ? Publication.Closed : _appender.Position;

    /// <summary>Copies a message into the log.</summary>
    /// <returns>The position behind the message, or a negative code of <see cref="Publication"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Longer than <see cref="PublicationBase.MaxMessageLength"/>.</exception>
    public long Offer(ReadOnlySpan<byte> message) => IsClosed ? Publication.Closed : Offered(_appender.Offer(message));

    /// <summary>The same with a value of 64 bits that travels in the header of each of its frames.</summary>
    public long Offer(ReadOnlySpan<byte> message, long reservedValue) => Offer(message, default, reservedValue);

    /// <summary>Copies a message that lies in two pieces, such as header and body.</summary>
    /// <returns>The position behind the message, or a negative code of <see cref="Publication"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Longer than <see cref="PublicationBase.MaxMessageLength"/>.</exception>
    public long Offer(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, long reservedValue = 0)
    {
        if (IsClosed)
        {
            return Publication.Closed;
        }

        var parts = new MessageParts(first, second);
        return Offered(_appender.Offer(ref parts, reservedValue));
    }

    /// <summary>Copies a message that lies in any number of pieces.</summary>
    /// <returns>The position behind the message, or a negative code of <see cref="Publication"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Longer than <see cref="PublicationBase.MaxMessageLength"/>.</exception>
    public long Offer(ReadOnlySpan<ReadOnlyMemory<byte>> parts, long reservedValue = 0)
    {
        if (IsClosed)
        {
            return Publication.Closed;
        }

        var message = new MessageParts(parts);
        return Offered(_appender.Offer(ref message, reservedValue));
    }

    /// <summary>Claims a range to be filled in place; see <see cref="BufferClaim"/>.</summary>
    /// <param name="lengthBytes">Up to <see cref="PublicationBase.MaxPayloadLength"/>.</param>
    /// <param name="claim">Empty when the position is negative.</param>
    /// <returns>The position behind the claim, or a negative code of <see cref="Publication"/>.</returns>
    public long TryClaim(int lengthBytes, out BufferClaim claim)
    {
        claim = default;
        if (IsClosed)
        {
            return Publication.Closed;
        }

        var position = Counted(_appender.TryClaim(lengthBytes, out var frame));
        if (position > 0)
        {
            claim = Claim(frame, lengthBytes);
        }

        return position;
    }
}
