namespace HftDelta.Engine;

/// <summary>
/// Two computations of the same state differ: this engine must not go on, and what it says must not be signed.
/// The process ends with the exit code for divergence.
/// </summary>
public sealed class StateDivergenceException : Exception
{
    public StateDivergenceException()
    {
    }

    public StateDivergenceException(string message)
        : base(message)
    {
    }

    public StateDivergenceException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
