using System.Globalization;
using System.Numerics;
using HftDelta.Engine.Greeks;
using HftDelta.Primitives.Units;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Greeks;

/// <summary>Gamma, vega, theta and rho against numbers from outside and against big-integer arithmetic.</summary>
[TestFixture]
[CancelAfter(120_000)]
public sealed class Black76GreeksReferenceTests
{
    private const double SecondsPerYear = 31_536_000;

    [Test]
    public void Table_with_120_digits_is_met_to_a_part_in_10_to_the_12_of_the_natural_scale()
    {
        var file = ReferenceFile.Open("option_reference/black76_120digit_computed.csv");
        foreach (var row in file.Rows)
        {
            var (forward, strike) = (file.Number(row, "forward"), file.Number(row, "strike"));
            var (volatility, years) = (file.Number(row, "vol"), file.Number(row, "t_years"));
            var root = Math.Sqrt(years);
            var greeks = GreeksInDoubles.Of(forward, strike, volatility, years, file.Text(row, "type"));
            var line = string.Join(',', row);
            Assert.That(greeks.Price, Is.EqualTo(file.Number(row, "price")).Within(1e-12 * forward), line);
            Assert.That(greeks.Delta, Is.EqualTo(file.Number(row, "delta_fwd")).Within(1e-12), line);
            // The time is a whole number of nanoseconds, which for a minute leaves 1e-11 of it.
            Assert.That(greeks.Gamma, Is.EqualTo(file.Number(row, "gamma")).Within(1e-11 / (forward * volatility * root)), line);
            Assert.That(greeks.Vega, Is.EqualTo(file.Number(row, "vega_per_1")).Within(1e-11 * forward * root), line);
            Assert.That(
                greeks.Theta, Is.EqualTo(file.Number(row, "theta_per_year")).Within(1e-11 * forward * volatility / root), line);
        }

        Assert.That(file.Rows, Has.Count.EqualTo(810));
    }

    [Test]
    public void Vollib_table_is_met_to_its_printed_digits()
    {
        // What the README of the data says a closed form in full precision leaves: halves of the last digit.
        var file = ReferenceFile.Open("option_reference/vollib_black_scholes.csv");
        foreach (var row in file.Rows)
        {
            foreach (var (kind, price, letter) in
                (ReadOnlySpan<(string, string, string)>)[("call", "bs_call", "C"), ("put", "bs_put", "P")])
            {
                var greeks = GreeksInDoubles.OfSpot(
                    file.Number(row, "S"), file.Number(row, "K"), file.Number(row, "v"), file.Number(row, "t"),
                    file.Number(row, "R"), 0, kind);
                var line = $"{kind} {string.Join(',', row)}";
                Assert.That(greeks.Price, Is.EqualTo(file.Number(row, price)).Within(5.1e-7), line);
                Assert.That(greeks.Delta, Is.EqualTo(file.Number(row, letter + "D")).Within(5.1e-10), line);
                Assert.That(greeks.Gamma, Is.EqualTo(file.Number(row, letter + "G")).Within(5.1e-10), line);
                Assert.That(greeks.Theta, Is.EqualTo(file.Number(row, letter + "T")).Within(5.1e-7), line);
                Assert.That(greeks.Vega, Is.EqualTo(file.Number(row, letter + "V")).Within(5.1e-8), line);
                Assert.That(greeks.Rho, Is.EqualTo(file.Number(row, letter + "R")).Within(5.1e-8), line);
            }
        }

        Assert.That(file.Rows, Has.Count.EqualTo(101));
    }

    [Test]
    public void Haug_table_is_met_within_the_tolerance_of_each_row()
    {
        var file = ReferenceFile.Open("option_reference/quantlib_haug_european.csv");
        var measured = new HashSet<string>();
        foreach (var row in file.Rows)
        {
            var (spot, years) = (file.Number(row, "spot"), file.Number(row, "t_years"));
            var (rate, yield) = (file.Number(row, "r"), file.Number(row, "q"));
            var greeks = GreeksInDoubles.OfSpot(
                spot, file.Number(row, "strike"), file.Number(row, "vol"), years, rate, yield, file.Text(row, "type"));
            var measure = file.Text(row, "measure");
            measured.Add(measure);
            var actual = measure switch
            {
                "value" => greeks.Price,
                "delta" => greeks.Delta,
                "gamma" => greeks.Gamma,
                "vega" => greeks.Vega,
                "theta" => greeks.Theta,
                "theta_per_day" => greeks.Theta / 365,
                "rho" => greeks.Rho,
                "elasticity" => greeks.Delta * spot / greeks.Price,
                "dividend_rho" => -years * spot * greeks.Delta,
                _ => double.NaN,
            };
            Assert.That(
                actual, Is.EqualTo(file.Number(row, "expected")).Within(file.Number(row, "tolerance")), string.Join(',', row));
        }

        Assert.That(file.Rows, Has.Count.EqualTo(54));
        Assert.That(measured, Has.Count.EqualTo(9));
    }

