namespace HftDelta.Perf.Soak;

/// <summary>
/// Whether something that was read off again and again stays where it is. The first fifth of the time does not count: tables
/// fill and the compiler ends its work. Of the rest the slope is the median of the slopes between all pairs of readings (Theil
/// and Sen), so that single peaks, such as an engine that reads a snapshot back for a moment, do not tilt it. What that slope
/// makes of the time looked at is the rise, and it must not exceed <see cref="RiseMaxBytes"/>; falling is no fault.
/// </summary>
/// <param name="RiseBytes">Slope times the time looked at.</param>
/// <param name="MedianBytes">Of the readings looked at.</param>
internal readonly record struct Flatness(double RiseBytes, double MedianBytes)
{
    public const double RiseMaxBytes = 8 * 1_048_576;
    public const double SkippedShare = 0.2;

    private const int ReadingsMin = 3;

    public bool Holds => RiseBytes <= RiseMaxBytes;

    /// <param name="readings">At equal distances, in the order of time, enough of them to judge.</param>
    public static Flatness Of(IReadOnlyList<double> readings)
    {
        ArgumentNullException.ThrowIfNull(readings);
        var kept = readings.Skip((int)(readings.Count * SkippedShare)).ToArray();
        ArgumentOutOfRangeException.ThrowIfLessThan(kept.Length, ReadingsMin);
        var slopes = new List<double>(kept.Length * (kept.Length - 1) / 2);
        for (var to = 1; to < kept.Length; to++)
        {
            for (var from = 0; from < to; from++)
            {
                slopes.Add((kept[to] - kept[from]) / (to - from));
            }
        }

        return new Flatness(PairedRuns.Median([.. slopes]) * (kept.Length - 1), PairedRuns.Median([.. kept]));
    }
}
