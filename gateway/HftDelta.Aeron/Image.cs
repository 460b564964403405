using System.Net;
using System.Text;
using HftDelta.Aeron.Frames;
using HftDelta.Aeron.LogBuffers;

namespace HftDelta.Aeron;

/// <summary>
/// One publisher's stream as a subscription sees it: the log that the receiver rebuilds and the place up to which the
/// subscription has read. Owner: the thread that polls the subscription; properties are for any thread. A new session, or the
/// same one after a break, is a new image.
/// </summary>
public sealed unsafe class Image
{
    private readonly LogBuffer _log;
    private readonly LogMetadata _metadata;
    private readonly PositionWord _position;
    private readonly int _termLengthBytes;
    private long _finalEndOfStreamPosition;
    private int _finalTransportCount;
    private bool _wasRevoked;
    private int _isClosed;

    internal Image(
        LogBuffer log,
        PositionWord position,
        int sessionId,
        IPEndPoint source,
        Subscription subscription,
        long correlationId,
        string? sourceIdentity = null)
    {
        _log = log;
        _metadata = log.Metadata;
        _position = position;
        _termLengthBytes = log.TermLengthBytes;
        JoinPosition = position.Plain;
        SessionId = sessionId;
        Source = source;
        SourceIdentity = sourceIdentity ?? source.ToString();
        Subscription = subscription;
        CorrelationId = correlationId;
    }

    public int SessionId { get; }

    /// <summary>Where its datagrams come from, as <c>ip:port</c>; of a spy <c>aeron:ipc</c>.</summary>
    public string SourceIdentity { get; }

    public IPEndPoint Source { get; }

    public Subscription Subscription { get; }

    /// <summary>Where reading began: what was sent before is not to be had.</summary>
    public long JoinPosition { get; }

    public int InitialTermId => _log.InitialTermId;

    public int TermLengthBytes => _termLengthBytes;

    /// <summary>
    /// The driver's number for the stream that was received; subscriptions that share it tell the same. A publication that
    /// answers it names it as <c>response-correlation-id</c>.
    /// </summary>
    public long CorrelationId { get; }

    internal LogBuffer Log => _log;

    /// <summary>Up to where this subscription has read.</summary>
    public long Position => _position.Acquire();

    /// <summary>The driver has taken the image from the subscription: nothing comes from it any more.</summary>
    public bool IsClosed => Volatile.Read(ref _isClosed) != 0;

    /// <summary>
    /// The publisher closed the stream and everything of it was read. An image that closes without it was lost: its publisher
    /// or the way to it is gone.
    /// </summary>
    public bool IsEndOfStream => Position >= EndOfStreamPosition;

    /// <summary>Where the stream ends; <see cref="long.MaxValue"/> while the publisher has not said.</summary>
    public long EndOfStreamPosition =>
        IsClosed ? Volatile.Read(ref _finalEndOfStreamPosition) : _metadata.EndOfStreamPosition;

    /// <summary>The publisher took the stream back, read or not.</summary>
    public bool IsPublicationRevoked => IsClosed ? _wasRevoked : _metadata.IsRevoked;

    /// <summary>How many senders of the stream are heard: more than one with several destinations.</summary>
    public int ActiveTransportCount => IsClosed ? _finalTransportCount : _metadata.ActiveTransportCount;

    /// <summary>
    /// Refuses the stream for every subscription of this driver: its publisher is told the reason, nothing more is taken of it,
    /// and the image goes when its liveness timeout is over. Cold; for any thread.
    /// </summary>
    /// <exception cref="AeronException">The reason is longer than a frame holds, or not ASCII.</exception>
    public void Reject(string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        if (reason.Length > ErrorFrame.TextLengthBytesMax || !Ascii.IsValid(reason))
        {
            throw new AeronException(
                $"a reason for rejection is ASCII of at most {ErrorFrame.TextLengthBytesMax} characters, not '{reason}'");
        }

        Subscription.Reject(this, Encoding.ASCII.GetBytes(reason));
    }

    /// <summary>The conductor, before it takes the image away: the log may go some time after.</summary>
    internal void Close()
    {
        _finalTransportCount = _metadata.ActiveTransportCount;
        _wasRevoked = _metadata.IsRevoked;
        _finalEndOfStreamPosition = _metadata.EndOfStreamPosition;
        Volatile.Write(ref _isClosed, 1);
    }

    internal int Poll<THandler>(ref THandler handler, int fragmentLimit)
        where THandler : struct, IFragmentHandler
    {
        if (IsClosed)
        {
            return 0;
        }

        var begin = _position.Plain;
        var termOffset = (int)begin & (_termLengthBytes - 1);
        var term = _log.At(begin) - termOffset;
        var offset = termOffset;
        var fragments = 0;
        try
        {
            while (fragments < fragmentLimit && offset < _termLengthBytes)
            {
                var frame = term + offset;
                var length = FrameWriter.LengthAcquire(frame);
                if (!FrameWriter.IsFrameLength(length, _termLengthBytes - offset))
                {
                    // Nothing there yet; or what a hostile sender made of overlapping frames, which the receiver refuses.
                    break;
                }

                offset += TermArithmetic.Align(length);
                if (FrameWriter.IsPadding(frame))
                {
                    continue;
                }

                fragments++;
                var header = new FragmentHeader(frame, this, begin + (offset - termOffset), FrameWriter.Flags(frame));
                handler.OnFragment(
                    new ReadOnlySpan<byte>(frame + DataHeader.LengthBytes, length - DataHeader.LengthBytes), header);
            }
        }
        finally
        {
            Advance(begin, begin + (offset - termOffset));
        }

        return fragments;
    }

    internal int ControlledPoll<THandler>(ref THandler handler, int fragmentLimit)
        where THandler : struct, IControlledFragmentHandler
    {
        if (IsClosed)
        {
            return 0;
        }

        var begin = _position.Plain;
        var termOffset = (int)begin & (_termLengthBytes - 1);
        var term = _log.At(begin) - termOffset;
        var termBegin = begin - termOffset;
        var told = begin;
        var offset = termOffset;
        var fragments = 0;
        try
        {
            while (fragments < fragmentLimit && offset < _termLengthBytes)
            {
                var frame = term + offset;
                var length = FrameWriter.LengthAcquire(frame);
                if (!FrameWriter.IsFrameLength(length, _termLengthBytes - offset))
                {
                    // Nothing there yet; or what a hostile sender made of overlapping frames, which the receiver refuses.
                    break;
                }

                var alignedLength = TermArithmetic.Align(length);
                offset += alignedLength;
                if (FrameWriter.IsPadding(frame))
                {
                    continue;
                }

                fragments++;
                var header = new FragmentHeader(frame, this, termBegin + offset, FrameWriter.Flags(frame));
                var action = handler.OnFragment(
                    new ReadOnlySpan<byte>(frame + DataHeader.LengthBytes, length - DataHeader.LengthBytes), header);
                if (action == ControlledAction.Abort)
                {
                    fragments--;
                    offset -= alignedLength;
                    break;
                }

                if (action == ControlledAction.Break)
                {
                    break;
                }

                if (action == ControlledAction.Commit)
                {
                    told = termBegin + offset;
                    _position.Release(told);
                }
            }
        }
        finally
        {
            Advance(told, termBegin + offset);
        }

        return fragments;
    }

    // release: the receiver clears what was read only after it is no longer looked at.
    private void Advance(long from, long to)
    {
        if (to > from)
        {
            _position.Release(to);
        }
    }
}
