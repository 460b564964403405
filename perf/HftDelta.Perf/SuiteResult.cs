using HdrHistogram;

namespace HftDelta.Perf;

/// <summary>One measured figure beside its floor.</summary>
/// <param name="Label">What was measured.</param>
/// <param name="Unit">Of the value.</param>
/// <param name="Value">The figure itself, which means little on a shared machine.</param>
/// <param name="RatioToFloor">
/// Time of the subject over time of its floor, median of interleaved pairs: 1 is as fast as the floor, 2 half as fast.
/// Null for a floor itself and for what has none.
/// </param>
/// <param name="Floor">The floor of this very row, measured in turns with it and in its unit.</param>
public sealed record SuiteRow(string Label, string Unit, double Value, double? RatioToFloor = null, double? Floor = null);

/// <summary>A distribution of nanoseconds; the name becomes the name of its .hgrm file.</summary>
public sealed record NamedHistogram(string Name, HistogramBase Histogram);

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

    public IList<SuiteRow> Rows { get; } = [];

    public IList<NamedHistogram> Histograms { get; } = [];

    public IList<string> Notes { get; } = [];
}
