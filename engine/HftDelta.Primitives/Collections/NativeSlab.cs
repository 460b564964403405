using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace HftDelta.Primitives.Collections;

/// <summary>
/// A fixed number of unmanaged values in native memory, aligned to 64 bytes and zeroed: no garbage collector looks at it.
/// Owner: whoever made it; one writer. The indexer does not check its bounds; what proves them is said where it is used,
/// and <see cref="At"/> checks.
/// </summary>
public sealed unsafe class NativeSlab<T> : IDisposable
    where T : unmanaged
{
    private const int LineBytes = 64;

    private T* _items;
    private void* _block;

    /// <param name="capacity">Number of values, at least 1.</param>
    public NativeSlab(int capacity)
        : this(capacity, isTouched: true)
    {
    }

    private NativeSlab(int capacity, bool isTouched)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        Capacity = capacity;
        IsReserved = !isTouched;
        var bytes = (nuint)capacity * (nuint)sizeof(T);
        _items = (T*)NativePages.AllocateZeroed(bytes, out _block);
        if (isTouched) NativeMemory.Clear(_items, bytes);
    }

    ~NativeSlab() => Free();

    /// <summary>
    /// A slab whose pages become memory when they are first written: for room that is seldom needed. The first write to a page
    /// costs a page fault.
    /// </summary>
    public static NativeSlab<T> Reserve(int capacity) => new(capacity, isTouched: false);

    public int Capacity { get; }

    /// <summary>Made by <see cref="Reserve"/>.</summary>
    public bool IsReserved { get; }

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

    /// <summary>
    /// Asks the memory for a value that will be touched soon, all its lines. Nothing but speed depends on it: any index may be
    /// asked for.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(uint index)
    {
        if (!Sse.IsSupported) return;
        var first = (byte*)(_items + index);
        for (var offset = 0; offset < sizeof(T); offset += LineBytes) Sse.Prefetch0(first + offset);
        if (sizeof(T) % LineBytes != 0) Sse.Prefetch0(first + sizeof(T) - 1);
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
            NativeMemory.Free(_block);
            _block = null;
            _items = null;
        }
    }
}
