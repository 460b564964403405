using Disruptor;

namespace HftDelta.Runtime.Rings;

/// <summary>
/// The poller of the hot path: like <see cref="ValueEventPoller{T}"/>, but slots and handler are structs, so a poll makes
/// no interface call, no delegate call and no garbage. It stands beside the package's own types and uses only those.
/// Owner: the one thread that polls. An event whose handler threw is not passed.
/// </summary>
public sealed class RingPoller<T, TSlots>
    where T : struct
    where TSlots : struct, IValueDataProvider<T>
{
    private readonly TSlots _slots;

    public RingPoller(TSlots slots, SequenceReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        _slots = slots;
        Reader = reader;
    }

    public SequenceReader Reader { get; }

    /// <summary>The last handled event. Add it to the ring's gating sequences before the first poll.</summary>
    public Sequence Sequence => Reader.Sequence;

    /// <summary>Hands over what is available, until the handler returns false or nothing is left.</summary>
    public EventPoller.PollState Poll<THandler>(ref THandler handler)
        where THandler : struct, IRingEventHandler<T>
    {
        var next = Reader.NextSequence;
        var available = Reader.GetAvailableSequence();
        if (available < next)
        {
            return Reader.StateWhenNothingIsAvailable();
        }

        // A copy, so that the loop holds in registers what it needs of it.
        var slots = _slots;
        var processed = next - 1;
        try
        {
            bool goesOn;
            do
            {
                goesOn = handler.OnEvent(ref slots[next], next, next == available);
                processed = next++;
            }
            while (goesOn && next <= available);
        }
        finally
        {
            // An event whose handler threw was not counted: it stays the first to be read.
            Reader.Release(processed);
        }

        return EventPoller.PollState.Processing;
    }
}

/// <summary>Makes pollers without naming their type arguments.</summary>
public static class RingPoller
{
    /// <param name="ring">The ring.</param>
    /// <param name="sequencer">The sequencer that the ring was made with.</param>
    /// <param name="dependencies">Consumers that go before this one; none: only the producers do.</param>
    public static RingPoller<T, UnmanagedSlots<T>> Create<T>(
        UnmanagedRingBuffer<T> ring, ISequencer sequencer, params Sequence[] dependencies)
        where T : unmanaged =>
        new(new UnmanagedSlots<T>(ring), new SequenceReader(sequencer, dependencies));

    /// <inheritdoc cref="Create{T}(UnmanagedRingBuffer{T},ISequencer,Sequence[])"/>
    public static RingPoller<T, ValueSlots<T>> Create<T>(
        ValueRingBuffer<T> ring, ISequencer sequencer, params Sequence[] dependencies)
        where T : struct =>
        new(new ValueSlots<T>(ring), new SequenceReader(sequencer, dependencies));
}
