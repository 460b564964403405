using System.Runtime.InteropServices;

namespace HftDelta.Perf.Pipeline;

/// <summary>
/// The floor under the pipeline: one producer, one consumer, slots of 128 bytes, two padded indices with a cached copy of the
/// other side's, and one frame of 96 bytes copied in and out. Each frame is shown and given back by itself. No checks, no
/// envelope, nothing else.
/// </summary>
internal sealed unsafe class BareFrameRing : IDisposable
{
    private const int SeparationBytes = 128;
    private const int SlotBytes = 128;

    private readonly byte* _slots;
    private readonly long _mask;
    private Indices _indices;

    public BareFrameRing(int slots)
    {
        _mask = slots - 1;
        _slots = (byte*)NativeMemory.AlignedAlloc((nuint)slots * SlotBytes, SeparationBytes);
        NativeMemory.Clear(_slots, (nuint)slots * SlotBytes);
    }

    public bool TryWrite(ref readonly FlowCommand command)
    {
        var next = _indices.Tail;
        if (next - _indices.HeadCache > _mask)
        {
            // Acquire: the consumer's reads of the slot come before our writes.
            _indices.HeadCache = Volatile.Read(ref _indices.Head);
            if (next - _indices.HeadCache > _mask)
            {
                return false;
            }
        }

        command.WholeFrame.CopyTo(Slot(next));

        // Release: the slot comes before the index.
        Volatile.Write(ref _indices.Tail, next + 1);
        return true;
    }

    public bool TryRead(Span<byte> frame)
    {
        var next = _indices.Head;
        if (next == _indices.TailCache)
        {
            // Acquire: the slots up to the index are visible.
            _indices.TailCache = Volatile.Read(ref _indices.Tail);
            if (next == _indices.TailCache)
            {
                return false;
            }
        }

        Slot(next).CopyTo(frame);

        // Release: our read comes before the producer may see the slot free.
        Volatile.Write(ref _indices.Head, next + 1);
        return true;
    }

    /// <summary>Passes one frame on, from this ring straight into a slot of the other, which has room.</summary>
    public bool TryMove(BareFrameRing other)
    {
        var next = other._indices.Tail;
        if (!TryRead(other.Slot(next)))
        {
            return false;
        }

        Volatile.Write(ref other._indices.Tail, next + 1);
        return true;
    }

    public void Dispose() => NativeMemory.AlignedFree(_slots);

    private Span<byte> Slot(long sequence) =>
        new(_slots + ((sequence & _mask) * SlotBytes), FlowCommand.FrameLengthMaxBytes);

    [StructLayout(LayoutKind.Explicit, Size = 4 * SeparationBytes)]
    private struct Indices
    {
        /// <summary>Written by the producer.</summary>
        [FieldOffset(SeparationBytes)] public long Tail;

        /// <summary>The producer's own.</summary>
        [FieldOffset(SeparationBytes + 8)] public long HeadCache;

        /// <summary>Written by the consumer.</summary>
        [FieldOffset((2 * SeparationBytes) + 16)] public long Head;

        /// <summary>The consumer's own.</summary>
        [FieldOffset((2 * SeparationBytes) + 24)] public long TailCache;
    }
}
