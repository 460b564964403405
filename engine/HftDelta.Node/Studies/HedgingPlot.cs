using System.Globalization;
using System.Text;

namespace HftDelta.Node.Studies;

/// <summary>
/// Variance against spacing, both logarithmic, as one SVG without scripts: points, fitted lines (which bend here), theory.
/// </summary>
internal static class HedgingPlot
{
    private const string Title = "Variance of the residual at expiry against the spacing of settlements";
    private const string Abscissa = "time between settlements, as a share of the option's life";
    private const string Ordinate = "variance, for a spot of 100";
    private const double Width = 860;
    private const double Height = 560;
    private const double Left = 80;
    private const double Top = 50;
    private const double PlotWidth = 520;
    private const double PlotHeight = 430;
    private const int CurvePoints = 40;

    /// <summary>Told apart by shape as well as by colour.</summary>
    private static readonly (string Colour, string Shape)[] Marks =
        [("#0072b2", "circle"), ("#d55e00", "square"), ("#009e73", "triangle"), ("#cc79a7", "diamond")];

    public static string Draw(IReadOnlyList<HedgeSeries> series)
    {
        var points = series.SelectMany(one => one.Lines).ToList();
        var x = Axis.Over(points.Select(line => line.Spacing));
        var y = Axis.Over(points.Select(line => line.Variance));
        var svg = new StringBuilder();
        Add(
            svg,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" "
            + $"font-size=\"12\">");
        Add(svg, $"<rect width=\"{Width}\" height=\"{Height}\" fill=\"white\"/>");
        Add(svg, $"<text x=\"{Left}\" y=\"26\" font-size=\"15\">{Title}</text>");
        Grid(svg, x, y);
        Theory(svg, x, y, series.Count);
        for (var place = 0; place < series.Count; place++)
        {
            Series(svg, series[place], Marks[place % Marks.Length], x, y, place);
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void Grid(StringBuilder svg, Axis x, Axis y)
    {
        for (var decade = x.First; decade <= x.Last; decade++)
        {
            var at = X(x, Math.Pow(10, decade));
            Add(svg, $"<line x1=\"{at:F1}\" y1=\"{Top}\" x2=\"{at:F1}\" y2=\"{Top + PlotHeight}\" stroke=\"#ddd\"/>");
            Add(svg, $"<text x=\"{at:F1}\" y=\"{Top + PlotHeight + 18}\" text-anchor=\"middle\">1e{decade}</text>");
        }

        for (var decade = y.First; decade <= y.Last; decade++)
        {
            var at = Y(y, Math.Pow(10, decade));
            Add(svg, $"<line x1=\"{Left}\" y1=\"{at:F1}\" x2=\"{Left + PlotWidth}\" y2=\"{at:F1}\" stroke=\"#ddd\"/>");
            Add(svg, $"<text x=\"{Left - 8}\" y=\"{at + 4:F1}\" text-anchor=\"end\">1e{decade}</text>");
        }

        var middle = Left + (PlotWidth / 2);
        var below = Top + PlotHeight + 42;
        var aside = Top + (PlotHeight / 2);
        Add(svg, $"<text x=\"{middle}\" y=\"{below}\" text-anchor=\"middle\">{Abscissa}</text>");
        Add(svg, $"<text transform=\"translate(24 {aside}) rotate(-90)\" text-anchor=\"middle\">{Ordinate}</text>");
    }

    /// <summary>What equal intervals leave of a diffusion, as far as it is on the axes.</summary>
    private static void Theory(StringBuilder svg, Axis x, Axis y, int place)
    {
        var (lowest, highest) = (Math.Pow(10, y.First), Math.Pow(10, y.Last));
        var whole = HedgedOption.VarianceInTheory(1);
        var first = Math.Max(Math.Pow(10, x.First), lowest / whole);
        var last = Math.Min(Math.Pow(10, x.Last), highest / whole);
        Add(
            svg,
            $"<polyline points=\"{X(x, first):F1},{Y(y, first * whole):F1} {X(x, last):F1},{Y(y, last * whole):F1}\" "
            + $"fill=\"none\" stroke=\"#999\"/>");
        var at = LegendAt(place);
        Add(
            svg,
            $"<line x1=\"{Left + PlotWidth + 16}\" y1=\"{at - 4}\" x2=\"{Left + PlotWidth + 32}\" y2=\"{at - 4}\" "
            + $"stroke=\"#999\"/>");
        Add(svg, $"<text x=\"{Left + PlotWidth + 38}\" y=\"{at}\">theory, interval</text>");
        Add(svg, $"<text x=\"{Left + PlotWidth + 38}\" y=\"{at + 16}\" fill=\"#555\">{whole:G3} x spacing</text>");
    }

    private static double LegendAt(int place) => Top + 20 + (place * 46);

    private static void Series(
        StringBuilder svg, HedgeSeries series, (string Colour, string Shape) mark, Axis x, Axis y, int place)
    {
        var (first, last) = (series.Lines.Min(line => line.Spacing), series.Lines.Max(line => line.Spacing));
        var curve = Enumerable.Range(0, CurvePoints + 1)
            .Select(step => first * Math.Pow(last / first, (double)step / CurvePoints))
            .Select(spacing => Invariant($"{X(x, spacing):F1},{Y(y, series.Line.At(spacing)):F1}"));
        Add(
            svg,
            $"<polyline points=\"{string.Join(' ', curve)}\" fill=\"none\" stroke=\"{mark.Colour}\" stroke-dasharray=\"5 3\"/>");
        foreach (var line in series.Lines)
        {
            Add(svg, $"{Shape(mark, X(x, line.Spacing), Y(y, line.Variance), line.Rule.Setting)}");
        }

        var at = LegendAt(place);
        Add(svg, $"{Shape(mark, Left + PlotWidth + 24, at - 4, series.Trigger)}");
        Add(svg, $"<text x=\"{Left + PlotWidth + 38}\" y=\"{at}\">{series.Paths}, {series.Trigger}</text>");
        Add(
            svg,
            $"<text x=\"{Left + PlotWidth + 38}\" y=\"{at + 16}\" fill=\"#555\">{series.Line.Floor:G2} + {series.Line.Slope:G3} "
            + $"x spacing</text>");
    }

    private static string Shape((string Colour, string Shape) mark, double x, double y, string title)
    {
        var outline = mark.Shape switch
        {
            "square" => Invariant($"M{x - 4:F1} {y - 4:F1}h8v8h-8z"),
            "triangle" => Invariant($"M{x:F1} {y - 5:F1}l5 9h-10z"),
            "diamond" => Invariant($"M{x:F1} {y - 6:F1}l5 6l-5 6l-5 -6z"),
            _ => Invariant($"M{x - 4.5:F1} {y:F1}a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0z"),
        };
        return $"<path d=\"{outline}\" fill=\"{mark.Colour}\"><title>{title}</title></path>";
    }

    private static double X(Axis axis, double value) => Left + (axis.Share(value) * PlotWidth);

    private static double Y(Axis axis, double value) => Top + ((1 - axis.Share(value)) * PlotHeight);

    private static void Add(StringBuilder svg, FormattableString text) => svg.Append(Invariant(text)).Append('\n');

    private static void Add(StringBuilder svg, string text) => svg.Append(text).Append('\n');

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whole decades.</summary>
    private readonly record struct Axis(int First, int Last)
    {
        public static Axis Over(IEnumerable<double> values)
        {
            var logs = values.Select(Math.Log10).ToList();
            return new Axis((int)Math.Floor(logs.Min()), (int)Math.Ceiling(logs.Max()));
        }

        public double Share(double value) => (Math.Log10(value) - First) / (Last - First);
    }
}
