using System.Runtime.CompilerServices;
using Disruptor.Dsl;
using Disruptor.Util;

namespace Disruptor;

/// <summary>
/// A ring of values in one managed array. Slots are filled once at construction and then reused for ever. Padding of at
/// least 128 bytes lies before the first and after the last slot.
/// </summary>
public sealed partial class ValueRingBuffer<T> : RingBuffer, IValueRingBuffer<T>
    where T : struct
{
    private static readonly int PadCount = (Padding.Bytes + Unsafe.SizeOf<T>() - 1) / Unsafe.SizeOf<T>();

    public ValueRingBuffer(ISequencer sequencer)
        : this(static () => default, sequencer)
    {
    }

    public ValueRingBuffer(Func<T> eventFactory, int bufferSize)
        : this(eventFactory, SequencerFactory.Create(SequencerFactory.DefaultProducerType, bufferSize))
    {
    }

    public ValueRingBuffer(Func<T> eventFactory, ISequencer sequencer)
        : base(sequencer, new T[(sequencer?.BufferSize ?? 0) + (2 * PadCount)], Unsafe.SizeOf<T>())
    {
        ArgumentNullException.ThrowIfNull(eventFactory);
        for (var sequence = 0; sequence < BufferSize; sequence++)
        {
            this[sequence] = eventFactory();
        }
    }

    /// <summary>The slot of a sequence; the array's own bounds check stays on.</summary>
    public ref T this[long sequence] =>
        // The constructor put a T[] there and nobody replaces it, so the cast needs no check.
        ref Unsafe.As<T[]>(_fields.Entries!)[PadCount + (int)(sequence & _fields.IndexMask)];

    public static ValueRingBuffer<T> CreateSingleProducer(Func<T> factory, int bufferSize) =>
        CreateSingleProducer(factory, bufferSize, SequencerFactory.DefaultWaitStrategy());

    public static ValueRingBuffer<T> CreateSingleProducer(Func<T> factory, int bufferSize, IWaitStrategy waitStrategy) =>
        new(factory, new SingleProducerSequencer(bufferSize, waitStrategy));

    public static ValueRingBuffer<T> CreateMultiProducer(Func<T> factory, int bufferSize) =>
        CreateMultiProducer(factory, bufferSize, SequencerFactory.DefaultWaitStrategy());

    public static ValueRingBuffer<T> CreateMultiProducer(Func<T> factory, int bufferSize, IWaitStrategy waitStrategy) =>
        new(factory, new MultiProducerSequencer(bufferSize, waitStrategy));

    public static ValueRingBuffer<T> Create(
        ProducerType producerType, Func<T> factory, int bufferSize, IWaitStrategy waitStrategy) =>
        new(factory, SequencerFactory.Create(producerType, bufferSize, waitStrategy));

    /// <summary>A poller behind the cursor or the given consumers. It does not gate until its sequence is added.</summary>
    public ValueEventPoller<T> NewPoller(params Sequence[] gatingSequences) => Sequencer.NewPoller(this, gatingSequences);

    public override string ToString() =>
        $"ValueRingBuffer {{Type={typeof(T).Name}, BufferSize={BufferSize}, Sequencer={Sequencer.GetType().Name}}}";
}
