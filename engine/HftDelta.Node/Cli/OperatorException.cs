namespace HftDelta.Node.Cli;

/// <summary>Something that the operator can act on: what happened and where, what to do next, and how the process ends.</summary>
public sealed class OperatorException : Exception
{
    public OperatorException()
    {
    }

    public OperatorException(string message)
        : base(message)
    {
    }

    public OperatorException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <param name="number">Of the error: <c>HD2101</c> is 2101.</param>
    /// <param name="exitCode">How the process ends.</param>
    /// <param name="what">What happened and where; it ends with one full stop whether it has one or not.</param>
    /// <param name="next">What to do; the same.</param>
    /// <param name="cause">What it came from.</param>
    public OperatorException(int number, ExitCode exitCode, string what, string next, Exception? cause = null)
        : base($"error HD{number}: {what?.TrimEnd('.')}.\n  next: {next?.TrimEnd('.')}.", cause)
    {
        Number = number;
        ExitCode = exitCode;
    }

    public int Number { get; }

    public ExitCode ExitCode { get; } = ExitCode.Bug;
}
