using System.Runtime.CompilerServices;
using HftDelta.Primitives.Collections;

namespace HftDelta.Engine.State;

/// <summary>How one kind of record is written for the state hash. On an empty struct it is called directly.</summary>
internal interface IRecordEncoding<TRecord>
    where TRecord : unmanaged
{
    static abstract StateRecordType Type { get; }

    /// <summary>Writes the record's canonical form, as <see cref="IStateRecords.TryEncode"/> asks.</summary>
    /// <returns>False when no live record stands there.</returns>
    static abstract bool TryEncode(uint id, in TRecord record, Span<byte> buffer, out int lengthBytes);
}

/// <summary>
/// Records of one kind by id, in native memory, with their part of the state hash. Owner: the engine agent.
/// Invariant: what the hash covers is written only through <see cref="Write"/>, which marks the record.
/// Bounds: callers pass ids below the capacity; the mark checks them.
/// </summary>
internal sealed class HashedSlab<TRecord, TEncoding> : IDisposable
    where TRecord : unmanaged
    where TEncoding : struct, IRecordEncoding<TRecord>
{
    private readonly NativeSlab<TRecord> _records;
    private readonly RecordTracker<Records> _tracker;

    public HashedSlab(int capacity)
    {
        _records = new NativeSlab<TRecord>(capacity);
        _tracker = new RecordTracker<Records>(new Records(this), capacity);
    }

    public int Capacity => _records.Capacity;

    /// <summary>One more than the highest id that was ever written.</summary>
    public uint IdLimit { get; private set; }

    /// <summary>For reading.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref readonly TRecord Read(uint id) => ref _records[id];

    /// <summary>For writing what the state hash covers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref TRecord Write(uint id)
    {
        _tracker.Mark(id);
        if (id >= IdLimit)
        {
            IdLimit = id + 1;
        }

        return ref _records[id];
    }

    /// <summary>For writing caches and links that the state hash does not cover.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref TRecord Cached(uint id) => ref _records[id];

    /// <summary>Asks the memory for a record that will be touched soon; any id may be asked for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(uint id) => _records.Prefetch(id);

    /// <summary>Brings the sum up to date with every record written since the last fold.</summary>
    public void FoldHash(ref Hash256 sum) => _tracker.Fold(ref sum);

    /// <summary>A part of that, ahead of time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void FoldSome() => _tracker.FoldSome();

    /// <summary>The same from nothing: slow, for tests and audits.</summary>
    public Hash256 RecomputeHash() => RecordTracker<Records>.Recompute(new Records(this));

    public void Dispose()
    {
        _records.Dispose();
        _tracker.Dispose();
    }

    private readonly struct Records(HashedSlab<TRecord, TEncoding> slab) : IStateRecords
    {
        public StateRecordType Type => TEncoding.Type;

        public uint IdLimit => slab.IdLimit;

        public bool TryEncode(uint id, Span<byte> buffer, out int lengthBytes) =>
            TEncoding.TryEncode(id, in slab._records[id], buffer, out lengthBytes);

        public void Prefetch(uint id) => slab._records.Prefetch(id);
    }
}
