using System.Runtime.InteropServices;
using HftDelta.Engine.State;
using HftDelta.Primitives;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.State;

[TestFixture]
[CancelAfter(20_000)]
public sealed class RecordTrackerTests
{
    private const int Capacity = 64;
    private const ulong Seed = 99;

    [Test]
    public void Folded_sum_equals_the_recomputation_after_any_history()
    {
        for (var run = 0UL; run < 200; run++)
        {
            var words = new SeededWords(Seed + run);
            var store = new Store();
            using var tracker = new RecordTracker<StoreRecords>(new StoreRecords(store), Capacity);
            var sum = Hash256.Zero;
            for (var step = 0; step < 200; step++)
            {
                Mutate(store, tracker, words);
                if (words.Below(10) == 0)
                {
                    tracker.Fold(ref sum);
                    Assert.That(
                        sum,
                        Is.EqualTo(RecordTracker<StoreRecords>.Recompute(new StoreRecords(store))),
                        $"seed {Seed + run}, step {step}");
                }
            }
        }
    }

    [Test]
    public void Marking_twice_lists_the_record_once()
    {
        var store = new Store();
        using var tracker = new RecordTracker<StoreRecords>(new StoreRecords(store), Capacity);
        store.Put(3, 10);
        tracker.Mark(3);
        tracker.Mark(3);
        Assert.That(tracker.DirtyCount, Is.EqualTo(1));

        var sum = Hash256.Zero;
        tracker.Fold(ref sum);
        Assert.That(tracker.DirtyCount, Is.Zero);
        Assert.That(sum, Is.EqualTo(ContributionOf(3, 10)));
        tracker.Fold(ref sum);
        Assert.That(sum, Is.EqualTo(ContributionOf(3, 10)));
    }

    [Test]
    public void Record_that_came_and_went_between_folds_counts_for_nothing()
    {
        var store = new Store();
        using var tracker = new RecordTracker<StoreRecords>(new StoreRecords(store), Capacity);
        store.Put(3, 10);
        tracker.Mark(3);
        store.Remove(3);
        tracker.Mark(3);

        var sum = Hash256.Zero;
        tracker.Fold(ref sum);

        Assert.That(sum, Is.EqualTo(Hash256.Zero));
    }

    [Test]
    public void Removing_every_record_brings_the_sum_back_to_zero()
    {
        var store = new Store();
        using var tracker = new RecordTracker<StoreRecords>(new StoreRecords(store), Capacity);
        var sum = Hash256.Zero;
        for (uint id = 0; id < Capacity; id++)
        {
            store.Put(id, id * 3);
            tracker.Mark(id);
        }

        tracker.Fold(ref sum);
        Assert.That(sum, Is.Not.EqualTo(Hash256.Zero));
        for (uint id = 0; id < Capacity; id++)
        {
            store.Remove(id);
            tracker.Mark(id);
        }

        tracker.Fold(ref sum);
        Assert.That(sum, Is.EqualTo(Hash256.Zero));
    }

    [Test]
    public void Change_that_nobody_marked_shows_against_the_recomputation()
    {
        var store = new Store();
        using var tracker = new RecordTracker<StoreRecords>(new StoreRecords(store), Capacity);
        store.Put(1, 1);
        tracker.Mark(1);
        var sum = Hash256.Zero;
        tracker.Fold(ref sum);
        store.Put(1, 2);
        tracker.Fold(ref sum);

        Assert.That(sum, Is.Not.EqualTo(RecordTracker<StoreRecords>.Recompute(new StoreRecords(store))));
    }

    [Test]
    public void Marking_all_builds_the_sum_of_a_loaded_state()
    {
        var store = new Store();
        store.Put(0, 5);
        store.Put(40, 6);
        using var tracker = new RecordTracker<StoreRecords>(new StoreRecords(store), Capacity);
        tracker.MarkAll();
        var sum = Hash256.Zero;
        tracker.Fold(ref sum);

        Assert.That(sum, Is.EqualTo(ContributionOf(0, 5) + ContributionOf(40, 6)));
    }

    [Test]
    public void Id_at_the_capacity_is_a_broken_invariant()
    {
        using var tracker = new RecordTracker<StoreRecords>(new StoreRecords(new Store()), Capacity);

        Assert.That(() => tracker.Mark(Capacity), Throws.TypeOf<InvariantBrokenException>());
    }

    [Test]
    public void Marking_and_folding_allocate_nothing()
    {
        var store = new Store();
        using var tracker = new RecordTracker<StoreRecords>(new StoreRecords(store), Capacity);
        var sum = Hash256.Zero;
        MarkAndFold(store, tracker, ref sum);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 100; round++)
        {
            MarkAndFold(store, tracker, ref sum);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private static void MarkAndFold(Store store, RecordTracker<StoreRecords> tracker, ref Hash256 sum)
    {
        for (uint id = 0; id < Capacity; id += 3)
        {
            store.Put(id, sum.Word0);
            tracker.Mark(id);
        }

        tracker.Fold(ref sum);
    }

    private static void Mutate(Store store, RecordTracker<StoreRecords> tracker, SeededWords words)
    {
        var id = (uint)words.Below(Capacity);
        if (words.Below(3) == 0)
        {
            store.Remove(id);
        }
        else
        {
            store.Put(id, words.Next());
        }

        tracker.Mark(id);
    }

    private static Hash256 ContributionOf(uint id, ulong value)
    {
        Span<byte> bytes = stackalloc byte[Store.LengthOf(value)];
        Store.Encode(value, bytes);
        return RecordHash.Compute(StateRecordType.Position, id, bytes);
    }

    /// <summary>Records of different lengths, some ids without one.</summary>
    private sealed class Store
    {
        private readonly ulong?[] _values = new ulong?[Capacity];

        public static int LengthOf(ulong value) => 8 + (int)(value % 90);

        public static void Encode(ulong value, Span<byte> buffer)
        {
            buffer.Fill((byte)value);
            MemoryMarshal.Write(buffer, value);
        }

        public void Put(uint id, ulong value) => _values[id] = value;

        public void Remove(uint id) => _values[id] = null;

        public ulong? At(uint id) => _values[id];
    }

    private readonly struct StoreRecords(Store store) : IStateRecords
    {
        public void Prefetch(uint id)
        {
        }

        public StateRecordType Type => StateRecordType.Position;

        public uint IdLimit => Capacity;

        public bool TryEncode(uint id, Span<byte> buffer, out int lengthBytes)
        {
            lengthBytes = 0;
            if (store.At(id) is not { } value)
            {
                return false;
            }

            lengthBytes = Store.LengthOf(value);
            Store.Encode(value, buffer[..lengthBytes]);
            return true;
        }
    }
}
