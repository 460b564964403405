using System.Numerics;
using System.Runtime.CompilerServices;

namespace HftDelta.Aeron.Frames;

/// <summary>
/// Positions, terms and lengths: the one place where they are computed. A position counts the bytes of a stream from its
/// initial term; term ids are 32 bits and wrap, so only differences of them mean anything.
/// </summary>
public static class TermArithmetic
{
    /// <summary>Frames begin at multiples of this.</summary>
    public const int FrameAlignmentBytes = 32;

    /// <summary>Terms of one log.</summary>
    public const int PartitionCount = 3;

    public const int TermLengthBytesMin = 64 * 1024;
    public const int TermLengthBytesMax = 1024 * 1024 * 1024;
    public const int MtuLengthBytesMin = DataHeader.LengthBytes + FrameAlignmentBytes;
    public const int MtuLengthBytesMax = 65_504;
    public const int MessageLengthBytesMax = 16 * 1024 * 1024;

    private const int TermCountBits = 31;

    public static bool IsTermLength(int termLengthBytes) =>
        termLengthBytes is >= TermLengthBytesMin and <= TermLengthBytesMax && BitOperations.IsPow2(termLengthBytes);

    public static bool IsMtuLength(int mtuLengthBytes) =>
        mtuLengthBytes is >= MtuLengthBytesMin and <= MtuLengthBytesMax && IsAligned(mtuLengthBytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsAligned(int offsetBytes) => (offsetBytes & (FrameAlignmentBytes - 1)) == 0;

    /// <summary>Rounds up to where the next frame may begin; lengths up to 2^31 - 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Align(int lengthBytes) => (lengthBytes + (FrameAlignmentBytes - 1)) & ~(FrameAlignmentBytes - 1);

    /// <summary>How far a term count is shifted in a position: 16 for 64 KiB to 30 for 1 GiB.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int PositionBitsToShift(int termLengthBytes) => BitOperations.TrailingZeroCount(termLengthBytes);

    /// <summary>How many terms came before, right across the wrap of the ids.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int TermCount(int termId, int initialTermId) => unchecked(termId - initialTermId);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Position(int termId, int termOffset, int positionBitsToShift, int initialTermId) =>
        ((long)TermCount(termId, initialTermId) << positionBitsToShift) + termOffset;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int TermId(long position, int positionBitsToShift, int initialTermId) =>
        unchecked((int)(position >>> positionBitsToShift) + initialTermId);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int TermOffset(long position, int termLengthBytes) => (int)(position & (termLengthBytes - 1));

    /// <summary>Which of the three partitions holds a position's term.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int PartitionIndex(long position, int positionBitsToShift) =>
        (int)((ulong)(position >>> positionBitsToShift) % PartitionCount);

    /// <summary>Which of the three partitions holds a term; <paramref name="termCount"/> is not negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int PartitionIndex(int termCount) => (int)((uint)termCount % PartitionCount);

    /// <summary>Where a stream ends for want of term ids.</summary>
    public static long PositionMax(int termLengthBytes) => (long)termLengthBytes << TermCountBits;

    /// <summary>The longest message that is fragmented and put together again.</summary>
    public static int MessageLengthMax(int termLengthBytes) => Math.Min(termLengthBytes / 8, MessageLengthBytesMax);

    /// <summary>What one frame carries at most.</summary>
    public static int PayloadLengthMax(int mtuLengthBytes) => mtuLengthBytes - DataHeader.LengthBytes;

    /// <summary>What a message takes in the term, headers and alignment included.</summary>
    public static int FramedLength(int messageLengthBytes, int payloadLengthMax)
    {
        if (messageLengthBytes <= payloadLengthMax)
        {
            return Align(messageLengthBytes + DataHeader.LengthBytes);
        }

        var (whole, rest) = Math.DivRem(messageLengthBytes, payloadLengthMax);
        var wholeLength = whole * (payloadLengthMax + DataHeader.LengthBytes);
        return rest == 0 ? wholeLength : wholeLength + Align(rest + DataHeader.LengthBytes);
    }
}
