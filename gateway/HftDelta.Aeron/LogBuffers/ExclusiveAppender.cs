using HftDelta.Aeron.Frames;

namespace HftDelta.Aeron.LogBuffers;

/// <summary>
/// Appends for one thread alone: the tail is the thread's own and is only told to others, with a release store. The layout that
/// comes out is the one of <see cref="ConcurrentAppender"/>. Owner: the one thread that offers.
/// </summary>
internal sealed unsafe class ExclusiveAppender
{
    private readonly AppendTarget _target;
    private long _termBeginPosition;
    private byte* _term;
    private long* _tail;
    private int _termId;
    private int _termOffset;

    public ExclusiveAppender(AppendTarget target)
    {
        _target = target;
        var termCount = target.Metadata.ActiveTermCount;
        var rawTail = *target.Metadata.RawTail(TermArithmetic.PartitionIndex(termCount));
        Enter(termCount, RawTail.TermId(rawTail));
        _termOffset = RawTail.TermOffset(rawTail, target.TermLengthBytes);
    }

    /// <summary>The position that the next claim would get, for any thread.</summary>
    public long Position
    {
        get
        {
            var termCount = _target.Metadata.ActiveTermCount;
            var rawTail = Volatile.Read(ref *_target.Metadata.RawTail(TermArithmetic.PartitionIndex(termCount)));
            return ((long)termCount << _target.PositionBitsToShift)
                + RawTail.TermOffset(rawTail, _target.TermLengthBytes);
        }
    }

    /// <returns>The position behind the message, or a code of <see cref="Publication"/>.</returns>
    public long Offer(ReadOnlySpan<byte> message)
    {
        var framedLength = _target.FramedLength(message.Length);
        var position = Claim(framedLength, out var termOffset);
        if (position > 0)
        {
            _target.Write(_term, termOffset, _termId, message);
        }

        return position;
    }

    /// <summary>The same in pieces, with a value that each frame carries.</summary>
    public long Offer(ref MessageParts message, long reservedValue)
    {
        var framedLength = _target.FramedLength(message.LengthBytes);
        var position = Claim(framedLength, out var termOffset);
        if (position > 0)
        {
            _target.Write(_term, termOffset, _termId, ref message, reservedValue);
        }

        return position;
    }

    /// <returns>The position behind the claim, or a code of <see cref="Publication"/>.</returns>
    public long TryClaim(int length, out byte* frame)
    {
        if ((uint)length > (uint)_target.PayloadLengthMax)
        {
            AppendTarget.ThrowClaimRefused(length, _target.PayloadLengthMax);
        }

        var frameLength = length + DataHeader.LengthBytes;
        var position = Claim(TermArithmetic.Align(frameLength), out var termOffset);
        frame = null;
        if (position > 0)
        {
            frame = _term + termOffset;
            FrameWriter.Begin(
                frame, frameLength, FrameFlags.DataUnfragmented, FrameType.Data, termOffset, _termId, _target.Ids);
        }

        return position;
    }

    private long Claim(int framedLength, out int termOffset)
    {
        termOffset = _termOffset;
        var position = _termBeginPosition + termOffset;
        if (position >= _target.Limit.Acquire())
        {
            return _target.Refusal(position, framedLength);
        }

        var resultingOffset = termOffset + framedLength;

        // release: tells others how far this thread got; past the end of the term too, as everywhere.
        Volatile.Write(ref *_tail, RawTail.Pack(_termId, resultingOffset));
        if (resultingOffset > _target.TermLengthBytes)
        {
            return EndTerm(termOffset);
        }

        _termOffset = resultingOffset;
        return _termBeginPosition + resultingOffset;
    }

    private long EndTerm(int termOffset)
    {
        if (termOffset < _target.TermLengthBytes)
        {
            FrameWriter.Pad(_term + termOffset, _target.TermLengthBytes - termOffset, termOffset, _termId, _target.Ids);
        }

        var termCount = TermArithmetic.TermCount(_termId, _target.InitialTermId);
        if (termCount == int.MaxValue)
        {
            _termOffset = _target.TermLengthBytes;
            return Publication.MaxPositionExceeded;
        }

        Enter(termCount + 1, unchecked(_termId + 1));
        *_tail = RawTail.Pack(_termId, 0);

        // release: the count is seen after the tail that it names.
        Volatile.Write(ref *_target.Metadata.ActiveTermCountWord, termCount + 1);
        return Publication.AdminAction;
    }

    private void Enter(int termCount, int termId)
    {
        var partition = TermArithmetic.PartitionIndex(termCount);
        _term = _target.Term(partition);
        _tail = _target.Metadata.RawTail(partition);
        _termId = termId;
        _termOffset = 0;
        _termBeginPosition = (long)termCount << _target.PositionBitsToShift;
    }
}
