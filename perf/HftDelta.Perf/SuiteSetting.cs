namespace HftDelta.Perf;

/// <summary>
/// What a reader must know to judge a suite's tables, in words; it stands beside them in every report. What does not apply is
/// said too, so that nothing is left to guess.
/// </summary>
public sealed record SuiteSetting
{
    /// <summary>Closed or open, and from when a time counts.</summary>
    public required string Loop { get; init; }

    /// <summary>How many a second are meant to come.</summary>
    public string Rate { get; init; } = "as fast as it goes";

    /// <summary>What is sent or done.</summary>
    public required string Mix { get; init; }

    /// <summary>When a command counts as safe.</summary>
    public string Durability { get; init; } = "no journal";

    /// <summary>How many threads, and whether each has a core of its own.</summary>
    public string Threads { get; init; } = "one thread, not pinned";

    /// <summary>What lies between the ends.</summary>
    public string Transport { get; init; } = "none: within the process";
}
