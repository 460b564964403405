using System.Runtime.CompilerServices;
using Disruptor;

namespace HftDelta.Runtime.Rings;

/// <summary>
/// The slots of a native ring as a struct, through which generic code reaches them without interface dispatch. It knows where
/// they lie, so a loop over a copy of it holds that in registers and does not ask the ring for each slot. What proves the
/// bounds: the mask keeps the index below the ring's size, and native slots lie evenly spaced and never move.
/// </summary>
public readonly unsafe struct UnmanagedSlots<T> : IValueDataProvider<T>
    where T : unmanaged
{
    // Keeps the memory alive where the ring does.
    private readonly UnmanagedRingBuffer<T> _ring;
    private readonly byte* _first;
    private readonly long _mask;
    private readonly long _strideBytes;

    public UnmanagedSlots(UnmanagedRingBuffer<T> ring)
    {
        ArgumentNullException.ThrowIfNull(ring);
        _ring = ring;
        _mask = ring.BufferSize - 1;
        _first = (byte*)Unsafe.AsPointer(ref ring[0]);
        _strideBytes = (byte*)Unsafe.AsPointer(ref ring[1]) - _first;
    }

    public ref T this[long sequence] => ref Unsafe.AsRef<T>(_first + ((sequence & _mask) * _strideBytes));
}

/// <summary>The same for a managed ring.</summary>
public readonly struct ValueSlots<T> : IValueDataProvider<T>
    where T : struct
{
    private readonly ValueRingBuffer<T> _ring;

    public ValueSlots(ValueRingBuffer<T> ring) => _ring = ring;

    public ref T this[long sequence] => ref _ring[sequence];
}
