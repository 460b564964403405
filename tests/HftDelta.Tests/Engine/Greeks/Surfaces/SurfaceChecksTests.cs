using HftDelta.Engine.Greeks;
using HftDelta.Engine.Greeks.Surfaces;
using HftDelta.Primitives.Units;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Greeks.Surfaces;

/// <summary>Slices with a known arbitrage are refused by its name, and smiles of a real exchange are not.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class SurfaceChecksTests
{
    private const ulong Month = 30 * 86_400_000_000_000UL;
    private static readonly PriceTicks Forward = new(60_000);

    [TestCase(0.04, 0.1, -0.4, 0.0, 0.2, SurfaceFault.None)]
    [TestCase(0.0, 0.1, 0.0, 0.0, 0.2, SurfaceFault.None)]
    [TestCase(0.04, -0.1, 0.0, 0.0, 0.2, SurfaceFault.NegativeSlope)]
    [TestCase(0.04, 0.1, 1.0, 0.0, 0.2, SurfaceFault.CorrelationOutOfRange)]
    [TestCase(0.04, 0.1, -1.0, 0.0, 0.2, SurfaceFault.CorrelationOutOfRange)]
    [TestCase(0.04, 0.1, 0.0, 0.0, 0.0, SurfaceFault.WidthNotPositive)]
    [TestCase(-0.0201, 0.1, 0.0, 0.0, 0.2, SurfaceFault.NegativeVariance)]
    [TestCase(0.04, 1.5, 0.5, 0.0, 0.2, SurfaceFault.WingTooSteep)]
    [TestCase(65.0, 0.1, 0.0, 0.0, 0.2, SurfaceFault.OutOfRange)]
    [TestCase(0.04, 0.1, 0.0, 17.0, 0.2, SurfaceFault.OutOfRange)]
    // Gatheral and Jacquier (2014), example 3.1, from Axel Vogt: positive variance everywhere, and a negative density.
    [TestCase(-0.0410, 0.1331, 0.3060, 0.3586, 0.4153, SurfaceFault.NegativeDensity)]
    // The same paper's repair of it (example 5.1): free of butterflies.
    [TestCase(-0.0305199, 0.102717, 0.100718, 0.272344, 0.412398, SurfaceFault.None)]
    public void Svi_is_judged_by_name(double a, double b, double rho, double m, double s, SurfaceFault fault)
    {
        Assert.That(SurfaceChecks.Svi(Svi(a, b, rho, m, s)), Is.EqualTo(fault));
    }

    [Test]
    public void Density_of_svi_agrees_with_its_formula_in_doubles()
    {
        var words = new SeededWords(6);
        var negative = 0;
        for (var sample = 0; sample < 20_000; sample++)
        {
            double Part() => (words.Next() >> 11) / Math.Pow(2, 53);
            var (a, b, rho, m, s) = (Part() * 0.1, Part() * 0.6, (Part() * 1.6) - 0.8, Part() - 0.5, 0.01 + (Part() * 0.5));
            var parameters = Svi(a, b, rho, m, s);
            var k = (Part() * 4) - 2;
            if (parameters.Check() != SurfaceFault.None)
            {
                continue;
            }

            var x = k - m;
            var root = Math.Sqrt((x * x) + (s * s));
            var w = a + (b * ((rho * x) + root));
            var slope = b * (rho + (x / root));
            var bend = b * s * s / (root * root * root);
            var g = Math.Pow(1 - (k * slope / (2 * w)), 2) - (slope * slope / 4 * ((1 / w) + 0.25)) + (bend / 2);
            if (Math.Abs(g) > 1e-6 * (1 + (slope * slope / w)))
            {
                var isNegative = SviDensity.IsNegative(parameters, (long)(k * Math.Pow(2, 56)));
                Assert.That(isNegative, Is.EqualTo(g < 0), $"sample {sample}: {parameters} at {k}: {g}");
                negative += isNegative ? 1 : 0;
            }
        }

        Assert.That(negative, Is.InRange(100, 19_900));
    }

    [Test]
    public void Smiles_of_a_real_exchange_hold_no_vertical_spread()
    {
        var file = ReferenceFile.Open("deribit_options/full_greeks_2020-05-21.csv.gz");
        var expiries = file.Rows.GroupBy(row => file.Text(row, "expiration_timestamp_ms"));
        var (clean, all) = (0, 0);
        foreach (var expiry in expiries)
        {
            var nodes = expiry.Where(row => file.Text(row, "option_type") == "call")
                .Select(row => (
                    Strike: (long)(file.Number(row, "strike") * 1e6),
                    Volatility: (long)(file.Number(row, "mark_iv") / 100 * (1L << 48)),
                    Row: row))
                .OrderBy(node => node.Strike)
                .ToArray();
            var table = Array.ConvertAll(
                nodes, node => new StrikeVolatility(new PriceTicks(node.Strike), new VolatilityQ48(node.Volatility)));
            var forward = new PriceTicks((long)(file.Number(nodes[0].Row, "underlying_price") * 1e6));
            var time = (file.Number(nodes[0].Row, "expiration_timestamp_ms") - file.Number(nodes[0].Row, "timestamp_ms")) * 1e6;
            // Volatilities rounded to 0.01 points leave butterflies of less than that between far strikes.
            var fault = SurfaceChecks.Table(table, forward, (ulong)time);
            Assert.That(fault, Is.EqualTo(SurfaceFault.None).Or.EqualTo(SurfaceFault.ButterflySpread), expiry.Key);
            clean += fault == SurfaceFault.None ? 1 : 0;
            all++;
        }

        Assert.That(all, Is.EqualTo(7));
        Assert.That(clean, Is.GreaterThanOrEqualTo(3));
    }

    [Test]
    public void Table_is_judged_by_name()
    {
        Assert.That(Table(), Is.EqualTo(SurfaceFault.StrikesNotRising));
        Assert.That(Table((60_000, 0.5), (60_000, 0.5)), Is.EqualTo(SurfaceFault.StrikesNotRising));
        Assert.That(Table((60_000, 0.5), (0, 0.5)), Is.EqualTo(SurfaceFault.StrikesNotRising));
        Assert.That(Table((0, 0.5)), Is.EqualTo(SurfaceFault.OutOfRange));
        Assert.That(Table((60_000, 65)), Is.EqualTo(SurfaceFault.OutOfRange));
        Assert.That(Table((60_000, 0)), Is.EqualTo(SurfaceFault.NegativeVariance));
        Assert.That(Table((50_000, 0.6), (60_000, 0.55), (70_000, 0.58)), Is.EqualTo(SurfaceFault.None));
        // At 55 % the middle one costs 3,770; at 50 % its neighbours some 4,510 and 2,560.
        Assert.That(Table((58_000, 0.5), (60_000, 0.55), (62_000, 0.5)), Is.EqualTo(SurfaceFault.ButterflySpread));
        // 200 % at the higher strike makes its call the dearer one.
        Assert.That(Table((60_000, 0.5), (62_000, 2.0)), Is.EqualTo(SurfaceFault.VerticalSpread));

        static SurfaceFault Table(params (long Strike, double Volatility)[] nodes) =>
            SurfaceChecks.Table(Array.ConvertAll(nodes, node => Node(node.Strike, node.Volatility)), Forward, Month);
    }

    [Test]
    public void Later_expiry_with_less_variance_anywhere_is_a_calendar_spread()
    {
        var smile = Svi(0.01, 0.05, -0.3, 0.0, 0.1);
        var higher = Svi(0.012, 0.05, -0.3, 0.0, 0.1);
        var lowerWing = Svi(0.02, 0.04, -0.3, 0.0, 0.1);
        var lowerMiddle = Svi(0.008, 0.06, -0.3, 0.0, 0.1);
        Assert.That(Calendar(smile, smile), Is.EqualTo(SurfaceFault.None));
        Assert.That(Calendar(smile, higher), Is.EqualTo(SurfaceFault.None));
        Assert.That(Calendar(higher, smile), Is.EqualTo(SurfaceFault.CalendarSpread));
        Assert.That(Calendar(smile, lowerWing), Is.EqualTo(SurfaceFault.CalendarSpread));
        Assert.That(Calendar(smile, lowerMiddle), Is.EqualTo(SurfaceFault.CalendarSpread));

        static SurfaceFault Calendar(SviParameters near, SviParameters far) => SurfaceChecks.Calendar(
            VolatilitySlice.OfSvi(near, Month), Forward, Month, VolatilitySlice.OfSvi(far, 2 * Month), Forward, 2 * Month);
    }

    [Test]
    public void Tables_are_compared_at_equal_moneyness_and_with_svi()
    {
        StrikeVolatility[] near = [Node(50_000, 0.6), Node(60_000, 0.5), Node(72_000, 0.6)];
        StrikeVolatility[] same = [Node(100_000, 0.6), Node(120_000, 0.5), Node(144_000, 0.6)];
        StrikeVolatility[] less = [Node(100_000, 0.6), Node(120_000, 0.35), Node(144_000, 0.6)];
        Assert.That(Calendar(near, same), Is.EqualTo(SurfaceFault.None));
        // 0.35^2 x 2 is below 0.5^2.
        Assert.That(Calendar(near, less), Is.EqualTo(SurfaceFault.CalendarSpread));

        var flat = VolatilitySlice.OfSvi(Svi(0.25 * 60 / 365, 0, 0, 0, 1), 2 * Month);
        Assert.That(
            SurfaceChecks.Calendar(VolatilitySlice.OfTable(near), Forward, Month, flat, Forward, 2 * Month),
            Is.EqualTo(SurfaceFault.None), "0.6^2 for one month is below 0.5^2 for two");
        Assert.That(
            SurfaceChecks.Calendar(VolatilitySlice.OfTable(near), Forward, 59 * Month / 30, flat, Forward, 2 * Month),
            Is.EqualTo(SurfaceFault.CalendarSpread));

        // The later forward is twice as high: the same moneyness lies at twice the strike.
        static SurfaceFault Calendar(StrikeVolatility[] first, StrikeVolatility[] second) => SurfaceChecks.Calendar(
            VolatilitySlice.OfTable(first), Forward, Month, VolatilitySlice.OfTable(second), new PriceTicks(120_000), 2 * Month);
    }

    private static SviParameters Svi(double a, double b, double rho, double m, double s) =>
        new(Q48(a), Q48(b), Q48(rho), Q48(m), Q48(s));

    private static StrikeVolatility Node(long strike, double volatility) =>
        new(new PriceTicks(strike), new VolatilityQ48(Q48(volatility)));

    private static long Q48(double value) => (long)Math.Round(value * (1L << 48));
}
