using System.Runtime.CompilerServices;

namespace HftDelta.Aeron.LogBuffers;

/// <summary>
/// The tail of a partition: the term id in the upper half, the offset in the lower. A claim that did not fit leaves the
/// offset past the end of the term, so whoever wants a place takes the smaller of offset and term length.
/// </summary>
internal static class RawTail
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Pack(int termId, int offset) => ((long)termId << 32) | (uint)offset;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int TermId(long rawTail) => (int)(rawTail >> 32);

    /// <summary>The offset as it stands, beyond the term too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Offset(long rawTail) => rawTail & 0xFFFF_FFFFL;

    /// <summary>The offset within the term.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int TermOffset(long rawTail, int termLengthBytes) => (int)Math.Min(Offset(rawTail), termLengthBytes);
}
