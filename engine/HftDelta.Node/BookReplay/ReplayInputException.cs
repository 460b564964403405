namespace HftDelta.Node.BookReplay;

/// <summary>An input file cannot be read or is not what it should be. The message says where and why.</summary>
public sealed class ReplayInputException : Exception
{
    public ReplayInputException()
    {
    }

    public ReplayInputException(string message)
        : base(message)
    {
    }

    public ReplayInputException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>A fault of a whole file.</summary>
    public static ReplayInputException In(string file, string fault) => new($"{file}: {fault}");

    /// <summary>A fault of one line.</summary>
    public static ReplayInputException At(string file, long line, string fault) => new($"{file}:{line}: {fault}");
}
