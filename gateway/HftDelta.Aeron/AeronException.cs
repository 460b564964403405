namespace HftDelta.Aeron;

/// <summary>
/// Something was asked of the transport that cannot be: a channel that makes no sense, an address that is taken. The
/// message says what is wrong, where, and what to do. Thrown on cold paths only; whatever a peer sends is never an exception.
/// </summary>
public sealed class AeronException : Exception
{
    public AeronException()
    {
    }

    public AeronException(string message)
        : base(message)
    {
    }

    public AeronException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
