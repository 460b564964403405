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
    private const uint PrefetchAhead = 6;

    /// <summary>
    /// So many records may wait before some are folded early: those that change with every command wait, and are folded once.
    /// </summary>
    private const uint WaitingMax = 64;
    private const uint FoldedAtOnceMax = WaitingMax / 4;

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
        FoldOldest(_dirtyCount, isWholeGroupEnough: false);
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
        if (_dirtyCount >= WaitingMax)
        {
            FoldOldest(FoldedAtOnceMax, isWholeGroupEnough: true);
        }
    }

    /// <param name="count">How many marks it takes at most; there are as many.</param>
    /// <param name="isWholeGroupEnough">Ends once it has hashed a whole group of live records.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FoldOldest(uint count, bool isWholeGroupEnough)
    {
        Check.That(_records.IdLimit <= (uint)Capacity);
        Span<byte> buffer = stackalloc byte[RecordHash.Together * RecordHash.StrideBytes];
        Span<uint> ids = stackalloc uint[RecordHash.Together];
        Span<Hash256> hashes = stackalloc Hash256[RecordHash.Together];
        var running = _folded;
        var filled = 0;
        var commonBytes = 0;
        while (count-- > 0)
        {
            var id = TakeOldest();
            var record = buffer[(filled * RecordHash.StrideBytes)..];
            if (!_records.TryEncode(id, record, out var lengthBytes))
            {
                Forget(ref running, id);
            }
            else if (filled != 0 && lengthBytes != commonBytes)
            {
                Exchange(ref running, id, RecordHash.Compute(_records.Type, id, record[..lengthBytes]));
            }
            else
            {
                commonBytes = lengthBytes;
                ids[filled++] = id;
            }

            if (filled == RecordHash.Together)
            {
                RecordHash.ComputeFour(_records.Type, ids, buffer, commonBytes, hashes);
                ExchangeAll(ref running, ids, hashes);
                filled = 0;
                if (isWholeGroupEnough)
                {
                    break;
                }
            }
        }

        for (var place = 0; place < filled; place++)
        {
            var record = buffer.Slice(place * RecordHash.StrideBytes, commonBytes);
            Exchange(ref running, ids[place], RecordHash.Compute(_records.Type, ids[place], record));
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

    private void ExchangeAll(ref Hash256 running, ReadOnlySpan<uint> ids, ReadOnlySpan<Hash256> hashes)
    {
        for (var place = 0; place < ids.Length; place++)
        {
            Exchange(ref running, ids[place], hashes[place]);
        }
    }

    /// <summary>No live record has the id any more.</summary>
    private void Forget(ref Hash256 running, uint id)
    {
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
        _flags[id] = CountedFlag;
        running += contribution;
    }

    public void Dispose()
    {
        _contributions.Dispose();
        _flags.Dispose();
        _dirtyIds.Dispose();
    }
}
