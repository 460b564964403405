using HdrHistogram;

namespace HftDelta.Perf.Results;

/// <summary>Latency interval by interval, in nanoseconds; null where nothing was recorded.</summary>
public sealed record SeriesSummary
{
    public required string Name { get; init; }

    public required double IntervalSeconds { get; init; }

    public required IReadOnlyList<long?> P50 { get; init; }

    public required IReadOnlyList<long?> P99 { get; init; }

    public required IReadOnlyList<long?> Max { get; init; }

    /// <summary>The longest that a thread which only sleeps was late in the interval.</summary>
    public required IReadOnlyList<long?> HiccupMax { get; init; }

    /// <summary>The same at 99 %; none in files of older programs.</summary>
    public IReadOnlyList<long?> HiccupP99 { get; init; } = [];

    /// <summary>The interval log beside the summary.</summary>
    public required string File { get; init; }

    public static SeriesSummary Of(string suite, TimeSeries series)
    {
        ArgumentNullException.ThrowIfNull(series);
        return new SeriesSummary
        {
            Name = series.Name,
            IntervalSeconds = series.IntervalSeconds,
            P50 = [.. series.Intervals.Select(interval => At(interval, 50))],
            P99 = [.. series.Intervals.Select(interval => At(interval, 99))],
            Max = [.. series.Intervals.Select(interval => At(interval, 100))],
            HiccupMax = [.. series.Hiccups.Select(interval => At(interval, 100))],
            HiccupP99 = [.. series.Hiccups.Select(interval => At(interval, 99))],
            File = HistogramFiles.NameOf(suite, series.Name, "hlog"),
        };
    }

    private static long? At(LongHistogram interval, double percentile) =>
        interval.TotalCount == 0 ? null : interval.GetValueAtPercentile(percentile);
}
