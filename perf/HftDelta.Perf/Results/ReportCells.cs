using System.Globalization;

namespace HftDelta.Perf.Results;

/// <summary>One line of each table of a suite, as text: the same cells in every report, in the order of its header.</summary>
internal static class ReportCells
{
    public static readonly string[] FigureHeader = ["figure", "value", "unit", "its own floor", "ratio to it"];

    public static readonly string[] CheckHeader = ["check", "found", "wanted", "verdict"];

    /// <summary>Behind the name of the curve.</summary>
    public static readonly string[] LoadHeader = ["offered/s", "reached/s", "p50 us", "p99 us", "p99.9 us"];

    /// <summary>Behind the unit of time.</summary>
    public static readonly string[] PercentileHeader = ["p50", "p90", "p99", "p99.9", "p99.99", "max", "count"];

    public static string[] Of(SuiteRow row) =>
    [
        row.Label, ReportWords.Figure(row.Value), row.Unit, row.Floor is { } floor ? ReportWords.Figure(floor) : "",
        ReportWords.Ratio(row.RatioToFloor),
    ];

    public static string[] Of(HistogramSummary one) =>
    [
        one.Name, ReportWords.Micros(one.P50), ReportWords.Micros(one.P90), ReportWords.Micros(one.P99),
        ReportWords.Micros(one.P999), ReportWords.Micros(one.P9999), ReportWords.Micros(one.Max),
        one.Count.ToString("#,0", CultureInfo.InvariantCulture),
    ];

    public static string[] Of(SuiteCheck check) => [check.Label, check.Found, check.Wanted, check.Holds ? "holds" : "FAILED"];

    public static string[] Of(LoadPoint point) =>
    [
        point.Label,
        ReportWords.Figure(Math.Round(point.OfferedPerSecond)),
        ReportWords.Figure(Math.Round(point.ReachedPerSecond)),
        ReportWords.Micros(point.P50Nanos), ReportWords.Micros(point.P99Nanos), ReportWords.Micros(point.P999Nanos),
    ];

    public static string[] Of(ScalingTable table) =>
    [
        table.Name, table.Size, table.Unit, ReportWords.Points(table), ReportWords.Exponent(table.Exponent),
        ReportWords.Promise(table),
    ];
}
