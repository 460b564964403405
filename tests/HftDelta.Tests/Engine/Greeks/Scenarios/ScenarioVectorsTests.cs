using System.Numerics;
using HftDelta.Engine.Greeks;
using HftDelta.Engine.Greeks.Scenarios;
using HftDelta.Primitives.Units;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Greeks.Scenarios;

/// <summary>The 35 components of every kind against the same moves written out in doubles, and their exact relations.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class ScenarioVectorsTests
{
    private const ulong Day = 86_400_000_000_000;
    private const long AtomsPerTick = 10_000;

    private static readonly double[] Regular = [-0.16, -0.12, -0.08, -0.04, 0, 0.04, 0.08, 0.12, 0.16];
    private static readonly double[] Tails = [-0.66, -0.4, 0.4, 0.8, 1.6, 3.2];

    // Damping times move is 0.16.
    private static readonly double[] Damping = [0.242424, 0.4, 0.4, 0.2, 0.1, 0.05];

    [TestCase(30, 0.6)]
    [TestCase(7, 1.2)]
    [TestCase(0.1, 0.8)]
    [TestCase(90, 0.3)]
    [TestCase(365, 0.5)]
    public void Components_of_an_option_are_its_prices_after_shocks_less_its_price(double days, double volatility)
    {
        foreach (var strike in (ReadOnlySpan<long>)[3_000_000, 5_500_000, 6_000_000, 6_000_001, 9_000_000])
        {
            foreach (var kind in (ReadOnlySpan<OptionKind>)[OptionKind.Call, OptionKind.Put])
            {
                var option = Option(strike, volatility, days, kind);
                var vector = new SubAtoms[ScenarioVectors.Count];
                var result = ScenarioVectors.Option(ScenarioGrid.Default, Prices(), option, AtomsPerTick, vector);

                Assert.That(result, Is.EqualTo(Black76Kernel.Evaluate(option)));
                AssertNear(vector, Expected(option, days, Black76Kernel.Evaluate), $"{option}");
            }
        }
    }

    [TestCase(7, 1.0)]
    [TestCase(1, 0.5)]
    public void Components_of_an_everlasting_option_are_too(double days, double volatility)
    {
        foreach (var strike in (ReadOnlySpan<long>)[3_000_000, 6_000_000, 9_000_000])
        {
            var option = Option(strike, volatility, days, OptionKind.Put);
            var vector = new SubAtoms[ScenarioVectors.Count];
            ScenarioVectors.Everlasting(ScenarioGrid.Default, Prices(), option, AtomsPerTick, vector);

            AssertNear(vector, Expected(option, days, Everlasting), $"{option}");
        }

        static Black76Result Everlasting(in Black76Input input) => EverlastingOption.Evaluate(
            input.Forward, input.Strike, input.Volatility, input.TimeToExpiryNanos, input.Kind);
    }

    [Test]
    public void Call_less_put_is_the_future_and_nothing_happens_without_a_move()
    {
        var words = new SeededWords(35);
        var (call, put, future) = (new SubAtoms[35], new SubAtoms[35], new SubAtoms[35]);
        for (var sample = 0; sample < 2_000; sample++)
        {
            var forward = new PriceTicks(words.LogUniform(40));
            var option = new Black76Input(
                forward,
                new PriceTicks(long.Max(1, forward.Value / 2 + (long)(words.Next() % (ulong)(forward.Value + 1)))),
                new VolatilityQ48(words.LogUniform(50)),
                (ulong)words.LogUniform(56),
                OptionKind.Call);
            var prices = ScenarioGrid.Default.Shock(forward);
            ScenarioVectors.Option(ScenarioGrid.Default, prices, option, AtomsPerTick, call);
            ScenarioVectors.Option(ScenarioGrid.Default, prices, option with { Kind = OptionKind.Put }, AtomsPerTick, put);
            ScenarioVectors.Linear(ScenarioGrid.Default, prices, AtomsPerTick, future);
            for (var index = 0; index < 35; index++)
            {
                // A damped tail is floored on its own.
                var slack = index is >= ScenarioVectors.TailFirst and < ScenarioVectors.SkewRotation ? 1 : 0;
                var difference = call[index].Value - put[index].Value - future[index].Value;
                Assert.That((long)difference, Is.InRange(-slack, slack), $"sample {sample}, component {index}: {option}");
            }

            Assert.That(call[13].Value, Is.EqualTo(Int128.Zero));
        }
    }

    [Test]
    public void Future_moves_with_the_price_and_knows_no_volatility()
    {
        var vector = new SubAtoms[35];
        ScenarioVectors.Linear(ScenarioGrid.Default, Prices(), AtomsPerTick, vector);

        for (var move = 0; move < 9; move++)
        {
            // 16 % of 6,000,000 ticks at 10,000 atoms.
            var expected = SubAtoms.FromAtoms((long)Math.Round(Regular[move] * 6_000_000) * AtomsPerTick);
            Assert.That((vector[move], vector[9 + move], vector[18 + move]), Is.EqualTo((expected, expected, expected)));
        }

        for (var tail = 0; tail < 6; tail++)
        {
            // Damped to 16 % of the price, less what a damping in millionths leaves.
            var full = 0.16 * Math.Sign(Tails[tail]) * 6_000_000 * AtomsPerTick * Math.Pow(2, 32);
            Assert.That((double)vector[27 + tail].Value, Is.EqualTo(full).Within(Math.Abs(full) * 3e-6), $"tail {tail}");
        }

        Assert.That((vector[33], vector[34]), Is.EqualTo((default(SubAtoms), default(SubAtoms))));
    }

    [TestCase(PowerDegree.Two, 2)]
    [TestCase(PowerDegree.Three, 3)]
    public void Power_perpetual_moves_by_its_exact_payoff(PowerDegree degree, int power)
    {
        // Scale 10^7 / 2^64 atoms for the cube of some millions of ticks.
        var scale = new BinaryFraction(10_000_000, 64);
        var vector = new SubAtoms[35];
        Assert.That(ScenarioVectors.TryPower(ScenarioGrid.Default, Prices(), degree, scale, vector), Is.True);
        var floor = Index(6_000_000);
        for (var move = 0; move < 9; move++)
        {
            var moved = Index(6_000_000 + (long)Math.Round(Regular[move] * 6_000_000));
            Assert.That((BigInteger)vector[move].Value, Is.EqualTo(moved - floor), $"move {move}");
            Assert.That(vector[18 + move], Is.EqualTo(vector[move]));
        }

        // Up 320 %: 4.2^p - 1 times the index, damped by a twentieth.
        var ratio = (double)vector[32].Value / (double)floor;
        Assert.That(ratio, Is.EqualTo((Math.Pow(4.2, power) - 1) / 20).Within(1e-6));

        BigInteger Index(long price) => BigInteger.Pow(price, power) * 10_000_000 >> 32;
    }

    [Test]
    public void Power_that_does_not_fit_is_refused()
    {
        var prices = ScenarioGrid.Default.Shock(new PriceTicks(1L << 40));
        // The cube is 2^120 atoms, 2^152 sub-atoms.
        Assert.That(
            ScenarioVectors.TryPower(ScenarioGrid.Default, prices, PowerDegree.Three, new BinaryFraction(1, 0), new SubAtoms[35]),
            Is.False);
    }

    [Test]
    public void Settled_option_moves_by_its_payoff()
    {
        var vector = new SubAtoms[35];
        ScenarioVectors.Option(ScenarioGrid.Default, Prices(), Option(6_300_000, 0.8, 0, OptionKind.Call), AtomsPerTick, vector);

        Assert.That(vector[13 + 1], Is.EqualTo(default(SubAtoms)), "up 4 % is below the strike");
        Assert.That(vector[13 + 2], Is.EqualTo(SubAtoms.FromAtoms(180_000 * AtomsPerTick)), "up 8 %");
    }

    [Test]
    public void Shocked_volatility_follows_the_time_and_its_floor()
    {
        // 100 % at 30 days: up to 150 %, down to 70 %. At one day and less: times 30^0.3. At 120 days: times 4^-0.13.
        AssertVolatilities(1.0, 30, 1.5, 0.7);
        AssertVolatilities(1.0, 1, 1 + (0.5 * Math.Pow(30, 0.3)), 1 - (0.3 * Math.Pow(30, 0.3)));
        AssertVolatilities(1.0, 0.25, 1 + (0.5 * Math.Pow(30, 0.3)), 1 - (0.3 * Math.Pow(30, 0.3)));
        AssertVolatilities(1.0, 120, 1 + (0.5 * Math.Pow(0.25, 0.13)), 1 - (0.3 * Math.Pow(0.25, 0.13)));
        AssertVolatilities(0.1, 30, 0.4, 0.07);

        static void AssertVolatilities(double volatility, double days, double up, double down)
        {
            var shocked = new ShockedVolatilities(
                new ScenarioShocks(), new VolatilityQ48((long)(volatility * (1L << 48))), (ulong)(days * Day));
            Assert.That(shocked.Up.Value / Math.Pow(2, 48), Is.EqualTo(up).Within(1e-12));
            Assert.That(shocked.Down.Value / Math.Pow(2, 48), Is.EqualTo(down).Within(1e-12));
        }
    }

    [Test]
    public void Vectors_allocate_nothing()
    {
        var vector = new SubAtoms[35];
        var option = Option(6_000_000, 0.8, 30, OptionKind.Call);
        Run();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 100; round++)
        {
            Run();
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);

        void Run()
        {
            var prices = ScenarioGrid.Default.Shock(option.Forward);
            ScenarioVectors.Option(ScenarioGrid.Default, prices, option, AtomsPerTick, vector);
            ScenarioVectors.Everlasting(ScenarioGrid.Default, prices, option, AtomsPerTick, vector);
            ScenarioVectors.TryPower(ScenarioGrid.Default, prices, PowerDegree.Two, new BinaryFraction(1, 10), vector);
        }
    }

    private delegate Black76Result Evaluation(in Black76Input input);

    private static ShockedPrices Prices() => ScenarioGrid.Default.Shock(new PriceTicks(6_000_000));

    private static Black76Input Option(long strike, double volatility, double days, OptionKind kind) => new(
        new PriceTicks(6_000_000),
        new PriceTicks(strike),
        new VolatilityQ48((long)(volatility * (1L << 48))),
        (ulong)(days * Day),
        kind);

    /// <summary>In quote atoms.</summary>
    private static double[] Expected(Black76Input option, double days, Evaluation evaluate)
    {
        var volatility = option.Volatility.Value / Math.Pow(2, 48);
        var term = Math.Pow(30 / Math.Max(days, 1), days <= 30 ? 0.3 : 0.13);
        var up = Math.Max(0.4, volatility * (1 + (0.5 * term)));
        var down = volatility * Math.Max(0, 1 - (0.3 * term));
        var root = Math.Sqrt(days / 365);
        var cap = Math.Max(0, 0.25 - (0.1 * root));
        var k = Math.Log(option.Strike.Value / 6_000_000.0);
        var skew = Math.Clamp(k * cap / Math.Max(0.01, 2.4 * root), -cap, cap);
        var expected = new double[35];
        for (var move = 0; move < 9; move++)
        {
            expected[move] = Change(Regular[move], down);
            expected[9 + move] = Change(Regular[move], volatility);
            expected[18 + move] = Change(Regular[move], up);
        }

        for (var tail = 0; tail < 6; tail++)
        {
            expected[27 + tail] = Damping[tail] * Change(Tails[tail], up);
        }

        expected[33] = Change(0, volatility * (1 + skew));
        expected[34] = Change(0, volatility * (1 + Math.Abs(skew)));
        return expected;

        double Change(double move, double shocked) => Price(6_000_000 + (long)Math.Round(move * 6_000_000), shocked)
            - Price(6_000_000, volatility);

        double Price(long forward, double shocked) => (double)evaluate(option with
        {
            Forward = new PriceTicks(forward),
            Volatility = new VolatilityQ48((long)(shocked * (1L << 48))),
        }).PriceQ62 / Math.Pow(2, 62) * AtomsPerTick;
    }

    private static void AssertNear(SubAtoms[] vector, double[] expected, string what)
    {
        for (var index = 0; index < expected.Length; index++)
        {
            // A millionth of an atom of the price of one lot, and what the sixth digit of a damping leaves.
            var tolerance = 0.1 + (index is >= 27 and < 33 ? 3e-6 * Math.Abs(expected[index]) : 0);
            var atoms = (double)vector[index].Value / Math.Pow(2, 32);
            Assert.That(atoms, Is.EqualTo(expected[index]).Within(tolerance), $"{index}: {what}");
        }
    }
}
