namespace HftDelta.Perf.Results;

/// <summary>
/// Everything that a run found, as summary.json holds it; the reports are made from this alone. docs/performance.md describes
/// the fields. A change that readers of older files would misread needs a new number in <see cref="SchemaName"/>.
/// </summary>
public sealed record RunSummary
{
    public const string SchemaName = "hftdelta.perf/1";

    public string Schema { get; init; } = SchemaName;

    public required DateTimeOffset BegunAt { get; init; }

    public required double Seconds { get; init; }

    /// <summary>The command line, from which the same run can be asked for again.</summary>
    public required string Command { get; init; }

    public required Volume Volume { get; init; }

    public required MachineFacts Machine { get; init; }

    /// <summary>What a busy loop lost before the first suite.</summary>
    public required HiccupProfile Hiccups { get; init; }

    public required IReadOnlyList<SuiteSummary> Suites { get; init; }
}

/// <summary>What one suite found.</summary>
public sealed record SuiteSummary
{
    public required string Name { get; init; }

    public required string Method { get; init; }

    /// <summary>Null where the suite's method says it all.</summary>
    public SuiteSetting? Setting { get; init; }

    public required SuiteConditions Conditions { get; init; }

    /// <summary>Null where the suite counts nothing, or in rows of its own.</summary>
    public CounterSummary? Counters { get; init; }

    public required IReadOnlyList<SuiteRow> Rows { get; init; }

    public required IReadOnlyList<HistogramSummary> Histograms { get; init; }

    public required IReadOnlyList<LoadCurve> Curves { get; init; }

    public required IReadOnlyList<ScalingTable> Scalings { get; init; }

    public required IReadOnlyList<SeriesSummary> Series { get; init; }

    /// <summary>None in files of older programs.</summary>
    public IReadOnlyList<GaugeSeries> Gauges { get; init; } = [];

    /// <summary>None in files of older programs.</summary>
    public IReadOnlyList<SuiteCheck> Checks { get; init; } = [];

    public required IReadOnlyList<string> Notes { get; init; }

    public static SuiteSummary Of(SuiteResult result, SuiteSetting? setting, SuiteConditions conditions)
    {
        ArgumentNullException.ThrowIfNull(result);
        return new SuiteSummary
        {
            Name = result.Name,
            Method = result.Method,
            Setting = setting,
            Conditions = conditions,
            Counters = CounterSummary.Of(result.Counters),
            Rows = [.. result.Rows],
            Histograms = [.. result.Histograms.Select(named => HistogramSummary.Of(result.Name, named))],
            Curves = [.. result.Curves],
            Scalings = [.. result.Scalings],
            Series = [.. result.Series.Select(series => SeriesSummary.Of(result.Name, series))],
            Gauges = [.. result.Gauges],
            Checks = [.. result.Checks],
            Notes = [.. result.Notes],
        };
    }
}

/// <summary>What was allocated and collected in the measured phases, by all threads; the journal's next files apart.</summary>
public sealed record CounterSummary(int Phases, long AllocatedBytes, int Gen0, int Gen1, int Gen2, long FileBytes = 0)
{
    public static CounterSummary? Of(PhaseCounters counters)
    {
        ArgumentNullException.ThrowIfNull(counters);
        return counters.Phases == 0
            ? null
            : new CounterSummary(
                counters.Phases, counters.AllocatedBytes, counters.Gen0, counters.Gen1, counters.Gen2, counters.FileBytes);
    }
}
