using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HftDelta.Primitives.Collections;

/// <summary>
/// A fixed number of unmanaged values in native memory, aligned to 64 bytes and zeroed: no garbage collector looks at it.
/// Owner: whoever made it; one writer. The indexer does not check its bounds; what proves them is said where it is used,
/// and <see cref="At"/> checks.
/// </summary>
public sealed unsafe class NativeSlab<T> : IDisposable
    where T : unmanaged
{
    private T* _items;

    /// <param name="capacity">Number of values, at least 1.</param>
    public NativeSlab(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        Capacity = capacity;
        var bytes = (nuint)capacity * (nuint)sizeof(T);
        _items = (T*)NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Clear(_items, bytes);
    }

    ~NativeSlab() => Free();

    public int Capacity { get; }

    /// <summary>Bytes of the whole slab.</summary>
    public long LengthBytes => (long)Capacity * sizeof(T);

    public T* Pointer => _items;

    public ref T this[uint index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _items[index];
    }

    public ref T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _items[index];
    }

    /// <summary>The same with its bounds checked.</summary>
    public ref T At(uint index)
    {
        Check.That(index < (uint)Capacity);
        return ref _items[index];
    }

    public Span<T> AsSpan() => new(_items, Capacity);

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_items != null)
        {
            NativeMemory.AlignedFree(_items);
            _items = null;
        }
    }
}
