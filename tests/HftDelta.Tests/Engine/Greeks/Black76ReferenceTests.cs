using System.Numerics;
using HftDelta.Engine.Greeks;
using HftDelta.Primitives.Units;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Greeks;

/// <summary>The kernel against numbers from outside and against big-integer arithmetic.</summary>
[TestFixture]
[CancelAfter(120_000)]
public sealed class Black76ReferenceTests
{
    private const double UnitsPerPrice = 1L << 40;
    private const double SecondsPerYear = 31_536_000;

    [Test]
    public void Table_with_120_digits_is_met_to_a_part_in_10_to_the_12()
    {
        var file = ReferenceFile.Open("option_reference/black76_120digit_computed.csv");
        foreach (var row in file.Rows)
        {
            var forward = file.Number(row, "forward");
            var (price, delta) = Price(
                forward,
                file.Number(row, "strike"),
                file.Number(row, "vol"),
                file.Number(row, "t_years"),
                file.Text(row, "type"));
            var line = string.Join(',', row);
            Assert.That(price, Is.EqualTo(file.Number(row, "price")).Within(1e-12 * forward), line);
            Assert.That(delta, Is.EqualTo(file.Number(row, "delta_fwd")).Within(1e-12), line);
        }

        Assert.That(file.Rows, Has.Count.EqualTo(810));
    }

    [Test]
    public void Vollib_table_is_met_to_its_printed_digits()
    {
        // Spot options without dividends: the forward carries the rate, the price is discounted, the delta needs neither.
        var file = ReferenceFile.Open("option_reference/vollib_black_scholes.csv");
        foreach (var row in file.Rows)
        {
            var discount = Math.Exp(-file.Number(row, "R") * file.Number(row, "t"));
            var forward = file.Number(row, "S") / discount;
            foreach (var (kind, priceColumn, deltaColumn) in
                (ReadOnlySpan<(string, string, string)>)[("call", "bs_call", "CD"), ("put", "bs_put", "PD")])
            {
                var (price, delta) = Price(forward, file.Number(row, "K"), file.Number(row, "v"), file.Number(row, "t"), kind);
                var line = $"{kind} {string.Join(',', row)}";
                var priceTolerance = (1e-9 * forward) + HalfLastDigit(file.Text(row, priceColumn));
                Assert.That(price * discount, Is.EqualTo(file.Number(row, priceColumn)).Within(priceTolerance), line);
                var deltaTolerance = 1e-9 + HalfLastDigit(file.Text(row, deltaColumn));
                Assert.That(delta, Is.EqualTo(file.Number(row, deltaColumn)).Within(deltaTolerance), line);
            }
        }

        Assert.That(file.Rows, Has.Count.EqualTo(101));
    }

    [Test]
    public void Haug_table_is_met_within_the_tolerance_of_each_row()
    {
        var file = ReferenceFile.Open("option_reference/quantlib_haug_european.csv");
        var measured = 0;
        foreach (var row in file.Rows)
        {
            var measure = file.Text(row, "measure");
            if (measure is not ("value" or "delta"))
            {
                continue;
            }

            var years = file.Number(row, "t_years");
            var carried = Math.Exp(-file.Number(row, "q") * years);
            var discount = Math.Exp(-file.Number(row, "r") * years);
            var forward = file.Number(row, "spot") * carried / discount;
            var (price, delta) = Price(
                forward, file.Number(row, "strike"), file.Number(row, "vol"), years, file.Text(row, "type"));
            Assert.That(
                measure == "value" ? price * discount : delta * carried,
                Is.EqualTo(file.Number(row, "expected")).Within(file.Number(row, "tolerance")),
                string.Join(',', row));
            measured++;
        }

        Assert.That(measured, Is.GreaterThan(43));
    }

    [Test]
    public void Deltas_of_a_real_option_chain_are_met_on_every_row()
    {
        var file = ReferenceFile.Open("deribit_options/full_greeks_2020-05-21.csv.gz");
        foreach (var row in file.Rows)
        {
            var years = (file.Number(row, "expiration_timestamp_ms") - file.Number(row, "timestamp_ms")) / 1000 / SecondsPerYear;
            var forward = file.Number(row, "underlying_price");
            var (price, delta) = Price(
                forward, file.Number(row, "strike"), file.Number(row, "mark_iv") / 100, years, file.Text(row, "option_type"));
            var line = file.Text(row, "instrument_name");
            Assert.That(delta, Is.EqualTo(file.Number(row, "delta")).Within(1.1e-4), line);
            Assert.That(price / forward, Is.EqualTo(file.Number(row, "mark_price")).Within(2.5e-4), line);
        }

        Assert.That(file.Rows, Has.Count.EqualTo(326));
    }

