using System.Globalization;
using System.Numerics;
using HftDelta.Engine.Greeks;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Greeks;

/// <summary>The edges of the input, and the conversions of the result.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class Black76LimitTests
{
    private const long One = 1L << 62;
    private const ulong Day = 86_400_000_000_000;

    [TestCase(110, 100, OptionKind.Call, 10, One)]
    [TestCase(100, 110, OptionKind.Call, 0, 0)]
    [TestCase(110, 100, OptionKind.Put, 0, 0)]
    [TestCase(100, 110, OptionKind.Put, 10, -One)]
    [TestCase(100, 100, OptionKind.Call, 0, One / 2)]
    [TestCase(100, 100, OptionKind.Put, 0, -One / 2)]
    public void Without_volatility_or_time_there_is_intrinsic_value_and_a_step(
        long forward, long strike, OptionKind kind, long price, long delta)
    {
        var withoutVolatility = Evaluate(forward, strike, 0, Day, kind);
        var withoutTime = Evaluate(forward, strike, 1L << 48, 0, kind);

        Assert.That(withoutVolatility, Is.EqualTo(new Black76Result((Int128)price << 62, delta)));
        Assert.That(withoutTime, Is.EqualTo(withoutVolatility));
        // The least volatility for the least time comes to the same, but for the last bits of a half.
        var least = Evaluate(forward, strike, 1, 1, kind);
        Assert.That(least.PriceQ62, Is.EqualTo(withoutVolatility.PriceQ62));
        Assert.That(least.DeltaQ62, Is.EqualTo(withoutVolatility.DeltaQ62).Within(4));
    }

    [Test]
    public void Endless_volatility_makes_a_call_the_forward_and_a_put_the_strike()
    {
        foreach (var (forward, strike) in (ReadOnlySpan<(long, long)>)[(1, One), (One, 1), (One, One), (1, 1), (60_000, 70_000)])
        {
            var call = Evaluate(forward, strike, VolatilityQ48.Max.Value, ulong.MaxValue, OptionKind.Call);
            var put = Evaluate(forward, strike, VolatilityQ48.Max.Value, ulong.MaxValue, OptionKind.Put);
            Assert.That(call, Is.EqualTo(new Black76Result((Int128)forward << 62, One)));
            Assert.That(put, Is.EqualTo(new Black76Result((Int128)strike << 62, 0)));
        }
    }

    [Test]
    public void Far_in_and_far_out_of_the_money_saturate()
    {
        var inside = Evaluate(One, 1, 1L << 48, Day, OptionKind.Call);
        var outside = Evaluate(1, One, 1L << 48, Day, OptionKind.Call);

        Assert.That(inside, Is.EqualTo(new Black76Result((Int128)(One - 1) << 62, One)));
        Assert.That(outside, Is.EqualTo(new Black76Result(0, 0)));
        Assert.That(
            Evaluate(1, One, 1L << 48, Day, OptionKind.Put), Is.EqualTo(new Black76Result((Int128)(One - 1) << 62, -One)));
    }

    [Test]
    public void Where_the_short_total_volatility_meets_neighbouring_prices_the_delta_is_still_right()
    {
        // One unit of 2^40 apart with a total volatility of 2^-40: d1 is 1, less half a part in 2^40.
        // (2^-40)^2 years x 2^80 = a year: with volatility 2^-8 the time is a year / 2^64, below a nanosecond.
        var result = Black76Kernel.Evaluate(
            new PriceTicks((1L << 40) + 1),
            new PriceTicks(1L << 40),
            new BinaryFraction(1, 8),
            new BinaryFraction(Black76Input.YearNanos, 64),
            OptionKind.Call);

        // N(1), to 20 digits.
        var digits = BigInteger.Parse("84134474606854294859", CultureInfo.InvariantCulture);
        var expected = (long)(digits * One / BigInteger.Pow(10, 20));
        Assert.That(result.DeltaQ62, Is.EqualTo(expected).Within(1L << 20));
    }

    [Test]
    public void Input_outside_its_range_is_a_broken_invariant()
    {
        Assert.That(() => Evaluate(0, 1, 1, 1, OptionKind.Call), Throws.TypeOf<InvariantBrokenException>());
        Assert.That(() => Evaluate(One + 1, 1, 1, 1, OptionKind.Call), Throws.TypeOf<InvariantBrokenException>());
        Assert.That(() => Evaluate(1, -1, 1, 1, OptionKind.Call), Throws.TypeOf<InvariantBrokenException>());
        Assert.That(() => Evaluate(1, 1, -1, 1, OptionKind.Call), Throws.TypeOf<InvariantBrokenException>());
        Assert.That(() => Evaluate(1, 1, (64L << 48) + 1, 1, OptionKind.Call), Throws.TypeOf<InvariantBrokenException>());
        Assert.That(() => Evaluate(1, 1, 1, 1, (OptionKind)2), Throws.TypeOf<InvariantBrokenException>());
    }

    [Test]
    public void Price_in_sub_atoms_is_the_floor_of_the_exact_product()
    {
        // 2^62 stands for one unit: 3 units and a bit.
        var result = new Black76Result(((Int128)3 << 62) + (1L << 30) - 1, 0);

        Assert.That(result.PriceSubAtomsFloor(1).Value, Is.EqualTo((Int128)3 << 32));
        Assert.That(result.PriceSubAtomsFloor(2).Value, Is.EqualTo(((Int128)6 << 32) + 1));
        Assert.That(result.PriceSubAtomsFloor(1_000_000).Value, Is.EqualTo(((Int128)3_000_000 << 32) + 999_999));
        Assert.That(result.PriceSubAtomsFloor(0).Value, Is.EqualTo(Int128.Zero));
    }

    [Test]
    public void Price_in_sub_atoms_that_does_not_fit_is_refused()
    {
        var result = new Black76Result((Int128)One << 62, One);

        Assert.That(result.TryPriceSubAtomsFloor((1L << 31) - 1, out var fits), Is.True);
        Assert.That(fits.Value, Is.EqualTo((Int128)((1L << 31) - 1) << 94));
        Assert.That(result.TryPriceSubAtomsFloor(1L << 31, out _), Is.False);
        Assert.That(result.TryPriceSubAtomsFloor(long.MaxValue, out _), Is.False);
        Assert.That(() => result.PriceSubAtomsFloor(1L << 31), Throws.TypeOf<InvariantBrokenException>());
    }

    [TestCase(1L << 29, 1)]
    [TestCase((1L << 29) - 1, 0)]
    [TestCase(-(1L << 29), 0)]
    [TestCase(-(1L << 29) - 1, -1)]
    [TestCase(One, 1L << 32)]
    [TestCase(-One, -(1L << 32))]
    public void Delta_is_rounded_to_the_nearest_unit(long deltaQ62, long units)
    {
        Assert.That(new Black76Result(0, deltaQ62).DeltaNearest, Is.EqualTo(new DeltaUnits(units)));
    }

    private static Black76Result Evaluate(long forward, long strike, long volatilityQ48, ulong timeNanos, OptionKind kind) =>
        Black76Kernel.Evaluate(
            new Black76Input(new PriceTicks(forward), new PriceTicks(strike), new VolatilityQ48(volatilityQ48), timeNanos, kind));
}
