using HftDelta.Node.Demo;

namespace HftDelta.Node.Studies;

/// <summary>
/// Lognormal paths without drift: 30 days from 100 at a volatility of 80 % in 4,000 steps. The same seed gives the same paths.
/// </summary>
internal static class SimulatedPaths
{
    public const int Steps = 4_000;
    public const double Start = 100;
    public const double Volatility = 0.8;

    public static TimeSpan Duration { get; } = TimeSpan.FromDays(30);

    public static IReadOnlyList<PricePath> Make(int count, ulong seed)
    {
        var paths = new PricePath[count];
        for (var place = 0; place < count; place++)
        {
            paths[place] = Make(SeededNumbers.For(seed, (uint)place));
        }

        return paths;
    }

    private static PricePath Make(SeededNumbers numbers)
    {
        var path = new PricePath(new double[Steps + 1], Duration, Volatility);
        var deviation = path.TotalVolatility / Math.Sqrt(Steps);
        path.Prices[0] = Start;
        for (var step = 1; step <= Steps; step++)
        {
            path.Prices[step] = path.Prices[step - 1] * Math.Exp((deviation * Normal(numbers)) - (deviation * deviation / 2));
        }

        return path;
    }

    /// <summary>A number from the normal distribution: the sine half of Box and Muller.</summary>
    private static double Normal(SeededNumbers numbers)
    {
        var radius = Math.Sqrt(-2 * Math.Log(1 - Uniform(numbers)));
        return radius * Math.Sin(2 * Math.PI * Uniform(numbers));
    }

    private static double Uniform(SeededNumbers numbers) => (numbers.Next() >> 11) * (1.0 / (1UL << 53));
}
