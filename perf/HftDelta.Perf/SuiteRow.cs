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
