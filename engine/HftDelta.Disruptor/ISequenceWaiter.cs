namespace Disruptor;

/// <summary>Waits for sequences on behalf of one consumer.</summary>
public interface ISequenceWaiter : IDisposable
{
    /// <summary>Waits until the dependencies reach <paramref name="sequence"/>.</summary>
    /// <returns>The sequence that they have reached, which may be higher, or a timeout.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    SequenceWaitResult WaitFor(long sequence, CancellationToken cancellationToken);

    /// <summary>Ends active waits of a strategy that does not watch the token; nothing for those that spin.</summary>
    void Cancel();
}