    [Test]
    public void True_price_lies_between_the_bounds_in_whole_sub_atoms()
    {
        var samples = new OptionSamples(77);
        const long AtomsPerTick = 1_000_003;
        for (var sample = 0; sample < 500; sample++)
        {
            var input = samples.Next() with { Kind = OptionKind.Call };
            var (call, _) = BigBlack76.Evaluate(input);
            var subAtoms = call * AtomsPerTick << 32;
            var (lower, upper) = Black76Kernel.Evaluate(input).PriceSubAtomsBounds(input.Forward, AtomsPerTick);
            var line = $"sample {sample}: {input}";
            Assert.That((BigInteger)lower.Value << BigBlack76.Bits, Is.LessThanOrEqualTo(subAtoms), line);
            Assert.That((BigInteger)upper.Value << BigBlack76.Bits, Is.GreaterThanOrEqualTo(subAtoms), line);
            var width = (Int128)input.Forward.Value * AtomsPerTick >> 18;
            Assert.That(upper.Value - lower.Value <= width + 3, Is.True, line);
        }
    }

    /// <summary>A reference of 320 bits was too short for it.</summary>
    [Test]
    public void Big_integers_agree_where_the_strike_is_2_to_the_58_times_the_forward() => Agree(
        new Black76Input(
            new PriceTicks(15), new PriceTicks(1L << 62), new VolatilityQ48(8_716_874_779_601_782), 33_868_742_314_584_549,
            OptionKind.Call),
        "by itself");

    [Test]
    public void Big_integers_agree_on_options_of_every_size()
    {
        var seed = LongSuite.Seed(76);
        var samples = new OptionSamples(seed);
        BigInteger worstPrice = 0, worstDelta = 0;
        var count = LongSuite.Volume(2_000, 100_000);
        for (var sample = 0; sample < count; sample++)
        {
            var (price, delta) = Agree(
                samples.Next() with { Kind = OptionKind.Call }, $"seed {seed}, sample {sample}");
            worstPrice = BigInteger.Max(worstPrice, price);
            worstDelta = BigInteger.Max(worstDelta, delta);
        }

        TestContext.Out.WriteLine(
            $"price within 2^{worstPrice.GetBitLength() - BigBlack76.Bits} of the forward, "
            + $"delta within 2^{worstDelta.GetBitLength() - BigBlack76.Bits}");
    }

    /// <summary>What the kernel promises: 2^-51 of the forward on the price, 2^-51 on the delta.</summary>
    /// <returns>How far they are apart.</returns>
    private static (BigInteger Price, BigInteger Delta) Agree(Black76Input input, string which)
    {
        const int Guard = BigBlack76.Bits - Black76Result.FractionBits;
        var (call, delta) = BigBlack76.Evaluate(input);
        var result = Black76Kernel.Evaluate(input);
        var priceError = BigInteger.Abs(((BigInteger)result.PriceQ62 << Guard) - call) / input.Forward.Value;
        var deltaError = BigInteger.Abs(((BigInteger)result.DeltaQ62 << Guard) - delta);
        Assert.That(priceError, Is.LessThan(BigBlack76.One >> 51), $"{which}: price of {input}");
        Assert.That(deltaError, Is.LessThan(BigBlack76.One >> 51), $"{which}: delta of {input}");
        return (priceError, deltaError);
    }

    private static (double Price, double Delta) Price(double forward, double strike, double volatility, double years, string kind)
    {
        var result = Black76Kernel.Evaluate(new Black76Input(
            new PriceTicks((long)Math.Round(forward * UnitsPerPrice)),
            new PriceTicks((long)Math.Round(strike * UnitsPerPrice)),
            new VolatilityQ48((long)Math.Round(volatility * (1L << 48))),
            (ulong)Math.Round(years * SecondsPerYear * 1e9),
            kind == "call" ? OptionKind.Call : OptionKind.Put));
        var scale = Math.Pow(2, Black76Result.FractionBits);
        return ((double)result.PriceQ62 / scale / UnitsPerPrice, result.DeltaQ62 / scale);
    }

    /// <summary>What printing with so many digits may have cost.</summary>
    private static double HalfLastDigit(string printed)
    {
        var mark = printed.IndexOf('e', StringComparison.Ordinal);
        var digits = mark < 0 ? printed : printed[..mark];
        var decimals = digits.Length - 1 - digits.IndexOf('.', StringComparison.Ordinal);
        var exponent = mark < 0 ? 0 : int.Parse(printed[(mark + 1)..], System.Globalization.CultureInfo.InvariantCulture);
        return 0.5 * Math.Pow(10, exponent - decimals);
    }
}
