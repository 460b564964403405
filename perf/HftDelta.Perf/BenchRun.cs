using System.Diagnostics;
using System.Globalization;
using HftDelta.Perf.Results;

namespace HftDelta.Perf;

/// <summary>
/// Runs suite after suite and writes what they found into a folder of its own: after each of them, so that a run that breaks
/// off leaves what it had. One thread.
/// </summary>
internal sealed class BenchRun(Volume volume, string[] arguments, DirectoryInfo output, double? seconds = null)
{
    private readonly DateTimeOffset _begunAt = DateTimeOffset.UtcNow;
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly List<SuiteSummary> _suites = [];

    public RunSummary Measure(IEnumerable<Suite> suites)
    {
        var time = _begunAt.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var folder = Directory.CreateDirectory(Path.Combine(output.FullName, time)).FullName;
        var options = new SuiteOptions(volume, folder) { Seconds = seconds };
        var machine = MachineFacts.Read();
        Console.Error.WriteLine("machine: what interrupts a busy loop here ...");
        var hiccups = HiccupProfile.Measure(TimeSpan.FromMilliseconds(options.Quick ? 200 : 1_000));
        var summary = Summarize(machine, hiccups);
        ConsoleReport.PrintRun(Console.Out, summary);
        foreach (var suite in suites)
        {
            Console.Error.WriteLine($"{suite.Name}: {suite.Summary} ...");
            var (result, conditions) = SuiteConditions.Watch(suite, options);
            _suites.Add(SuiteSummary.Of(result, suite.Setting, conditions));
            ConsoleReport.PrintSuite(Console.Out, _suites[^1]);
            HistogramFiles.Write(folder, result);
            summary = Summarize(machine, hiccups);
            Write(folder, summary);
        }

        Console.Error.WriteLine($"report.html, report.md, summary.json and histograms: {folder}");
        return summary;
    }

    public static void Write(string folder, RunSummary summary)
    {
        SummaryFile.Write(folder, summary);
        File.WriteAllText(Path.Combine(folder, MarkdownReport.Name), MarkdownReport.Write(summary));
        File.WriteAllText(Path.Combine(folder, HtmlReport.Name), HtmlReport.Write(summary));
    }

    private RunSummary Summarize(MachineFacts machine, HiccupProfile hiccups) => new()
    {
        BegunAt = _begunAt,
        Seconds = Stopwatch.GetElapsedTime(_began).TotalSeconds,
        Command = string.Join(' ', ["./run-perf.sh", .. WithoutFolder()]),
        Volume = volume,
        Machine = machine,
        Hiccups = hiccups,
        Suites = [.. _suites],
    };

    /// <summary>Where the results lie is no part of how they came about.</summary>
    private IEnumerable<string> WithoutFolder()
    {
        for (var index = 0; index < arguments.Length; index++)
        {
            if (arguments[index] == "--out")
            {
                index++;
            }
            else if (!arguments[index].StartsWith("--out=", StringComparison.Ordinal))
            {
                yield return arguments[index];
            }
        }
    }
}
