using System.Runtime.InteropServices;

namespace Disruptor.Util;

/// <summary>
/// What every ring has: slots, a mask and a sequencer. Nothing here changes after construction, so it is padded only to keep
/// other objects' writes away. A struct, because the runtime keeps to the explicit size of structs and not to that of classes.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = Padding.Bytes + 56 + Padding.Bytes)]
internal struct RingFields
{
    /// <summary>The array of a managed ring; what keeps the memory of a native one alive, if the ring does at all.</summary>
    [FieldOffset(Padding.Bytes)]
    public object? Entries;

    /// <summary>The first slot of a native ring.</summary>
    [FieldOffset(Padding.Bytes + 8)]
    public nint FirstEntry;

    [FieldOffset(Padding.Bytes + 16)]
    public long IndexMask;

    /// <summary>Bytes from one slot to the next.</summary>
    [FieldOffset(Padding.Bytes + 24)]
    public int EventSize;

    [FieldOffset(Padding.Bytes + 32)]
    public SequencerDispatcher Sequencer;

    public static RingFields Create(ISequencer sequencer, object? entries, nint firstEntry, int eventSize)
    {
        ArgumentNullException.ThrowIfNull(sequencer);

        // The mask proves the bounds of every access, so a foreign sequencer's size is checked again.
        ThrowHelper.ThrowIfNotPowerOfTwo(sequencer.BufferSize);
        return new RingFields
        {
            Sequencer = new SequencerDispatcher(sequencer),
            Entries = entries,
            FirstEntry = firstEntry,
            EventSize = eventSize,
            IndexMask = sequencer.BufferSize - 1,
        };
    }

    /// <summary>Throws when so many slots can never be claimed at once.</summary>
    public readonly void CheckCount(int n)
    {
        if ((ulong)(n - 1L) > (ulong)IndexMask)
        {
            ThrowHelper.ThrowCountOutOfRange();
        }
    }
}
