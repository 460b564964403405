using System.Diagnostics;

namespace HftDelta.Perf.Results;

/// <summary>
/// How often a loop that does nothing but read the clock is interrupted: what part of a tail is the machine's own.
/// Rates are per second of the loop.
/// </summary>
public sealed record HiccupProfile(
    double Over1Micro, double Over10Micros, double Over100Micros, double MaxMicros, double LostShare)
{
    public static HiccupProfile Measure(TimeSpan duration)
    {
        var ticksPerMicro = Stopwatch.Frequency / 1_000_000.0;
        var start = Stopwatch.GetTimestamp();
        var end = start + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        long over1 = 0, over10 = 0, over100 = 0, longest = 0, lost = 0;
        var last = start;
        while (last < end)
        {
            var now = Stopwatch.GetTimestamp();
            var gap = now - last;
            last = now;
            if (gap <= ticksPerMicro)
            {
                continue;
            }

            over1++;
            over10 += gap > 10 * ticksPerMicro ? 1 : 0;
            over100 += gap > 100 * ticksPerMicro ? 1 : 0;
            longest = Math.Max(longest, gap);
            lost += gap;
        }

        var seconds = Stopwatch.GetElapsedTime(start, last).TotalSeconds;
        return new HiccupProfile(
            over1 / seconds, over10 / seconds, over100 / seconds, longest / ticksPerMicro, lost / (double)(last - start));
    }
}
