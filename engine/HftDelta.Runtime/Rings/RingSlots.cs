using Disruptor;

namespace HftDelta.Runtime.Rings;

/// <summary>The slots of a native ring as a struct, through which generic code reaches them without interface dispatch.</summary>
public readonly struct UnmanagedSlots<T> : IValueDataProvider<T>
    where T : unmanaged
{
    private readonly UnmanagedRingBuffer<T> _ring;

    public UnmanagedSlots(UnmanagedRingBuffer<T> ring) => _ring = ring;

    public ref T this[long sequence] => ref _ring[sequence];
}

/// <summary>The same for a managed ring.</summary>
public readonly struct ValueSlots<T> : IValueDataProvider<T>
    where T : struct
{
    private readonly ValueRingBuffer<T> _ring;

    public ValueSlots(ValueRingBuffer<T> ring) => _ring = ring;

    public ref T this[long sequence] => ref _ring[sequence];
}
