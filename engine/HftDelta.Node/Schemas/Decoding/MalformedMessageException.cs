namespace HftDelta.Node.Schemas.Decoding;

/// <summary>Bytes that are no message of the schema: what is wrong, and at which byte.</summary>
public sealed class MalformedMessageException : Exception
{
    public MalformedMessageException()
    {
    }

    public MalformedMessageException(string message)
        : base(message)
    {
    }

    public MalformedMessageException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <param name="reason">The code that the generated validators give for it.</param>
    /// <param name="offsetBytes">Of the first byte that is wrong or missing, from the start of the message.</param>
    /// <param name="what">In words.</param>
    public MalformedMessageException(string reason, long offsetBytes, string what)
        : base(what)
    {
        Reason = reason;
        OffsetBytes = offsetBytes;
    }

    public string Reason { get; } = "";

    public long OffsetBytes { get; }
}
