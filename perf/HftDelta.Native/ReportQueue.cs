using System.Numerics;
using System.Runtime.CompilerServices;
using HftDelta.Primitives;
using HftDelta.Primitives.Collections;

namespace HftDelta.Native;

/// <summary>
/// Reports from the thread that matches to the one that polls, which may be the same. One writer, one reader. What is written
/// becomes visible in batches: a publication for each report costs as much as the book.
/// </summary>
internal sealed unsafe class ReportQueue : IDisposable
{
    /// <summary>Reports after which the writer publishes without being asked.</summary>
    private const ulong PublishInterval = 64;

    /// <summary>Words between the counters of the two threads: two cache lines.</summary>
    private const int ConsumedWord = 16;
    private const int CounterWords = 32;

    private readonly NativeSlab<NativeReport> _slots;
    private readonly NativeSlab<ulong> _counters;
    private readonly NativeReport* _items;
    private readonly ulong* _published;
    private readonly ulong* _consumed;
    private readonly ulong _mask;
    private ulong _next;
    private ulong _consumedSeen;

    public ReportQueue(int capacity)
    {
        var slots = (int)BitOperations.RoundUpToPowerOf2((uint)capacity);
        _slots = new NativeSlab<NativeReport>(slots);
        _counters = new NativeSlab<ulong>(CounterWords);
        _items = _slots.Pointer;
        _published = _counters.Pointer;
        _consumed = _counters.Pointer + ConsumedWord;
        _mask = (ulong)slots - 1;
    }

    /// <summary>The writer asks before it claims.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool HasRoom(uint reports) => _next + reports - _consumedSeen <= _mask + 1 || HasRoomNow(reports);

    /// <summary>The next report, to be filled in whole. There must be room.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public NativeReport* Claim()
    {
        if ((_next & (PublishInterval - 1)) == 0) Publish();
        return _items + (_next++ & _mask);
    }

    /// <summary>Shows the reader all that was claimed.</summary>
    public void Publish() => Volatile.Write(ref *_published, _next);

    /// <summary>Takes published reports out, oldest first. For the reader.</summary>
    public int Poll(NativeReport* reports, int max)
    {
        var from = *_consumed;
        var available = Volatile.Read(ref *_published) - from;
        var count = (int)(available < (ulong)max ? available : (ulong)max);
        if (count == 0) return 0;
        var start = (int)(from & _mask);
        var untilEnd = (int)_mask + 1 - start;
        var first = count < untilEnd ? count : untilEnd;
        new ReadOnlySpan<NativeReport>(_items + start, first).CopyTo(new Span<NativeReport>(reports, count));
        new ReadOnlySpan<NativeReport>(_items, count - first).CopyTo(new Span<NativeReport>(reports + first, count - first));
        Volatile.Write(ref *_consumed, from + (ulong)count);
        return count;
    }

    public void Dispose()
    {
        _slots.Dispose();
        _counters.Dispose();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool HasRoomNow(uint reports)
    {
        _consumedSeen = Volatile.Read(ref *_consumed);
        Check.That(_consumedSeen <= _next);
        return _next + reports - _consumedSeen <= _mask + 1;
    }
}
