namespace Disruptor;

/// <summary>Holds a consumer back until the cursor, or the consumers that go before it, have reached a sequence.</summary>
public sealed class SequenceBarrier : ICancellableBarrier, IDisposable
{
    private readonly ISequencer _sequencer;
    private readonly ISequenceWaiter _sequenceWaiter;

    public SequenceBarrier(
        ISequencer sequencer, ISequenceWaiter sequenceWaiter, DependentSequenceGroup dependentSequences)
    {
        ArgumentNullException.ThrowIfNull(sequencer);
        ArgumentNullException.ThrowIfNull(sequenceWaiter);
        ArgumentNullException.ThrowIfNull(dependentSequences);
        _sequencer = sequencer;
        _sequenceWaiter = sequenceWaiter;
        DependentSequences = dependentSequences;
    }

    public DependentSequenceGroup DependentSequences { get; }

    /// <summary>Waits, then tells how far the ring is published without a gap; that may be less than asked for.</summary>
    public SequenceWaitResult WaitForPublishedSequence(long sequence, CancellationToken cancellationToken = default)
    {
        var result = WaitFor(sequence, cancellationToken);
        return result.IsTimeout
            ? result
            : _sequencer.GetHighestPublishedSequence(sequence, result.UnsafeAvailableSequence);
    }

    /// <summary>Waits until the dependencies reach the sequence. With several producers it may not be published yet.</summary>
    public SequenceWaitResult WaitFor(long sequence, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var available = DependentSequences.Value;
        return available >= sequence ? available : _sequenceWaiter.WaitFor(sequence, cancellationToken);
    }

    public void CancelProcessing() => _sequenceWaiter.Cancel();

    public void Dispose() => _sequenceWaiter.Dispose();
}
