using System.Runtime.InteropServices;
using Disruptor.Util;

namespace Disruptor;

/// <summary>
/// What every ring has: slots, a mask and a sequencer. Nothing here changes after construction, so the fields are padded
/// only to keep other objects' writes away from them. Producers call the claiming and publishing members, consumers read.
/// </summary>
public abstract class RingBuffer : ICursored, ISequenced
{
    private protected readonly PaddedFields _fields;

    private protected RingBuffer(ISequencer sequencer, object? entries, nint firstEntry, int eventSize)
    {
        ArgumentNullException.ThrowIfNull(sequencer);

        // The mask proves the bounds of every access, so a foreign sequencer's size is checked again.
        ThrowHelper.ThrowIfNotPowerOfTwo(sequencer.BufferSize);
        _fields = new PaddedFields
        {
            Sequencer = new SequencerDispatcher(sequencer),
            Entries = entries,
            FirstEntry = firstEntry,
            EventSize = eventSize,
            IndexMask = sequencer.BufferSize - 1,
        };
    }

    public int BufferSize => (int)_fields.IndexMask + 1;

    public long Cursor => _fields.Sequencer.Cursor;

    private protected ISequencer Sequencer => _fields.Sequencer.Sequencer;

    /// <inheritdoc />
    public bool HasAvailableCapacity(int requiredCapacity) => _fields.Sequencer.HasAvailableCapacity(requiredCapacity);

    public long GetRemainingCapacity() => Sequencer.GetRemainingCapacity();

    public long Next() => _fields.Sequencer.Next(1);

    public long Next(int n)
    {
        if ((ulong)(n - 1L) > (ulong)_fields.IndexMask)
        {
            ThrowHelper.ThrowCountOutOfRange();
        }

        return _fields.Sequencer.Next(n);
    }

    public bool TryNext(out long sequence) => _fields.Sequencer.TryNext(1, out sequence);

    public bool TryNext(int n, out long sequence)
    {
        if ((ulong)(n - 1L) > (ulong)_fields.IndexMask)
        {
            ThrowHelper.ThrowCountOutOfRange();
        }

        return _fields.Sequencer.TryNext(n, out sequence);
    }

    public void Publish(long sequence) => _fields.Sequencer.Publish(sequence);

    public void Publish(long lo, long hi) => _fields.Sequencer.Publish(lo, hi);

    /// <inheritdoc cref="ISequencer.IsAvailable"/>
    public bool IsAvailable(long sequence) => Sequencer.IsAvailable(sequence);

    /// <inheritdoc cref="ISequencer.AddGatingSequences"/>
    public void AddGatingSequences(params Sequence[] gatingSequences) => Sequencer.AddGatingSequences(gatingSequences);

    /// <inheritdoc cref="ISequencer.RemoveGatingSequence"/>
    public bool RemoveGatingSequence(Sequence sequence) => Sequencer.RemoveGatingSequence(sequence);

    /// <inheritdoc cref="ISequencer.GetMinimumSequence"/>
    public long GetMinimumGatingSequence() => Sequencer.GetMinimumSequence();

    /// <inheritdoc cref="ISequencer.NewBarrier"/>
    public SequenceBarrier NewBarrier(SequenceWaiterOwner owner, params Sequence[] sequencesToTrack) =>
        Sequencer.NewBarrier(owner, sequencesToTrack);

    /// <summary>A struct, because the runtime keeps to the explicit size of structs and not to that of classes.</summary>
    [StructLayout(LayoutKind.Explicit, Size = Padding.Bytes + 56 + Padding.Bytes)]
    private protected struct PaddedFields
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
    }
}
