namespace HftDelta.Perf.Results;

/// <summary>
/// The histograms of a suite as files beside its summary; their formats are those of <see cref="LatencyFiles"/>.
/// </summary>
internal static class HistogramFiles
{
    public static string NameOf(string suite, string name, string extension)
    {
        var letters = name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? char.ToLowerInvariant(letter) : '-');
        return $"{suite}-{string.Concat(letters)}.{extension}";
    }

    public static void Write(string folder, SuiteResult result)
    {
        foreach (var named in result.Histograms)
        {
            LatencyFiles.WritePercentiles(Path.Combine(folder, NameOf(result.Name, named.Name, "hgrm")), named.Histogram);
        }

        foreach (var series in result.Series)
        {
            using var file = File.Create(Path.Combine(folder, NameOf(result.Name, series.Name, "hlog")));
            LatencyFiles.WriteLog(file, series);
        }
    }
}
