using HdrHistogram;

namespace HftDelta.Perf;

/// <summary>A distribution of nanoseconds.</summary>
/// <param name="Name">Becomes the name of its .hgrm file.</param>
/// <param name="Histogram">All that was recorded.</param>
/// <param name="IsFloor">It is what the ones after it stand beside: plotted with them, and dashed.</param>
public sealed record NamedHistogram(string Name, HistogramBase Histogram, bool IsFloor = false);

/// <summary>What a suite found. Filled by the suite on one thread, then printed and written.</summary>
public sealed class SuiteResult
{
    public SuiteResult(string name, string method)
    {
        Name = name;
        Method = method;
    }

    /// <summary>Name as on the command line.</summary>
    public string Name { get; }

    /// <summary>How it was measured and what the floor is, in a sentence or two.</summary>
    public string Method { get; }

    /// <summary>Allocation and collections of the phases that a suite puts into it.</summary>
    public PhaseCounters Counters { get; } = new();

    public IList<SuiteRow> Rows { get; } = [];

    public IList<NamedHistogram> Histograms { get; } = [];

    /// <summary>Percentiles by the rate offered.</summary>
    public IList<LoadCurve> Curves { get; } = [];

    /// <summary>Cost by the size of something.</summary>
    public IList<ScalingTable> Scalings { get; } = [];

    /// <summary>Percentiles by the time.</summary>
    public IList<TimeSeries> Series { get; } = [];

    /// <summary>Readings by the time.</summary>
    public IList<GaugeSeries> Gauges { get; } = [];

    /// <summary>What must hold: else the run ends with an error.</summary>
    public IList<SuiteCheck> Checks { get; } = [];

    public IList<string> Notes { get; } = [];
}
