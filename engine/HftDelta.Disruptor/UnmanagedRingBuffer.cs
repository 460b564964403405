using System.Runtime.CompilerServices;
using Disruptor.Dsl;

namespace Disruptor;

/// <summary>
/// A ring of values on native memory, which no garbage collector moves or scans. What proves the bounds: the mask keeps the
/// index below BufferSize, the slots are at least as large as T, and the memory holds BufferSize of them.
/// </summary>
public sealed unsafe partial class UnmanagedRingBuffer<T> : UnmanagedRingBuffer, IValueRingBuffer<T>
    where T : unmanaged
{
    /// <param name="pointer">The first slot; the caller keeps the memory alive and large enough for all slots.</param>
    /// <param name="eventSize">Bytes from one slot to the next, at least those of T.</param>
    /// <param name="sequencer">Says how many slots there are.</param>
    public UnmanagedRingBuffer(IntPtr pointer, int eventSize, ISequencer sequencer)
        : base(sequencer, null, CheckedPointer(pointer), CheckedSize(eventSize))
    {
    }

    /// <summary>A ring over a block of memory, which the ring keeps alive.</summary>
    public UnmanagedRingBuffer(UnmanagedRingBufferMemory memory, ProducerType producerType, IWaitStrategy waitStrategy)
        : base(
            SequencerFactory.Create(producerType, memory.EventCount, waitStrategy),
            memory,
            memory.PointerToFirstEvent,
            CheckedSize(memory.EventSize))
    {
    }

    /// <summary>The slot of a sequence, in place.</summary>
    public ref T this[long sequence] =>
        ref Unsafe.AsRef<T>((void*)(_fields.FirstEntry + ((nint)(sequence & _fields.IndexMask) * _fields.EventSize)));

    public override string ToString() =>
        $"UnmanagedRingBuffer {{Type={typeof(T).Name}, BufferSize={BufferSize}, Sequencer={Sequencer.GetType().Name}}}";

    private static nint CheckedPointer(nint pointer)
    {
        ArgumentOutOfRangeException.ThrowIfZero(pointer);
        return pointer;
    }

    private static int CheckedSize(int eventSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(eventSize, sizeof(T));
        return eventSize;
    }
}
