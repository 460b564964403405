using HftDelta.Perf.Plots;
using NUnit.Framework;

namespace HftDelta.Tests.Perf.Plots;

[CancelAfter(20_000)]
internal sealed class AxisTests
{
    [TestCase(95.0, 0, 100, "0 20 40 60 80 100")]
    [TestCase(7.0, 0, 8, "0 2 4 6 8")]
    [TestCase(0.55, 0, 0.6, "0 0.1 0.2 0.3 0.4 0.5 0.6")]
    [TestCase(60_000.0, 0, 60_000, "0 10 k 20 k 30 k 40 k 50 k 60 k")]
    [TestCase(0.0, 0, 1, "0 0.2 0.4 0.6 0.8 1")]
    public void A_linear_axis_steps_by_one_two_or_five(double high, double low, double top, string labels)
    {
        var axis = Axis.Linear("x", high);
        Assert.That(axis.Low, Is.EqualTo(low));
        Assert.That(axis.High, Is.EqualTo(top).Within(1e-9));
        Assert.That(string.Join(' ', axis.Ticks.Select(tick => tick.Label)), Is.EqualTo(labels));
        Assert.That(axis.Place(top / 4), Is.EqualTo(0.25).Within(1e-9));
    }

    [Test]
    public void An_axis_of_times_spans_decades_and_labels_them_by_unit()
    {
        var axis = Axis.Nanos("t", 740, 12_300_000);
        Assert.That((axis.Low, axis.High), Is.EqualTo((100.0, 100_000_000.0)));
        Assert.That(
            axis.Ticks.Where(tick => tick.IsMajor).Select(tick => tick.Label),
            Is.EqualTo(new[] { "100 ns", "1 us", "10 us", "100 us", "1 ms", "10 ms", "100 ms" }));
        Assert.That(axis.Place(100_000), Is.EqualTo(0.5).Within(1e-9));
        Assert.That(axis.Ticks.Count(tick => !tick.IsMajor), Is.EqualTo(6 * 8));
    }

    [Test]
    public void An_axis_of_few_decades_labels_more_than_their_ends()
    {
        var axis = Axis.Logarithmic("n", 1_000, 64_000);
        Assert.That(
            axis.Ticks.Where(tick => tick.IsMajor).Select(tick => tick.Label),
            Is.EqualTo(new[] { "1,000", "2,000", "5,000", "10 k", "20 k", "50 k", "100 k" }));
    }

    [TestCase(5.0, 5.0)]
    [TestCase(0.0, 0.0)]
    public void An_axis_of_one_value_still_spans_a_decade(double low, double high)
    {
        var axis = Axis.Nanos("t", low, high);
        Assert.That(axis.High, Is.EqualTo(10 * axis.Low));
        Assert.That(axis.Place(high), Is.InRange(0, 1));
    }

    /// <summary>Each further nine is as far as the one before: 1 / (1 - p) on a logarithmic scale.</summary>
    [Test]
    public void Percentiles_lie_by_their_nines()
    {
        var axis = Axis.Percentiles(10_000);
        Assert.That(
            axis.Ticks.Select(tick => tick.Label), Is.EqualTo(new[] { "0", "50 %", "90 %", "99 %", "99.9 %", "99.99 %" }));
        Assert.That(axis.Place(1), Is.Zero);
        Assert.That(axis.Place(2), Is.EqualTo(Math.Log10(2) / 4).Within(1e-9));
        Assert.That(axis.Place(100), Is.EqualTo(0.5).Within(1e-9));
        Assert.That(axis.Place(10_000), Is.EqualTo(1).Within(1e-9));
    }

    [TestCase(0.4, "0.4 ns")]
    [TestCase(999.0, "999 ns")]
    [TestCase(1_234.0, "1.23 us")]
    [TestCase(16_121_470.0, "16.1 ms")]
    [TestCase(2_500_000_000.0, "2.5 s")]
    public void A_time_is_said_in_the_unit_that_fits(double nanos, string words) =>
        Assert.That(Axis.Duration(nanos), Is.EqualTo(words));
}
