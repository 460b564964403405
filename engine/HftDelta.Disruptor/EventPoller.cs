namespace Disruptor;

/// <summary>States, handlers and a factory of pollers.</summary>
public static class EventPoller
{
    /// <summary>What a poll found.</summary>
    public enum PollState
    {
        /// <summary>Events were handed over.</summary>
        Processing,

        /// <summary>Events are there, but the consumers that go before, or a gap of a producer, hold this one back.</summary>
        Gating,

        /// <summary>Nothing is published that this consumer has not seen.</summary>
        Idle,
    }

    /// <returns>Whether to go on with the next event of this poll. The event at hand counts as processed either way.</returns>
    public delegate bool ValueHandler<T>(ref T data, long sequence, bool endOfBatch)
        where T : struct;

    public static ValueEventPoller<T> Create<T>(
        IValueDataProvider<T> dataProvider,
        ISequencer sequencer,
        Sequence sequence,
        Sequence cursorSequence,
        params Sequence[] gatingSequences)
        where T : struct =>
        new(dataProvider, sequencer, sequence, new DependentSequenceGroup(cursorSequence, gatingSequences));
}
