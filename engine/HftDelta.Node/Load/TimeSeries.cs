using HdrHistogram;

namespace HftDelta.Node.Load;

/// <summary>
/// What was recorded in each interval of a measurement, beside what a thread that only sleeps lost to the machine in the same
/// interval. Becomes an interval log of HdrHistogram.
/// </summary>
/// <param name="Name">What was measured; becomes the name of its .hlog file.</param>
/// <param name="Begun">The first interval's beginning.</param>
/// <param name="IntervalSeconds">Length of each.</param>
/// <param name="Intervals">In the order of time; one without a sample is empty.</param>
/// <param name="Hiccups">As many.</param>
public sealed record TimeSeries(
    string Name,
    DateTime Begun,
    double IntervalSeconds,
    IReadOnlyList<LongHistogram> Intervals,
    IReadOnlyList<LongHistogram> Hiccups);
