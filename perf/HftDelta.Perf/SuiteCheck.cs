namespace HftDelta.Perf;

/// <summary>Something that must hold, whatever the machine: a run in which it does not ends with an error.</summary>
/// <param name="Label">What was looked at.</param>
/// <param name="Found">In words or figures.</param>
/// <param name="Wanted">The rule, in words or figures.</param>
/// <param name="Holds">Whether it is so.</param>
public sealed record SuiteCheck(string Label, string Found, string Wanted, bool Holds);
