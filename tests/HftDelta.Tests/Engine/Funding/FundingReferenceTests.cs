using HftDelta.Simulation.Engines;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Funding;

/// <summary>Funding against rules that others have published, computed here by themselves in decimals and doubles.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class FundingReferenceTests
{
    private const double Sub = 4_294_967_296;
    private const double Period = 420 * 3_600;

    private FundingFixture _at = null!;

    [SetUp]
    public void SetUp() => _at = new FundingFixture();

    [TearDown]
    public void TearDown() => _at.Dispose();

    /// <summary>
    /// Derive's perpetual: premium = (max(impact bid - index, 0) - max(index - impact ask, 0)) / index, an hour costs
    /// clamp(premium / 8 + 0.00125 %, +-0.4 %) of the index. An interval rounds down by less than two sub-atoms.
    /// </summary>
    [TestCase(0, 0)]
    [TestCase(100_300, 0)]
    [TestCase(102_000, 0)]
    [TestCase(110_000, 0)]
    [TestCase(0, 99_700)]
    [TestCase(0, 95_000)]
    [TestCase(99_000, 101_000)]
    public void An_hour_of_a_perpetual_costs_what_an_hour_at_derive_does(long bid, long ask)
    {
        _at.Venue.List(FundingFixture.Perpetual());
        if (bid != 0)
        {
            _at.Venue.Order(FundingFixture.Long, 1, Side.Buy, bid, 10);
        }

        if (ask != 0)
        {
            _at.Venue.Order(FundingFixture.Short, 1, Side.Sell, ask, 10);
        }

        _at.Wait(20);
        var first = _at.F(1);
        _at.Wait(3_600);
        const decimal Index = FundingFixture.Price;
        var premium = ((bid == 0 ? 0 : Math.Max(bid - Index, 0)) - (ask == 0 ? 0 : Math.Max(Index - ask, 0))) / Index;
        var hourly = Math.Clamp((premium / 8) + 0.0000125m, -0.004m, 0.004m);
        var expected = hourly * Index * (1L << 32);
        Assert.That((decimal)(_at.F(1) - first), Is.EqualTo(expected).Within(2 * 360), $"{hourly} an hour");
        Assert.That(hourly, Is.Not.Zero);
    }

    /// <summary>
    /// Squeeth shrinks positions by factor x (index / mark)^(dt / T) where this venue moves cash by (mark - index) dt / T. With
    /// x = mark / index - 1 and s = dt / T a step takes 1 - (1 + x)^-s of the index there and x s here: the same to first order,
    /// here more by at most s x^2 / 2 (since x - x^2 / 2 is at most ln(1 + x)) and (s x)^2 / 2 (of the power). That may be
    /// between them, and one interval in which the new mark does not count yet after each change of the price.
    /// </summary>
    [TestCase(0.8)]
    [TestCase(0.5)]
    [TestCase(0.3)]
    public void Funding_of_a_square_is_what_squeeths_factor_takes_to_first_order(double volatility)
    {
        _at.Venue.List(FundingFixture.Power((ulong)(volatility * VenueScript.FullVolatility), 420 * FundingFixture.Hour));
        var drift = volatility * volatility * Period / (365 * 86_400);
        var excess = Math.Min(1 / (1 - drift), 1.4) - 1;
        const double Step = 10 / Period;
        double factor = 1, taken = 0, between = 0, before = 0, late = 0;
        foreach (var price in new[] { 100_000L, 101_000, 99_500, 102_000, 100_500 })
        {
            _at.Venue.Oracle(price);
            var index = (double)price * price * FundingFixture.SquareScale / (1L << 40);
            late += before == 0 ? 0 : Math.Abs(index - before) * excess * Step;
            before = index;
            for (var step = 0; step < 30; step++)
            {
                _at.Wait(10);
                var next = factor * Math.Pow(1 / (1 + excess), Step);
                taken += index * (1 - (next / factor));
                factor = next;
                between += index * ((Step * excess * excess / 2) + (Step * excess * Step * excess / 2));
            }
        }

        var funded = (double)_at.F(1) / Sub;
        var rounding = 1e-6 * taken;
        Assert.That(funded - taken, Is.InRange(-late - rounding, between + late + rounding));
        Assert.That(between + late, Is.LessThan(excess * taken), "the tolerance is of second order");
        Assert.That(factor, Is.EqualTo(Math.Exp(-Math.Log(1 + excess) * 1_500 / Period)).Within(1e-12));
    }
}
