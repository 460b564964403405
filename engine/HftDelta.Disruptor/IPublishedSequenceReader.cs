namespace Disruptor;

/// <summary>Tells how far a range of claimed sequences is published without a gap.</summary>
public interface IPublishedSequenceReader
{
    /// <summary>The last sequence of the gapless published run that starts at <paramref name="nextSequence"/>.</summary>
    /// <param name="nextSequence">The first sequence that the caller has not read.</param>
    /// <param name="availableSequence">Where to stop looking: a value of the cursor or of dependencies.</param>
    /// <returns>At least <paramref name="nextSequence"/> - 1 when several producers share the ring.</returns>
    long GetHighestPublishedSequence(long nextSequence, long availableSequence);
}
