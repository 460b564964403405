namespace HftDelta.Perf;

/// <summary>What was read off at fixed intervals, such as the memory of a process.</summary>
/// <param name="Name">Of the whole.</param>
/// <param name="Unit">Of all its lines.</param>
/// <param name="IntervalSeconds">From one reading to the next.</param>
/// <param name="Lines">Side by side, equally long.</param>
public sealed record GaugeSeries(string Name, string Unit, double IntervalSeconds, IReadOnlyList<GaugeLine> Lines);

/// <param name="Name">In the legend.</param>
/// <param name="Values">In the order of time; the first was read one interval after the beginning.</param>
public sealed record GaugeLine(string Name, IReadOnlyList<double> Values);
