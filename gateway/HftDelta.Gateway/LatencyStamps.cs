using System.Runtime.CompilerServices;
using Disruptor;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Time;

namespace HftDelta.Gateway;

/// <summary>
/// Measures the way of commands from sequencing to the release of their first event, for one in so many. Ingress marks,
/// egress measures, a cold agent takes the results: an array and a ring of numbers, no allocation and no histogram on the way.
/// Each entry is written by ingress alone; results that find their ring full are dropped.
/// </summary>
public sealed class LatencyStamps
{
    private readonly Entry[] _entries;
    private readonly long[] _results;
    private readonly NanoClock _clock;
    private readonly int _sampleShift;
    private readonly Sequence _written = new(0);
    private readonly Sequence _taken = new(0);

    /// <param name="clock">A real clock, also when the venue's is virtual.</param>
    /// <param name="sampleEvery">One command in so many is measured; a power of two.</param>
    /// <param name="entries">Samples that may be under way or not taken yet; a power of two.</param>
    public LatencyStamps(NanoClock clock, int sampleEvery = 1, int entries = 1 << 14)
    {
        ArgumentNullException.ThrowIfNull(clock);
        if (!int.IsPow2(sampleEvery) || !int.IsPow2(entries))
        {
            throw new ArgumentException("sampleEvery and entries must be powers of two");
        }

        _clock = clock;
        _sampleShift = System.Numerics.BitOperations.Log2((uint)sampleEvery);
        _entries = new Entry[entries];
        _results = new long[entries];
    }

    /// <summary>Takes the results so far, in nanoseconds. One thread calls it.</summary>
    public int Take(Span<long> nanos)
    {
        var from = _taken.Value;
        var count = (int)Math.Min(_written.Value - from, nanos.Length);
        for (var index = 0; index < count; index++)
        {
            nanos[index] = _results[(from + index) & (_results.Length - 1)];
        }

        _taken.SetValue(from + count);
        return count;
    }

    /// <summary>The command is about to be shown to journal and engine. The ingress agent's thread.</summary>
    public void Mark(CommandSequence command)
    {
        if (!IsSampled(command.Value))
        {
            return;
        }

        ref var entry = ref EntryOf(command.Value);
        Volatile.Write(ref entry.Command, 0);
        Volatile.Write(ref entry.Nanos, _clock.Now.Value);
        Volatile.Write(ref entry.Command, command.Value);
    }

    /// <summary>The first event of the command is released. The egress agent's thread.</summary>
    public void Measure(CommandSequence command)
    {
        if (!IsSampled(command.Value))
        {
            return;
        }

        ref var entry = ref EntryOf(command.Value);
        if (Volatile.Read(ref entry.Command) != command.Value)
        {
            return;
        }

        var begunNanos = Volatile.Read(ref entry.Nanos);
        var written = _written.Value;
        if (Volatile.Read(ref entry.Command) == command.Value && written - _taken.Value < _results.Length)
        {
            _results[written & (_results.Length - 1)] = (long)(_clock.Now.Value - begunNanos);
            _written.SetValue(written + 1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsSampled(long command) => (command & ((1L << _sampleShift) - 1)) == 0;

    private ref Entry EntryOf(long command) => ref _entries[(command >> _sampleShift) & (_entries.Length - 1)];

    private struct Entry
    {
        public long Command;
        public ulong Nanos;
    }
}
