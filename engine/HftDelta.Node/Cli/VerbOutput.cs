namespace HftDelta.Node.Cli;

/// <summary>Where a verb writes: data, words, and in which form the data.</summary>
internal sealed record VerbOutput(TextWriter Output, TextWriter Error, bool IsJson);
