using System.Globalization;
using System.Text;

namespace HftDelta.Perf.Results;

/// <summary>A run as Markdown; docs/performance-report.md is one.</summary>
internal static class MarkdownReport
{
    public const string Name = "report.md";

    public static string Write(RunSummary run)
    {
        var text = new StringBuilder("# Performance of one run\n\n");
        foreach (var (name, value) in ReportWords.OfRun(run))
        {
            text.Append(CultureInfo.InvariantCulture, $"- {name}: {value}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"\n{ReportWords.Rule}\n");
        if (run.Volume == Volume.Quick)
        {
            text.Append(CultureInfo.InvariantCulture, $"{ReportWords.QuickRule}\n");
        }

        foreach (var suite in run.Suites)
        {
            Write(text, suite);
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, SuiteSummary suite)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n## {suite.Name}\n\n{suite.Method}.\n\n");
        foreach (var (name, value) in ReportWords.OfSuite(suite))
        {
            text.Append(CultureInfo.InvariantCulture, $"- {name}: {value}\n");
        }

        Table(
            text,
            ["Figure", "Value", "Unit", "Its own floor", "Ratio to it"],
            suite.Rows.Select(ReportCells.Of));
        Table(text, ["Check", "Found", "Wanted", "Verdict"], suite.Checks.Select(ReportCells.Of));
        Table(text, ["Microseconds", .. ReportCells.PercentileHeader], suite.Histograms.Select(ReportCells.Of));
        foreach (var curve in suite.Curves)
        {
            Table(text, [$"Load, {curve.Name}", .. ReportCells.LoadHeader], curve.Points.Select(ReportCells.Of));
        }

        Table(text, ["Cost", "by", "Unit", "Size: cost", "Exponent", "Wanted"], suite.Scalings.Select(ReportCells.Of));
        if (suite.Notes.Count > 0)
        {
            text.Append('\n');
        }

        foreach (var note in suite.Notes)
        {
            text.Append(CultureInfo.InvariantCulture, $"- {note}\n");
        }
    }

    private static void Table(StringBuilder text, string[] header, IEnumerable<string[]> rows)
    {
        var lines = rows.ToArray();
        if (lines.Length == 0)
        {
            return;
        }

        text.Append('\n');
        Line(text, header);
        text.Append('|').Insert(text.Length, "---|", header.Length).Append('\n');
        foreach (var line in lines)
        {
            Line(text, line);
        }
    }

    private static void Line(StringBuilder text, string[] cells)
    {
        var safe = cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal));
        text.Append("| ").AppendJoin(" | ", safe).Append(" |\n");
    }
}
