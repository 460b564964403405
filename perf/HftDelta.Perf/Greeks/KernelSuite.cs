using System.Diagnostics;
using HftDelta.Engine.Greeks;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Randomness;

namespace HftDelta.Perf.Greeks;

/// <summary>Price and delta of one option in integers, against the same formula in doubles.</summary>
public static class KernelSuite
{
    private const ulong Seed = 1;
    private const int OptionCount = 4_096;
    private const int WarmUpRounds = 20;
    private const double Forward = 60_000;
    private const double TicksPerPrice = 1_000_000;

    public static SuiteResult Run(SuiteOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var result = new SuiteResult(
            "kernel",
            $"{OptionCount} calls and puts, strikes 30 to 230 % of the forward, volatility 10 to 210 %, one hour to half a year, "
            + "one thread; floor: doubles with the platform's exp and log and a normal distribution of seven digits, in turns; "
            + "the shortest of many passes");
        var inputs = MakeInputs(new SplitMix64(Seed), OptionCount);
        var passes = options.Quick ? 20 : 200;
        for (var round = 0; round < WarmUpRounds; round++)
        {
            FloorNanos(inputs);
            KernelNanos(inputs);

            // The compiler's last tier comes only after a quiet moment.
            Thread.Sleep(30);
        }

        var runs = PairedRuns.Measure(
            options.Quick ? 5 : 15,
            () => ShortestRun.Of(passes, () => FloorNanos(inputs)),
            () => ShortestRun.Of(passes, () => KernelNanos(inputs), result.Counters));
        result.Rows.Add(new SuiteRow("price and delta in doubles", "ns", runs.FloorMedian));
        result.Rows.Add(runs.Row("price and delta in integers, budget 250", "ns"));
        result.Rows.Add(new SuiteRow("price and delta in integers, at least 5", "M/s", 1_000 / runs.SubjectMedian));
        ScenarioRun.AddTo(result, options);
        VectorTrial.AddTo(result, options);
        result.Notes.Add($"tables {KernelTables.Hash}");
        return result;
    }

    internal static Black76Input[] MakeInputs(SplitMix64 random, int count)
    {
        var inputs = new Black76Input[count];
        for (var index = 0; index < inputs.Length; index++)
        {
            inputs[index] = new Black76Input(
                new PriceTicks((long)(Forward * TicksPerPrice)),
                new PriceTicks((long)(Forward * TicksPerPrice * (0.3 + (2 * Fraction(ref random))))),
                new VolatilityQ48((long)((0.1 + (2 * Fraction(ref random))) * VolatilityQ48.One.Value)),
                (ulong)(3_600e9 + (Fraction(ref random) * Black76Input.YearNanos / 2)),
                (OptionKind)(index & 1));
        }

        return inputs;
    }

    /// <summary>From 0 to below 1.</summary>
    private static double Fraction(ref SplitMix64 random) => (random.Next() >> 11) * (1.0 / (1UL << 53));

    private static double KernelNanos(Black76Input[] inputs)
    {
        var sum = 0L;
        var began = Stopwatch.GetTimestamp();
        foreach (ref readonly var input in inputs.AsSpan())
        {
            var result = Black76Kernel.Evaluate(in input);
            sum += result.DeltaQ62 ^ (long)(result.PriceQ62 >> Black76Result.FractionBits);
        }

        var nanos = Stopwatch.GetElapsedTime(began).TotalNanoseconds / inputs.Length;
        Check.That(sum != 0);
        return nanos;
    }

    private static double FloorNanos(Black76Input[] inputs)
    {
        var sum = 0.0;
        var began = Stopwatch.GetTimestamp();
        foreach (ref readonly var input in inputs.AsSpan())
        {
            sum += InDoubles(in input);
        }

        var nanos = Stopwatch.GetElapsedTime(began).TotalNanoseconds / inputs.Length;
        Check.That(sum != 0);
        return nanos;
    }

    internal static double InDoubles(in Black76Input input)
    {
        var forward = (double)input.Forward.Value;
        var strike = (double)input.Strike.Value;
        var total = input.Volatility.Value / (double)VolatilityQ48.One.Value
            * Math.Sqrt(input.TimeToExpiryNanos / (double)Black76Input.YearNanos);
        var first = (Math.Log(forward / strike) / total) + (total / 2);
        var (firstTail, secondTail) = (Normal(first), Normal(first - total));
        var call = (forward * firstTail) - (strike * secondTail);
        return input.Kind == OptionKind.Call ? call + firstTail : call - forward + strike + firstTail - 1;
    }

    /// <summary>Abramowitz and Stegun 26.2.17.</summary>
    private static double Normal(double x)
    {
        var t = 1 / (1 + (0.2316419 * Math.Abs(x)));
        var series = t * (0.319381530 + (t * (-0.356563782 + (t * (1.781477937 + (t * (-1.821255978 + (t * 1.330274429))))))));
        var tail = Math.Exp(-x * x / 2) * 0.39894228040143268 * series;
        return x > 0 ? 1 - tail : tail;
    }
}
