using System.Text;
using HdrHistogram;

namespace HftDelta.Node.Load;

/// <summary>
/// The files of a latency that other tools read: percentiles (.hgrm) and interval logs (.hlog) in HdrHistogram's own formats.
/// </summary>
public static class LatencyFiles
{
    /// <summary>Tag of an interval log: the machine's hiccups beside what was measured.</summary>
    public const string HiccupTag = "hiccups";

    private const int TicksPerHalfDistance = 5;

    /// <summary>As plotters of histograms read it: value in nanoseconds, percentile, count, 1/(1-percentile).</summary>
    public static void WritePercentiles(string path, HistogramBase nanos)
    {
        ArgumentNullException.ThrowIfNull(nanos);
        using var file = File.CreateText(path);
        nanos.OutputPercentileDistribution(file, TicksPerHalfDistance, outputValueUnitScalingRatio: 1);
    }

    /// <summary>
    /// An interval log. What was measured has no tag, which is what every reader shows at once; hiccups have one.
    /// </summary>
    public static void WriteLog(Stream file, TimeSeries series)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(series);
        var all = new List<HistogramBase>();
        var begun = new DateTimeOffset(series.Begun).ToUnixTimeMilliseconds();
        for (var interval = 0; interval < series.Intervals.Count; interval++)
        {
            var from = begun + (long)(interval * series.IntervalSeconds * 1e3);
            var to = begun + (long)((interval + 1) * series.IntervalSeconds * 1e3);
            all.Add(Stamp(series.Intervals[interval], from, to, null));
            all.Add(Stamp(series.Hiccups[interval], from, to, HiccupTag));
        }

        // The package writes its text in UTF-16, which no reader but its own takes for a log.
        using var wide = new MemoryStream();
        HistogramLogWriter.Write(wide, series.Begun, [.. all]);
        using var text = new StreamReader(new MemoryStream(wide.ToArray()), Encoding.Unicode);
        file.Write(Encoding.UTF8.GetBytes(text.ReadToEnd()));
    }

    private static LongHistogram Stamp(LongHistogram histogram, long fromMillis, long toMillis, string? tag)
    {
        (histogram.StartTimeStamp, histogram.EndTimeStamp, histogram.Tag) = (fromMillis, toMillis, tag);
        return histogram;
    }
}
