using System.Globalization;
using HdrHistogram;

namespace HftDelta.Perf;

/// <summary>Prints results as aligned text.</summary>
internal static class Report
{
    private static readonly double[] Percentiles = [50, 90, 99, 99.9, 99.99];

    public static void PrintMachine(TextWriter output, MachineFacts machine, HiccupProfile hiccups, bool quick)
    {
        Line(output, $"machine    {machine.Cores} x {machine.Processor} ({machine.Architecture})");
        Line(output, $"load       {machine.LoadAverage:0.00}");
        Line(output, $"system     {machine.OperatingSystem}");
        Line(output, $"runtime    {machine.Runtime}, collector: {machine.Collector}");
        Line(output, $"hiccups    a busy loop loses {hiccups.LostShare:P2}, its longest pause is {hiccups.MaxMicros:0} us");
        Line(output, $"           pauses per second over 1 us: {hiccups.Over1Micro:0}, over 10 us: {hiccups.Over10Micros:0}");
        Line(output, $"rule       only ratios to a floor of the same run mean anything; beyond p99 it is the machine");
        if (quick)
        {
            Line(output, $"quick      short rounds: shows that it works, not how fast it is");
        }
    }

    public static void PrintSuite(TextWriter output, SuiteResult result)
    {
        output.WriteLine();
        Line(output, $"== {result.Name}");
        Line(output, $"method     {result.Method}");
        output.WriteLine();
        if (result.Rows.Count > 0)
        {
            PrintRows(output, result.Rows);
        }

        if (result.Histograms.Count > 0)
        {
            output.WriteLine();
            PrintPercentiles(output, result.Histograms);
        }

        foreach (var note in result.Notes)
        {
            Line(output, $"note       {note}");
        }
    }

    private static void PrintRows(TextWriter output, IList<SuiteRow> rows)
    {
        var width = Math.Max("figure".Length, rows.Max(row => row.Label.Length));
        var unit = Math.Max("unit".Length, rows.Max(row => row.Unit.Length));
        output.WriteLine(
            $"{"figure".PadRight(width)}  {"value",14}  {"unit".PadRight(unit)}  {"its own floor",14}  {"ratio to it",11}");
        foreach (var row in rows)
        {
            var ratio = row.RatioToFloor is { } value ? value.ToString("0.00", CultureInfo.InvariantCulture) : "";
            var floor = row.Floor is { } own ? Figure(own) : "";
            var line = $"{row.Label.PadRight(width)}  {Figure(row.Value),14}  {row.Unit.PadRight(unit)}  {floor,14}  {ratio,11}";
            output.WriteLine(line.TrimEnd());
        }
    }

    private static string Figure(double value) => value.ToString("#,0.##", CultureInfo.InvariantCulture);

    private static void PrintPercentiles(TextWriter output, IList<NamedHistogram> histograms)
    {
        var width = Math.Max("nanoseconds".Length, histograms.Max(named => named.Name.Length));
        output.Write("nanoseconds".PadRight(width));
        foreach (var percentile in Percentiles)
        {
            output.Write($"  {"p" + percentile.ToString(CultureInfo.InvariantCulture),11}");
        }

        output.WriteLine($"  {"max",11}  {"count",11}");
        foreach (var (name, histogram) in histograms)
        {
            output.Write(name.PadRight(width));
            foreach (var percentile in Percentiles)
            {
                Cell(output, histogram.GetValueAtPercentile(percentile));
            }

            Cell(output, histogram.GetMaxValue());
            Cell(output, histogram.TotalCount);
            output.WriteLine();
        }
    }

    private static void Cell(TextWriter output, long value) =>
        output.Write(string.Create(CultureInfo.InvariantCulture, $"  {value,11:#,0}"));

    private static void Line(TextWriter output, FormattableString text) =>
        output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
