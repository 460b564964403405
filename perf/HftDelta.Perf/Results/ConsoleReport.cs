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

        Table(output, ReportCells.FigureHeader, suite.Rows.Select(ReportCells.Of));
        Table(output, ReportCells.CheckHeader, suite.Checks.Select(ReportCells.Of));
        Table(output, ["microseconds", .. ReportCells.PercentileHeader], suite.Histograms.Select(ReportCells.Of));
        foreach (var curve in suite.Curves)
        {
            Table(output, [$"load, {curve.Name}", .. ReportCells.LoadHeader], curve.Points.Select(ReportCells.Of));
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
                column == 0 || header[column] is "unit" or "verdict"
                    ? cell.PadRight(widths[column])
                    : cell.PadLeft(widths[column]));
            output.WriteLine(string.Join("  ", cells).TrimEnd());
        }
    }

    private static void Line(TextWriter output, string text) => output.WriteLine(text);
}
