namespace HftDelta.Primitives;

/// <summary>An invariant that the program relies on does not hold. The process must end: see <see cref="Check"/>.</summary>
public sealed class InvariantBrokenException : Exception
{
    public InvariantBrokenException()
    {
    }

    public InvariantBrokenException(string message)
        : base(message)
    {
    }

    public InvariantBrokenException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public InvariantBrokenException(string rule, string file, int line)
        : base($"broken invariant at {file}:{line}: {rule}")
    {
        Rule = rule;
    }

    /// <summary>The condition as it stands in the source.</summary>
    public string Rule { get; } = "";
}
