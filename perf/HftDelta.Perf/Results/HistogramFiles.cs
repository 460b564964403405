using System.Text;
using HdrHistogram;

namespace HftDelta.Perf.Results;

/// <summary>
/// The files that other tools read: percentiles (.hgrm) and interval logs (.hlog) in HdrHistogram's own formats.
/// </summary>
internal static class HistogramFiles
{
    /// <summary>Tags of an interval log: what was measured, and the machine's hiccups beside it.</summary>
    public const string HiccupTag = "hiccups";

    private const int TicksPerHalfDistance = 5;

    public static string NameOf(string suite, string name, string extension)
    {
        var letters = name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? char.ToLowerInvariant(letter) : '-');
        return $"{suite}-{string.Concat(letters)}.{extension}";
    }

    public static void Write(string folder, SuiteResult result)
    {
        foreach (var named in result.Histograms)
        {
            using var file = File.CreateText(Path.Combine(folder, NameOf(result.Name, named.Name, "hgrm")));
            named.Histogram.OutputPercentileDistribution(
                file, percentileTicksPerHalfDistance: TicksPerHalfDistance, outputValueUnitScalingRatio: 1);
        }

        foreach (var series in result.Series)
        {
            using var file = File.Create(Path.Combine(folder, NameOf(result.Name, series.Name, "hlog")));
            WriteLog(file, series);
        }
    }

    /// <summary>
    /// An interval log. What was measured has no tag, which is what every reader shows at once; hiccups have one.
    /// </summary>
    public static void WriteLog(Stream file, TimeSeries series)
    {
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
