using System.Runtime.InteropServices;
using Disruptor.Util;
using Microsoft.Win32.SafeHandles;

namespace Disruptor;

/// <summary>
/// A block of native memory for the slots of a ring. Owner: whoever made it; disposing of it while a ring over it is in use
/// is a bug of the owner.
/// </summary>
public class UnmanagedRingBufferMemory : IDisposable
{
    private readonly SafeHandle _memoryHandle;

    /// <param name="memoryHandle">Holds the memory; disposed of with this object.</param>
    /// <param name="padding">Bytes before the first slot.</param>
    /// <param name="eventCount">Number of slots.</param>
    /// <param name="eventSize">Bytes of one slot.</param>
    public UnmanagedRingBufferMemory(SafeHandle memoryHandle, int padding, int eventCount, int eventSize)
    {
        ArgumentNullException.ThrowIfNull(memoryHandle);
        ArgumentOutOfRangeException.ThrowIfNegative(padding);
        ThrowHelper.ThrowIfNotPowerOfTwo(eventCount);
        ArgumentOutOfRangeException.ThrowIfLessThan(eventSize, 1);
        _memoryHandle = memoryHandle;
        PointerToFirstEvent = memoryHandle.DangerousGetHandle() + padding;
        EventCount = eventCount;
        EventSize = eventSize;
    }

    public IntPtr PointerToFirstEvent { get; }

    public int EventCount { get; }

    public int EventSize { get; }

    /// <summary>
    /// Zeroed memory, aligned to 128 bytes, with as many bytes of padding before and behind: a slot whose size is a
    /// multiple of a cache line starts on one.
    /// </summary>
    public static unsafe UnmanagedRingBufferMemory Allocate(int eventCount, int eventSize)
    {
        ThrowHelper.ThrowIfNotPowerOfTwo(eventCount);
        ArgumentOutOfRangeException.ThrowIfLessThan(eventSize, 1);
        var lengthBytes = ((nuint)eventCount * (nuint)eventSize) + (2 * Padding.Bytes);
        var pointer = NativeMemory.AlignedAlloc(lengthBytes, Padding.Bytes);
        NativeMemory.Clear(pointer, lengthBytes);
        return new UnmanagedRingBufferMemory(new AlignedMemoryHandle((nint)pointer), Padding.Bytes, eventCount, eventSize);
    }

    /// <summary>The same with every slot made by <paramref name="factory"/>.</summary>
    public static unsafe UnmanagedRingBufferMemory Allocate<T>(int eventCount, Func<T> factory)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(factory);
        var memory = Allocate(eventCount, sizeof(T));
        var events = new Span<T>((void*)memory.PointerToFirstEvent, eventCount);
        for (var index = 0; index < eventCount; index++)
        {
            events[index] = factory();
        }

        return memory;
    }

    /// <summary>A copy of all slots in the order of memory.</summary>
    public unsafe T[] ToArray<T>()
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(sizeof(T), EventSize);
        return new ReadOnlySpan<T>((void*)PointerToFirstEvent, EventCount).ToArray();
    }

    public void Dispose()
    {
        _memoryHandle.Dispose();
        GC.SuppressFinalize(this);
    }

    private sealed unsafe class AlignedMemoryHandle : SafeHandleZeroOrMinusOneIsInvalid
    {
        public AlignedMemoryHandle(nint pointer)
            : base(ownsHandle: true) => SetHandle(pointer);

        protected override bool ReleaseHandle()
        {
            NativeMemory.AlignedFree((void*)handle);
            return true;
        }
    }
}
