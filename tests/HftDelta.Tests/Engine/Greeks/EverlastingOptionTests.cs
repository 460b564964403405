using System.Numerics;
using HftDelta.Engine.Greeks;
using HftDelta.Primitives.Units;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Greeks;

/// <summary>The closed form of the perpetual option against published numbers, a quadrature's value, and big integers.</summary>
[TestFixture]
[CancelAfter(620_000)]
public sealed class EverlastingOptionTests
{
    private const ulong Week = 7 * 86_400_000_000_000;
    private const long Cent = 1_000_000;
    private const int Bits = BigBlack76.Bits;

    // Deri, Numerical examples of everlasting option pricing: strike 50,000, volatility 100 %, funding period 7 days.
    [TestCase(40_000, 223.3667)]
    [TestCase(50_000, 2_445.1621)]
    [TestCase(60_000, 415.2673)]
    public void Published_time_values_are_met_to_their_digits(long spot, double timeValue)
    {
        foreach (var kind in (ReadOnlySpan<OptionKind>)[OptionKind.Call, OptionKind.Put])
        {
            var result = Evaluate(spot * Cent, kind);
            var intrinsic = Math.Max(0, kind == OptionKind.Call ? spot - 50_000 : 50_000 - spot);
            Assert.That(Price(result) - intrinsic, Is.EqualTo(timeValue).Within(5e-5), $"{kind}");
        }
    }

    [Test]
    public void Published_delta_and_its_put_are_met()
    {
        Assert.That(Delta(Evaluate(40_000 * Cent, OptionKind.Call)), Is.EqualTo(0.059886).Within(5e-7));
        Assert.That(Delta(Evaluate(40_000 * Cent, OptionKind.Put)), Is.EqualTo(0.059886 - 1).Within(5e-7));
    }

    [Test]
    public void At_the_strike_price_and_delta_are_the_limits_from_both_sides()
    {
        var at = Evaluate(50_000 * Cent, OptionKind.Call);
        var above = Evaluate((50_000 * Cent) + 1, OptionKind.Call);
        var below = Evaluate((50_000 * Cent) - 1, OptionKind.Call);

        // u = 20.4485: (u + 1) / 2u = 0.524452.
        Assert.That(Delta(at), Is.EqualTo(0.5244517).Within(1e-6));
        // Second derivatives of either side: the delta moves by some 1e-9 per unit at most.
        Assert.That(Delta(above) - Delta(at), Is.InRange(0, 1e-9));
        Assert.That(Delta(at) - Delta(below), Is.InRange(0, 1e-9));
        Assert.That(Price(above) - Price(at), Is.EqualTo(0.5244517 / Cent).Within(1e-9));
        Assert.That(Price(at) - Price(below), Is.EqualTo(0.5244517 / Cent).Within(1e-9));
    }

    [TestCase(49_999, 0, 0)]
    [TestCase(50_000, 0, 1)]
    [TestCase(50_001, 1, 1)]
    public void Without_volatility_or_period_the_step_at_the_strike_is_its_limit_from_above(long spot, long price, long delta)
    {
        var call = new Black76Result((Int128)price << 62, delta << 62);
        foreach (var (volatility, period) in (ReadOnlySpan<(long, ulong)>)[(0, Week), (1L << 48, 0)])
        {
            Assert.That(
                EverlastingOption.Evaluate(
                    new PriceTicks(spot), new PriceTicks(50_000), new VolatilityQ48(volatility), period, OptionKind.Call),
                Is.EqualTo(call));
        }
    }

    [Test]
    public void It_is_the_mean_of_european_options_over_an_exponential_time()
    {
        // The definition: integral of exp(-t / T) / T x European(t), by the midpoint rule over 4,000 steps of probability.
        var sum = 0.0;
        const int Steps = 4_000;
        for (var step = 0; step < Steps; step++)
        {
            var time = -Math.Log(1 - ((step + 0.5) / Steps)) * Week;
            sum += Price(Black76Kernel.Evaluate(new Black76Input(
                new PriceTicks(40_000 * Cent), new PriceTicks(50_000 * Cent), VolatilityQ48.One, (ulong)time, OptionKind.Call)));
        }

        Assert.That(sum / Steps, Is.EqualTo(223.3667).Within(0.1));
    }

