namespace HftDelta.Runtime.Threads;

/// <summary>The idle strategies that configuration can name.</summary>
public enum IdleKind
{
    /// <summary>Spin, then yield, then park: the default, and the only good one without a core for each thread.</summary>
    Backoff,

    /// <summary>Give the core away after every empty duty cycle.</summary>
    Yield,

    /// <summary>Never give the core away.</summary>
    Spin,

    /// <summary>As the machine allows: backoff, but for threads that have a core of their own.</summary>
    Auto,
}

/// <summary>The names of the idle strategies in configuration and on the command line.</summary>
public static class IdleKinds
{
    public static string ToText(this IdleKind kind) => kind switch
    {
        IdleKind.Backoff => "backoff",
        IdleKind.Yield => "yield",
        IdleKind.Spin => "spin",
        IdleKind.Auto => "auto",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such idle strategy"),
    };

    public static bool TryParse(string? text, out IdleKind kind)
    {
        foreach (var candidate in Enum.GetValues<IdleKind>())
        {
            if (candidate.ToText() == text)
            {
                kind = candidate;
                return true;
            }
        }

        kind = default;
        return false;
    }

    /// <exception cref="FormatException">The text names no strategy; the message lists them.</exception>
    public static IdleKind Parse(string? text) =>
        TryParse(text, out var kind)
            ? kind
            : throw new FormatException($"'{text}' is no idle strategy; choose auto, backoff, yield or spin");
}
