using HftDelta.Engine.Greeks;
using HftDelta.Primitives.Units;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Greeks;

/// <summary>Prices back to volatilities: the table's, the exchange's, and random ones; and prices that have none.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class ImpliedVolatilityTests
{
    private const ulong Day = 86_400_000_000_000;
    private const double UnitsPerPrice = 1L << 40;

    [Test]
    public void Volatility_of_the_table_comes_back_wherever_the_price_tells_it()
    {
        // The table's own prices, not ours, rounded to 2^-40.
        var file = ReferenceFile.Open("option_reference/black76_120digit_computed.csv");
        var told = 0;
        foreach (var row in file.Rows)
        {
            var forward = file.Number(row, "forward");
            var vega = file.Number(row, "vega_per_1");
            if (vega < 1e-3)
            {
                continue;
            }

            told++;
            var result = ImpliedVolatility.Solve(
                Ticks(forward),
                Ticks(file.Number(row, "strike")),
                (ulong)Math.Round(file.Number(row, "t_years") * 31_536_000e9),
                file.Text(row, "type") == "call" ? OptionKind.Call : OptionKind.Put,
                (Int128)Math.Round(file.Number(row, "price") * UnitsPerPrice * (1 << 20)) << 42);
            var line = string.Join(',', row);
            Assert.That(result.Status, Is.EqualTo(ImpliedVolatilityStatus.Found), line);
            // Doubles hold the price to 2^-53 of itself; the time is a whole number of nanoseconds.
            var volatility = file.Number(row, "vol");
            var tolerance = (2e-11 / vega) + (file.Number(row, "price") * 3e-16 / vega) + (1e-11 * volatility);
            Assert.That(result.Volatility.Value / Math.Pow(2, 48), Is.EqualTo(volatility).Within(tolerance), line);
        }

        Assert.That(told, Is.GreaterThan(400));
    }

    [Test]
    public void Marks_of_an_exchange_give_the_volatilities_it_states()
    {
        var file = ReferenceFile.Open("deribit_options/full_greeks_2020-05-21.csv.gz");
        foreach (var row in file.Rows)
        {
            var forward = file.Number(row, "underlying_price");
            var price = file.Number(row, "mark_price") * forward;
            var days = (file.Number(row, "expiration_timestamp_ms") - file.Number(row, "timestamp_ms")) / 86_400_000;
            var kind = file.Text(row, "option_type") == "call" ? OptionKind.Call : OptionKind.Put;
            var result = ImpliedVolatility.Solve(
                Ticks(forward), Ticks(file.Number(row, "strike")), (ulong)(days * Day), kind,
                (Int128)(price * UnitsPerPrice) << 62);
            // The README of the data: marks differ by up to 2.4e-4 coin from formula and stated volatility.
            var vega = file.Number(row, "vega") * 100;
            if (vega * 0.05 > 2.4e-4 * forward)
            {
                Assert.That(result.Status, Is.EqualTo(ImpliedVolatilityStatus.Found), string.Join(',', row));
                Assert.That(
                    result.Volatility.Value / Math.Pow(2, 48),
                    Is.EqualTo(file.Number(row, "mark_iv") / 100).Within(2 * 2.4e-4 * forward / vega),
                    string.Join(',', row));
            }
        }
    }

    [Test]
    public void Random_prices_bracket_their_volatility_within_the_bound_of_evaluations()
    {
        var seed = LongSuite.Seed(48);
        var samples = new OptionSamples(seed);
        var count = LongSuite.Volume(30_000, 3_000_000);
        var (most, sum, found) = (0, 0L, 0);
        for (var sample = 0; sample < count; sample++)
        {
            var input = samples.Next();
            var price = Black76Kernel.Evaluate(input).PriceQ62;
            var result = ImpliedVolatility.Solve(input.Forward, input.Strike, input.TimeToExpiryNanos, input.Kind, price);
            var line = $"seed {seed}, sample {sample}: {input} gives {result}";
            Assert.That(result.Evaluations, Is.LessThanOrEqualTo(ImpliedVolatility.EvaluationsMax), line);
            if (result.Status != ImpliedVolatilityStatus.Found)
            {
                // Time value that vanished, or a price that is already the bound.
                Assert.That(
                    result.Status,
                    Is.EqualTo(ImpliedVolatilityStatus.AtIntrinsic).Or.EqualTo(ImpliedVolatilityStatus.AtOrAboveBound),
                    line);
                continue;
            }

            most = Math.Max(most, result.Evaluations);
            sum += result.Evaluations;
            found++;
            var next = new VolatilityQ48(result.Volatility.Value + 1);
            Assert.That(Black76Kernel.Evaluate(input with { Volatility = result.Volatility }).PriceQ62 <= price, Is.True, line);
            Assert.That(
                result.Volatility == VolatilityQ48.Max
                || Black76Kernel.Evaluate(input with { Volatility = next }).PriceQ62 > price,
                Is.True,
                line);
            Assert.That(
                result.Volatility.Value, Is.EqualTo(input.Volatility.Value).Within((2 * result.Uncertainty.Value) + 1), line);
        }

        TestContext.Out.WriteLine($"{found} found; {(double)sum / found:F1} evaluations on average, {most} at most");
        Assert.That(found, Is.GreaterThan(count / 3));
    }

    [TestCase(100, 90, OptionKind.Call, 9.99, ImpliedVolatilityStatus.BelowIntrinsic)]
    [TestCase(100, 90, OptionKind.Call, 10, ImpliedVolatilityStatus.AtIntrinsic)]
    [TestCase(100, 90, OptionKind.Call, 100, ImpliedVolatilityStatus.AtOrAboveBound)]
    [TestCase(100, 90, OptionKind.Put, -1, ImpliedVolatilityStatus.BelowIntrinsic)]
    [TestCase(100, 90, OptionKind.Put, 0, ImpliedVolatilityStatus.AtIntrinsic)]
    [TestCase(100, 90, OptionKind.Put, 90, ImpliedVolatilityStatus.AtOrAboveBound)]
    [TestCase(100, 90, OptionKind.Put, 89.99, ImpliedVolatilityStatus.AboveVolatilityMax)]
    [TestCase(100, 90, OptionKind.Call, 11, ImpliedVolatilityStatus.Found)]
    public void Prices_outside_of_the_bounds_are_named(
        double forward, double strike, OptionKind kind, double price, ImpliedVolatilityStatus status)
    {
        var result = ImpliedVolatility.Solve(
            Ticks(forward), Ticks(strike), Day / 100, kind, (Int128)(price * UnitsPerPrice) << 62);
        Assert.That(result.Status, Is.EqualTo(status));
    }

    [Test]
    public void Without_time_only_the_intrinsic_value_is_a_price()
    {
        Assert.That(
            ImpliedVolatility.Solve(Ticks(100), Ticks(90), 0, OptionKind.Call, (Int128)(11 * UnitsPerPrice) << 62).Status,
            Is.EqualTo(ImpliedVolatilityStatus.NoTime));
        Assert.That(
            ImpliedVolatility.Solve(Ticks(100), Ticks(90), 0, OptionKind.Call, (Int128)(10 * UnitsPerPrice) << 62).Status,
            Is.EqualTo(ImpliedVolatilityStatus.AtIntrinsic));
    }

    private static PriceTicks Ticks(double price) => new((long)Math.Round(price * UnitsPerPrice));
}
