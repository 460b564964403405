using System.Diagnostics;
using HftDelta.Engine.Greeks;
using HftDelta.Engine.Greeks.Scenarios;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Randomness;

namespace HftDelta.Perf.Greeks;

/// <summary>The 35 scenarios of 500 options, five expiries of 100, against as many prices in doubles.</summary>
internal static class ScenarioRun
{
    private const int Expiries = 5;
    private const int OptionsPerExpiry = 100;
    private const int WarmUpRounds = 20;
    private const double NanosPerMillisecond = 1e6;

    public static void AddTo(SuiteResult result, SuiteOptions options)
    {
        var inputs = MakeInputs(new SplitMix64(2));
        for (var round = 0; round < WarmUpRounds; round++)
        {
            FloorNanos(inputs);
            VectorNanos(inputs);
            Thread.Sleep(30);
        }

        var passes = options.Quick ? 5 : 20;
        var runs = PairedRuns.Measure(
            options.Quick ? 5 : 15,
            () => ShortestRun.Of(passes, () => FloorNanos(inputs)),
            () => ShortestRun.Of(passes, () => VectorNanos(inputs)));
        result.Rows.Add(runs.Row("35 scenarios of 500 options, under 5", "ms", NanosPerMillisecond));
    }

    private static Black76Input[] MakeInputs(SplitMix64 random)
    {
        var inputs = new Black76Input[Expiries * OptionsPerExpiry];
        for (var index = 0; index < inputs.Length; index++)
        {
            var expiry = index / OptionsPerExpiry;
            var rank = index % OptionsPerExpiry;
            inputs[index] = new Black76Input(
                new PriceTicks(6_000_000 + (expiry * 10_000)),
                new PriceTicks(3_000_000 + (rank / 2 * 120_000)),
                new VolatilityQ48(VolatilityQ48.One.Value / 2 + (long)(random.Next() >> 17)),
                (ulong)(1 << (2 * expiry)) * 86_400_000_000_000UL,
                (OptionKind)(rank & 1));
        }

        return inputs;
    }

    private static double VectorNanos(Black76Input[] inputs)
    {
        Span<SubAtoms> vector = stackalloc SubAtoms[ScenarioVectors.Count];
        var grid = ScenarioGrid.Default;
        var sum = Int128.Zero;
        var began = Stopwatch.GetTimestamp();
        for (var first = 0; first < inputs.Length; first += OptionsPerExpiry)
        {
            var prices = grid.Shock(inputs[first].Forward);
            foreach (ref readonly var input in inputs.AsSpan(first, OptionsPerExpiry))
            {
                ScenarioVectors.Option(grid, prices, input, 10_000, vector);
                sum += vector[0].Value;
            }
        }

        var nanos = Stopwatch.GetElapsedTime(began).TotalNanoseconds;
        Check.That(sum != 0);
        return nanos;
    }

    private static double FloorNanos(Black76Input[] inputs)
    {
        var sum = 0.0;
        var began = Stopwatch.GetTimestamp();
        foreach (ref readonly var input in inputs.AsSpan())
        {
            for (var scenario = 0; scenario < ScenarioVectors.Count; scenario++)
            {
                sum += KernelSuite.InDoubles(input with { Forward = new PriceTicks(input.Forward.Value + (scenario * 30_000)) });
            }
        }

        var nanos = Stopwatch.GetElapsedTime(began).TotalNanoseconds;
        Check.That(sum != 0);
        return nanos;
    }
}
