using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace HftDelta.Primitives.Collections;

/// <summary>Knows the keys of slots. On a struct it is called directly.</summary>
public interface ISlotKeys
{
    /// <summary>Whether these two words are the key of the slot.</summary>
    bool IsKeyOf(uint slot, ulong high, ulong low);
}

/// <summary>
/// From a pair of words to the slot whose record holds them, in native memory, for a bounded number of slots. Linear hashing
/// (Litwin, 1980): the table grows by one bucket at a time with what is in it, so it takes as much of the cache as the slots that
/// live and not as those that could, and no addition ever waits for a rehash. A bucket is one cache line that holds parts of the
/// keys' hashes; what does not fit is chained behind it. It never shrinks.
/// Owner: whoever made it; one writer. Slot 0 means absent. A slot's key stays while the slot is in the map.
/// </summary>
public sealed unsafe class SlotMap<TKeys> : IDisposable
    where TKeys : struct, ISlotKeys
{
    private const uint SlotsPerBucket = 7;

    /// <summary>Slots per bucket beyond which the table grows: few buckets then have a chain.</summary>
    private const uint MeanSlotsPerBucket = 3;
    private const uint FirstBuckets = 64;

    private readonly NativeSlab<Bucket> _buckets;
    private readonly NativeSlab<Bucket> _chained;
    private readonly TKeys _keys;
    private readonly int _capacity;
    private uint _bucketCount;
    private uint _mask;
    private uint _freeChained;
    private uint _chainedLimit = 1;

    /// <param name="capacity">The most slots it will hold.</param>
    /// <param name="keys">Their keys.</param>
    public SlotMap(int capacity, TKeys keys)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _capacity = capacity;
        _keys = keys;
        var most = Math.Max(FirstBuckets, ((uint)capacity / MeanSlotsPerBucket) + 1);
        _buckets = new NativeSlab<Bucket>((int)most);

        // Every chained bucket but the last of a chain is full, and before the first stands a full one.
        _chained = NativeSlab<Bucket>.Reserve((int)(((uint)capacity / SlotsPerBucket) + 3));
        _bucketCount = FirstBuckets;
        _mask = FirstBuckets - 1;
    }

    public int Count { get; private set; }

    /// <summary>The slot of the key, or 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Find(ulong high, ulong low)
    {
        var hash = Hash(high, low);
        for (var bucket = Home(hash); ; bucket = Chained(bucket->Next))
        {
            var index = IndexIn(bucket, hash, high, low);
            if (index < SlotsPerBucket) return bucket->Slots[index];
            if (bucket->Next == 0) return 0;
        }
    }

    /// <summary>Asks the memory for what the other methods read first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(ulong high, ulong low)
    {
        if (Sse.IsSupported) Sse.Prefetch0(Home(Hash(high, low)));
    }

    /// <summary>
    /// The slot that the key probably has, or 0: what its bucket says, without a look at the slot's own record. For whoever wants
    /// to ask the memory for that record.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Guess(ulong high, ulong low)
    {
        var hash = Hash(high, low);
        var bucket = Home(hash);
        var equal = PlacesOf(bucket, hash);
        return equal == 0 ? 0 : bucket->Slots[BitOperations.TrailingZeroCount(equal)];
    }

    /// <summary>Adds a slot other than 0; its key is not there.</summary>
    public void Add(ulong high, ulong low, uint slot)
    {
        Check.That(slot != 0);
        Check.That(Count < _capacity);
        Append(Hash(high, low), slot);
        Count++;
        if ((uint)Count > _bucketCount * MeanSlotsPerBucket && _bucketCount < (uint)_buckets.Capacity) Split();
    }

    /// <summary>Removes a key that is there.</summary>
    public void Remove(ulong high, ulong low) => Check.That(Take(high, low) != 0);

    /// <summary>Removes a key.</summary>
    /// <returns>The slot that it had, or 0.</returns>
    public uint Take(ulong high, ulong low)
    {
        var hash = Hash(high, low);
        var bucket = Home(hash);
        Bucket* before = null;
        uint index;
        while ((index = IndexIn(bucket, hash, high, low)) == SlotsPerBucket)
        {
            if (bucket->Next == 0) return 0;
            before = bucket;
            bucket = Chained(bucket->Next);
        }

        // The last of the chain fills the hole, so only a chain's last bucket is ever less than full.
        var slot = bucket->Slots[index];
        var last = bucket;
        while (last->Next != 0)
        {
            before = last;
            last = Chained(last->Next);
        }

        last->Count--;
        bucket->Hashes[index] = last->Hashes[last->Count];
        bucket->Slots[index] = last->Slots[last->Count];
        if (last->Count == 0 && before != null)
        {
            FreeChained(before->Next);
            before->Next = 0;
        }

        Count--;
        return slot;
    }

    public void Dispose()
    {
        _buckets.Dispose();
        _chained.Dispose();
    }

    /// <summary>
    /// Both words go through a finalising mix (the constants are SplitMix64's), so that neither dense nor strided keys pile up.
    /// Whoever chooses keys can still aim at one place: owners bound how many keys one client may hold.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hash(ulong high, ulong low)
    {
        var mixed = (high * 0x9E3779B97F4A7C15) ^ low;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return (uint)(mixed >> 32);
    }

    /// <summary>The bucket of a hash: of those that the mask names, what is not yet made is still part of an older one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Bucket* Home(uint hash)
    {
        var index = hash & _mask;
        if (index >= _bucketCount) index = hash & (_mask >> 1);
        return _buckets.Pointer + index;
    }

    private Bucket* Chained(uint index) => _chained.Pointer + index;

    /// <returns>A bit for each place of the bucket that has the hash.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint PlacesOf(Bucket* bucket, uint hash)
    {
        // Seven hashes and the link behind them are read at once; the link is not below the count.
        var equal = Vector256.Equals(Vector256.Load(bucket->Hashes), Vector256.Create(hash));
        return equal.ExtractMostSignificantBits() & ((1u << (int)bucket->Count) - 1);
    }

    /// <returns>Where the key stands in the bucket, or the number of its places.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint IndexIn(Bucket* bucket, uint hash, ulong high, ulong low)
    {
        for (var equal = PlacesOf(bucket, hash); equal != 0; equal &= equal - 1)
        {
            var index = (uint)BitOperations.TrailingZeroCount(equal);
            if (_keys.IsKeyOf(bucket->Slots[index], high, low)) return index;
        }

        return SlotsPerBucket;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Append(uint hash, uint slot)
    {
        var bucket = Home(hash);
        while (bucket->Next != 0) bucket = Chained(bucket->Next);
        if (bucket->Count == SlotsPerBucket)
        {
            bucket->Next = TakeChained();
            bucket = Chained(bucket->Next);
        }

        bucket->Hashes[bucket->Count] = hash;
        bucket->Slots[bucket->Count] = slot;
        bucket->Count++;
    }

    private uint TakeChained()
    {
        var index = _freeChained;
        if (index == 0)
        {
            index = _chainedLimit++;
            Check.That(index < (uint)_chained.Capacity);
        }
        else
        {
            _freeChained = Chained(index)->Next;
        }

        *Chained(index) = default;
        return index;
    }

    private void FreeChained(uint index)
    {
        Chained(index)->Next = _freeChained;
        _freeChained = index;
    }

    /// <summary>One more bucket: it takes its share of the one that held it so far, whose chain is laid anew.</summary>
    private void Split()
    {
        var added = _bucketCount++;
        if (added > _mask) _mask = (_mask << 1) | 1;
        var source = _buckets.Pointer + (added & (_mask >> 1));
        var bucket = *source;
        *source = default;
        while (true)
        {
            for (var index = 0u; index < bucket.Count; index++) Append(bucket.Hashes[index], bucket.Slots[index]);
            var next = bucket.Next;
            if (next == 0) return;
            bucket = *Chained(next);
            FreeChained(next);
        }
    }

    private struct Bucket
    {
        public fixed uint Hashes[(int)SlotsPerBucket];

        /// <summary>The chained bucket behind it, 0 for none.</summary>
        public uint Next;
        public fixed uint Slots[(int)SlotsPerBucket];
        public uint Count;
    }
}
