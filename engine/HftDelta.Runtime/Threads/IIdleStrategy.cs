namespace HftDelta.Runtime.Threads;

/// <summary>
/// What a thread does between two duty cycles. Implemented by mutable structs and used as a type parameter, never through
/// the interface; one thread owns one copy.
/// </summary>
public interface IIdleStrategy
{
    /// <param name="workCount">What the duty cycle did; above 0 the strategy returns at once and begins anew.</param>
    void Idle(int workCount);

    /// <summary>Begins anew.</summary>
    void Reset();
}
