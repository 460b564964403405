using HftDelta.Perf;
using NUnit.Framework;

namespace HftDelta.Tests.Perf;

[CancelAfter(20_000)]
internal sealed class ExponentFitTests
{
    [TestCase(0.0)]
    [TestCase(0.1)]
    [TestCase(1.0)]
    [TestCase(2.0)]
    [TestCase(-0.5)]
    public void The_exponent_of_a_power_is_found(double exponent)
    {
        var points = Enumerable.Range(0, 8).Select(doubling => 1_000.0 * (1 << doubling))
            .Select(size => new ScalingPoint(size, 3.5 * Math.Pow(size, exponent)));
        var fit = ExponentFit.Of([.. points]);
        Assert.That(fit.Exponent, Is.EqualTo(exponent).Within(1e-9));
        Assert.That(fit.Factor, Is.EqualTo(3.5).Within(1e-6));
        Assert.That(fit.At(2_000), Is.EqualTo(3.5 * Math.Pow(2_000, exponent)).Within(1e-6).Percent);
    }

    /// <summary>By hand: logarithms to base 2 are (0, 1, 2) and (0, 2, 1); the slope of least squares is 1/2.</summary>
    [Test]
    public void Between_points_that_lie_on_no_line_it_is_that_of_least_squares() =>
        Assert.That(
            ExponentFit.Of([new ScalingPoint(1, 1), new ScalingPoint(2, 4), new ScalingPoint(4, 2)]).Exponent,
            Is.EqualTo(0.5).Within(1e-12));

    [TestCase(100.0, 118.0, true)]
    [TestCase(100.0, 140.0, false)]
    public void A_table_says_whether_what_is_promised_holds(double few, double many, bool holds)
    {
        ScalingPoint[] points = [new(1_000, few), new(8_000, many)];
        Assert.That(new ScalingTable("cost", "accounts", "ns", points, 0.1).Holds, Is.EqualTo(holds));
        Assert.That(new ScalingTable("cost", "accounts", "ns", points).Holds, Is.Null);
    }
}
