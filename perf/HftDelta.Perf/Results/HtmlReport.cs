using System.Globalization;
using System.Net;
using System.Text;
using HftDelta.Perf.Plots;

namespace HftDelta.Perf.Results;

/// <summary>
/// A run as one HTML page that holds all it needs: tables, plots as SVG, style. It asks for nothing from outside and runs no
/// script, so that it can be read, kept and printed anywhere.
/// </summary>
internal static class HtmlReport
{
    public const string Name = "report.html";

    public static string Write(RunSummary run)
    {
        var page = new StringBuilder();
        page.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n")
            .Append(CultureInfo.InvariantCulture, $"<title>HftDelta performance, {run.BegunAt:yyyy-MM-dd HH:mm}</title>\n")
            .Append("<style>\n").Append(HtmlStyle.Text).Append("</style>\n</head>\n<body>\n<main>\n")
            .Append("<h1>HftDelta performance</h1>\n");
        Facts(page, ReportWords.OfRun(run));
        page.Append(CultureInfo.InvariantCulture, $"<p class=\"rule\">{Words(ReportWords.Rule)}</p>\n");
        if (run.Volume == Volume.Quick)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p class=\"rule\"><strong>{Words(ReportWords.QuickRule)}</strong></p>\n");
        }

        page.Append("<nav><ul>\n");
        foreach (var suite in run.Suites)
        {
            page.Append(CultureInfo.InvariantCulture, $"<li><a href=\"#{Words(suite.Name)}\">{Words(suite.Name)}</a></li>\n");
        }

        page.Append("</ul></nav>\n");
        foreach (var suite in run.Suites)
        {
            Write(page, suite);
        }

        page.Append("</main>\n</body>\n</html>\n");
        return page.ToString();
    }

    private static void Write(StringBuilder page, SuiteSummary suite)
    {
        page.Append(CultureInfo.InvariantCulture, $"<section id=\"{Words(suite.Name)}\">\n<h2>{Words(suite.Name)}</h2>\n")
            .Append(CultureInfo.InvariantCulture, $"<p>{Words(suite.Method)}.</p>\n");
        Facts(page, ReportWords.OfSuite(suite));
        Table(page, ReportCells.FigureHeader, suite.Rows.Select(ReportCells.Of));
        Table(page, ReportCells.CheckHeader, suite.Checks.Select(ReportCells.Of));
        Table(page, ["microseconds", .. ReportCells.PercentileHeader], suite.Histograms.Select(ReportCells.Of));
        foreach (var curve in suite.Curves)
        {
            Table(page, [$"load, {curve.Name}", .. ReportCells.LoadHeader], curve.Points.Select(ReportCells.Of));
        }

        Table(page, ["cost", "by", "unit", "size: cost", "exponent", "wanted"], suite.Scalings.Select(ReportCells.Of));
        page.Append("<div class=\"plots\">\n");
        foreach (var plot in SuitePlots.Of(suite))
        {
            Figure(page, plot);
        }

        page.Append("</div>\n");
        Notes(page, suite.Notes);
        page.Append("</section>\n");
    }

    private static void Figure(StringBuilder page, Plot plot)
    {
        page.Append(CultureInfo.InvariantCulture, $"<figure>\n<figcaption>{Words(plot.Title)}</figcaption>\n")
            .Append(PlotDrawing.Draw(plot)).Append("\n<ul class=\"legend\">\n");
        foreach (var line in plot.Lines)
        {
            var style = line.Style.ToString().ToLowerInvariant();
            var sign = line.Style == LineStyle.Bars
                ? $"<rect class=\"bar c{line.Colour}\" x=\"8\" y=\"0\" width=\"12\" height=\"10\"/>"
                : $"<path class=\"line {style} c{line.Colour}\" d=\"M1 5L27 5\"/>";
            page.Append("<li><svg class=\"swatch\" viewBox=\"0 0 28 10\" aria-hidden=\"true\">").Append(sign)
                .Append("</svg>").Append(Words(line.Name)).Append("</li>\n");
        }

        page.Append("</ul>\n</figure>\n");
    }

    private static void Facts(StringBuilder page, IEnumerable<(string Name, string Value)> facts)
    {
        page.Append("<dl>\n");
        foreach (var (name, value) in facts)
        {
            page.Append(CultureInfo.InvariantCulture, $"<dt>{Words(name)}</dt><dd>{Words(value)}</dd>\n");
        }

        page.Append("</dl>\n");
    }

    private static void Notes(StringBuilder page, IReadOnlyList<string> notes)
    {
        if (notes.Count == 0)
        {
            return;
        }

        page.Append("<ul class=\"notes\">\n");
        foreach (var note in notes)
        {
            page.Append(CultureInfo.InvariantCulture, $"<li>{Words(note)}</li>\n");
        }

        page.Append("</ul>\n");
    }

    private static void Table(StringBuilder page, string[] header, IEnumerable<string[]> rows)
    {
        var lines = rows.ToArray();
        if (lines.Length == 0)
        {
            return;
        }

        page.Append("<div class=\"wide\"><table>\n<thead>");
        Line(page, header, header, "th");
        page.Append("</thead>\n<tbody>\n");
        foreach (var line in lines)
        {
            Line(page, header, line, "td");
        }

        page.Append("</tbody>\n</table></div>\n");
    }

    private static void Line(StringBuilder page, string[] header, string[] cells, string element)
    {
        page.Append("<tr>");
        foreach (var (name, cell) in header.Zip(cells))
        {
            var look = name switch
            {
                "unit" or "by" or "found" or "wanted" or "verdict" => " class=\"words\"",
                "size: cost" => " class=\"list\"",
                _ => "",
            };
            page.Append(CultureInfo.InvariantCulture, $"<{element}{look}>{Words(cell)}</{element}>");
        }

        page.Append("</tr>\n");
    }

    private static string Words(string text) => WebUtility.HtmlEncode(text);
}
