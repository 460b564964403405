using System.Runtime.CompilerServices;
using HftDelta.Aeron.Frames;

namespace HftDelta.Aeron.LogBuffers;

/// <summary>
/// How a frame comes into a term: first its length, negative, so that a reader takes it for claimed but not ready; then header
/// and
/// payload; then the length, positive, which shows all of it at once. Owner of the bytes: the thread that claimed them.
/// </summary>
internal static unsafe class FrameWriter
{
    private const int UpperHalf = 32;

    /// <summary>Claims the frame for readers and fills its header but for the length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Begin(
        byte* frame, int frameLength, byte flags, FrameType type, int termOffset, int termId, long sessionAndStream)
    {
        var typeAndFlags = ((long)type << 48) | ((long)flags << 40);

        // release: the claim is seen no earlier than the zeros that were there before.
        Volatile.Write(ref *(long*)frame, typeAndFlags | (uint)-frameLength);

        // Nothing of the frame is seen before its negative length: whoever clears up behind a dead writer relies on it.
        Volatile.WriteBarrier();
        *(long*)(frame + DataHeader.TermOffsetOffset) = (uint)termOffset | (sessionAndStream << UpperHalf);
        *(long*)(frame + DataHeader.StreamIdOffset) = (sessionAndStream >>> UpperHalf) | ((long)termId << UpperHalf);
        *(long*)(frame + DataHeader.ReservedValueOffset) = 0;
    }

    /// <summary>Shows the frame to readers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Commit(byte* frame, int frameLength) =>

        // release: the positive length is seen after header and payload.
        Volatile.Write(ref *(int*)frame, frameLength);

    /// <summary>Fills the rest of a term.</summary>
    public static void Pad(byte* frame, int length, int termOffset, int termId, long sessionAndStream)
    {
        Begin(frame, length, FrameFlags.DataUnfragmented, FrameType.Pad, termOffset, termId, sessionAndStream);
        Commit(frame, length);
    }

    /// <summary>Session id in the lower half, stream id in the upper.</summary>
    public static long PackIds(int sessionId, int streamId) => (uint)sessionId | ((long)streamId << UpperHalf);

    // acquire: a positive length shows the whole frame behind it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int LengthAcquire(byte* frame) => Volatile.Read(ref *(int*)frame);

    /// <summary>A whole frame of this length fits into what is left of its term.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsFrameLength(int frameLength, int termLeftBytes) =>
        (uint)(frameLength - DataHeader.LengthBytes) <= (uint)(termLeftBytes - DataHeader.LengthBytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsPadding(byte* frame) => *(ushort*)(frame + FrameHeader.TypeOffset) == (ushort)FrameType.Pad;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte Flags(byte* frame) => frame[FrameHeader.FlagsOffset];
}
