using System.Xml.Linq;
using HftDelta.Node.Cli;
using HftDelta.Node.Studies;
using HftDelta.Tests.Node.BookReplay;
using HftDelta.Tests.Node.Cli;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Studies;

/// <summary>
/// What is left at expiry is noise whose variance falls with the spacing of settlements: as theory says, as an earlier simulation
/// by other hands found, and on recorded quotes down to what no spacing removes.
/// </summary>
[TestFixture]
[CancelAfter(60_000)]
internal sealed class HedgingStudyTests
{
    private HedgeSeries _thresholds = null!;
    private HedgeSeries _intervals = null!;

    [OneTimeSetUp]
    public void Study()
    {
        var series = HedgingStudy.Of("simulated", SimulatedPaths.Make(200, seed: 1), CancellationToken.None).ToList();
        (_thresholds, _intervals) = (series[0], series[1]);
    }

    [TestCase(0.0005, 3_561, 0.13)]
    [TestCase(0.002, 2_356, 0.13)]
    [TestCase(0.01, 353, 0.30)]
    [TestCase(0.03, 53, 0.70)]
    public void An_earlier_simulation_found_the_same(double threshold, double settlements, double deviation)
    {
        var line = _thresholds.Lines.Single(line => line.Rule.Threshold == threshold);
        Assert.That(line.Settlements, Is.EqualTo(settlements).Within(5).Percent);
        Assert.That(line.Deviation, Is.EqualTo(deviation).Within(20).Percent);
        Assert.That(line.Mean, Is.Zero.Within(4 * deviation / Math.Sqrt(200)), "what is left is the premium, and noise");
    }

    [Test]
    public void The_variance_is_the_one_of_theory_where_intervals_are_equal()
    {
        foreach (var line in _intervals.Lines)
        {
            Assert.That(
                line.Variance, Is.EqualTo(HedgedOption.VarianceInTheory(line.Settlements)).Within(40).Percent, line.Rule.Setting);
        }
    }

    [Test]
    public void The_variance_falls_about_linearly_with_the_spacing()
    {
        Assert.That(_intervals.Power.Exponent, Is.InRange(0.9, 1.1));
        Assert.That(_intervals.Power.Determination, Is.GreaterThan(0.97));
        Assert.That(_thresholds.Power.Exponent, Is.InRange(0.7, 1.2));
        Assert.That(_intervals.Line.WorstMiss, Is.LessThan(0.35));
        foreach (var series in new[] { _thresholds, _intervals })
        {
            Assert.That(series.Lines.Select(line => line.Variance), Is.Ordered.Ascending, "settings stand from fine to coarse");
        }
    }

    [Test]
    public void A_threshold_leaves_less_than_an_interval_with_as_many_settlements()
    {
        var threshold = _thresholds.Lines.Single(line => line.Rule.Threshold == 0.01);
        Assert.That(threshold.Variance, Is.LessThan(0.6 * HedgedOption.VarianceInTheory(threshold.Settlements)));
    }

    [Test]
    public void A_price_that_does_not_move_leaves_the_payoff_without_the_premium()
    {
        var path = new PricePath([.. Enumerable.Repeat(100.0, 11)], TimeSpan.FromDays(30), 0.8);
        var outcome = HedgedOption.Run(path, new HedgeRule(0, 1));
        Assert.That(outcome.Residual, Is.EqualTo(-9.13).Within(0.005), "the premium of the simulated option");
        Assert.That(HedgedOption.Run(path, new HedgeRule(0.01, 0)).Settlements, Is.EqualTo(1), "the last one alone");
    }

