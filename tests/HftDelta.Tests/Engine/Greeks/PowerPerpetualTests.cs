using System.Numerics;
using HftDelta.Engine.Greeks;
using HftDelta.Primitives.Units;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Greeks;

/// <summary>Index, delta and fair marks of power perpetuals against published ratios and big integers.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class PowerPerpetualTests
{
    private const ulong HalfDay = 43_200_000_000_000;
    private static readonly VolatilityQ48 EightyPercent = new(VolatilityQ48.One.Value / 5 * 4);

    // Paradigm's identity for p = 2, volatility 80 %, funding over 17.5 days.
    [TestCase(PowerFunding.Discrete, 1.0643256)]
    [TestCase(PowerFunding.Continuous, 1.0316563)]
    [TestCase(PowerFunding.Factor, 1.0311606)]
    public void Fair_marks_of_the_square_are_those_published(PowerFunding funding, double ratio)
    {
        Assert.That(
            PowerPerpetual.TryFairRatioFloor(PowerDegree.Two, EightyPercent, 35 * HalfDay, funding, out var actual), Is.True);
        Assert.That(Double(actual), Is.EqualTo(ratio).Within(5e-8));
    }

    // g T is three times that of the square for the cube, and minus an eighth of it for the root.
    [TestCase(PowerDegree.Three, 3.0)]
    [TestCase(PowerDegree.Root, -0.125)]
    public void Fair_marks_of_other_powers_follow_from_their_drift(PowerDegree degree, double factor)
    {
        var drift = factor * 0.64 * 17.5 / 365;
        foreach (var (funding, expected) in (ReadOnlySpan<(PowerFunding, double)>)
        [
            (PowerFunding.Discrete, 1 / ((2 * Math.Exp(-drift)) - 1)),
            (PowerFunding.Continuous, 1 / (1 - drift)),
            (PowerFunding.Factor, Math.Exp(drift)),
        ])
        {
            Assert.That(PowerPerpetual.TryFairRatioFloor(degree, EightyPercent, 35 * HalfDay, funding, out var actual), Is.True);
            Assert.That(Double(actual), Is.EqualTo(expected).Within(1e-13), $"{funding}");
        }
    }

    [Test]
    public void Drift_of_a_half_over_the_period_is_refused()
    {
        // Volatility 100 %: half a year is a drift of exactly a half for the square, a sixth of it for the cube.
        const ulong HalfYear = Black76Input.YearNanos / 2;
        Assert.That(Try(PowerDegree.Two, HalfYear + 1_000), Is.False);
        Assert.That(Try(PowerDegree.Two, HalfYear - 1_000), Is.True);
        Assert.That(Try(PowerDegree.Three, (HalfYear / 3) + 1_000), Is.False);
        Assert.That(Try(PowerDegree.Three, (HalfYear / 3) - 1_000), Is.True);
        Assert.That(Try(PowerDegree.Root, ulong.MaxValue), Is.False);

        static bool Try(PowerDegree degree, ulong period) =>
            PowerPerpetual.TryFairRatioFloor(degree, VolatilityQ48.One, period, PowerFunding.Continuous, out _);
    }

    [Test]
    public void Index_and_slope_are_the_powers_of_big_integers_floored()
    {
        var words = new SeededWords(3);
        for (var sample = 0; sample < 20_000; sample++)
        {
            var price = words.LogUniform(62);
            var scale = new BinaryFraction(words.Next() >> words.Below(64), words.Below(260) - 20);
            foreach (var (degree, power) in (ReadOnlySpan<(PowerDegree, int)>)[(PowerDegree.Two, 2), (PowerDegree.Three, 3)])
            {
                var index = Scaled(BigInteger.Pow(price, power), scale);
                var slope = Scaled(power * BigInteger.Pow(price, power - 1), scale);
                var (hasIndex, hasSlope) = (
                    PowerPerpetual.TryIndexFloor(new PriceTicks(price), degree, scale, out var actualIndex),
                    PowerPerpetual.TrySlopeFloor(new PriceTicks(price), degree, scale, out var actualSlope));
                var line = $"sample {sample}: {price}, {scale}, {degree}";
                Assert.That(hasIndex, Is.EqualTo(index < BigInteger.One << 126), line);
                Assert.That(hasSlope, Is.EqualTo(slope < BigInteger.One << 126), line);
                Assert.That((BigInteger)actualIndex.Value, Is.EqualTo(hasIndex ? index : 0), line);
                Assert.That((BigInteger)actualSlope.Value, Is.EqualTo(hasSlope ? slope : 0), line);
            }
        }
    }

    [Test]
    public void Root_is_off_by_less_than_a_part_in_2_to_the_59()
    {
        var words = new SeededWords(4);
        for (var sample = 0; sample < 20_000; sample++)
        {
            var price = words.LogUniform(62);
            // Scale 2^40: the root in 2^-72 of a sub-atom's unit, against the integer root of price x 2^144.
            Assert.That(
                PowerPerpetual.TryIndexFloor(
                    new PriceTicks(price), PowerDegree.Root, new BinaryFraction(1, -40), out var index),
                Is.True);
            var square = (BigInteger)price << 144;
            var root = BigBlack76.Root(square << BigBlack76.Bits) >> BigBlack76.Bits;
            var error = root - (BigInteger)index.Value;
            Assert.That(error, Is.InRange(-(root >> 59) - 1, (root >> 59) + 1), $"{price}");
        }
    }

    [Test]
    public void Delta_is_the_slope_per_unit_of_a_linear_lot()
    {
        // Index S^2 / 1000 atoms; a lot of delta 1 moves by 4 atoms per tick: 2 S / 1000 / 4 at 6,000 is 3.
        var scale = new BinaryFraction((ulong)(Math.Pow(2, 63) / 1000), 63);
        Assert.That(PowerPerpetual.TrySlopeFloor(new PriceTicks(6_000), PowerDegree.Two, scale, out var slope), Is.True);
        Assert.That(PowerPerpetual.TryDeltaNearest(slope, 4, out var delta), Is.True);
        Assert.That(delta, Is.EqualTo(new DeltaUnits(3L << 32)));
        Assert.That(PowerPerpetual.TryDeltaNearest(new SubAtoms((Int128)1 << 100), 4, out _), Is.False);
    }

    [Test]
    public void Mark_is_index_times_ratio_floored()
    {
        Assert.That(PowerPerpetual.MarkFloor(new SubAtoms(1_000_001), (Int128)3 << 61), Is.EqualTo(new SubAtoms(1_500_001)));
        Assert.That(PowerPerpetual.MarkFloor(new SubAtoms(0), (Int128)1 << 62), Is.EqualTo(new SubAtoms(0)));
    }

    private static double Double(Int128 ratioQ62) => (double)ratioQ62 / Math.Pow(2, 62);

    private static BigInteger Scaled(BigInteger power, BinaryFraction scale)
    {
        var product = power * scale.Mantissa;
        var shift = scale.FractionBits - 32;
        return shift >= 0 ? product >> shift : product << -shift;
    }
}
