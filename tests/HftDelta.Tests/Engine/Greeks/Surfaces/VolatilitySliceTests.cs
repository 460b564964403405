using HftDelta.Engine.Greeks;
using HftDelta.Engine.Greeks.Surfaces;
using HftDelta.Primitives.Units;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Greeks.Surfaces;

/// <summary>Total variance of SVI and of tables against the same formulas in doubles.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class VolatilitySliceTests
{
    private const double Scale = 1L << 48;
    private const ulong Month = 30 * 86_400_000_000_000UL;

    [Test]
    public void Svi_gives_the_total_variance_of_its_formula()
    {
        var words = new SeededWords(5);
        for (var sample = 0; sample < 20_000; sample++)
        {
            var parameters = new SviParameters(
                (long)(words.Next() >> 17), (long)(words.Next() >> 16), (long)(words.Next() >> 16) - (1L << 47),
                (long)(words.Next() >> 16) - (1L << 47), words.LogUniform(48));
            var slice = VolatilitySlice.OfSvi(parameters, Month);
            var forward = words.LogUniform(40);
            var strike = words.LogUniform(40);
            var (a, b, rho, m, s) = (parameters.LevelQ48 / Scale, parameters.SlopeQ48 / Scale, parameters.CorrelationQ48 / Scale,
                parameters.CentreQ48 / Scale, parameters.WidthQ48 / Scale);
            var x = Math.Log((double)strike / forward) - m;
            var expected = a + (b * ((rho * x) + Math.Sqrt((x * x) + (s * s))));

            var variance = slice.TotalVariance(new PriceTicks(forward), new PriceTicks(strike), Month);
            var line = $"sample {sample}: {parameters}, {strike} / {forward}";
            Assert.That(Double(variance), Is.EqualTo(expected).Within(1e-13 + (1e-13 * expected)), line);
            // Half of the time, half of the variance and the same volatility.
            var half = slice.TotalVariance(new PriceTicks(forward), new PriceTicks(strike), Month / 2);
            Assert.That(Double(half), Is.EqualTo(expected / 2).Within(1e-13 + (1e-13 * expected)), line);
            var volatility = slice.Volatility(new PriceTicks(forward), new PriceTicks(strike), Month / 2);
            Assert.That(
                volatility.Value / Scale, Is.EqualTo(Math.Min(64, Math.Sqrt(expected * 365 / 30))).Within(1e-11), line);
        }
    }

    [Test]
    public void Table_is_met_at_its_strikes_linear_in_variance_between_and_flat_outside()
    {
        StrikeVolatility[] table = [Node(50_000, 0.8), Node(60_000, 0.6), Node(80_000, 0.7)];
        var slice = VolatilitySlice.OfTable(table);
        foreach (var (strike, expected) in (ReadOnlySpan<(long, double)>)
        [
            (50_000, 0.8), (60_000, 0.6), (80_000, 0.7), (1, 0.8), (49_999, 0.8), (80_001, 0.7), (1L << 61, 0.7),
            (55_000, Between(55_000, 50_000, 60_000, 0.8, 0.6)),
            (70_000, Between(70_000, 60_000, 80_000, 0.6, 0.7)),
            (60_001, Between(60_001, 60_000, 80_000, 0.6, 0.7)),
        ])
        {
            var volatility = slice.Volatility(new PriceTicks(60_000), new PriceTicks(strike), Month);
            Assert.That(volatility.Value / Scale, Is.EqualTo(expected).Within(1e-13), $"{strike}");
            var variance = slice.TotalVariance(new PriceTicks(60_000), new PriceTicks(strike), Month);
            Assert.That(Double(variance), Is.EqualTo(expected * expected * 30 / 365).Within(1e-14), $"{strike}");
        }

        static double Between(double strike, double left, double right, double low, double high)
        {
            var part = Math.Log(strike / left) / Math.Log(right / left);
            return Math.Sqrt((low * low * (1 - part)) + (high * high * part));
        }
    }

    [Test]
    public void Price_from_a_total_variance_is_that_from_volatility_and_time()
    {
        var slice = VolatilitySlice.OfTable([Node(60_000, 0.6)]);
        var variance = slice.TotalVariance(new PriceTicks(60_000), new PriceTicks(66_000), Month);
        var fromVariance = Black76Kernel.EvaluateVariance(
            new PriceTicks(60_000), new PriceTicks(66_000), variance, OptionKind.Call);
        var direct = Black76Kernel.Evaluate(new Black76Input(
            new PriceTicks(60_000), new PriceTicks(66_000), Node(1, 0.6).Volatility, Month, OptionKind.Call));

        Assert.That((double)(fromVariance.PriceQ62 - direct.PriceQ62) / Math.Pow(2, 62), Is.Zero.Within(60_000 * 1e-15));
        Assert.That(fromVariance.DeltaQ62, Is.EqualTo(direct.DeltaQ62).Within(1L << 12));
    }

    [Test]
    public void Without_time_there_is_no_variance()
    {
        var svi = VolatilitySlice.OfSvi(new SviParameters(1L << 44, 1L << 45, 0, 0, 1L << 46), Month);
        Assert.That(svi.TotalVariance(new PriceTicks(1), new PriceTicks(2), 0).IsZero, Is.True);
        Assert.That(svi.Volatility(new PriceTicks(1), new PriceTicks(2), 0).Value, Is.Zero);
        Assert.That(
            VolatilitySlice.OfTable([Node(1, 0.5)]).TotalVariance(new PriceTicks(1), new PriceTicks(2), 0).IsZero, Is.True);
    }

    private static StrikeVolatility Node(long strike, double volatility) =>
        new(new PriceTicks(strike), new VolatilityQ48((long)Math.Round(volatility * Scale)));

    private static double Double(BinaryFraction fraction) => Math.ScaleB(fraction.Mantissa, -fraction.FractionBits);
}
