using System.Runtime.CompilerServices;
using HftDelta.Primitives;
using HftDelta.Primitives.Collections;

namespace HftDelta.Engine.State;

/// <summary>
/// Keeps the part of the state hash that one kind of record has: what each id contributed last, and which ids were
/// touched since the last fold. Owner: the engine agent. No allocation after construction.
/// Invariant: right after a fold, the sum of what it has added equals <see cref="Recompute"/>.
/// </summary>
public sealed class RecordTracker<TRecords> : IDisposable
    where TRecords : IStateRecords
{
    private const byte CountedFlag = 1;
    private const byte DirtyFlag = 2;
    private const int FoldedTogether = RecordHash.Together;
    private const uint PrefetchAhead = 6;

    /// <summary>So many records may wait before some are folded early: those that change with every command wait, and are folded once.</summary>
    private const uint WaitingMax = 64;

    private readonly TRecords _records;
    private readonly NativeSlab<Hash256> _contributions;
    private readonly NativeSlab<byte> _flags;
    private readonly NativeSlab<uint> _dirtyIds;
    private uint _dirtyFirst;
    private uint _dirtyCount;

    // What was folded and is in no sum yet.
    private Hash256 _folded;

    /// <param name="records">The records that are hashed.</param>
    /// <param name="capacity">Ids are below this; 37 bytes of native memory for each.</param>
    public RecordTracker(TRecords records, int capacity)
    {
        _records = records;
        _contributions = new NativeSlab<Hash256>(capacity);
        _flags = new NativeSlab<byte>(capacity);
        _dirtyIds = new NativeSlab<uint>(capacity);
    }

    public int Capacity => _flags.Capacity;

    /// <summary>Ids that wait for the next fold.</summary>
    public uint DirtyCount => _dirtyCount;

    /// <summary>Everything from nothing: the slow, obvious sum over all live records.</summary>
    public static Hash256 Recompute(TRecords records)
    {
        var sum = Hash256.Zero;
        Span<byte> buffer = stackalloc byte[IStateRecords.RecordLengthMaxBytes];
        for (uint id = 0; id < records.IdLimit; id++)
        {
            if (records.TryEncode(id, buffer, out var lengthBytes))
            {
                sum += RecordHash.Compute(records.Type, id, buffer[..lengthBytes]);
            }
        }

        return sum;
    }

    /// <summary>The record changed, came or went: fold it in next time. Marking twice costs a load and a branch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Mark(uint id)
    {
        // The check is what proves the bounds of both slabs: an id is listed once, so the list is as long as the flags.
        Check.That(id < (uint)_flags.Capacity);
        ref var flags = ref _flags[id];
        if ((flags & DirtyFlag) == 0)
        {
            flags |= DirtyFlag;
            var last = _dirtyFirst + _dirtyCount++;
            _dirtyIds[last >= (uint)_flags.Capacity ? last - (uint)_flags.Capacity : last] = id;
        }
    }

    /// <summary>Asks the memory for what <see cref="Mark"/> touches; any id may be asked for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(uint id) => _flags.Prefetch(id);

    /// <summary>Marks every id that can be live, as after a snapshot was loaded.</summary>
    public void MarkAll()
    {
        for (uint id = 0; id < _records.IdLimit; id++)
        {
            Mark(id);
        }
    }

    /// <summary>Brings the sum up to date with every marked record and forgets the marks.</summary>
    public void Fold(ref Hash256 sum)
    {
        FoldOldest(DirtyCount);
        sum += _folded;
        _folded = Hash256.Zero;
    }

    /// <summary>
    /// When many records wait, folds some of those that have waited longest, so that the command that asks for the sum does not
    /// have to do it all. The sum does not depend on when this is called: a record that changes again is folded again.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void FoldSome()
    {
        if (DirtyCount >= WaitingMax)
        {
            FoldOldest(FoldedTogether * 2);
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FoldOldest(uint count)
    {
        Check.That(_records.IdLimit <= (uint)Capacity);
        Span<byte> buffer = stackalloc byte[FoldedTogether * RecordHash.StrideBytes];
        Span<uint> ids = stackalloc uint[FoldedTogether];
        Span<Hash256> hashes = stackalloc Hash256[FoldedTogether];
        var running = _folded;
        while (count >= FoldedTogether)
        {
            for (var place = 0; place < FoldedTogether; place++)
            {
                ids[place] = TakeOldest();
            }

            FoldFour(ref running, ids, buffer, hashes);
            count -= FoldedTogether;
        }

        for (; count > 0; count--)
        {
            FoldOne(ref running, TakeOldest(), buffer);
        }

        _folded = running;
    }

    private uint TakeOldest()
    {
        var id = _dirtyIds[_dirtyFirst];
        _dirtyFirst = _dirtyFirst + 1 == (uint)Capacity ? 0 : _dirtyFirst + 1;
        _dirtyCount--;
        if (_dirtyCount > PrefetchAhead)
        {
            var ahead = _dirtyFirst + PrefetchAhead;
            var next = _dirtyIds[ahead >= (uint)Capacity ? ahead - (uint)Capacity : ahead];
            _records.Prefetch(next);
            _contributions.Prefetch(next);
        }

        return id;
    }

    private void FoldFour(ref Hash256 running, ReadOnlySpan<uint> ids, Span<byte> buffer, Span<Hash256> hashes)
    {
        var commonBytes = -1;
        for (var place = 0; place < FoldedTogether; place++)
        {
            var isLive = _records.TryEncode(ids[place], buffer[(place * RecordHash.StrideBytes)..], out var lengthBytes);
            commonBytes = isLive && (place == 0 || lengthBytes == commonBytes) ? lengthBytes : -1;
            if (commonBytes < 0)
            {
                FoldOneByOne(ref running, ids, buffer);
                return;
            }
        }

        RecordHash.ComputeFour(_records.Type, ids, buffer, commonBytes, hashes);
        for (var place = 0; place < FoldedTogether; place++)
        {
            Exchange(ref running, ids[place], hashes[place]);
            _flags[ids[place]] = CountedFlag;
        }
    }

    private void FoldOneByOne(ref Hash256 running, ReadOnlySpan<uint> ids, Span<byte> buffer)
    {
        foreach (var id in ids)
        {
            FoldOne(ref running, id, buffer);
        }
    }

    private void FoldOne(ref Hash256 running, uint id, Span<byte> buffer)
    {
        if (_records.TryEncode(id, buffer, out var lengthBytes))
        {
            Exchange(ref running, id, RecordHash.Compute(_records.Type, id, buffer[..lengthBytes]));
            _flags[id] = CountedFlag;
            return;
        }

        if ((_flags[id] & CountedFlag) != 0)
        {
            running -= _contributions[id];
        }

        _flags[id] = 0;
    }

    private void Exchange(ref Hash256 running, uint id, in Hash256 contribution)
    {
        if ((_flags[id] & CountedFlag) != 0)
        {
            running -= _contributions[id];
        }

        _contributions[id] = contribution;
        running += contribution;
    }

    public void Dispose()
    {
        _contributions.Dispose();
        _flags.Dispose();
        _dirtyIds.Dispose();
    }
}
