namespace HftDelta.Perf;

/// <summary>Latency by the rate that was offered in an open loop.</summary>
/// <param name="Name">What was driven.</param>
/// <param name="Points">By rising rate.</param>
public sealed record LoadCurve(string Name, IReadOnlyList<LoadPoint> Points);

/// <param name="Label">The load in words, such as 50 %.</param>
/// <param name="OfferedPerSecond">Intended sends.</param>
/// <param name="ReachedPerSecond">Answers; less than offered when a queue grew.</param>
/// <param name="P50Nanos">From the intended time.</param>
/// <param name="P99Nanos">From the intended time.</param>
/// <param name="P999Nanos">From the intended time.</param>
public sealed record LoadPoint(
    string Label, double OfferedPerSecond, double ReachedPerSecond, long P50Nanos, long P99Nanos, long P999Nanos);
