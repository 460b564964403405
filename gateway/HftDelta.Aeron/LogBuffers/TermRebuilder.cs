using System.Runtime.CompilerServices;
using HftDelta.Aeron.Frames;

namespace HftDelta.Aeron.LogBuffers;

/// <summary>Puts received datagrams where they belong. The receiver's thread alone writes; subscribers read behind it.</summary>
internal static unsafe class TermRebuilder
{
    /// <summary>Copies a proven datagram to its place, unless that was filled before.</summary>
    /// <returns>False for a duplicate.</returns>
    public static bool Insert(byte* place, byte* datagram, int length)
    {
        if (*(int*)place != 0)
        {
            return false;
        }

        Unsafe.CopyBlockUnaligned(
            place + DataHeader.LengthBytes, datagram + DataHeader.LengthBytes, (uint)(length - DataHeader.LengthBytes));
        ((long*)place)[3] = ((long*)datagram)[3];
        ((long*)place)[2] = ((long*)datagram)[2];
        ((long*)place)[1] = ((long*)datagram)[1];

        // release: the first word shows the whole datagram, frames behind the first one too: readers get there through it.
        Volatile.Write(ref *(long*)place, *(long*)datagram);
        return true;
    }

    /// <summary>Walks over what is there without a gap.</summary>
    /// <returns>The offset of the first blank place, or the limit.</returns>
    public static int WalkFilled(byte* term, int offset, int limitOffset)
    {
        while (offset < limitOffset)
        {
            // The receiver wrote it itself: no order is needed.
            var length = *(int*)(term + offset);
            if (length <= 0)
            {
                break;
            }

            offset += TermArithmetic.Align(length);
        }

        return offset;
    }

    /// <summary>The end of a gap: the next place that is not blank, or the limit.</summary>
    public static int GapEnd(byte* term, int offset, int limitOffset)
    {
        do
        {
            offset += TermArithmetic.FrameAlignmentBytes;
        }
        while (offset < limitOffset && *(int*)(term + offset) == 0);

        return Math.Min(offset, limitOffset);
    }
}
