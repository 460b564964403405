using HftDelta.Engine.Greeks;
using HftDelta.Primitives.Units;

namespace HftDelta.Node.Studies;

/// <summary>
/// One lot of a call at the money, whose delta is settled along a path with the deltas of the venue's own kernel and its
/// left-point rule: each move is paid with the delta known before it. The last move is settled before expiry, so that what is
/// left is the error of settling in steps and not a move that was never settled. Doubles carry the sums: no money depends on it.
/// </summary>
internal static class HedgedOption
{
    /// <summary>Prices become the kernel's whole numbers by this.</summary>
    private const double TicksPerUnit = 1e8;

    public static HedgeOutcome Run(PricePath path, in HedgeRule rule)
    {
        var prices = path.Prices;
        var scale = SimulatedPaths.Start / prices[0];
        var strike = prices[0];
        var threshold = rule.Threshold * path.TotalVolatility / Reference;
        var premium = Evaluate(path, strike, prices[0], 0, out var delta);
        var (index, settled, settlements) = (0.0, prices[0], 0);
        for (var step = 1; step <= path.Steps; step++)
        {
            var isDue = rule.IsThreshold
                ? Math.Abs(prices[step] - settled) >= threshold * settled
                : step % rule.IntervalSteps == 0;
            if (!isDue && step < path.Steps)
            {
                continue;
            }

            index += delta * (prices[step] - settled);
            settled = prices[step];
            settlements++;
            if (step < path.Steps)
            {
                _ = Evaluate(path, strike, settled, step, out delta);
            }
        }

        var payoff = Math.Max(0, prices[^1] - strike);
        return new HedgeOutcome(settlements, (payoff - index - premium) * scale * Reference / path.TotalVolatility);
    }

    /// <summary>Total volatility of the simulated paths: results of others are scaled to it.</summary>
    public static double Reference { get; } =
        new PricePath([1, 1], SimulatedPaths.Duration, SimulatedPaths.Volatility).TotalVolatility;

    /// <summary>
    /// The variance that theory gives an option at the money with a settlement every T / n: pi / 4 x (vega x sigma)^2 / n (Derman
    /// and Kamal, "When you cannot hedge continuously", 1999), for a spot of 100.
    /// </summary>
    public static double VarianceInTheory(double settlements)
    {
        var vegaTimesVolatility = SimulatedPaths.Start * Reference / Math.Sqrt(2 * Math.PI);
        return Math.PI / 4 * vegaTimesVolatility * vegaTimesVolatility / settlements;
    }

    private static double Evaluate(PricePath path, double strike, double price, int step, out double delta)
    {
        var left = path.Duration.TotalSeconds * (path.Steps - step) / path.Steps;
        var result = Black76Kernel.Evaluate(new Black76Input(
            new PriceTicks((long)Math.Round(price * TicksPerUnit)), new PriceTicks((long)Math.Round(strike * TicksPerUnit)),
            new VolatilityQ48((long)(path.Volatility * VolatilityQ48.One.Value)), (ulong)(left * 1e9), OptionKind.Call));
        delta = (double)result.DeltaQ62 / (1L << Black76Result.FractionBits);
        return (double)result.PriceQ62 / (1L << Black76Result.FractionBits) / TicksPerUnit;
    }
}
