namespace Disruptor;

/// <summary>
/// Reads a ring without waiting. Owner: the one thread that polls. Its sequence is the last event that was handled; an event
/// whose handler threw is not passed and is handed over again by the next poll, unless the agent stops, as it should.
/// </summary>
public class ValueEventPoller<T>
    where T : struct
{
    private readonly IValueDataProvider<T> _dataProvider;
    private readonly ISequencer _sequencer;
    private readonly DependentSequenceGroup _dependentSequences;

    public ValueEventPoller(
        IValueDataProvider<T> dataProvider,
        ISequencer sequencer,
        Sequence sequence,
        DependentSequenceGroup dependentSequences)
    {
        ArgumentNullException.ThrowIfNull(dataProvider);
        ArgumentNullException.ThrowIfNull(sequencer);
        ArgumentNullException.ThrowIfNull(sequence);
        ArgumentNullException.ThrowIfNull(dependentSequences);
        _dataProvider = dataProvider;
        _sequencer = sequencer;
        Sequence = sequence;
        _dependentSequences = dependentSequences;
    }

    /// <summary>The last handled event. Add it to the ring's gating sequences, else the producer will not wait for it.</summary>
    public Sequence Sequence { get; }

    /// <summary>Hands over what is available, until the handler returns false or nothing is left.</summary>
    public EventPoller.PollState Poll(EventPoller.ValueHandler<T> eventHandler)
    {
        ArgumentNullException.ThrowIfNull(eventHandler);
        var processed = Sequence.Value;
        var next = processed + 1;

        // Acquire, by way of the sequences and flags: the slots up to the answer are visible.
        var available = _sequencer.GetHighestPublishedSequence(next, _dependentSequences.Value);
        if (available < next)
        {
            return _sequencer.Cursor >= next ? EventPoller.PollState.Gating : EventPoller.PollState.Idle;
        }

        try
        {
            bool goesOn;
            do
            {
                goesOn = eventHandler(ref _dataProvider[next], next, next == available);
                processed = next++;
            }
            while (goesOn && next <= available);
        }
        finally
        {
            // Release: our reads of the slots are done before the producer may see them free. An event whose handler threw
            // was not counted.
            Sequence.SetValue(processed);
        }

        return EventPoller.PollState.Processing;
    }
}
