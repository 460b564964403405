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

    private readonly TRecords _records;
    private readonly NativeSlab<Hash256> _contributions;
    private readonly NativeSlab<byte> _flags;
    private readonly NativeSlab<uint> _dirtyIds;
    private uint _dirtyCount;

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
            _dirtyIds[_dirtyCount++] = id;
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
    [SkipLocalsInit]
    public void Fold(ref Hash256 sum)
    {
        Check.That(_records.IdLimit <= (uint)Capacity);
        Span<byte> buffer = stackalloc byte[IStateRecords.RecordLengthMaxBytes];
        var running = sum;
        for (uint index = 0; index < _dirtyCount; index++)
        {
            var id = _dirtyIds[index];
            if ((_flags[id] & CountedFlag) != 0)
            {
                running -= _contributions[id];
            }

            var live = _records.TryEncode(id, buffer, out var lengthBytes);
            if (live)
            {
                var contribution = RecordHash.Compute(_records.Type, id, buffer[..lengthBytes]);
                _contributions[id] = contribution;
                running += contribution;
            }

            _flags[id] = live ? CountedFlag : (byte)0;
        }

        _dirtyCount = 0;
        sum = running;
    }

    public void Dispose()
    {
        _contributions.Dispose();
        _flags.Dispose();
        _dirtyIds.Dispose();
    }
}
