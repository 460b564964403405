using HftDelta.Aeron.LogBuffers;

namespace HftDelta.Aeron.Publications;

/// <summary>
/// What may leave a term now, cut into datagrams of whole frames: messages that were offered since the last look share
/// datagrams, and datagrams share a system call. Nothing waits for more to come. Owner: the sender.
/// </summary>
internal sealed unsafe class DatagramGathering
{
    /// <summary>What a kernel that cuts up takes at once is no longer than this, at the usual lengths of datagrams.</summary>
    public const int CountMax = 64;

    private readonly int[] _lengthsBytes = new int[CountMax];
    private readonly int[] _frames = new int[CountMax];
    private int _skipBytes;

    public int Count { get; private set; }

    /// <summary>Of all, without the padding that ends a term and does not travel.</summary>
    public int LengthBytes { get; private set; }

    /// <summary>The next frame is longer than the receiver has room for.</summary>
    public bool IsCutByLimit { get; private set; }

    public ReadOnlySpan<int> LengthsBytes => _lengthsBytes.AsSpan(0, Count);

    /// <param name="term">The first byte of the term.</param>
    /// <param name="offset">Where to begin.</param>
    /// <param name="limitBytes">What may leave at all.</param>
    /// <param name="mtuLengthBytes">The longest datagram.</param>
    /// <param name="termLengthBytes">Where the term ends.</param>
    /// <param name="countMax">How many datagrams at most.</param>
    public void Gather(byte* term, int offset, long limitBytes, int mtuLengthBytes, int termLengthBytes, int countMax)
    {
        Count = 0;
        LengthBytes = 0;
        IsCutByLimit = false;
        _skipBytes = 0;
        while (Count < countMax && _skipBytes == 0)
        {
            var limit = (int)Math.Min(limitBytes - LengthBytes, mtuLengthBytes);
            var range = TermScanner.Scan(term, offset + LengthBytes, limit, termLengthBytes);
            if (range.SendBytes <= 0)
            {
                IsCutByLimit = range.SendBytes < 0;
                return;
            }

            _lengthsBytes[Count] = range.SendBytes;
            _frames[Count] = range.FrameCount;
            _skipBytes = range.SkipBytes;
            LengthBytes += range.SendBytes;
            Count++;
        }
    }

    /// <summary>How far the stream is once the first ones have left, and how many frames they were.</summary>
    public int Advance(int sentCount, out int frames)
    {
        var advance = sentCount == Count ? _skipBytes : 0;
        frames = 0;
        for (var index = 0; index < sentCount; index++)
        {
            advance += _lengthsBytes[index];
            frames += _frames[index];
        }

        return advance;
    }
}