    [Test]
    public void Recorded_quotes_fall_to_a_floor_with_the_slope_of_theory()
    {
        var folder = Path.GetDirectoryName(Path.GetDirectoryName(
            SharedFiles.PathOrSkip("data/binance_multimarket/btc_2024-08-08T2354_bbo.csv.gz")))!;
        var paths = RecordedPaths.Read(folder);
        var series = HedgingStudy.Of("recorded", paths, CancellationToken.None).ToList();
        Assert.That(paths, Has.Count.GreaterThan(50));
        Assert.That(series[1].Line.Slope, Is.EqualTo(HedgedOption.VarianceInTheory(1)).Within(50).Percent);

        // Beyond the floor it is a line: every setting with enough settlements lies near it, and it explains what there is.
        Assert.That(series[0].Line.Slope, Is.EqualTo(_thresholds.Line.Slope).Within(50).Percent);
        Assert.That(series[0].Line.WorstMiss, Is.LessThan(0.4));
        Assert.That(series[1].Line.WorstMiss, Is.LessThan(0.15));
        foreach (var one in series)
        {
            var (finest, coarsest) = (one.Lines[0], one.Lines.Last(line => line.Settlements >= 5));
            Assert.That(coarsest.Variance, Is.GreaterThan(3 * finest.Variance), "the spacing is what it depends on");
        }

        Assert.That(series[1].Line.Floor, Is.GreaterThan(_intervals.Line.Floor), "volatility that changes on the way stays");
    }

    [Test]
    public void Fits_find_the_line_and_the_power_that_points_lie_on()
    {
        var line = LineFit.Of([(1, 5), (2, 7), (10, 23)]);
        Assert.That(line.Floor, Is.EqualTo(3).Within(1e-9));
        Assert.That(line.Slope, Is.EqualTo(2).Within(1e-9));
        Assert.That(line.WorstMiss, Is.Zero.Within(1e-9));
        Assert.That(LineFit.Of([(1, 1), (2, 3), (3, 5)]).Floor, Is.Zero, "a variance is never below nothing");
        var power = PowerFit.Of([(1, 3), (4, 6), (16, 12)]);
        Assert.That(power.Exponent, Is.EqualTo(0.5).Within(1e-9));
        Assert.That(power.Factor, Is.EqualTo(3).Within(1e-9));
        Assert.That(power.Determination, Is.EqualTo(1).Within(1e-9));
    }

    [Test]
    public void One_command_prints_the_study_and_draws_it()
    {
        var plot = Path.Combine(Path.GetTempPath(), $"hftdelta-study-{Guid.NewGuid():N}.svg");
        try
        {
            var run = Run.Of("study", "hedging", "--paths", "20", "--svg", plot, "--output", "json");
            Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Ok), run.Error);
            Assert.That(run.Error, Does.Contain("no recorded paths"));
            Assert.That(run.Json.GetProperty("count").GetInt32(), Is.EqualTo(14));
            Assert.That(run.Json.GetProperty("simulatedIntervalExponent").GetDouble(), Is.InRange(0.7, 1.3));
            var svg = XDocument.Load(plot).Root!;
            Assert.That(svg.Name.LocalName, Is.EqualTo("svg"));
            Assert.That(svg.Elements().Count(element => element.Name.LocalName == "path"), Is.EqualTo(14 + 2), "and the legend");
            Assert.That(svg.Elements().Count(element => element.Name.LocalName == "polyline"), Is.EqualTo(2 + 1), "and theory");
            AssertOnTheSheet(svg);
            Assert.That(svg.ToString(), Does.Not.Contain("NaN").And.Not.Contain("Infinity"));
        }
        finally
        {
            File.Delete(plot);
        }
    }

    private static void AssertOnTheSheet(XElement svg)
    {
        foreach (var line in svg.Elements().Where(element => element.Name.LocalName == "polyline"))
        {
            var points = line.Attribute("points")!.Value.Split(' ', ',').Select(number =>
                double.Parse(number, System.Globalization.CultureInfo.InvariantCulture)).ToList();
            Assert.That(points.Where((_, place) => place % 2 == 0), Is.All.InRange(80, 600), "between the axes");
            Assert.That(points.Where((_, place) => place % 2 == 1), Is.All.InRange(50, 480));
        }
    }
}
