using HftDelta.Aeron.Counters;
using HftDelta.Aeron.Driver;
using HftDelta.Aeron.Frames;
using HftDelta.Aeron.LogBuffers;
using HftDelta.Aeron.Loss;

namespace HftDelta.Aeron.Images;

/// <summary>What a turn of the rebuilder came to.</summary>
internal enum RebuildResult
{
    Nothing = 0,

    /// <summary>It went on, or asked for something.</summary>
    Progress,

    /// <summary>Frames contradict each other: there is no way on in this stream.</summary>
    Contradiction,
}

/// <summary>
/// Puts the datagrams of an image together: knows up to where everything is there, finds the first gap behind it, asks for it or
/// fills it. Owner: the receiver. Invariant: what lies between the rebuild position and the end of the blank is blank.
/// </summary>
internal sealed unsafe class ImageRebuilder
{
    // What one turn walks over at most, and the longest gap that is asked for at once: a sender far ahead of its own gap costs no
    // more than this.
    private const int StretchLengthBytesMax = 1024 * 1024;

    private readonly LogBuffer _log;
    private readonly ImageCounters _shown;
    private readonly ReceiverCounters _counters;
    private readonly LossDetector _loss;
    private readonly ImageFeedback _feedback;
    private readonly SetupFrame _setup;
    private readonly bool _isReliable;
    private readonly int _termLengthBytes;
    private long _position;
    private long _blankEndPosition;
    private long _highWaterMark;

    public ImageRebuilder(
        ImageResources resources, in SetupFrame setup, long joinPosition, ImageFeedback feedback, AeronOptions options,
        ReceiverCounters counters)
    {
        _log = resources.Log;
        _shown = resources.Counters;
        _counters = counters;
        _loss = new LossDetector(DelayOf(resources, options));
        _feedback = feedback;
        _setup = setup;
        _isReliable = resources.Parameters.IsReliable;
        _termLengthBytes = _log.TermLengthBytes;
        _position = joinPosition;
        _blankEndPosition = joinPosition;
        _highWaterMark = joinPosition;
    }

    /// <summary>Up to where everything is there.</summary>
    public long Position => _position;

    public bool IsComplete => _position >= _highWaterMark;

    /// <summary>How long the gap is that the last turn found first; 0: it found no new one.</summary>
    public int NewGapLengthBytes { get; private set; }

    /// <summary>The sender says that it is so far.</summary>
    public void RaiseHighWaterMark(long position)
    {
        if (position > _highWaterMark)
        {
            _highWaterMark = position;
            _shown.HighWaterMark.Release(position);
        }
    }

    /// <summary>Copies a proven datagram to its place.</summary>
    /// <returns>False for a duplicate.</returns>
    public bool Insert(byte* datagram, int lengthBytes, long position, int extentBytes)
    {
        RaiseHighWaterMark(position + extentBytes);
        if (!TermRebuilder.Insert(_log.At(position), datagram, lengthBytes))
        {
            return false;
        }

        if (position > _position && position < _blankEndPosition)
        {
            _blankEndPosition = position;
        }

        return true;
    }

    /// <summary>Goes on to the first gap, at most to the end of its term, and looks after that gap.</summary>
    /// <param name="fastestPosition">How far a reader is: it may be ahead of what was looked at.</param>
    /// <param name="nowNanos">The time.</param>
    public RebuildResult DoWork(long fastestPosition, long nowNanos)
    {
        NewGapLengthBytes = 0;
        var from = Math.Max(_position, fastestPosition);
        if (from >= _highWaterMark)
        {
            Advance(from);
            return RebuildResult.Nothing;
        }

        var offset = TermArithmetic.TermOffset(from, _termLengthBytes);
        var termBegin = from - offset;
        var limit = (int)Math.Min(_highWaterMark - termBegin, _termLengthBytes);
        var term = _log.At(from) - offset;
        var gapOffset = TermRebuilder.WalkFilled(
            term, offset, Math.Min(limit, offset + StretchLengthBytesMax), _termLengthBytes);
        if (gapOffset == TermRebuilder.Contradiction)
        {
            return RebuildResult.Contradiction;
        }

        Advance(termBegin + gapOffset);
        if (gapOffset >= limit || *(int*)(term + gapOffset) != 0)
        {
            return RebuildResult.Progress;
        }

        return OnGap(term, gapOffset, limit, nowNanos) ? RebuildResult.Progress : RebuildResult.Nothing;
    }

    private static NakDelay DelayOf(ImageResources resources, AeronOptions options)
    {
        var parameters = resources.Parameters;
        if (!parameters.IsReliable)
        {
            return NakDelay.Fixed(0, 0);
        }

        return resources.IsGroup
            ? NakDelay.ForGroup(options.NakMulticastBackoffNanosMax, options.NakMulticastGroupSize, resources.Seed)
            : NakDelay.Fixed(parameters.NakDelayNanos, parameters.NakDelayNanos * options.NakRetryDelayRatio);
    }

    private void Advance(long position)
    {
        if (position != _position)
        {
            _position = position;
            _shown.RebuildPosition.Release(position);
        }
    }

    private bool OnGap(byte* term, int gapOffset, int limitOffset, long nowNanos)
    {
        // What was seen blank before is not looked at again: datagrams that fill it are noticed as they come.
        var termBegin = _position - gapOffset;
        var limit = (int)Math.Min(limitOffset, (long)gapOffset + StretchLengthBytesMax);
        var blankEnd = (int)Math.Max(_blankEndPosition - termBegin, gapOffset + TermArithmetic.FrameAlignmentBytes);
        blankEnd = TermRebuilder.BlankEnd(term, blankEnd, limit);
        _blankEndPosition = termBegin + blankEnd;
        var length = Math.Min(blankEnd, limit) - gapOffset;
        var isDue = _loss.OnGap(_position, _position + length, nowNanos);
        if (_loss.IsNew)
        {
            NewGapLengthBytes = length;
        }

        if (isDue)
        {
            Mend(term, gapOffset, length);
        }

        return isDue;
    }

    private void Mend(byte* term, int gapOffset, int lengthBytes)
    {
        var termId = TermArithmetic.TermId(_position, _log.PositionBitsToShift, _log.InitialTermId);
        if (_isReliable)
        {
            _feedback.Nak(termId, gapOffset, lengthBytes);
            _shown.NaksSent.Increment();
            return;
        }

        var ids = FrameWriter.PackIds(_setup.SessionId, _setup.StreamId);
        FrameWriter.Pad(term + gapOffset, lengthBytes, gapOffset, termId, ids);
        _counters.GapsFilled.Increment();
    }
}
