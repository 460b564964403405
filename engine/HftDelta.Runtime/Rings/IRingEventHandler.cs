namespace HftDelta.Runtime.Rings;

/// <summary>Handles events of a ring. Implemented by a struct, so that the poller's loop calls it directly.</summary>
public interface IRingEventHandler<T>
    where T : struct
{
    /// <returns>Whether to go on with the next event of this poll. The event at hand counts as processed either way.</returns>
    bool OnEvent(ref T data, long sequence, bool endOfBatch);
}
