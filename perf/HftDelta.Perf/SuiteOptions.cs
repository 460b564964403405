namespace HftDelta.Perf;

/// <summary>What every suite is told.</summary>
/// <param name="Quick">Fewer and shorter rounds: enough to see that it works, not to quote.</param>
/// <param name="OutputDirectory">Exists; a suite may leave files of its own there.</param>
public sealed record SuiteOptions(bool Quick, string OutputDirectory);
