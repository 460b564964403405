namespace HftDelta.Node.Studies;

/// <summary>One setting over all paths.</summary>
internal readonly record struct HedgeLine
{
    public required HedgeRule Rule { get; init; }

    /// <summary>Over the life of the option, on average.</summary>
    public required double Settlements { get; init; }

    public required double Mean { get; init; }

    public required double Variance { get; init; }

    public double Deviation => Math.Sqrt(Variance);

    /// <summary>Of the life of the option, between two settlements.</summary>
    public double Spacing => 1 / Settlements;
}

/// <summary>One trigger over one set of paths, and the line through its settings.</summary>
internal sealed record HedgeSeries(string Paths, string Trigger, IReadOnlyList<HedgeLine> Lines)
{
    /// <summary>Fewer say nothing of spacing: the option is hardly hedged.</summary>
    private const double SettlementsMin = 5;

    /// <summary>Variance against spacing, as a power.</summary>
    public PowerFit Power { get; } = PowerFit.Of(Points(Lines));

    /// <summary>Variance against spacing, as a line above what no spacing removes.</summary>
    public LineFit Line { get; } = LineFit.Of(Points(Lines));

    private static List<(double X, double Y)> Points(IReadOnlyList<HedgeLine> lines) =>
        [.. lines.Where(line => line.Settlements >= SettlementsMin).Select(line => (line.Spacing, line.Variance))];
}

/// <summary>
/// How much is left at expiry, beside the premium, of an option whose delta is settled in steps: the variance over many paths
/// against the spacing of settlements, for thresholds and for intervals.
/// </summary>
internal static class HedgingStudy
{
    public static IReadOnlyList<HedgeRule> Thresholds { get; } =
        [.. new[] { 0.0005, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05 }.Select(threshold => new HedgeRule(threshold, 0))];

    public static IReadOnlyList<HedgeRule> Intervals { get; } =
        [.. new[] { 1, 2, 5, 10, 20, 40, 80 }.Select(steps => new HedgeRule(0, steps))];

    /// <summary>Both triggers over one set of paths; the same paths for every setting.</summary>
    public static IEnumerable<HedgeSeries> Of(string name, IReadOnlyList<PricePath> paths, CancellationToken token)
    {
        yield return new HedgeSeries(name, "threshold", [.. Thresholds.Select(rule => LineOf(paths, rule, token))]);
        yield return new HedgeSeries(name, "interval", [.. Intervals.Select(rule => LineOf(paths, rule, token))]);
    }

    private static HedgeLine LineOf(IReadOnlyList<PricePath> paths, HedgeRule rule, CancellationToken token)
    {
        var outcomes = new HedgeOutcome[paths.Count];
        for (var place = 0; place < outcomes.Length; place++)
        {
            token.ThrowIfCancellationRequested();
            outcomes[place] = HedgedOption.Run(paths[place], rule);
        }

        var mean = outcomes.Average(outcome => outcome.Residual);
        return new HedgeLine
        {
            Rule = rule,
            Settlements = outcomes.Average(outcome => outcome.Settlements),
            Mean = mean,
            Variance = outcomes.Sum(outcome => (outcome.Residual - mean) * (outcome.Residual - mean)) / (outcomes.Length - 1),
        };
    }
}