    [Test]
    public void Big_integers_agree_on_options_of_every_size()
    {
        var seed = LongSuite.Seed(2_021);
        var samples = new OptionSamples(seed);
        var count = LongSuite.Volume(1_000, 100_000);
        for (var sample = 0; sample < count; sample++)
        {
            var input = samples.Next() with { Kind = OptionKind.Call };
            var result = EverlastingOption.Evaluate(
                input.Forward, input.Strike, input.Volatility, input.TimeToExpiryNanos, OptionKind.Call);
            var (price, delta) = BigEverlasting(input);
            var priceError = BigInteger.Abs(((BigInteger)result.PriceQ62 << (Bits - 62)) - price) / input.Strike.Value;
            var deltaError = BigInteger.Abs(((BigInteger)result.DeltaQ62 << (Bits - 62)) - delta);
            Assert.That(priceError, Is.LessThan(BigBlack76.One >> 51), $"seed {seed}, sample {sample}: price of {input}");
            Assert.That(deltaError, Is.LessThan(BigBlack76.One >> 48), $"seed {seed}, sample {sample}: delta of {input}");
        }
    }

    [Test]
    public void Bounds_and_parity_hold_for_every_input()
    {
        const int block = 50_000;
        Histories.Run(
            LongSuite.Seed(2_022), LongSuite.Volume(100_000, 100_000_000) / block, TimeSpan.FromMinutes(10), (seed, _) =>
        {
            var samples = new OptionSamples(seed);
            for (var sample = 0; sample < block; sample++)
            {
                Check(samples.Next());
            }
        }, $"times {block:N0} options");

        static void Check(Black76Input input)
        {
            var call = Of(input with { Kind = OptionKind.Call });
            var put = Of(input with { Kind = OptionKind.Put });
            var difference = ((Int128)input.Forward.Value - input.Strike.Value) << 62;
            Demand.That(call.PriceQ62 - put.PriceQ62 == difference, $"parity: {input}");
            Demand.That(call.DeltaQ62 - put.DeltaQ62 == 1L << 62, $"parity of deltas: {input}");
            Demand.That(call.DeltaQ62 is >= 0 and <= 1L << 62, $"{input}");
            Demand.That(call.PriceQ62 >= Int128.Max(0, difference), $"{input}");
            var slack = (Int128)input.Strike.Value << (62 - 51);
            Demand.That(call.PriceQ62 <= ((Int128)input.Forward.Value << 62) + slack, $"{input}");
        }

        static Black76Result Of(Black76Input input) => EverlastingOption.Evaluate(
            input.Forward, input.Strike, input.Volatility, input.TimeToExpiryNanos, input.Kind);
    }

    private static (BigInteger Price, BigInteger Delta) BigEverlasting(Black76Input input)
    {
        var one = BigBlack76.One;
        BigInteger spot = input.Forward.Value;
        BigInteger strike = input.Strike.Value;
        var volatility = (BigInteger)input.Volatility.Value << (Bits - 48);
        var years = ((BigInteger)input.TimeToExpiryNanos << Bits) / 31_536_000_000_000_000;
        var variance = (volatility * volatility >> Bits) * years >> Bits;
        var u = BigBlack76.Root(one + (8 * one << Bits) / variance);
        var logarithm = BigBlack76.Ln((spot << Bits) / strike);
        var isBelow = spot < strike;
        var exponent = (isBelow ? one + u : one - u) / 2;
        var power = exponent * logarithm >> Bits;
        var timeValue = power < -200 * one ? 0 : (strike << Bits) * BigBlack76.Exp(power) / u;
        var delta = (isBelow ? 0 : one) + (exponent * timeValue >> Bits) / spot;
        return ((isBelow ? 0 : (spot - strike) << Bits) + timeValue, delta);
    }

    private static Black76Result Evaluate(long spot, OptionKind kind) => EverlastingOption.Evaluate(
        new PriceTicks(spot), new PriceTicks(50_000 * Cent), VolatilityQ48.One, Week, kind);

    private static double Price(Black76Result result) => (double)result.PriceQ62 / Math.Pow(2, 62) / Cent;

    private static double Delta(Black76Result result) => result.DeltaQ62 / Math.Pow(2, 62);
}
