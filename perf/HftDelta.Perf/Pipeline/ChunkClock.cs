using System.Diagnostics;

namespace HftDelta.Perf.Pipeline;

/// <summary>
/// Times a long loop in chunks: the median chunk is one that nobody interrupted, where a mean holds what neighbours on the
/// machine took. Allocates only when it is made. One thread.
/// </summary>
/// <param name="chunk">Items of one chunk; there are at most 1,024 chunks.</param>
internal sealed class ChunkClock(int chunk = ChunkClock.Chunk)
{
    /// <summary>Twice the distance of two hash points, so that every chunk pays for two.</summary>
    public const int Chunk = 2_048;

    private readonly double[] _nanos = new double[1_024];
    private long _began = Stopwatch.GetTimestamp();
    private int _counted;
    private int _chunks;

    /// <summary>Nanoseconds of one item in the median chunk.</summary>
    public double MedianNanos => PairedRuns.Median(_nanos[.._chunks]);

    /// <summary>One item is done.</summary>
    public void Count()
    {
        if (++_counted == chunk)
        {
            EndChunk();
        }
    }

    private void EndChunk()
    {
        var now = Stopwatch.GetTimestamp();
        _nanos[_chunks++] = (now - _began) * (1e9 / Stopwatch.Frequency) / chunk;
        _counted = 0;
        _began = Stopwatch.GetTimestamp();
    }
}
