namespace HftDelta.Runtime.Threads;

/// <summary>How many threads the agents of a process share.</summary>
public enum ThreadingMode
{
    /// <summary>One thread for each agent, pinned where there is a core for each.</summary>
    Dedicated,

    /// <summary>Two threads: the middle of the pipeline, and everything else.</summary>
    Shared,

    /// <summary>One thread for all.</summary>
    Compact,

    /// <summary>As the machine allows: as many threads as there are cores for them, and what nothing waits for apart.</summary>
    Auto,
}

/// <summary>The names of the modes in configuration and on the command line.</summary>
public static class ThreadingModes
{
    public static string ToText(this ThreadingMode mode) => mode switch
    {
        ThreadingMode.Dedicated => "dedicated",
        ThreadingMode.Shared => "shared",
        ThreadingMode.Compact => "compact",
        ThreadingMode.Auto => "auto",
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "no such threading mode"),
    };

    public static bool TryParse(string? text, out ThreadingMode mode)
    {
        foreach (var candidate in Enum.GetValues<ThreadingMode>())
        {
            if (candidate.ToText() == text)
            {
                mode = candidate;
                return true;
            }
        }

        mode = default;
        return false;
    }

    /// <exception cref="FormatException">The text names no mode; the message lists them.</exception>
    public static ThreadingMode Parse(string? text) =>
        TryParse(text, out var mode)
            ? mode
            : throw new FormatException($"'{text}' is no threading mode; choose auto, dedicated, shared or compact");
}
