using System.Runtime.InteropServices;
using Disruptor.Util;

namespace Disruptor;

/// <summary>
/// What every ring has: slots, a mask and a sequencer. Nothing here changes after construction, so the fields are padded
/// only to keep other objects' writes away from them. Producers call the claiming and publishing members, consumers read.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = Padding.Bytes + 56 + Padding.Bytes)]
public abstract class RingBuffer : ICursored, ISequenced
{
    /// <summary>The array of a managed ring; what keeps the native memory alive otherwise, if the ring does at all.</summary>
    [FieldOffset(Padding.Bytes)]
    private protected readonly object? _entries;

    /// <summary>The first slot of a native ring.</summary>
    [FieldOffset(Padding.Bytes + 8)]
    private protected readonly nint _firstEntry;

    [FieldOffset(Padding.Bytes + 16)]
    private protected readonly long _indexMask;

    [FieldOffset(Padding.Bytes + 24)]
    private protected readonly int _eventSize;

    [FieldOffset(Padding.Bytes + 32)]
    private readonly SequencerDispatcher _sequencer;

    private protected RingBuffer(ISequencer sequencer, object? entries, nint firstEntry, int eventSize)
    {
        ArgumentNullException.ThrowIfNull(sequencer);

        // The mask proves the bounds of every access, so a foreign sequencer's size is checked again.
        ThrowHelper.ThrowIfNotPowerOfTwo(sequencer.BufferSize);
        _sequencer = new SequencerDispatcher(sequencer);
        _entries = entries;
        _firstEntry = firstEntry;
        _eventSize = eventSize;
        _indexMask = sequencer.BufferSize - 1;
    }

    public int BufferSize => (int)_indexMask + 1;

    public long Cursor => _sequencer.Cursor;

    private protected ISequencer Sequencer => _sequencer.Sequencer;

    /// <inheritdoc />
    public bool HasAvailableCapacity(int requiredCapacity) => _sequencer.HasAvailableCapacity(requiredCapacity);

    public long GetRemainingCapacity() => Sequencer.GetRemainingCapacity();

    public long Next() => _sequencer.Next(1);

    public long Next(int n)
    {
        if ((ulong)(n - 1L) > (ulong)_indexMask)
        {
            ThrowHelper.ThrowCountOutOfRange();
        }

        return _sequencer.Next(n);
    }

    public bool TryNext(out long sequence) => _sequencer.TryNext(1, out sequence);

    public bool TryNext(int n, out long sequence)
    {
        if ((ulong)(n - 1L) > (ulong)_indexMask)
        {
            ThrowHelper.ThrowCountOutOfRange();
        }

        return _sequencer.TryNext(n, out sequence);
    }

    public void Publish(long sequence) => _sequencer.Publish(sequence);

    public void Publish(long lo, long hi) => _sequencer.Publish(lo, hi);

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
}
