using System.Diagnostics;

namespace HftDelta.Perf.Pipeline;

/// <summary>
/// When each message of an open loop is meant to be sent: at a fixed rate from the start, whatever became of the ones before.
/// Times are readings of <see cref="Stopwatch"/>.
/// </summary>
internal readonly struct Pace(long begin, double ratePerSecond)
{
    private readonly double _interval = Stopwatch.Frequency / ratePerSecond;

    public long IntendedAt(long index) => begin + (long)(index * _interval);

    public static long Nanos(long from, long to) => (to - from) * 1_000_000_000 / Stopwatch.Frequency;
}
