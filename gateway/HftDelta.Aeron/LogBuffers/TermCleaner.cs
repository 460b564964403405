using System.Runtime.CompilerServices;
using HftDelta.Aeron.Frames;

namespace HftDelta.Aeron.LogBuffers;

/// <summary>
/// Zeroes a log behind its slowest consumer, one term length back, so that a term is blank before it is written again. Owner: the
/// conductor for a publication, the receiver for an image.
/// </summary>
internal sealed unsafe class TermCleaner(LogBuffer log, long position)
{
    private long _position = position;

    /// <summary>Zeroes up to the position; does nothing when it was reached before.</summary>
    public void CleanTo(long position)
    {
        while (position > _position)
        {
            var offset = TermArithmetic.TermOffset(_position, log.TermLengthBytes);
            var length = (int)Math.Min(position - _position, log.TermLengthBytes - offset);
            var begin = log.At(_position);

            // The first word last, with release: a reader that meets it blank finds the rest blank.
            Unsafe.InitBlockUnaligned(begin + sizeof(long), 0, (uint)(length - sizeof(long)));
            Volatile.Write(ref *(long*)begin, 0);
            _position += length;
        }
    }
}
