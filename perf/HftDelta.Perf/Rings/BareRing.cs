using System.Diagnostics;
using System.Runtime.InteropServices;

namespace HftDelta.Perf.Rings;

/// <summary>
/// The floor: one producer, one consumer, two padded indices with a cached copy of the other side's, slots of one line on
/// native memory, and nothing else (no other consumers, no batches beyond a loop, no checks).
/// </summary>
internal sealed unsafe class BareRing : IDisposable
{
    private const int SeparationBytes = 128;

    private readonly byte* _slots;
    private readonly long _mask;
    private Indices _indices;

    public BareRing(int size)
    {
        _mask = size - 1;
        _slots = (byte*)NativeMemory.AlignedAlloc((nuint)size * Message.LineBytes, SeparationBytes);
        NativeMemory.Clear(_slots, (nuint)size * Message.LineBytes);
    }

    /// <summary>Nanoseconds from when the consumer's thread starts until it has read so many messages.</summary>
    public double Nanos(TwoThreads threads, int batch, long count)
    {
        _indices = default;
        var sum = 0L;
        var nanos = 0.0;
        threads.Run(
            () => Produce(count, batch),
            () =>
            {
                var began = Stopwatch.GetTimestamp();
                sum = Consume(count);
                nanos = (Stopwatch.GetTimestamp() - began) * 1e9 / Stopwatch.Frequency;
            });

        // Every message adds number ^ ~number, which is -1.
        return sum == -count ? nanos : throw new InvalidOperationException("the bare ring lost or tore a message");
    }

    public void Dispose() => NativeMemory.AlignedFree(_slots);

    private void Produce(long count, int batch)
    {
        var idle = new PauseThenYield(RingWait.Usual.Pause);
        for (var next = 0L; next < count;)
        {
            var end = Math.Min(next + batch, count);
            while (end - _indices.HeadCache > _mask + 1)
            {
                // Acquire: the consumer's reads of the slots come before our writes.
                _indices.HeadCache = Volatile.Read(ref _indices.Head);
                idle.Idle();
            }

            idle.Reset();
            for (; next < end; next++)
            {
                var slot = (Message*)(_slots + ((next & _mask) * Message.LineBytes));
                slot->Sequence = next;
                slot->Check = ~next;
            }

            // Release: the slots come before the index.
            Volatile.Write(ref _indices.Tail, next);
        }
    }

    private long Consume(long count)
    {
        var idle = new PauseThenYield(RingWait.Usual.Pause);
        var sum = 0L;
        for (var next = 0L; next < count;)
        {
            // Acquire: the slots up to the index are visible.
            var tail = Volatile.Read(ref _indices.Tail);
            if (tail == next)
            {
                idle.Idle();
                continue;
            }

            idle.Reset();
            for (; next < tail; next++)
            {
                var slot = (Message*)(_slots + ((next & _mask) * Message.LineBytes));
                sum += slot->Sequence ^ slot->Check;
            }

            // Release: our reads come before the producer may see the slots free.
            Volatile.Write(ref _indices.Head, next);
        }

        return sum;
    }

    [StructLayout(LayoutKind.Explicit, Size = 4 * SeparationBytes)]
    private struct Indices
    {
        /// <summary>Written by the producer.</summary>
        [FieldOffset(SeparationBytes)] public long Tail;

        /// <summary>The producer's own.</summary>
        [FieldOffset(SeparationBytes + 8)] public long HeadCache;

        /// <summary>Written by the consumer.</summary>
        [FieldOffset(2 * SeparationBytes + 8)] public long Head;
    }
}