    [Test]
    public void Greeks_of_a_real_option_chain_are_met_within_what_the_exchange_rounds()
    {
        // The tolerances are those that the README of the data found attainable; the exchange caps theta near expiry.
        var file = ReferenceFile.Open("deribit_options/full_greeks_2020-05-21.csv.gz");
        var (deltas, thetas, marks) = (new List<double>(), new List<double>(), new List<double>());
        foreach (var row in file.Rows)
        {
            var days = (file.Number(row, "expiration_timestamp_ms") - file.Number(row, "timestamp_ms")) / 86_400_000;
            var forward = file.Number(row, "underlying_price");
            var greeks = GreeksInDoubles.Of(
                forward,
                file.Number(row, "strike"),
                file.Number(row, "mark_iv") / 100,
                days / 365,
                file.Text(row, "option_type"));
            var theta = Math.Max(greeks.Theta / 365 * Math.Min(1, days), -greeks.Price);
            var line = file.Text(row, "instrument_name");
            Assert.That(greeks.Delta, Is.EqualTo(file.Number(row, "delta")).Within(1.04e-4), line);
            Assert.That(greeks.Gamma, Is.EqualTo(file.Number(row, "gamma")).Within(5.1e-6), line);
            Assert.That(greeks.Vega / 100, Is.EqualTo(file.Number(row, "vega")).Within(1.6e-3), line);
            Assert.That(theta, Is.EqualTo(file.Number(row, "theta")).Within(0.046), line);
            Assert.That(greeks.Rho / 100, Is.EqualTo(file.Number(row, "rho")).Within(6.8e-4), line);
            Assert.That(greeks.Price / forward, Is.EqualTo(file.Number(row, "mark_price")).Within(2.4e-4), line);
            deltas.Add(Math.Abs(greeks.Delta - file.Number(row, "delta")));
            thetas.Add(Math.Abs(theta - file.Number(row, "theta")));
            marks.Add(Math.Abs((greeks.Price / forward) - file.Number(row, "mark_price")));
        }

        Assert.That(file.Rows, Has.Count.EqualTo(326));
        Assert.That(Quantile(deltas, 0.5), Is.LessThan(3.95e-6));
        Assert.That(Quantile(deltas, 0.9), Is.LessThan(1.75e-5));
        Assert.That(Quantile(deltas, 0.99), Is.LessThan(6.85e-5));
        Assert.That(Quantile(thetas, 0.99), Is.LessThan(0.0265));
        Assert.That(Quantile(marks, 0.5), Is.LessThan(3.95e-6));
    }

    [Test]
    public void Deltas_and_marks_of_57_120_quotes_are_as_near_as_their_clocks_allow()
    {
        // Delta and volatility of a row were read at different moments; the README of the data gives the quantiles of that.
        var file = ReferenceFile.Open("deribit_options/chain_2026-01-30_2026-02-07.csv.gz");
        var (deltas, marks) = (new List<double>(), new List<double>());
        var byTenor = new List<double>[] { [], [], [], [] };
        foreach (var row in file.Rows)
        {
            var forward = file.Number(row, "futures_price");
            var seconds = (Time(file.Text(row, "expiry_datetime")) - Time(file.Text(row, "timestamp"))).TotalSeconds;
            var greeks = GreeksInDoubles.Of(
                forward, file.Number(row, "strike"), file.Number(row, "implied_volatility"), seconds / SecondsPerYear,
                file.Text(row, "option_type"));
            deltas.Add(Math.Abs(greeks.Delta - file.Number(row, "delta")));
            marks.Add(Math.Abs((greeks.Price / forward) - file.Number(row, "mark_price")));
            byTenor[seconds < 86_400 ? 0 : seconds < 7 * 86_400 ? 1 : seconds < 60 * 86_400 ? 2 : 3].Add(deltas[^1]);
        }

        Assert.That(deltas, Has.Count.EqualTo(57_120));
        Assert.That(Quantile(byTenor[0], 0.99), Is.LessThan(3.05e-2));
        Assert.That(Quantile(byTenor[1], 0.99), Is.LessThan(1.75e-2));
        Assert.That(Quantile(byTenor[2], 0.99), Is.LessThan(7.65e-3));
        Assert.That(Quantile(byTenor[3], 0.99), Is.LessThan(3.75e-3));
        Assert.That(Quantile(deltas, 0.5), Is.LessThan(3.2e-4));
        Assert.That(Quantile(deltas, 0.9), Is.LessThan(3.3e-3));
        Assert.That(Quantile(deltas, 0.99), Is.LessThan(1.31e-2));
        Assert.That(deltas.Max(), Is.LessThan(9e-2));
        Assert.That(Quantile(marks, 0.5), Is.LessThan(8.1e-6));
        Assert.That(Quantile(marks, 0.99), Is.LessThan(1e-3));
    }

