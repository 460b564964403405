namespace HftDelta.Perf;

/// <summary>How much is measured.</summary>
public enum Volume
{
    /// <summary>Every suite in a minute: shows that it works, not how fast it is.</summary>
    Quick,

    /// <summary>One factor at a time around a base case.</summary>
    Base,

    /// <summary>The matrix of all factors.</summary>
    Full,
}

/// <summary>What every suite is told.</summary>
/// <param name="Volume">How much is measured.</param>
/// <param name="OutputDirectory">Exists; a suite may leave files of its own there.</param>
public sealed record SuiteOptions(Volume Volume, string OutputDirectory)
{
    /// <summary>Fewer and shorter rounds: enough to see that it works, not to quote.</summary>
    public bool Quick => Volume == Volume.Quick;

    /// <summary>How long a suite of one long measurement takes; null: as long as it is meant to.</summary>
    public double? Seconds { get; init; }

    /// <summary>Every combination, not only one factor at a time.</summary>
    public bool Full => Volume == Volume.Full;
}
