using System.Globalization;
using System.Net;
using System.Text;

namespace HftDelta.Perf.Plots;

/// <summary>
/// Draws a plot as SVG that needs nothing else: no script, no fonts, no files. Colours are classes, which the page defines for
/// light and dark and for paper. One thread.
/// </summary>
internal sealed class PlotDrawing
{
    public const double Width = 640;
    public const double Height = 380;
    public const double Left = 92;
    public const double Right = 34;
    public const double Top = 14;
    public const double Bottom = 52;

    private const double MarkRadius = 3;
    private const double LabelGap = 4;

    /// <summary>About as wide is one character of a label, and of a label on paper or on a narrow page (HtmlStyle).</summary>
    private const double CharacterWidth = 7;
    private const double LargeCharacterWidth = 10;

    private readonly StringBuilder _text = new();
    private readonly Plot _plot;

    private PlotDrawing(Plot plot) => _plot = plot;

    public static string Draw(Plot plot) => new PlotDrawing(plot).Draw();

    /// <summary>Pixels from the left of a value on the axis below.</summary>
    public static double X(Axis axis, double value) => Left + (axis.Place(value) * (Width - Left - Right));

    /// <summary>Pixels from the top of a value on the axis at the left.</summary>
    public static double Y(Axis axis, double value) => Height - Bottom - (axis.Place(value) * (Height - Top - Bottom));

    private string Draw()
    {
        Add($"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Words(_plot.Title)}\">");
        Add($"<title>{Words(_plot.Title)}</title>");
        DrawHorizontal();
        DrawVertical();
        foreach (var line in _plot.Lines)
        {
            DrawLine(line);
        }

        _text.Append("</svg>");
        return _text.ToString();
    }

    private void DrawHorizontal()
    {
        var (top, bottom) = (Top, Height - Bottom);
        var (labelEnd, largeEnd) = (double.NegativeInfinity, double.NegativeInfinity);
        foreach (var tick in _plot.Horizontal.Ticks)
        {
            var x = X(_plot.Horizontal, tick.Value);
            Add($"<line class=\"{GridOf(tick)}\" x1=\"{x:0.##}\" y1=\"{top}\" x2=\"{x:0.##}\" y2=\"{bottom}\"/>");
            if (!tick.IsMajor || !Fits(tick.Label, x, CharacterWidth, ref labelEnd))
            {
                continue;
            }

            var look = Fits(tick.Label, x, LargeCharacterWidth, ref largeEnd) ? "tick" : "tick fine";
            Add($"<text class=\"{look}\" text-anchor=\"middle\" x=\"{x:0.##}\" y=\"{bottom + 20}\">{Words(tick.Label)}</text>");
        }

        var middle = (Left + Width - Right) / 2;
        Add($"<line class=\"axis\" x1=\"{Left}\" y1=\"{bottom}\" x2=\"{Width - Right}\" y2=\"{bottom}\"/>");
        var title = Words(_plot.Horizontal.Title);
        Add($"<text class=\"name\" text-anchor=\"middle\" x=\"{middle}\" y=\"{Height - 5}\">{title}</text>");
    }

    private void DrawVertical()
    {
        var (left, right) = (Left, Width - Right);
        foreach (var tick in _plot.Vertical.Ticks)
        {
            var y = Y(_plot.Vertical, tick.Value);
            Add($"<line class=\"{GridOf(tick)}\" x1=\"{left}\" y1=\"{y:0.##}\" x2=\"{right}\" y2=\"{y:0.##}\"/>");
            if (tick.IsMajor)
            {
                Add($"<text class=\"tick\" text-anchor=\"end\" x=\"{left - 7}\" y=\"{y + 4:0.##}\">{Words(tick.Label)}</text>");
            }
        }

        var middle = (Top + Height - Bottom) / 2;
        Add($"<line class=\"axis\" x1=\"{left}\" y1=\"{Top}\" x2=\"{left}\" y2=\"{Height - Bottom}\"/>");
        Add($"<text class=\"name\" text-anchor=\"middle\" transform=\"translate(14 {middle}) rotate(-90)\">"
            + $"{Words(_plot.Vertical.Title)}</text>");
    }

    private void DrawLine(PlotLine line)
    {
        if (line.Style == LineStyle.Bars)
        {
            DrawBars(line);
            return;
        }

        var path = new StringBuilder();
        var isBroken = true;
        foreach (var point in line.Points)
        {
            if (!double.IsFinite(point.Y))
            {
                isBroken = true;
                continue;
            }

            // The step to nowhere makes a dot of a point that has no neighbours.
            var (x, y) = (X(_plot.Horizontal, point.X), Y(_plot.Vertical, point.Y));
            path.Append(CultureInfo.InvariantCulture, $"{(isBroken ? 'M' : 'L')}{x:0.##} {y:0.##}{(isBroken ? "h0" : "")}");
            isBroken = false;
        }

        var style = line.Style.ToString().ToLowerInvariant();
        Add($"<path class=\"line {style} c{line.Colour}\" d=\"{path}\"><title>{Words(line.Name)}</title></path>");
        foreach (var point in line.Points.Where(at => at.Words is not null && double.IsFinite(at.Y)))
        {
            Add($"<circle class=\"mark c{line.Colour}\" cx=\"{X(_plot.Horizontal, point.X):0.##}\" "
                + $"cy=\"{Y(_plot.Vertical, point.Y):0.##}\" r=\"{MarkRadius}\">"
                + $"<title>{Words(point.Words!)}</title></circle>");
        }
    }

    private void DrawBars(PlotLine line)
    {
        var bottom = Height - Bottom;
        var width = Math.Max(1, (Width - Left - Right) / Math.Max(1, line.Points.Count) * 0.8);
        foreach (var point in line.Points.Where(at => double.IsFinite(at.Y)))
        {
            var (x, y) = (X(_plot.Horizontal, point.X), Y(_plot.Vertical, point.Y));
            Add($"<rect class=\"bar c{line.Colour}\" x=\"{x - (width / 2):0.##}\" y=\"{y:0.##}\" width=\"{width:0.##}\" "
                + $"height=\"{Math.Max(0, bottom - y):0.##}\"/>");
        }
    }

    /// <summary>Whether a label in the middle of a place leaves the one before it alone; it then stands there.</summary>
    private static bool Fits(string label, double middle, double characterWidth, ref double end)
    {
        var half = label.Length * characterWidth / 2;
        if (middle - half < end + LabelGap)
        {
            return false;
        }

        end = middle + half;
        return true;
    }

    private static string GridOf(AxisTick tick) => tick.IsMajor ? "grid" : "grid minor";

    private static string Words(string text) => WebUtility.HtmlEncode(text);

    private void Add(FormattableString text) => _text.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private void Add(string text) => _text.Append(text).Append('\n');
}
