namespace Disruptor;

/// <summary>The producer's side of a ring: claim, fill, publish.</summary>
public interface ISequenced
{
    /// <summary>Number of slots, a power of 2.</summary>
    int BufferSize { get; }

    /// <summary>Whether that many slots after the last claimed one are free.</summary>
    /// <remarks>
    /// With one producer, called on its thread, <c>true</c> is a proof and not a guess: see
    /// <see cref="SingleProducerSequencer.HasAvailableCapacity"/>. With several it is an indication only.
    /// </remarks>
    bool HasAvailableCapacity(int requiredCapacity);

    /// <summary>Number of free slots.</summary>
    long GetRemainingCapacity();

    /// <summary>Claims one slot, spinning and yielding while the ring is full.</summary>
    /// <returns>The claimed sequence, to be published.</returns>
    long Next();

    /// <summary>Claims <paramref name="n"/> consecutive slots, spinning and yielding until they are free.</summary>
    /// <returns>The highest claimed sequence.</returns>
    long Next(int n);

    /// <summary>Claims one slot if it is free.</summary>
    /// <returns><c>false</c> when the ring is full; nothing is claimed then.</returns>
    bool TryNext(out long sequence);

    /// <summary>Claims <paramref name="n"/> consecutive slots if all are free.</summary>
    /// <param name="n">Number of slots.</param>
    /// <param name="sequence">The highest claimed sequence.</param>
    /// <returns><c>false</c> when fewer are free; nothing is claimed then.</returns>
    bool TryNext(int n, out long sequence);

    /// <summary>Makes a filled slot visible to consumers.</summary>
    void Publish(long sequence);

    /// <summary>Makes the filled slots <paramref name="lo"/> to <paramref name="hi"/> visible to consumers.</summary>
    void Publish(long lo, long hi);
}
