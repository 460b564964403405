namespace Disruptor;

/// <summary>A barrier whose waits can be ended from outside.</summary>
public interface ICancellableBarrier
{
    /// <summary>Ends the waits of a strategy that does not watch the cancellation token.</summary>
    void CancelProcessing();
}