    [Test]
    public void Big_integers_agree_on_greeks_of_every_size()
    {
        var seed = LongSuite.Seed(7_676);
        var samples = new OptionSamples(seed);
        var count = LongSuite.Volume(1_000, 100_000);
        for (var sample = 0; sample < count; sample++)
        {
            var input = samples.Next();
            var greeks = Black76Greeks.Evaluate(input);
            var expected = BigGreeks.Evaluate(input);
            // What the kernel promises: 2^-50 of the natural scale.
            AssertNear(greeks.Gamma, expected.Gamma, expected.GammaScale, "gamma");
            AssertNear(greeks.Vega, expected.Vega, expected.VegaScale, "vega");
            AssertNear(greeks.Theta, expected.Theta, expected.ThetaScale, "theta");
            AssertNear(greeks.Rho, expected.Rho, expected.RhoScale, "rho");

            void AssertNear(BinaryNumber actual, BigInteger value, BigInteger scale, string what)
            {
                var shift = BigGreeks.Bits - actual.FractionBits;
                var fixedPoint = shift >= 0 ? (BigInteger)actual.Mantissa << shift : (BigInteger)actual.Mantissa >> -shift;
                Assert.That(
                    BigInteger.Abs(fixedPoint - value), Is.LessThanOrEqualTo((scale >> 50) + 1),
                    $"{what}: seed {seed}, sample {sample}: {input}");
            }
        }
    }

    [Test]
    public void Price_and_delta_are_the_same_bits_with_and_without_the_other_greeks()
    {
        var samples = new OptionSamples(11);
        for (var sample = 0; sample < 10_000; sample++)
        {
            var input = samples.Next();
            Assert.That(Black76Greeks.Evaluate(input).Value, Is.EqualTo(Black76Kernel.Evaluate(input)), $"{input}");
        }
    }

    [Test]
    public void Without_time_or_volatility_only_what_has_a_limit_is_left()
    {
        var atTheMoney = new Black76Input(new PriceTicks(400), new PriceTicks(400), VolatilityQ48.One, 0, OptionKind.Call);
        Assert.That(
            Black76Greeks.Evaluate(atTheMoney),
            Is.EqualTo(new Black76Greeks(new Black76Result(0, 1L << 61), default, default, default, default)));

        // A quarter of a year: the density at 0 times 400 times a half.
        var still = atTheMoney with { Volatility = new VolatilityQ48(0), TimeToExpiryNanos = Black76Input.YearNanos / 4 };
        var greeks = Black76Greeks.Evaluate(still);
        Assert.That(GreeksInDoubles.ToDouble(greeks.Vega), Is.EqualTo(200 / Math.Sqrt(2 * Math.PI)).Within(1e-12));
        Assert.That(GreeksInDoubles.ToDouble(greeks.Rho), Is.EqualTo(50).Within(1e-12));
        Assert.That((greeks.Gamma.Mantissa, greeks.Theta.Mantissa), Is.EqualTo((0L, 0L)));
        var put = Black76Greeks.Evaluate(still with { Strike = new PriceTicks(500), Kind = OptionKind.Put });
        Assert.That(GreeksInDoubles.ToDouble(put.Rho), Is.EqualTo(-125).Within(1e-12));
        Assert.That(put.Vega.Mantissa, Is.Zero);
    }

    [TestCase(5, 1, 0, 2)]
    [TestCase(-5, 1, 0, -3)]
    [TestCase(5, 0, 3, 40)]
    [TestCase(-1, 200, 100, -1)]
    [TestCase(1, 200, 100, 0)]
    public void Fixed_point_of_a_greek_is_floored(long mantissa, int fractionBits, int bits, long expected)
    {
        Assert.That(new BinaryNumber(mantissa, fractionBits).FixedFloor(bits), Is.EqualTo((Int128)expected));
    }

    [Test]
    public void Fixed_point_that_does_not_fit_is_refused()
    {
        Assert.That(new BinaryNumber(long.MaxValue, 0).TryFixedFloor(63, out var most), Is.True);
        Assert.That(most, Is.EqualTo((Int128)long.MaxValue << 63));
        Assert.That(new BinaryNumber(1L << 62, 0).TryFixedFloor(64, out _), Is.False);
    }

    private static DateTimeOffset Time(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static double Quantile(List<double> values, double part) => values.Order().ElementAt((int)(values.Count * part));
}
