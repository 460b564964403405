using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using HftDelta.Aeron.Frames;

namespace HftDelta.Aeron.LogBuffers;

/// <summary>
/// What both ways to append have in common: where the log is, how long things may be, and how a message is laid into a
/// range that was claimed. Holds no state that moves.
/// </summary>
internal sealed unsafe class AppendTarget
{
    private readonly byte* _terms;

    public AppendTarget(LogBuffer log, PositionWord limit, int sessionId, int streamId)
    {
        Log = log;
        Limit = limit;
        Metadata = log.Metadata;
        _terms = log.Terms;
        Ids = FrameWriter.PackIds(sessionId, streamId);
        TermLengthBytes = log.TermLengthBytes;
        PositionBitsToShift = log.PositionBitsToShift;
        InitialTermId = log.InitialTermId;
        MtuLengthBytes = log.Metadata.MtuLengthBytes;
        PayloadLengthMax = TermArithmetic.PayloadLengthMax(MtuLengthBytes);
        MessageLengthMax = TermArithmetic.MessageLengthMax(TermLengthBytes);
        PositionMax = TermArithmetic.PositionMax(TermLengthBytes);
    }

    /// <summary>Keeps the memory; nothing else is asked of it here.</summary>
    public LogBuffer Log { get; }

    /// <summary>Where offers end; the conductor writes it.</summary>
    public PositionWord Limit { get; }

    public LogMetadata Metadata { get; }

    public long Ids { get; }

    public int TermLengthBytes { get; }

    public int PositionBitsToShift { get; }

    public int InitialTermId { get; }

    public int MtuLengthBytes { get; }

    public int PayloadLengthMax { get; }

    public int MessageLengthMax { get; }

    public long PositionMax { get; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Term(int partition) => _terms + ((long)partition << PositionBitsToShift);

    /// <summary>What a message takes in the term.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int FramedLength(int messageLength)
    {
        if (messageLength <= PayloadLengthMax)
        {
            return TermArithmetic.Align(messageLength + DataHeader.LengthBytes);
        }

        if (messageLength > MessageLengthMax)
        {
            ThrowMessageTooLong(messageLength);
        }

        return TermArithmetic.FramedLength(messageLength, PayloadLengthMax);
    }

    /// <summary>Writes a message of one frame or of several into the range that begins at the offset.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(byte* term, int termOffset, int termId, ReadOnlySpan<byte> message)
    {
        if (message.Length <= PayloadLengthMax)
        {
            WriteFrame(term, termOffset, termId, message, FrameFlags.DataUnfragmented);
        }
        else
        {
            WriteFragments(term, termOffset, termId, message);
        }
    }

    /// <summary>The same for a message in pieces, each frame of which carries the reserved value.</summary>
    public void Write(byte* term, int termOffset, int termId, ref MessageParts message, long reservedValue)
    {
        var remaining = message.LengthBytes;
        var flags = remaining <= PayloadLengthMax ? FrameFlags.DataUnfragmented : FrameFlags.DataBegin;
        while (true)
        {
            var length = Math.Min(remaining, PayloadLengthMax);
            var frame = term + termOffset;
            var frameLength = length + DataHeader.LengthBytes;
            FrameWriter.Begin(frame, frameLength, flags, FrameType.Data, termOffset, termId, Ids);
            *(long*)(frame + DataHeader.ReservedValueOffset) = reservedValue;
            message.CopyNext(new Span<byte>(frame + DataHeader.LengthBytes, length));
            FrameWriter.Commit(frame, frameLength);
            remaining -= length;
            if (remaining == 0)
            {
                return;
            }

            termOffset += MtuLengthBytes;
            flags = remaining <= PayloadLengthMax ? FrameFlags.DataEnd : FrameFlags.None;
        }
    }

    /// <summary>Why nothing can be appended at a position that has reached the limit.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public long Refusal(long position, int framedLength) =>
        position + framedLength >= PositionMax ? Publication.MaxPositionExceeded
        : Metadata.IsConnected ? Publication.BackPressured
        : Publication.NotConnected;

    [DoesNotReturn]
    public static void ThrowClaimRefused(int length, int lengthMax) =>
        throw new ArgumentOutOfRangeException(
            nameof(length), length, $"a claim holds 0 to {lengthMax} bytes: one frame; longer messages are offered");

    private void WriteFragments(byte* term, int termOffset, int termId, ReadOnlySpan<byte> message)
    {
        var flags = FrameFlags.DataBegin;
        while (message.Length > PayloadLengthMax)
        {
            WriteFrame(term, termOffset, termId, message[..PayloadLengthMax], flags);
            flags = FrameFlags.None;
            message = message[PayloadLengthMax..];
            termOffset += MtuLengthBytes;
        }

        WriteFrame(term, termOffset, termId, message, FrameFlags.DataEnd);
    }

    private void WriteFrame(byte* term, int termOffset, int termId, ReadOnlySpan<byte> payload, byte flags)
    {
        var frame = term + termOffset;
        var frameLength = payload.Length + DataHeader.LengthBytes;
        FrameWriter.Begin(frame, frameLength, flags, FrameType.Data, termOffset, termId, Ids);
        payload.CopyTo(new Span<byte>(frame + DataHeader.LengthBytes, payload.Length));
        FrameWriter.Commit(frame, frameLength);
    }

    [DoesNotReturn]
    private void ThrowMessageTooLong(int messageLength) =>
        throw new ArgumentOutOfRangeException(
            nameof(messageLength),
            messageLength,
            $"a message holds at most {MessageLengthMax} bytes: an eighth of the term length, which term-length sets");
}
