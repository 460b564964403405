using System.Globalization;

namespace HftDelta.Perf.Results;

/// <summary>Prints results as aligned text.</summary>
internal static class ConsoleReport
{
    private const int NameWidth = 13;

    public static void PrintRun(TextWriter output, RunSummary run)
    {
        foreach (var (name, value) in ReportWords.OfRun(run))
        {
            Line(output, $"{name.PadRight(NameWidth)}{value}");
        }

        Line(output, $"{"rule".PadRight(NameWidth)}{ReportWords.Rule}");
        if (run.Volume == Volume.Quick)
        {
            Line(output, $"{"quick".PadRight(NameWidth)}{ReportWords.QuickRule}");
        }
    }

    public static void PrintSuite(TextWriter output, SuiteSummary suite)
    {
        output.WriteLine();
        Line(output, $"== {suite.Name}");
        Line(output, $"{"method".PadRight(NameWidth)}{suite.Method}");
        foreach (var (name, value) in ReportWords.OfSuite(suite))
        {
            Line(output, $"{name.PadRight(NameWidth)}{value}");
        }

        Table(
            output,
            ["figure", "value", "unit", "its own floor", "ratio to it"],
            suite.Rows.Select(row => new[]
            {
                row.Label, ReportWords.Figure(row.Value), row.Unit, row.Floor is { } own ? ReportWords.Figure(own) : "",
                ReportWords.Ratio(row.RatioToFloor),
            }));
        Table(
            output,
            ["microseconds", "p50", "p90", "p99", "p99.9", "p99.99", "max", "count"],
            suite.Histograms.Select(one => (string[])
            [
                one.Name, .. MarkdownReport.PercentilesOf(one).Select(ReportWords.Micros),
                one.Count.ToString("#,0", CultureInfo.InvariantCulture),
            ]));
        foreach (var curve in suite.Curves)
        {
            Table(
                output,
                [$"load, {curve.Name}", "offered/s", "reached/s", "p50 us", "p99 us", "p99.9 us"],
                curve.Points.Select(MarkdownReport.LoadCells));
        }

        foreach (var table in suite.Scalings)
        {
            var promise = ReportWords.Promise(table) is { Length: > 0 } words ? $", {words}" : "";
            Line(output, $"{"scaling".PadRight(NameWidth)}{table.Name}, by {table.Size}: exponent "
                + $"{ReportWords.Exponent(table.Exponent)}{promise} ({ReportWords.Points(table)} {table.Unit})");
        }

        foreach (var note in suite.Notes)
        {
            Line(output, $"{"note".PadRight(NameWidth)}{note}");
        }
    }

    /// <summary>Aligned columns: words at the left, numbers at the right. Nothing without rows.</summary>
    public static void Table(TextWriter output, string[] header, IEnumerable<string[]> rows)
    {
        string[][] lines = [header, .. rows];
        if (lines.Length == 1)
        {
            return;
        }

        var widths = header.Select((_, column) => lines.Max(line => line[column].Length)).ToArray();
        output.WriteLine();
        foreach (var line in lines)
        {
            var cells = line.Select((cell, column) =>
                column == 0 || header[column] is "unit" ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]));
            output.WriteLine(string.Join("  ", cells).TrimEnd());
        }
    }

    private static void Line(TextWriter output, string text) => output.WriteLine(text);
}
