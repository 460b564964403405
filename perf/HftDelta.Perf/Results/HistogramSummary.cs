using HdrHistogram;

namespace HftDelta.Perf.Results;

/// <summary>Percentiles of one distribution, in nanoseconds, and the curve through them.</summary>
public sealed record HistogramSummary
{
    private const int TicksPerHalfDistance = 5;

    public required string Name { get; init; }

    public string Unit { get; init; } = "ns";

    /// <summary>It is what the others of the suite stand beside.</summary>
    public bool IsFloor { get; init; }

    public required long Count { get; init; }

    public required long P50 { get; init; }

    public required long P90 { get; init; }

    public required long P99 { get; init; }

    public required long P999 { get; init; }

    public required long P9999 { get; init; }

    public required long Max { get; init; }

    /// <summary>The file beside the summary that holds all of it.</summary>
    public required string File { get; init; }

    /// <summary>From the lowest value to the last one below the maximum, as HdrHistogram steps through them.</summary>
    public required IReadOnlyList<CurvePoint> Curve { get; init; }

    public static HistogramSummary Of(string suite, NamedHistogram named)
    {
        ArgumentNullException.ThrowIfNull(named);
        var histogram = named.Histogram;
        return new HistogramSummary
        {
            Name = named.Name,
            IsFloor = named.IsFloor,
            Count = histogram.TotalCount,
            P50 = histogram.GetValueAtPercentile(50),
            P90 = histogram.GetValueAtPercentile(90),
            P99 = histogram.GetValueAtPercentile(99),
            P999 = histogram.GetValueAtPercentile(99.9),
            P9999 = histogram.GetValueAtPercentile(99.99),
            Max = histogram.TotalCount == 0 ? 0 : histogram.GetMaxValue(),
            File = HistogramFiles.NameOf(suite, named.Name, "hgrm"),
            Curve = [.. CurveOf(histogram)],
        };
    }

    private static IEnumerable<CurvePoint> CurveOf(HistogramBase histogram)
    {
        if (histogram.TotalCount == 0)
        {
            yield break;
        }

        foreach (var step in histogram.Percentiles(TicksPerHalfDistance))
        {
            // One sample of n is at 1 - 1/n; beyond there is none, and the maximum is told by itself.
            var inverse = 1 / (1 - (step.PercentileLevelIteratedTo / 100));
            if (inverse <= histogram.TotalCount)
            {
                yield return new CurvePoint(inverse, step.ValueIteratedTo);
            }
        }

        yield return new CurvePoint(histogram.TotalCount, histogram.GetMaxValue());
    }
}

/// <summary>A point of a percentile curve.</summary>
/// <param name="Inverse">1 / (1 - p): 2 for the median, 100 for the 99th percentile.</param>
/// <param name="Nanos">The value there.</param>
public readonly record struct CurvePoint(double Inverse, long Nanos);
