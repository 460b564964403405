using System.Globalization;
using System.Xml.Linq;
using HftDelta.Perf;
using HftDelta.Perf.Plots;
using HftDelta.Perf.Results;
using HftDelta.Tests.Perf.Results;
using NUnit.Framework;

namespace HftDelta.Tests.Perf.Plots;

[CancelAfter(20_000)]
internal sealed class PlotDrawingTests
{
    private const double InnerWidth = PlotDrawing.Width - PlotDrawing.Left - PlotDrawing.Right;
    private const double InnerHeight = PlotDrawing.Height - PlotDrawing.Top - PlotDrawing.Bottom;

    [Test]
    public void Points_and_ticks_lie_where_their_values_are()
    {
        var svg = Draw(new Plot("t", Axis.Linear("x", 10), Axis.Logarithmic("y", 1, 100), [
            new PlotLine("line", 0, LineStyle.Solid, [new PlotPoint(0, 1), new PlotPoint(5, 10), new PlotPoint(10, 100)]),
        ]));
        var middle = (X: PlotDrawing.Left + (InnerWidth / 2), Y: PlotDrawing.Top + (InnerHeight / 2));
        Assert.That(
            svg.Element("path")!.Attribute("d")!.Value,
            Is.EqualTo(Text(
                $"M{PlotDrawing.Left} {PlotDrawing.Height - PlotDrawing.Bottom}h0L{middle.X} {middle.Y}")
                + Text($"L{PlotDrawing.Width - PlotDrawing.Right} {PlotDrawing.Top}")));
        var ten = svg.Elements("text").Single(text => text.Value == "10" && text.Attribute("text-anchor")!.Value == "end");
        Assert.That(double.Parse(ten.Attribute("y")!.Value, CultureInfo.InvariantCulture), Is.EqualTo(middle.Y + 4).Within(0.01));
        var four = svg.Elements("text").Single(text => text.Value == "4");
        Assert.That(
            double.Parse(four.Attribute("x")!.Value, CultureInfo.InvariantCulture),
            Is.EqualTo(PlotDrawing.Left + (0.4 * InnerWidth)).Within(0.01));
    }

    [Test]
    public void A_gap_in_the_data_is_a_gap_in_the_line()
    {
        var svg = Draw(new Plot("t", Axis.Linear("x", 4), Axis.Linear("y", 4), [
            new PlotLine("line", 0, LineStyle.Solid, [new(0, 1), new(1, 1), new(2, double.NaN), new(3, 1), new(4, 1)]),
        ]));
        Assert.That(svg.Element("path")!.Attribute("d")!.Value.Count(letter => letter == 'M'), Is.EqualTo(2));
    }

    /// <summary>On paper and on a narrow page labels are larger, and those of class <c>fine</c> are not shown.</summary>
    [TestCase(7, "tick", "tick fine")]
    [TestCase(10, "tick")]
    public void Labels_that_would_stand_in_each_other_are_left_out(double characterWidth, params string[] shown)
    {
        var svg = Draw(new Plot("t", Axis.Percentiles(1e9), Axis.Linear("y", 1), []));
        var labels = svg.Elements("text").Where(text => shown.Contains(text.Attribute("class")!.Value))
            .Where(text => text.Attribute("text-anchor")!.Value == "middle")
            .Select(text => (
                Middle: double.Parse(text.Attribute("x")!.Value, CultureInfo.InvariantCulture),
                Half: text.Value.Length * characterWidth / 2))
            .ToArray();
        Assert.That(labels, Has.Length.GreaterThan(3));
        foreach (var (left, right) in labels.Zip(labels.Skip(1)))
        {
            Assert.That(right.Middle - right.Half, Is.GreaterThan(left.Middle + left.Half));
        }
    }

    [Test]
    public void A_floor_is_dashed_and_begins_a_picture_with_what_stands_beside_it()
    {
        HistogramSummary[] all =
        [
            Named("floor a", true), Named("ours a", false), Named("floor b", true), Named("ours b", false),
            Named("more b", false),
        ];
        var groups = SuitePlots.Groups(all).ToArray();
        Assert.That(groups.Select(group => group.Count), Is.EqualTo(new[] { 2, 3 }));
        var plot = SuitePlots.Percentiles(groups[0]);
        Assert.That(plot.Lines.Select(line => line.Style), Is.EqualTo(new[] { LineStyle.Dashed, LineStyle.Solid }));
        var marked = plot.Lines[0].Points.Where(point => point.Words is not null).ToArray();
        Assert.That(marked.Select(point => point.X).Zip([2, 10, 100, 1_000], (x, wanted) => x / wanted), Is.All.InRange(1, 1.1));
        Assert.That(marked[0].Words, Is.EqualTo("floor a: 50 % within 500 ns"));
    }

    private static HistogramSummary Named(string name, bool isFloor) =>
        HistogramSummary.Of("s", new NamedHistogram(name, SampleRun.Uniform(1_000), isFloor));

    private static XElement Draw(Plot plot) => XElement.Parse(PlotDrawing.Draw(plot));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
