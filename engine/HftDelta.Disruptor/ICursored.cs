namespace Disruptor;

/// <summary>Something with a cursor.</summary>
public interface ICursored
{
    /// <summary>
    /// With one producer the last published sequence; with several the last claimed one, which may not be published yet.
    /// </summary>
    long Cursor { get; }
}
