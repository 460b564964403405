using System.Runtime.InteropServices;

namespace HftDelta.Aeron.Sockets;

/// <summary>
/// Room for several datagrams that one call receives, in native memory whose addresses hold. Owner: the one thread that
/// receives; several sockets may take turns with it.
/// </summary>
public sealed unsafe class DatagramBatch : IDisposable
{
    /// <summary>The longest datagram there is, or several that the system hands over as one.</summary>
    public const int SlotLengthBytesMax = 64 * 1024;

    private const int AlignmentBytes = 64;

    // Slots a power of two apart would all compete for the same few lines of the processor's caches.
    private const int SpreadBytes = 33 * AlignmentBytes;

    private readonly DatagramSlot[] _slots;
    private readonly nuint _strideBytes;
    private byte* _memory;

    public DatagramBatch(int capacity, int slotLengthBytes = SlotLengthBytesMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(slotLengthBytes, 1);
        _slots = new DatagramSlot[capacity];
        _strideBytes = (nuint)(((slotLengthBytes + AlignmentBytes - 1) / AlignmentBytes * AlignmentBytes) + SpreadBytes);
        SlotLengthBytes = slotLengthBytes;
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)capacity * _strideBytes, AlignmentBytes);
    }

    ~DatagramBatch() => Free();

    public int Capacity => _slots.Length;

    public int SlotLengthBytes { get; }

    public ref DatagramSlot this[int index] => ref _slots[index];

    /// <summary>Where a slot's bytes begin.</summary>
    public byte* AddressOf(int index) => _memory + ((nuint)index * _strideBytes);

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
    }
}
