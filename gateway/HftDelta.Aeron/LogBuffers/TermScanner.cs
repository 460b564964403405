using HftDelta.Aeron.Frames;

namespace HftDelta.Aeron.LogBuffers;

/// <summary>What a scan found.</summary>
/// <param name="SendBytes">Bytes to send; 0: nothing is there; negative: the first frame is too long for the limit.</param>
/// <param name="SkipBytes">Bytes of padding behind them that do not travel.</param>
/// <param name="FrameCount">How many frames that is.</param>
internal readonly record struct ScannedRange(int SendBytes, int SkipBytes, int FrameCount);

/// <summary>
/// Gathers whole committed frames for one datagram. Padding ends it: its header is sent, the rest is skipped. The sender's
/// thread alone scans.
/// </summary>
internal static unsafe class TermScanner
{
    /// <param name="term">The first byte of the term.</param>
    /// <param name="offset">Where to begin.</param>
    /// <param name="limitBytes">The longest datagram; it is cut at the end of the term.</param>
    /// <param name="termLengthBytes">Where the term ends.</param>
    public static ScannedRange Scan(byte* term, int offset, int limitBytes, int termLengthBytes)
    {
        var limit = Math.Min(limitBytes, termLengthBytes - offset);
        var available = 0;
        var skip = 0;
        var frames = 0;
        while (available < limit)
        {
            var frame = term + offset + available;
            var length = FrameWriter.LengthAcquire(frame);
            if (length <= 0)
            {
                break;
            }

            var isPadding = FrameWriter.IsPadding(frame);
            var alignedLength = TermArithmetic.Align(length);
            var sendLength = isPadding ? DataHeader.LengthBytes : alignedLength;
            if (available + sendLength > limit)
            {
                return frames == 0 ? new ScannedRange(-sendLength, 0, 0) : new ScannedRange(available, 0, frames);
            }

            available += sendLength;
            frames++;
            if (isPadding)
            {
                skip = alignedLength - DataHeader.LengthBytes;
                break;
            }
        }

        return new ScannedRange(available, skip, frames);
    }
}
