using System.Globalization;

namespace HftDelta.Perf.Results;

/// <summary>How a figure of one run stands to the same figure of an older one.</summary>
internal enum ComparisonMark
{
    /// <summary>Within the threshold, either way.</summary>
    Same,

    Better,

    Worse,
}

/// <param name="Suite">Where it stands.</param>
/// <param name="Label">Of the row.</param>
/// <param name="Old">Ratio to the floor then.</param>
/// <param name="New">Ratio to the floor now.</param>
/// <param name="Change">New over old: above 1 takes more time.</param>
/// <param name="Mark">What the threshold makes of it.</param>
internal sealed record ComparedRow(string Suite, string Label, double Old, double New, double Change, ComparisonMark Mark);

/// <summary>
/// Two runs side by side. Only ratios to floors are compared: an absolute figure of another hour tells more about the neighbours
/// on the machine than about the program.
/// </summary>
internal sealed record Comparison(IReadOnlyList<ComparedRow> Rows, IReadOnlyList<string> OnlyOld, IReadOnlyList<string> OnlyNew)
{
    /// <summary>Above or below by so much is said to be a change.</summary>
    public const double DefaultThreshold = 0.25;

    public bool HasWorse => Rows.Any(row => row.Mark == ComparisonMark.Worse);

    /// <param name="old">The older run.</param>
    /// <param name="now">The newer one; suites that it has not run are no loss.</param>
    /// <param name="threshold">0.25: a quarter more time is worse, four fifths of the time better.</param>
    public static Comparison Of(RunSummary old, RunSummary now, double threshold)
    {
        var before = Ratios(old);
        var after = Ratios(now);
        var suites = now.Suites.Select(suite => suite.Name).ToHashSet(StringComparer.Ordinal);
        var rows = after.Where(row => before.ContainsKey(row.Key)).Select(row =>
        {
            var change = row.Value / before[row.Key];
            var mark = change > 1 + threshold ? ComparisonMark.Worse
                : change < 1 / (1 + threshold) ? ComparisonMark.Better
                : ComparisonMark.Same;
            return new ComparedRow(row.Key.Suite, row.Key.Label, before[row.Key], row.Value, change, mark);
        });
        return new Comparison(
            [.. rows],
            [.. before.Keys.Where(key => suites.Contains(key.Suite) && !after.ContainsKey(key)).Select(Name)],
            [.. after.Keys.Where(key => !before.ContainsKey(key)).Select(Name)]);
    }

    public void Print(TextWriter output, RunSummary old)
    {
        output.WriteLine();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"== compared with the run of {old.BegunAt:yyyy-MM-dd HH:mm}, {old.Machine.Cores} x {old.Machine.Processor}, ")
            + $"commit {old.Machine.Commit}: ratios to floors, time over time");
        ConsoleReport.Table(
            output,
            ["figure", "then", "now", "now / then", "mark"],
            Rows.Select(row => new[]
            {
                $"{row.Suite}: {row.Label}", ReportWords.Ratio(row.Old), ReportWords.Ratio(row.New),
                ReportWords.Ratio(row.Change),
                row.Mark switch { ComparisonMark.Worse => "WORSE", ComparisonMark.Better => "better", _ => "" },
            }));
        foreach (var name in OnlyOld)
        {
            output.WriteLine($"only then    {name}");
        }

        foreach (var name in OnlyNew)
        {
            output.WriteLine($"only now     {name}");
        }
    }

    private static Dictionary<(string Suite, string Label), double> Ratios(RunSummary run)
    {
        var ratios = new Dictionary<(string Suite, string Label), double>();
        foreach (var suite in run.Suites)
        {
            foreach (var row in suite.Rows.Where(row => row.RatioToFloor is > 0 and < double.PositiveInfinity))
            {
                // A label that stands twice, as one figure in two units, has one ratio.
                ratios.TryAdd((suite.Name, row.Label), row.RatioToFloor!.Value);
            }
        }

        return ratios;
    }

    private static string Name((string Suite, string Label) key) => $"{key.Suite}: {key.Label}";
}
