namespace Disruptor;

public sealed partial class ValueRingBuffer<T>
{
    /// <summary>Claims a slot, waiting for it; disposing of the scope publishes it, also when filling it threw.</summary>
    public UnpublishedEventScope PublishEvent() => new(this, Next());

    /// <summary>Claims <paramref name="count"/> slots, waiting for them; disposing of the scope publishes them.</summary>
    public UnpublishedEventBatchScope PublishEvents(int count)
    {
        var endSequence = Next(count);
        return new UnpublishedEventBatchScope(this, endSequence + 1 - count, endSequence);
    }

    /// <summary>A claimed slot, published when the scope is disposed of, exactly once.</summary>
    public readonly struct UnpublishedEventScope : IDisposable
    {
        private readonly ValueRingBuffer<T> _ringBuffer;

        public UnpublishedEventScope(ValueRingBuffer<T> ringBuffer, long sequence)
        {
            _ringBuffer = ringBuffer;
            Sequence = sequence;
        }

        public long Sequence { get; }

        public ref T Event() => ref _ringBuffer[Sequence];

        public void Dispose() => _ringBuffer.Publish(Sequence);
    }

    /// <summary>Claimed consecutive slots, published together when the scope is disposed of.</summary>
    public readonly struct UnpublishedEventBatchScope : IDisposable
    {
        private readonly ValueRingBuffer<T> _ringBuffer;

        public UnpublishedEventBatchScope(ValueRingBuffer<T> ringBuffer, long startSequence, long endSequence)
        {
            _ringBuffer = ringBuffer;
            StartSequence = startSequence;
            EndSequence = endSequence;
        }

        public long StartSequence { get; }

        public long EndSequence { get; }

        /// <summary>The slot at this place of the batch, from 0.</summary>
        public ref T Event(int index) => ref _ringBuffer[StartSequence + index];

        public void Dispose() => _ringBuffer.Publish(StartSequence, EndSequence);
    }
}
