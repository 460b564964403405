namespace HftDelta.Replica.Snapshots;

/// <summary>A snapshot was written by a program that lays its state out differently.</summary>
public sealed class SnapshotLayoutException : Exception
{
    public SnapshotLayoutException()
    {
    }

    public SnapshotLayoutException(string message)
        : base(message)
    {
    }

    public SnapshotLayoutException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
