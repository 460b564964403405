using System.Globalization;
using HftDelta.Perf.Results;

namespace HftDelta.Perf.Plots;

/// <summary>Which pictures a suite's results make.</summary>
internal static class SuitePlots
{
    private const int CurvesMax = 5;

    /// <summary>Colours of the lines of a time series and of a curve by load.</summary>
    private const int MedianColour = 0;
    private const int TailColour = 1;
    private const int FarTailColour = 3;
    private const int HiccupColour = 7;
    private const int LateColour = 2;

    private static readonly double[] Marked = [2, 10, 100, 1_000, 10_000];

    public static IEnumerable<Plot> Of(SuiteSummary suite) =>
    [
        .. Groups(suite.Histograms).Select(Percentiles),
        .. suite.Curves.Where(curve => curve.Points.Count > 0).Select(Load),
        .. suite.Series.Where(series => series.P99.Any(value => value is not null)).Select(Time),
        .. suite.Gauges.Where(gauge => gauge.Lines.Any(line => line.Values.Count > 0)).Select(Gauge),
        .. suite.Scalings.Select(Scaling),
    ];

    /// <summary>A floor begins a picture of its own once another stands there; without floors a picture has five lines.</summary>
    public static IEnumerable<IReadOnlyList<HistogramSummary>> Groups(IEnumerable<HistogramSummary> histograms)
    {
        var group = new List<HistogramSummary>();
        foreach (var histogram in histograms.Where(one => one.Curve.Count > 0))
        {
            if (group.Count > 0 && (group.Count == CurvesMax || histogram.IsFloor))
            {
                yield return group;
                group = [];
            }

            group.Add(histogram);
        }

        if (group.Count > 0)
        {
            yield return group;
        }
    }

    public static Plot Percentiles(IReadOnlyList<HistogramSummary> histograms)
    {
        var values = histograms.SelectMany(one => one.Curve).Select(point => (double)point.Nanos).ToArray();
        var lines = histograms.Select((one, index) => PercentileLine(one, index));
        return new Plot(
            string.Join("; ", histograms.Select(one => one.Name)),
            Axis.Percentiles(histograms.Max(one => one.Curve[^1].Inverse)),
            Axis.Nanos("time (log)", values.Min(), values.Max()),
            [.. lines]);
    }

    public static Plot Load(LoadCurve curve)
    {
        var points = curve.Points;
        return new Plot(
            $"{curve.Name}: latency by the rate that was offered",
            Axis.Linear("offered, requests a second", points.Max(point => point.OfferedPerSecond)),
            Axis.Nanos(
                "time from the intended send (log)", points.Min(point => point.P50Nanos), points.Max(point => point.P999Nanos)),
            [
                LoadLine("p50", MedianColour, points, point => point.P50Nanos),
                LoadLine("p99", TailColour, points, point => point.P99Nanos),
                LoadLine("p99.9", FarTailColour, points, point => point.P999Nanos),
            ]);
    }

    public static Plot Time(SeriesSummary series)
    {
        var all = series.P50.Concat(series.Max).Concat(series.HiccupMax);
        var values = all.Where(value => value > 0).Select(value => (double)value!).ToArray();
        return new Plot(
            $"{series.Name}, interval by interval",
            Axis.Linear("seconds of the measurement", series.P50.Count * series.IntervalSeconds),
            Axis.Nanos("time (log)", values.Min(), values.Max()),
            [
                TimeLine("hiccups: the longest that a sleeping thread was late", HiccupColour, LineStyle.Bars, series.HiccupMax),
                TimeLine("max", FarTailColour, LineStyle.Dotted, series.Max),
                TimeLine("hiccups: p99 of the same", LateColour, LineStyle.Dashed, series.HiccupP99),
                TimeLine("p99", TailColour, LineStyle.Solid, series.P99),
                TimeLine("p50", MedianColour, LineStyle.Solid, series.P50),
            ]);

        PlotLine TimeLine(string name, int colour, LineStyle style, IReadOnlyList<long?> values) => new(
            name,
            colour,
            style,
            [.. values.Select((value, place) => new PlotPoint((place + 0.5) * series.IntervalSeconds, value ?? double.NaN))]);
    }

    public static Plot Gauge(GaugeSeries gauge)
    {
        var count = gauge.Lines.Max(line => line.Values.Count);
        return new Plot(
            $"{gauge.Name}, by time",
            Axis.Linear("seconds of the measurement", count * gauge.IntervalSeconds),
            Axis.Linear(gauge.Unit, gauge.Lines.SelectMany(line => line.Values).Max()),
            [
                .. gauge.Lines.Select((line, colour) => new PlotLine(
                    line.Name,
                    colour,
                    LineStyle.Solid,
                    [.. line.Values.Select((value, place) => new PlotPoint((place + 1) * gauge.IntervalSeconds, value))])),
            ]);
    }

    public static Plot Scaling(ScalingTable table)
    {
        var fit = ExponentFit.Of(table.Points);
        var sizes = table.Points.Select(point => point.Size).ToArray();
        var costs = table.Points.Select(point => point.Cost).ToArray();
        var measured = table.Points.Select(
            point => new PlotPoint(point.Size, point.Cost, Text($"{point.Size:#,0}: {point.Cost:#,0.##} {table.Unit}")));
        var fitted = sizes.Select(size => new PlotPoint(size, fit.At(size)));
        return new Plot(
            $"{table.Name}, by {table.Size}",
            Axis.Logarithmic($"{table.Size} (log)", sizes.Min(), sizes.Max()),
            Axis.Logarithmic($"{table.Unit} (log)", costs.Min(), costs.Max()),
            [
                new PlotLine("measured, medians", MedianColour, LineStyle.Solid, [.. measured]),
                new PlotLine($"fit: exponent {ReportWords.Exponent(fit.Exponent)}", TailColour, LineStyle.Dotted, [.. fitted]),
            ]);
    }

    private static PlotLine PercentileLine(HistogramSummary one, int index)
    {
        var points = new List<PlotPoint>();
        var next = 0;
        foreach (var point in one.Curve)
        {
            var words = default(string);
            if (next < Marked.Length && point.Inverse >= Marked[next])
            {
                next = Array.FindIndex(Marked, inverse => inverse > point.Inverse) is >= 0 and var found ? found : Marked.Length;
                words = Text($"{one.Name}: {100 - (100 / point.Inverse):0.####} % within {Axis.Duration(point.Nanos)}");
            }

            points.Add(new PlotPoint(point.Inverse, point.Nanos, words));
        }

        return new PlotLine(one.Name, index, one.IsFloor ? LineStyle.Dashed : LineStyle.Solid, points);
    }

    private static PlotLine LoadLine(string name, int colour, IReadOnlyList<LoadPoint> points, Func<LoadPoint, long> of) => new(
        name,
        colour,
        LineStyle.Solid,
        [.. points.Select(point => new PlotPoint(
            point.OfferedPerSecond, of(point), Text($"{point.Label}: {name} {Axis.Duration(of(point))}")))]);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
