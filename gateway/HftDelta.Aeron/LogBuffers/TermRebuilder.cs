using System.Runtime.CompilerServices;
using HftDelta.Aeron.Frames;

namespace HftDelta.Aeron.LogBuffers;

/// <summary>Puts received datagrams where they belong. The receiver's thread alone writes; subscribers read behind it.</summary>
internal static unsafe class TermRebuilder
{
    /// <summary>What stands where a frame should begin is none.</summary>
    public const int Contradiction = -1;

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

    /// <summary>
    /// Walks over what is there without a gap. Datagrams are proven one by one, but those of a hostile sender may overlap: then
    /// the bytes of one stand where the header of another is looked for, so that every length is checked again here.
    /// </summary>
    /// <returns>The offset of the first blank place, the limit or somewhat behind it, or <see cref="Contradiction"/>.</returns>
    public static int WalkFilled(byte* term, int offset, int limitOffset, int termLengthBytes)
    {
        while (offset < limitOffset)
        {
            // The receiver wrote it itself: no order is needed.
            var length = *(int*)(term + offset);
            if (length == 0)
            {
                break;
            }

            if (!FrameWriter.IsFrameLength(length, termLengthBytes - offset))
            {
                return Contradiction;
            }

            offset += TermArithmetic.Align(length);
        }

        return offset;
    }

    /// <summary>The next place that is not blank, from an offset on, or the limit.</summary>
    public static int BlankEnd(byte* term, int offset, int limitOffset)
    {
        while (offset < limitOffset && *(int*)(term + offset) == 0)
        {
            offset += TermArithmetic.FrameAlignmentBytes;
        }

        return offset;
    }
}
