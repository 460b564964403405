namespace HftDelta.Runtime.Counters;

/// <summary>What is the matter with a counter file.</summary>
public enum CounterFileProblem
{
    Unknown,

    /// <summary>The directory that it should be written to does not exist.</summary>
    DirectoryMissing,

    /// <summary>It cannot be written: permissions, a full disk.</summary>
    CannotWrite,

    /// <summary>Every counter that fits is in use.</summary>
    Full,

    /// <summary>There is no such file.</summary>
    Missing,

    /// <summary>It cannot be read.</summary>
    CannotRead,

    /// <summary>It is shorter than its header says, or than a header.</summary>
    Truncated,

    /// <summary>It is no counter file.</summary>
    Foreign,

    /// <summary>It is of a version that this program does not read.</summary>
    OtherVersion,

    /// <summary>It contradicts itself.</summary>
    Damaged,
}

/// <summary>A counter file cannot be used. The message names the file and the reason.</summary>
public sealed class CounterFileException : Exception
{
    public CounterFileException()
    {
    }

    public CounterFileException(string message)
        : base(message)
    {
    }

    public CounterFileException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public CounterFileException(CounterFileProblem problem, string path, string reason, Exception? innerException = null)
        : base($"counter file {path}: {reason}", innerException)
    {
        Problem = problem;
        Path = path;
    }

    public CounterFileProblem Problem { get; }

    public string Path { get; } = "";
}
