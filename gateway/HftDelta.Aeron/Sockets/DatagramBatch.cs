using System.Runtime.CompilerServices;

namespace HftDelta.Aeron.Sockets;

/// <summary>
/// Room for several datagrams that one call receives, at addresses that hold for as long as it lives. Owner: the one thread
/// that receives; several sockets may take turns with it.
/// </summary>
public sealed unsafe class DatagramBatch
{
    /// <summary>The longest datagram there is, or several that the system hands over as one.</summary>
    public const int SlotLengthBytesMax = 64 * 1024;

    private const int AlignmentBytes = 64;

    // Slots a power of two apart would all compete for the same few lines of the processor's caches.
    private const int SpreadBytes = 33 * AlignmentBytes;

    private readonly DatagramSlot[] _slots;
    private readonly byte[] _memory;
    private readonly byte* _first;
    private readonly nuint _strideBytes;

    public DatagramBatch(int capacity, int slotLengthBytes = SlotLengthBytesMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(slotLengthBytes, 1);
        _slots = new DatagramSlot[capacity];
        _strideBytes = (nuint)(Aligned(slotLengthBytes) + SpreadBytes);
        SlotLengthBytes = slotLengthBytes;

        // On the pinned heap: the array never moves.
        _memory = GC.AllocateUninitializedArray<byte>(
            checked((capacity * (int)_strideBytes) + AlignmentBytes), pinned: true);
        _first = (byte*)(nuint)Aligned((long)(nuint)Unsafe.AsPointer(ref _memory[0]));
    }

    public int Capacity => _slots.Length;

    public int SlotLengthBytes { get; }

    public ref DatagramSlot this[int index] => ref _slots[index];

    /// <summary>Where a slot's bytes begin.</summary>
    public byte* AddressOf(int index) => _first + ((nuint)index * _strideBytes);

    private static long Aligned(long value) => (value + AlignmentBytes - 1) & -AlignmentBytes;
}
