using System.Text.Json;
using HdrHistogram;

namespace HftDelta.Perf;

/// <summary>Writes what a run found: one .hgrm file per histogram and one summary.json.</summary>
internal static class ResultFiles
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new RoundedNumbers() },
    };

    public static void WriteHistograms(DirectoryInfo directory, SuiteResult result)
    {
        foreach (var (name, histogram) in result.Histograms)
        {
            using var file = File.CreateText(Path.Combine(directory.FullName, $"{result.Name}-{FileName(name)}.hgrm"));
            histogram.OutputPercentileDistribution(file, percentileTicksPerHalfDistance: 5, outputValueUnitScalingRatio: 1);
        }
    }

    public static void WriteSummary(
        DirectoryInfo directory,
        MachineFacts machine,
        HiccupProfile hiccups,
        SuiteOptions options,
        IEnumerable<SuiteResult> results)
    {
        var summary = new
        {
            Machine = machine,
            Hiccups = hiccups,
            options.Quick,
            Suites = results.Select(result => new
            {
                result.Name,
                result.Method,
                result.Rows,
                Histograms = result.Histograms.Select(Summarize),
                result.Notes,
            }),
        };
        var path = Path.Combine(directory.FullName, "summary.json");
        File.WriteAllText(path, JsonSerializer.Serialize(summary, Indented) + "\n");
    }

    private static object Summarize(NamedHistogram named) => new
    {
        named.Name,
        Unit = "ns",
        Count = named.Histogram.TotalCount,
        P50 = named.Histogram.GetValueAtPercentile(50),
        P90 = named.Histogram.GetValueAtPercentile(90),
        P99 = named.Histogram.GetValueAtPercentile(99),
        P999 = named.Histogram.GetValueAtPercentile(99.9),
        P9999 = named.Histogram.GetValueAtPercentile(99.99),
        Max = named.Histogram.GetMaxValue(),
    };

    private static string FileName(string name) =>
        string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? char.ToLowerInvariant(letter) : '-'));
}
